use plimsoll_dockerfile::{Form, Kind};

use super::exec_form_command::json_words;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ExecFormHealthcheck;

impl DockerfileRule for ExecFormHealthcheck {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let checks = build.tree.instructions.iter().enumerate().filter(|(_, i)| i.kind == Kind::Healthcheck);
        for (index, instruction) in checks {
            let Some(Form::Shell(command)) = instruction.form() else { continue };
            if command.is_empty() {
                continue;
            }
            let json = build.scripts_at(index).first().and_then(json_words);
            report
                .flag(command.full_span(), "the check is in shell form: it needs a shell in the image and starts one at every interval")
                .help("write it as a JSON array: `HEALTHCHECK CMD [\"program\", \"argument\"]`")
                .also("DL3025")
                .mend(json.map(|json| (command.full_span(), json)), false);
        }
    }
}
