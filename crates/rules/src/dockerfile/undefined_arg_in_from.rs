use plimsoll_dockerfile::Body;
use plimsoll_dockerfile::meaning::PLATFORM_ARGS;

use super::variables::references;
use super::{Build, DockerfileRule, Reporter};
use crate::rule::nearest;

pub(crate) struct UndefinedArgInFrom;

impl DockerfileRule for UndefinedArgInFrom {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let declared: Vec<&str> = build
            .global_args()
            .flat_map(|i| match &i.body {
                Body::Arg(args) => args.as_slice(),
                _ => &[],
            })
            .map(|a| a.name.as_str())
            .collect();
        for stage in build.stages() {
            let Body::From(from) = &build.tree.instructions[stage.instructions.start].body else { continue };
            for word in from.platform.iter().chain([&from.image]) {
                for reference in references(word, build.tree.escape) {
                    let name = reference.name;
                    if declared.contains(&name) || PLATFORM_ARGS.contains(&name) || reference.has_fallback {
                        continue;
                    }
                    let meant = nearest(name, declared.iter().chain(PLATFORM_ARGS).copied());
                    let span = word.piece(reference.range.clone()).span;
                    let right = meant.filter(|_| build.source.slice(span) == name);
                    report
                        .flag(
                            span,
                            format!("`{name}` is not declared before the first FROM, so nothing is put in its place"),
                        )
                        .help(match meant {
                            Some(meant) => format!("did you mean `{meant}`?"),
                            None => format!("add `ARG {name}=...` before the first FROM"),
                        })
                        .also("UndefinedArgInFrom")
                        .mend(right.map(|meant| (span, meant.to_owned())), false);
                }
            }
        }
    }
}
