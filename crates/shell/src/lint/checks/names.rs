//! Command names that are no command's name.

use super::{Checker, Code};
use crate::command::Command;
use crate::lint::Level;

pub(super) const CODES: &[Code] = &[
    ("SC2147", "A quoted `~` in PATH is not the home folder.", Level::Warning),
    ("SC2281", "An assignment's left side has no `$`.", Level::Error),
    ("SC2283", "There are no spaces around `=` in an assignment.", Level::Error),
    ("SC2284", "`==` compares inside `[ ]`; here it is an argument.", Level::Error),
    ("SC2286", "An empty string stands where a command's name should.", Level::Error),
    ("SC2287", "This command's name ends with `/`.", Level::Error),
    ("SC2288", "This command's name ends with a symbol.", Level::Warning),
    ("SC2289", "This command's name contains a tab or a line end.", Level::Error),
];

pub(super) fn odd_command_name(checker: &mut Checker<'_>, command: &Command) {
    let Some(name) = command.name_word() else { return };
    let text = name.text_lossy();
    if text.is_empty() {
        return checker.report("SC2286", name.span, "this empty string is taken for a command's name");
    }
    let is_syntax =
        matches!(text, "." | ":" | "[" | "[[" | "]" | "]]" | "!") || text.starts_with(['{', '}', '(', ')']);
    if is_syntax || name.is_only_expansion() || text.contains('=') {
        return;
    }
    // A quoted or computed end is somebody's intention, unless a symbol was put behind it.
    let Some(last) = text.chars().last() else { return };
    match last {
        '/' => checker.report("SC2287", name.span, "this is taken for a command whose name ends with `/`"),
        '}' | ')' | '`' if name.has_expansion => {}
        '\\' | '.' | ',' | '(' | '[' | '{' | '<' | '>' | '}' | ']' | ')' | '#' | '"' | '\'' | '%' | ' ' => {
            let message = format!("this is taken for a command whose name ends with `{last}`");
            checker.report("SC2288", name.span, message);
        }
        _ if !name.has_expansion && text.contains(['\t', '\n']) => {
            checker.report(
                "SC2289",
                name.span,
                "this is taken for a command whose name has a tab or a line end in it",
            );
        }
        _ => {}
    }
}

pub(super) fn assignment_with_spaces(checker: &mut Checker<'_>, command: &Command) {
    let (Some(name), Some(first)) = (command.name_word(), command.args().first()) else { return };
    let is_variable = name.text().is_some_and(|text| {
        !name.quoted
            && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    if !is_variable || first.quoted || command.is_any(&["test", "echo", "expr", "let"]) {
        return;
    }
    let text = first.text_lossy();
    if text == "==" {
        checker.report("SC2284", command.span, "`==` compares inside [ ]; here it is an argument");
    } else if text.starts_with('=') && !text.starts_with("==") && !text.starts_with("=~") {
        checker.report(
            "SC2283",
            first.span,
            "take the spaces around `=` away to assign (or quote it as an argument)",
        );
    }
}

pub(super) fn assignment_to_expansion(checker: &mut Checker<'_>, command: &Command) {
    let Some(name) = command.name_word() else { return };
    let raw = checker.script.raw(name.span);
    let Some((left, _)) = raw.split_once('=') else { return };
    let variable =
        left.strip_prefix("${").and_then(|l| l.strip_suffix('}')).or_else(|| left.strip_prefix('$'));
    let is_name = |v: &str| {
        v.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if variable.is_some_and(is_name) {
        checker.report("SC2281", name.span, "the left side of an assignment has no `$`");
    }
}

pub(super) fn tilde_in_path(checker: &mut Checker<'_>, command: &Command) {
    for assignment in command.assignments.iter().filter(|a| &*a.name == "PATH") {
        let quoted_tilde = assignment.value.as_ref().is_some_and(|value| {
            value.quoted
                && value.text_lossy().split(':').any(|folder| folder == "~" || folder.starts_with("~/"))
        });
        if quoted_tilde && !command.is_any(&["export", "declare", "typeset", "local", "readonly"]) {
            checker.report(
                "SC2147",
                assignment.span,
                "a `~` in a quoted PATH is not the home folder; use $HOME",
            );
        }
    }
}
