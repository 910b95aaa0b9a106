//! Our own checks for ShellCheck codes that the linter does not have, or means something else by.
//!
//! Each check is a function over the parsed script; [`CHECKS`] lists them with the codes that they report.

mod args;
mod conditions;
mod names;
mod posix;
mod status;
mod streams;

use super::{Level, ShellFinding};
use crate::command::Command;
use crate::script::Script;
use crate::word::Span;

/// A code of ours: number, what it is about, level.
pub(super) type Code = (&'static str, &'static str, Level);

/// What a check is given, and where its findings go.
pub(super) struct Checker<'a> {
    pub(super) script: &'a Script,
    pub(super) declared: &'a [&'a str],
    found: Vec<ShellFinding>,
}

impl Checker<'_> {
    fn report(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        let level = codes().find(|(name, ..)| *name == code).map_or(Level::Warning, |(.., level)| *level);
        self.found.push(ShellFinding { code, span, message: message.into(), level, fix: None });
    }
}

type Check = fn(&mut Checker<'_>, &Command);

/// Asked of every simple command.
const CHECKS: &[Check] = &[
    args::find_without_path,
    args::rm_from_root,
    args::mkdir_mode_of_parents,
    args::printf_arguments,
    args::repeated_tr_letters,
    conditions::test_operators,
    names::odd_command_name,
    names::assignment_with_spaces,
    names::assignment_to_expansion,
    names::tilde_in_path,
    posix::bash_variables,
    posix::exec_flags,
    status::exec_before_others,
    status::ignored_negation,
    status::invalid_status,
    status::untrappable_signal,
    streams::redirect_alone,
    streams::pipe_into_deaf_command,
];

const CODES: &[&[Code]] =
    &[args::CODES, conditions::CODES, names::CODES, posix::CODES, status::CODES, streams::CODES];

/// The codes of our own checks.
pub(super) fn codes() -> impl Iterator<Item = &'static Code> {
    CODES.iter().copied().flatten()
}

/// Runs every check.
pub(super) fn run(script: &Script, declared: &[&str]) -> Vec<ShellFinding> {
    let mut checker = Checker { script, declared, found: Vec::new() };
    for command in &script.commands {
        CHECKS.iter().for_each(|check| check(&mut checker, command));
    }
    checker.found
}
