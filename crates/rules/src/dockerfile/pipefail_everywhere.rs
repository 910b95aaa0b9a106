use super::pipefail::{advise, is_deaf, worst_pipe};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct PipefailEverywhere;

impl DockerfileRule for PipefailEverywhere {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts().filter(|run| !run.shell.pipefail && !is_deaf(build, run)) {
            let Some((None, pipeline)) = worst_pipe(run) else { continue };
            let writers = run.script.commands.get(pipeline.elements[0].clone()).unwrap_or_default();
            let message = match writers.first() {
                Some(first) if !first.context.condition && !first.negated => format!(
                    "this pipe runs without pipefail: `{}` cannot fail in a way that matters, what takes its place may",
                    first.name()
                ),
                _ => "this pipe runs without pipefail: the condition sees its last command only".to_owned(),
            };
            advise(build, run, report.flag(run.span(pipeline.span), message));
        }
    }
}
