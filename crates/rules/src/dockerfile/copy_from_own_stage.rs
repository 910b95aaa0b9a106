use plimsoll_dockerfile::{Body, Kind};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct CopyFromOwnStage;

impl DockerfileRule for CopyFromOwnStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            for (_, instruction) in build.instructions(stage) {
                let Body::Copy(copy) = &instruction.innermost().body else { continue };
                let Some(from) = &copy.from else { continue };
                if build.stage_called(from).is_none_or(|found| found.index != stage.index) {
                    continue;
                }
                let by_name = stage.name.is_some_and(|n| n.eq_ignore_ascii_case(from));
                report
                    .flag(
                        from.span,
                        format!(
                            "`--from={from}` is this very stage, which is not built yet: the build fails"
                        ),
                    )
                    .help("take from an earlier stage, or use `RUN cp` within this one")
                    .also_if(instruction.kind == Kind::Copy && stage.name == Some(from.as_str()), "DL3023")
                    .also_if(instruction.kind == Kind::Copy && by_name, "DS-0006");
            }
        }
    }
}
