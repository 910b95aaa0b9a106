use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter, Stage};

pub(crate) struct DuplicateStage;

impl DockerfileRule for DuplicateStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (number, stage) in build.stages().iter().enumerate() {
            let Some(name) = stage.name else { continue };
            let before = &build.stages()[..number];
            let Some(first) = before.iter().find(|s| s.name.is_some_and(|n| n.eq_ignore_ascii_case(name)))
            else {
                continue;
            };
            let line = build.line_of(&build.tree.instructions[first.instructions.start]);
            let exact = before.iter().filter(|s| s.name == Some(name));
            // Checkov only reads a lower-case `as`.
            let checkov = uses_lower_as(build, stage) && exact.clone().any(|s| uses_lower_as(build, s));
            let is_exact = exact.count() > 0;
            report
                .flag(alias_span(build, stage), format!("stage `{name}` already stands on line {line}: which of the two `--from={name}` means depends on where it stands"))
                .help("give each stage a name of its own")
                .also_if(is_exact, "DL3024")
                .also_if(checkov, "CKV_DOCKER_11")
                .also("DS-0012")
                .also("DuplicateStageName");
        }
    }
}

fn uses_lower_as(build: &Build<'_>, stage: &Stage<'_>) -> bool {
    match &build.tree.instructions[stage.instructions.start].body {
        Body::From(from) => from.as_keyword.as_ref().is_some_and(|k| k.as_str() == "as"),
        _ => false,
    }
}

/// Where the stage's name stands.
pub(crate) fn alias_span(build: &Build<'_>, stage: &Stage<'_>) -> plimsoll_dockerfile::Span {
    match &build.tree.instructions[stage.instructions.start].body {
        Body::From(from) => from.alias.as_ref().map_or(from.image.span, |a| a.span),
        _ => build.from_span(stage),
    }
}
