//! Input that nobody reads.

use super::{Checker, Code};
use crate::command::Command;
use crate::lint::Level;

pub(super) const CODES: &[Code] = &[
    ("SC2188", "This redirect has no command.", Level::Warning),
    ("SC2216", "This command does not read what is piped into it.", Level::Warning),
];

/// Commands that never read standard input.
const DEAF: &[&str] = &[
    "alias", "basename", "bg", "cal", "cd", "chgrp", "chmod", "chown", "cp", "du", "echo", "export", "fg",
    "fuser", "getconf", "getopt", "getopts", "ipcrm", "ipcs", "jobs", "kill", "ln", "ls", "locale", "mv",
    "printf", "ps", "pwd", "renice", "rm", "rmdir", "set", "sleep", "touch", "trap", "ulimit", "unalias",
    "uname",
];

pub(super) fn redirect_alone(checker: &mut Checker<'_>, command: &Command) {
    let is_alone = command.words.is_empty() && command.assignments.is_empty();
    if let Some(first) = command.redirects.first()
        && is_alone
        && !command.context.substitution
    {
        checker.report("SC2188", first.span, "this redirect has no command; use `true` for none");
    }
}

pub(super) fn pipe_into_deaf_command(checker: &mut Checker<'_>, command: &Command) {
    let before = checker.script.text().get(..command.span.start).unwrap_or("").trim_end();
    let is_element = command.is_piped_from() && (before.ends_with('|') || before.ends_with("|&"));
    let target = match command.words.split_first() {
        Some((_, rest)) if command.is("command") => rest.first().map_or("", |word| word.text_lossy()),
        _ => command.name(),
    };
    if !is_element || !DEAF.contains(&target) {
        return;
    }
    let may_ask = command.is_any(&["rm", "cp", "mv", "ln"]) && command.has_flag("i", "interactive");
    let may_read = command.words.iter().any(|word| word.has_substitution);
    if !may_ask && !may_read {
        let message = format!("{target} does not read what is piped into it; did you mean xargs?");
        checker.report("SC2216", command.span, message);
    }
}
