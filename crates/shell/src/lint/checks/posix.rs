//! What POSIX sh does not have.

use super::{Checker, Code};
use crate::command::Command;
use crate::dialect::Dialect;
use crate::lint::Level;

pub(super) const CODES: &[Code] = &[
    ("SC3028", "This variable is set by bash, not by POSIX sh.", Level::Warning),
    ("SC3038", "`exec` has no flags in POSIX sh.", Level::Warning),
];

/// Variables that bash keeps.
const BASH_VARIABLES: &[&str] = &[
    "BASHOPTS",
    "BASHPID",
    "BASH_SOURCE",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HOSTNAME",
    "HOSTTYPE",
    "MACHTYPE",
    "OSTYPE",
    "PIPESTATUS",
    "RANDOM",
    "SECONDS",
    "SHELLOPTS",
    "SHLVL",
    "UID",
];

pub(super) fn bash_variables(checker: &mut Checker<'_>, command: &Command) {
    // The script's list has those outside simple commands too, so it is walked once, with the first command.
    if checker.script.dialect() != Dialect::Sh || command.index > 0 {
        return;
    }
    let script = checker.script;
    for used in script.variables.iter().filter(|used| BASH_VARIABLES.contains(&&*used.name)) {
        let is_given = checker.declared.contains(&&*used.name)
            || script.assigns(&used.name)
            || script.raw(used.span).contains(":=");
        if !is_given {
            checker.report(
                "SC3028",
                used.span,
                format!("{} is set by bash; POSIX sh has no such variable", used.name),
            );
        }
    }
}

pub(super) fn exec_flags(checker: &mut Checker<'_>, command: &Command) {
    if let Some(first) = command.args().first()
        && command.is("exec")
        && checker.script.dialect() == Dialect::Sh
        && first.looks_like_flag()
        && first.text_lossy() != "--"
    {
        checker.report("SC3038", first.span, "exec has no flags in POSIX sh");
    }
}
