use plimsoll_compose::{Command, HealthTest, Service, Span};

use super::credentials::{Argument, arguments, as_variable, is_cl_0020, is_credential, shipped};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct SecretInCommand;

impl ComposeRule for SecretInCommand {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for (key, command) in commands(service) {
                for argument in arguments(command) {
                    let name = as_variable(&argument.name);
                    if !is_literal(&argument) || !is_credential(&name, &argument.value) {
                        continue;
                    }
                    let span = place(command, &argument);
                    let draft = report.flag_compose(
                        &span,
                        format!("`{key}` of `{}` has a credential behind `{}`, for everybody who reads this file or lists its processes", service.name, argument.name),
                    );
                    draft
                        .instruction(&command.key)
                        .help("write `${NAME:?}` in its place and the value into a .env that git ignores; or declare it under `secrets:` and let the program read the file")
                        .also_if(is_cl_0020(&name, &argument.value), "CL-0020");
                    if !plimsoll_secrets::placeholder(&argument.value) {
                        draft.hide(&span);
                        continue;
                    }
                    // A bare `-p` says nothing of whose password it is.
                    let variable = match name.to_ascii_uppercase() {
                        name if name == "PASSWORD" => format!("{}_{name}", service.name.to_ascii_uppercase()),
                        name => name,
                    };
                    let is_name = variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                    let variable = format!("${{{variable}:?}}");
                    let edits = is_name.then(|| stack.reworded(&span, &argument.value, &variable));
                    draft.mend_project(stack, edits.flatten(), false);
                }
            }
        }
    }
}

/// The commands of a service with the keys that give them.
pub(super) fn commands(service: &Service) -> Vec<(&'static str, &Command)> {
    let health = service.healthcheck.as_ref().filter(|h| !h.is_disabled());
    let test = health.filter(|h| h.test() != Some(HealthTest::None)).and_then(|h| h.test.as_ref());
    let given = [("command", &service.command), ("entrypoint", &service.entrypoint)];
    let given = given.into_iter().filter_map(|(key, command)| Some((key, command.as_ref()?)));
    given.chain(test.map(|test| ("healthcheck", test))).collect()
}

/// Whether the file ships the value itself.
pub(super) fn is_literal(argument: &Argument) -> bool {
    !shipped(&argument.value).trim_matches(['"', '\'']).is_empty()
}

/// The word that holds the argument, or the whole command.
pub(super) fn place(command: &Command, argument: &Argument) -> Span {
    let words = command.node.as_seq();
    let word = argument.word.and_then(|at| words?.iter().filter(|w| !w.is_null()).nth(at));
    word.map_or_else(|| command.node.span.clone(), |word| word.span.clone())
}
