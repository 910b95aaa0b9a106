use plimsoll_dockerfile::{Body, Instruction};

use super::{Base, Build, DockerfileRule, Reporter};

pub(crate) struct UnreachableStage;

impl DockerfileRule for UnreachableStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        // With a target chosen, the stages of other targets are not dead.
        if build.settings.target.is_some() {
            return;
        }
        let mentioned: Vec<String> = build
            .tree
            .instructions
            .iter()
            .flat_map(|i| mentions(i.innermost()))
            .map(|m| m.to_ascii_lowercase())
            .collect();
        for stage in build.stages().iter().filter(|s| !s.is_final) {
            // A name is enough for `--target`.
            if stage.name.is_some() {
                continue;
            }
            let number = stage.index.to_string();
            let used = mentioned.iter().any(|m| *m == number || m.contains('$'))
                || build.stages().iter().any(|s| s.base == Base::Stage(stage.index));
            if !used {
                report
                    .flag(build.from_span(stage), "no later stage uses this one and it has no name to build it by: all it does is thrown away")
                    .help("delete it, name it with `AS`, or copy from it with `COPY --from`");
            }
        }
    }
}

/// The stages that an instruction takes files from.
fn mentions<'s>(instruction: &Instruction<'s>) -> Vec<String> {
    match &instruction.body {
        Body::Copy(files) => files.from.iter().map(|f| f.as_str().to_owned()).collect(),
        Body::Run(run) => run.mounts.iter().filter_map(|m| m.from()).map(|f| f.as_str().to_owned()).collect(),
        _ => Vec::new(),
    }
}
