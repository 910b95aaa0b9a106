use super::cd_without_effect::has_no_effect;
use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, peers};
use crate::Severity;

pub(crate) struct ChangeDirectoryWithWorkdir;

impl DockerfileRule for ChangeDirectoryWithWorkdir {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let changes: Vec<_> =
                build.steps_of(run).filter(|s| s.command.is("cd") && !has_no_effect(s)).collect();
            let Some(first) = changes.first() else { continue };
            let alone = |s: &&Step<'_>| !s.command.context.subshell && !s.command.context.substitution;
            let lasting = changes.iter().any(|s| alone(&s));
            let begins = !run.exec && changes.iter().any(|s| s.command.index == 0);
            report
                .flag(first.whole(), "`cd` inside RUN hides where the commands work, and is forgotten when the RUN ends")
                .severity(if lasting { Severity::Info } else { Severity::Style })
                .help("set WORKDIR before this RUN where the folder exists by then; a `( cd ... )` for one command is fine")
                .also_if(!run.onbuild && changes.iter().any(|s| s.is_in_plain_sight()), "DL3003")
                .also_if(
                    changes.iter().any(|s| begins_for_trivy(s) && !s.command.args().is_empty()),
                    "DS-0013",
                )
                .also_if(begins, "use-workdir");
        }
    }
}

/// Trivy looks at each word of an array by itself: the script of `["sh", "-c", "cd x"]` begins with `cd`.
fn begins_for_trivy(step: &Step<'_>) -> bool {
    let before = step.run.script.text().get(..step.command.span.start).unwrap_or("").trim_end();
    match step.run.exec {
        true => !step.run.onbuild && before.ends_with(['&', '\'']),
        false => peers::begins_a_trivy_part(step),
    }
}
