use plimsoll_shell::Assignment;
use plimsoll_shell::packages::{self, Cleaned, Manager};

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct PipNoCache;

impl DockerfileRule for PipNoCache {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            let run = step.run;
            if install.manager != Manager::Pip
                || install.no_cache
                || step.command.has_any_flag(&["--no-cache"])
                || is_off_by_variable(build, &step)
                || build.keeps_out_ending(run, "/.cache/pip")
                || build.keeps_out_ending(run, "/.cache")
                || step.command.flag_values("--cache-dir").any(|folder| build.keeps_out(run, folder))
            {
                continue;
            }
            let removed = build.steps_of(run).any(|s| packages::cleans(s.command).contains(&Cleaned::Pip));
            let severity = match removed {
                true => Severity::Style,
                false => build.severity_of_weight(run, Severity::Warning),
            };
            let name = step.command.name();
            let draft = report.flag(
                step.head(),
                format!("`{name} install` leaves what it downloaded in a cache that the image never uses"),
            );
            draft
                .severity(severity)
                .help("add `--no-cache-dir`, or mount a cache: `RUN --mount=type=cache,target=/root/.cache/pip`")
                .also_if(step.is_in_plain_sight(), "DL3042")
                .also("missing-pip-no-cache-dir");
            if let Some(behind) = step.after_subcommand() {
                draft.replace(behind, " --no-cache-dir", true);
            }
        }
    }
}

fn is_off_by_variable(build: &Build<'_>, step: &Step<'_>) -> bool {
    const NAME: &str = "PIP_NO_CACHE_DIR";
    // pip took `off` and `0` for yes until 19; both mean that somebody thought of it, but not that it works.
    let on =
        |value: &str| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on" | "y" | "t");
    let given = |a: &Assignment| &*a.name == NAME && a.value.as_ref().is_some_and(|v| on(v.text_lossy()));
    build.env_before(step.run, NAME, on)
        || step.command.assignments.iter().any(given)
        || step.run.script.commands.iter().any(|c| c.is("export") && c.assignments.iter().any(given))
}
