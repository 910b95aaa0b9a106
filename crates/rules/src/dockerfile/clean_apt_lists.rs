use std::cell::LazyCell;

use plimsoll_shell::packages::{self, Cleaned, Manager};

use super::update_alone::{LastUses, moved, uses};
use super::{Build, DockerfileRule, Reporter, Run};

pub(crate) struct CleanAptLists;

impl DockerfileRule for CleanAptLists {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let last_reader = LazyCell::new(|| last_reader(build));
        let last_uses = LazyCell::new(|| LastUses::of(build));
        for run in build.run_scripts() {
            let Some(stage) = build.stage(run.stage) else { continue };
            let Some(step) = build.steps_of(run).find(|s| packages::updates(s.command) == Some(Manager::Apt))
            else {
                continue;
            };
            let clean = |cleaned| build.steps_of(run).any(|s| packages::cleans(s.command).contains(&cleaned));
            let dist_clean = build.steps_of(run).any(|s| s.command.runs("apt-get", "dist-clean"));
            if dist_clean || clean(Cleaned::AptLists) || build.keeps_out(run, "/var/lib/apt/lists") {
                continue;
            }
            // hadolint takes any `rm -rf` for the cleaning.
            let removes = build.steps_of(run).any(|s| s.command.is("rm") && s.command.has_arg("-rf"));
            let plain = !removes && step.is_in_plain_sight() && step.command.is_any(&["apt-get", "apt"]);
            let draft = report.flag(
                step.head(),
                format!(
                    "`{} update` leaves the package lists in the layer, some 20 MB that nothing reads",
                    step.command.name()
                ),
            );
            draft
                .severity(build.severity_of_weight(run, crate::Severity::Info))
                .help("end the same RUN with `&& rm -rf /var/lib/apt/lists/*`, or mount a cache over /var/lib/apt/lists")
                .also_if(plain && build.is_kept_by_hadolint(stage), "DL3009")
                .also_if(step.command.is("apt-get"), "remove-package-lists")
                .also_if(step.command.is("apt-get") && !clean(Cleaned::AptArchives), "remove-package-cache")
                .also("DKL-DI-0005");
            const CLEAN: &str = "rm -rf /var/lib/apt/lists/*";
            let is_last = |run: &Run| last_reader.is_none_or(|at| at <= run.instruction);
            if build.steps_of(run).any(|s| uses(s.command, Manager::Apt)) {
                if is_last(run) {
                    draft.mend(build.with_last_step(&step, CLEAN), false);
                }
            // An update of its own moves to what needs it: there is nothing to clean up after it here.
            } else if let Some((mut edits, Some(next))) = moved(build, &step, Manager::Apt, &last_uses)
                && is_last(next.run)
                && let Some(clean) = build.with_last_step(&next, CLEAN)
            {
                edits.push(clean);
                draft.mend(edits, false);
            }
        }
    }
}

/// The last RUN that installs from lists that an earlier one has fetched.
fn last_reader(build: &Build<'_>) -> Option<usize> {
    let reads = |run: &&Run| {
        let updates = build.steps_of(run).any(|s| packages::updates(s.command) == Some(Manager::Apt));
        !updates && build.steps_of(run).any(|s| uses(s.command, Manager::Apt))
    };
    build.run_scripts().filter(reads).map(|run| run.instruction).last()
}
