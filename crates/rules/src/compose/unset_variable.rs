use std::collections::HashSet;

use plimsoll_compose::Fallback;

use super::env_files::named_variables;
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;

pub(crate) struct UnsetVariable;

/// What every shell has.
const USUAL: &[&str] = &[
    "HOME",
    "USER",
    "PWD",
    "PATH",
    "HOSTNAME",
    "UID",
    "GID",
    "SHELL",
    "TZ",
    "LANG",
    "DISPLAY",
    "COMPOSE_PROJECT_NAME",
    "XDG_RUNTIME_DIR",
];

impl ComposeRule for UnsetVariable {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let named = named_variables(stack);
        let mut unnamed = Vec::new();
        let mut told: HashSet<&str> = HashSet::new();
        // A variable that has a default or must be given in one place is known to whoever reads the file.
        let answered: HashSet<&str> = stack
            .project
            .variables()
            .filter(|v| v.fallback != Fallback::None)
            .map(|v| v.name.as_str())
            .collect();
        for variable in stack.project.variables().filter(|v| v.fallback == Fallback::None) {
            let name = variable.name.as_str();
            let known = named.as_ref().is_some_and(|names| names.contains(name));
            if known || answered.contains(name) || USUAL.contains(&name) || !told.insert(name) {
                continue;
            }
            if named.is_none() {
                unnamed.push(variable);
                continue;
            }
            report
                .flag_compose(
                    &variable.span,
                    format!("`{name}` has no default, and neither .env nor an example of it names it: unset, it is the empty text"),
                )
                .severity(Severity::Warning)
                .help(format!("give it a default, `${{{name}:-...}}`, insist on it, `${{{name}:?}}`, or name it in .env.example"));
        }
        let Some(first) = unnamed.first() else { return };
        let more = match unnamed.len() {
            1 => " has no default".to_owned(),
            2 => " and another variable have no default".to_owned(),
            n => format!(" and {} other variables have no default", n - 1),
        };
        report
            .flag_compose(
                &first.span,
                format!("`{}`{more}, and no .env.example says that they have to be set: unset, a variable is the empty text", first.name),
            )
            .help("give them defaults, `${NAME:-...}`, insist on them, `${NAME:?}`, or name them in .env.example");
    }
}
