use plimsoll_dockerfile::{Form, Kind};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ExecFormHealthcheck;

impl DockerfileRule for ExecFormHealthcheck {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in build.tree.instructions.iter().filter(|i| i.kind == Kind::Healthcheck) {
            let Some(Form::Shell(command)) = instruction.form() else { continue };
            if command.is_empty() {
                continue;
            }
            report
                .flag(command.full_span(), "the check is in shell form: it needs a shell in the image and starts one at every interval")
                .help("write it as a JSON array: `HEALTHCHECK CMD [\"program\", \"argument\"]`")
                .also("DL3025");
        }
    }
}
