use plimsoll_dockerfile::Kind;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct FromFirst;

impl DockerfileRule for FromFirst {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in build.tree.instructions.iter().take_while(|i| i.kind != Kind::From) {
            if matches!(instruction.kind, Kind::Arg | Kind::Unknown) {
                continue;
            }
            report
                .flag(
                    instruction.keyword.span,
                    format!(
                        "{} stands before any FROM, so it belongs to no stage and the build fails",
                        instruction.kind
                    ),
                )
                .help("begin the file with FROM; only ARG and comments may stand before it")
                .also("DL3061");
        }
    }
}
