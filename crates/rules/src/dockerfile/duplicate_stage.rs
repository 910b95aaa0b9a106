use std::collections::HashMap;

use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter, Stage};

pub(crate) struct DuplicateStage;

impl DockerfileRule for DuplicateStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        // By name in lower case: the first of that name. By name as written: whether one of them has a lower-case `as`.
        let mut first_of: HashMap<String, &Stage<'_>> = HashMap::new();
        let mut exact_of: HashMap<&str, bool> = HashMap::new();
        for stage in build.stages() {
            let Some(name) = stage.name else { continue };
            let first = *first_of.entry(name.to_ascii_lowercase()).or_insert(stage);
            let lower_as = uses_lower_as(build, stage);
            let exact = exact_of.get(name).copied();
            *exact_of.entry(name).or_default() |= lower_as;
            if first.index == stage.index {
                continue;
            }
            let line = build.line_of(&build.tree.instructions[first.instructions.start]);
            // Checkov only reads a lower-case `as`.
            let checkov = lower_as && exact == Some(true);
            report
                .flag(alias_span(build, stage), format!("stage `{name}` already stands on line {line}: which of the two `--from={name}` means depends on where it stands"))
                .help("give each stage a name of its own")
                .also_if(exact.is_some(), "DL3024")
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
