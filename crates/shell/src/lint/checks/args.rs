//! Arguments that do not do what they seem to.

use super::{Checker, Code};
use crate::command::Command;
use crate::lint::Level;
use crate::word::Word;

pub(super) const CODES: &[Code] = &[
    ("SC2020", "`tr` replaces sets of letters, not words, so repeated letters mean nothing.", Level::Info),
    ("SC2114", "`rm -r` of a system folder.", Level::Warning),
    ("SC2115", "`rm -r` on a path that may be `/` when the variable is empty.", Level::Warning),
    ("SC2174", "With `-p`, `mkdir -m` sets the mode of the deepest folder only.", Level::Warning),
    ("SC2182", "The `printf` format has no variables, so its other arguments are ignored.", Level::Error),
    ("SC2183", "The `printf` format has more or fewer variables than there are arguments.", Level::Warning),
    ("SC2185", "Not every `find` has a default path; name `.` explicitly.", Level::Info),
];

pub(super) fn find_without_path(checker: &mut Checker<'_>, command: &Command) {
    if !command.is("find") {
        return;
    }
    let is_leading_flag = |flag: &str| flag.len() <= 2 || flag.starts_with("-O");
    for word in command.args() {
        let text = word.text_lossy();
        if !text.starts_with('-') {
            return;
        }
        if !is_leading_flag(text) {
            break;
        }
    }
    checker.report("SC2185", command.span, "some versions of find have no default path; say `find .`");
}

/// Folders without which nothing runs; `/` is the empty one.
const SYSTEM_FOLDERS: &[&str] = &[
    "",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/media",
    "/mnt",
    "/usr",
    "/usr/bin",
    "/usr/local",
    "/usr/share",
    "/var",
];

/// `rm -rf /usr`, and `rm -rf "/$X"`; the linter sees `"$X/"*` and its like.
pub(super) fn rm_from_root(checker: &mut Checker<'_>, command: &Command) {
    if !command.is("rm") || !(command.has_flag("r", "recursive") || command.has_flag("R", "")) {
        return;
    }
    for word in command.args_without_flags() {
        let text = word.text_lossy().trim_end_matches('/');
        if word.text().is_some_and(|t| t.starts_with('/')) && SYSTEM_FOLDERS.contains(&text) {
            checker.report("SC2114", word.span, "this deletes a folder of the system itself");
        }
        let is_variable = |rest: &str| {
            let name = rest.strip_prefix("${").and_then(|name| name.strip_suffix('}'));
            name.is_some_and(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        };
        if text.strip_prefix('/').is_some_and(is_variable) {
            checker.report("SC2115", word.span, "this is `/` when the variable is empty; use \"${var:?}\"");
        }
    }
}

pub(super) fn mkdir_mode_of_parents(checker: &mut Checker<'_>, command: &Command) {
    if !command.is("mkdir") || !command.has_flag("p", "parents") {
        return;
    }
    let is_mode = |word: &&Word| {
        let text = word.text_lossy();
        text.starts_with("--mode") || (text.starts_with('-') && !text.starts_with("--") && text.contains('m'))
    };
    let Some(at) = command.args().iter().position(|word| is_mode(&word)) else { return };
    let flag = &command.args()[at];
    let takes_next = flag.text_lossy().ends_with('m') || flag.text_lossy() == "--mode";
    let value = takes_next.then(|| at + 1);
    let makes_parents = |(i, word): (usize, &Word)| {
        let name = word.text().map(|t| t.strip_prefix("../").or_else(|| t.strip_prefix("./")).unwrap_or(t));
        Some(i) != value && !word.looks_like_flag() && name.is_none_or(|name| name.contains('/'))
    };
    if command.args().iter().enumerate().any(makes_parents) {
        checker.report("SC2174", flag.span, "with -p, -m sets the mode of the deepest folder only");
    }
}

pub(super) fn printf_arguments(checker: &mut Checker<'_>, command: &Command) {
    if !command.is("printf") {
        return;
    }
    let mut args = command.args();
    if args.first().is_some_and(|word| word.text_lossy() == "-v") {
        args = args.get(2..).unwrap_or_default();
    }
    if args.first().is_some_and(|word| word.text_lossy() == "--") {
        args = &args[1..];
    }
    let Some((format, values)) = args.split_first() else { return };
    let Some(text) = format.text() else { return };
    let may_be_many = |word: &Word| {
        word.has_glob
            || word.has_braces
            || word.variables.iter().any(|variable| !variable.quoted)
            || ["$@", "${@", "[@]", "$*", "${*"].iter().any(|list| word.text_lossy().contains(list))
            || (!word.quoted && word.text_lossy().contains("${"))
    };
    if values.iter().any(may_be_many) || text.contains("%(") {
        return;
    }
    let wanted = count_formats(text);
    let given = values.len();
    if wanted == 0 && given > 0 {
        checker.report(
            "SC2182",
            format.span,
            "this printf format has no variables; the other arguments are ignored",
        );
    } else if wanted > 0 && (given == 0 || given % wanted != 0) {
        let message = format!("this printf format has {wanted} variables, but {given} arguments follow");
        checker.report("SC2183", format.span, message);
    }
}

/// How many arguments a printf format takes: its conversions, and one more for each `*`.
fn count_formats(format: &str) -> usize {
    let mut count = 0;
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' || chars.next_if_eq(&'%').is_some() {
            continue;
        }
        let mut stars = 0;
        while let Some(flag) = chars.next_if(|c| c.is_ascii_digit() || "-+ #0.*'".contains(*c)) {
            stars += usize::from(flag == '*');
        }
        if chars.next().is_some() {
            count += 1 + stars;
        }
    }
    count
}

pub(super) fn repeated_tr_letters(checker: &mut Checker<'_>, command: &Command) {
    if !command.is("tr") {
        return;
    }
    for word in command.args().iter().filter(|word| !word.looks_like_flag()) {
        let Some(text) = word.text() else { continue };
        let has_syntax = text.starts_with('[') || text.contains(['\\', '-']);
        let mut letters: Vec<char> = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        letters.sort_unstable();
        if !has_syntax && letters.windows(2).any(|pair| pair[0] == pair[1]) {
            checker.report(
                "SC2020",
                word.span,
                "tr replaces sets of letters, not words; a letter stands here twice",
            );
        }
    }
}
