use plimsoll_shell::packages::{self, Cleaned, Manager};

use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct CleanNodeCache;

impl DockerfileRule for CleanNodeCache {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let Some(stage) = build.stage(run.stage) else { continue };
            let installs = build.steps_of(run).filter_map(|s| Some((s, packages::installs(s.command)?)));
            let Some((step, install)) =
                installs.filter(|(_, i)| matches!(i.manager, Manager::Npm | Manager::Yarn)).last()
            else {
                continue;
            };
            let (cleaned, endings, clean): (_, &[&str], _) = match install.manager {
                Manager::Yarn => (
                    Cleaned::Yarn,
                    &["/.cache/yarn", "/.cache/yarn/v6", "/.cache", "/.yarn"],
                    "yarn cache clean",
                ),
                _ => (Cleaned::Npm, &["/.npm", "/_cacache"], "npm cache clean --force"),
            };
            let cleans = |later: &plimsoll_shell::Command| packages::cleans(later).contains(&cleaned);
            let removed = run.script.any_later(step.command, cleans);
            let moved = step.command.has_any_flag(&["--cache", "--cache-folder"]);
            if removed || moved || endings.iter().any(|e| build.keeps_out_ending(run, e)) {
                continue;
            }
            let name = step.command.name();
            let hadolints = name == "yarn"
                && step.command.subcommand() == Some("install")
                && step.is_in_plain_sight()
                && build.is_kept_by_hadolint(stage);
            let draft = report.flag(
                step.head(),
                format!("`{name}` leaves what it downloaded in its cache, beside node_modules"),
            );
            draft
                .severity(build.severity_of_weight(run, Severity::Info))
                .help(format!("end the same RUN with `&& {clean}`, or mount a cache over its folder"))
                .also_if(hadolints, "DL3060");
            draft.mend(build.with_last_command(run, clean), false);
        }
    }
}
