use std::collections::BTreeSet;

use plimsoll_dockerfile::instructions::Pair;
use plimsoll_dockerfile::{Body, Instruction, Span};

use super::edits::Replacement;
use super::inherited::names_set_by;
use super::variables::references;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SelfReferencingEnv;

impl DockerfileRule for SelfReferencingEnv {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let mut known: BTreeSet<&str> = BTreeSet::new();
            for (_, instruction) in build.instructions(stage) {
                if let Body::Env(pairs) = &instruction.body {
                    for (number, pair) in pairs.iter().enumerate() {
                        for reference in references(&pair.value, build.tree.escape) {
                            let name = reference.name;
                            let set_beside =
                                pairs.iter().enumerate().any(|(n, p)| n != number && p.key.as_str() == name);
                            if !set_beside {
                                continue;
                            }
                            if known.contains(name) || build.is_set_below(stage, name) {
                                continue;
                            }
                            let is_path = name == "PATH";
                            let here = if is_path { "still the old one" } else { "empty" };
                            let before = pairs.get(..number).unwrap_or_default();
                            let apart = before.iter().any(|p| p.key.as_str() == name);
                            let edit =
                                apart.then(|| split(build, instruction, before.last()?, pair)).flatten();
                            report
                                .flag(
                                    pair.value.piece(reference.range.clone()).span,
                                    format!("`{name}` is set by this very ENV, and that only holds from the next instruction on: here it is {here}"),
                                )
                                .help(format!("set `{name}` in an ENV of its own before"))
                                .also_if(!reference.has_fallback, "DL3044")
                                .also_if(!is_path && build.base_image(stage).is_none_or(|i| i.official().is_some()), "UndefinedVar")
                                .mend(edit, false);
                        }
                    }
                }
                known.extend(names_set_by(instruction));
            }
        }
    }
}

/// The ENV made two, the second of which begins with this pair.
fn split(
    build: &Build<'_>,
    instruction: &Instruction<'_>,
    before: &Pair<'_>,
    pair: &Pair<'_>,
) -> Option<Replacement> {
    let gap = Span::new(before.span.end, pair.span.start);
    let written = build.source.slice(gap);
    let blank = written.chars().all(|c| c.is_whitespace() || c == build.tree.escape);
    let newline = build.newline_at(instruction.span.start);
    blank.then(|| (gap, format!("{newline}{} ", instruction.keyword.as_str())))
}
