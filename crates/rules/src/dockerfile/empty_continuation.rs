use plimsoll_dockerfile::{Code, Span};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct EmptyContinuation;

impl DockerfileRule for EmptyContinuation {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let blank = build.tree.diagnostics.iter().filter(|d| d.code == Code::EmptyContinuationLine);
        for diagnostic in blank {
            let first = build.source.line(diagnostic.span.start);
            let blank = |line: &u32| {
                build.source.line_span(*line).is_some_and(|span| build.source.slice(span).trim().is_empty())
            };
            let after = (first..=build.source.line_count()).find(|line| !blank(line));
            let gap =
                after.and_then(|line| Some((build.source.line_span(first)?, build.source.line_span(line)?)));
            report
                .flag(diagnostic.span, "a blank line inside a continued instruction: Docker joins over it for now and has announced an error")
                .help("take the blank line out, or write `#` on it")
                .also("NoEmptyContinuation")
                .mend(gap.map(|(blank, next)| (Span::new(blank.start, next.start), String::new())), true);
        }
    }
}
