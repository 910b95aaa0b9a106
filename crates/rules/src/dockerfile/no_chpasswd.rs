use plimsoll_shell::Command;

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct NoChpasswd;

impl DockerfileRule for NoChpasswd {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps() {
            let command = step.command;
            let by_stdin =
                command.is("chpasswd") || command.is("passwd") && command.has_any_flag(&["--stdin"]);
            let by_flag = command.is_any(&["useradd", "usermod"])
                && command
                    .flag_value("-p")
                    .or_else(|| command.flag_value("--password"))
                    .is_some_and(is_password);
            let deleted = command.is("passwd") && command.has_any_flag(&["-d", "--delete"]);
            if !(by_stdin || by_flag || deleted) {
                continue;
            }
            let name = command.name();
            let message = match deleted {
                true => format!("`{name} -d` lets anybody log in without a password"),
                false => format!(
                    "`{name}` sets a password that everybody with the image can read from its history or crack from /etc/shadow"
                ),
            };
            let draft = report.flag(step.head(), message);
            draft
                .help("give the user no password: nobody logs in to a container; `docker exec` needs none")
                .also_if(name == "chpasswd", "CKV2_DOCKER_17");
            if command.is_piped_from() {
                for word in writers(&step)
                    .flat_map(Command::args)
                    .filter(|w| name == "passwd" || w.text_lossy().contains(':'))
                {
                    draft.secret(step.run.span(word.span));
                }
            }
        }
    }
}

/// A locked password (`!`, `*`) is none.
fn is_password(value: &str) -> bool {
    !value.is_empty() && !value.starts_with(['!', '*'])
}

/// The commands whose output goes into a command.
fn writers<'b>(step: &Step<'b>) -> impl Iterator<Item = &'b Command> {
    let script = &step.run.script;
    let place = step.command.pipeline;
    let pipeline = place.and_then(|p| Some((script.pipelines.get(p.pipeline)?, p.position)));
    let before =
        pipeline.into_iter().flat_map(|(pipeline, position)| pipeline.elements.iter().take(position));
    before.flat_map(|range| script.commands.get(range.clone()).unwrap_or_default())
}
