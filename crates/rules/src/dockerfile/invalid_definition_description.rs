use plimsoll_dockerfile::{Body, Span};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct InvalidDefinitionDescription;

impl DockerfileRule for InvalidDefinitionDescription {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let names: Vec<&str> = match &instruction.body {
                Body::From(from) => from.alias.iter().map(|a| a.as_str()).collect(),
                Body::Arg(args) => args.iter().map(|a| a.name.as_str()).collect(),
                _ => continue,
            };
            let comments = build.tree.comments_before(instruction);
            let (Some(first), Some(last)) = (comments.first(), comments.last()) else { continue };
            // Only a comment that touches the instruction describes it.
            if names.is_empty() || last.line + 1 != instruction.start_line {
                continue;
            }
            let describes = |text: &str| {
                let text = text.trim_start_matches('#').trim_start();
                names.iter().any(|n| {
                    text.strip_prefix(n).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':']))
                })
            };
            if comments.iter().any(|c| describes(c.text)) {
                continue;
            }
            let name = names[0];
            // No description at all says nothing wrong.
            let line =
                build.source.line_span(instruction.start_line).filter(|_| instruction.start_line > last.line);
            let apart =
                line.map(|line| (Span::empty(line.start), build.newline_at(last.span.start).to_owned()));
            report
                .flag(first.span.to(last.span), format!("`docker build --call=outline` shows a comment here as the description of `{name}` only if it begins with that name"))
                .help(format!("write `# {name} ...`, or put an empty line between if it is no description"))
                .also("InvalidDefinitionDescription")
                .mend(apart, true);
        }
    }
}
