use plimsoll_dockerfile::{Form, Kind};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ExecFormCommand;

impl DockerfileRule for ExecFormCommand {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            for (_, instruction) in build.instructions(stage) {
                if !matches!(instruction.kind, Kind::Cmd | Kind::Entrypoint) {
                    continue;
                }
                let Some(Form::Shell(command)) = instruction.form() else { continue };
                if command.is_empty() {
                    continue;
                }
                let keyword = instruction.kind.as_str();
                let why = match instruction.kind {
                    Kind::Entrypoint => {
                        "its shell swallows SIGTERM, and CMD and the arguments of `docker run` are dropped"
                    }
                    _ => "its shell swallows SIGTERM, so stopping the container takes ten seconds and a kill",
                };
                let chosen = build.sets_shell_before(stage, instruction);
                let draft =
                    report.flag(instruction.keyword.span, format!("{keyword} is in shell form: {why}"));
                draft.also("DL3025").also_if(!chosen, "JSONArgsRecommended").also("prefer-json-notation");
                match json_words(command) {
                    Some(json) => {
                        draft.help(format!("write it as a JSON array: `{keyword} {json}`"));
                        draft.replace(command.full_span(), json, false);
                    }
                    None => {
                        draft.help(format!("write it as a JSON array: `{keyword} [\"sh\", \"-c\", \"exec ...\"]` where it needs the shell"));
                    }
                }
            }
        }
    }
}

/// The command as a JSON array, where it is words and nothing that only a shell understands.
fn json_words(command: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+, ".contains(c);
    if !command.chars().all(plain) {
        return None;
    }
    let words: Vec<String> = command.split_ascii_whitespace().map(|w| format!("\"{w}\"")).collect();
    Some(format!("[{}]", words.join(", ")))
}
