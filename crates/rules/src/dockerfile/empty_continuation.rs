use plimsoll_dockerfile::Code;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct EmptyContinuation;

impl DockerfileRule for EmptyContinuation {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let blank = build.tree.diagnostics.iter().filter(|d| d.code == Code::EmptyContinuationLine);
        for diagnostic in blank {
            report
                .flag(diagnostic.span, "a blank line inside a continued instruction: Docker joins over it for now and has announced an error")
                .help("take the blank line out, or write `#` on it")
                .also("NoEmptyContinuation");
        }
    }
}
