//! Exit statuses and signals.

use super::{Checker, Code};
use crate::command::{Command, Connector};
use crate::lint::Level;
use crate::word::Span;

pub(super) const CODES: &[Code] = &[
    ("SC2093", "`exec` ends the script: what stands behind it never runs.", Level::Warning),
    ("SC2151", "`return` takes one status.", Level::Error),
    ("SC2152", "`return` takes a status from 0 to 255.", Level::Error),
    ("SC2173", "KILL and STOP cannot be trapped.", Level::Error),
    ("SC2241", "`exit` takes one status.", Level::Error),
    ("SC2242", "`exit` takes a status from 0 to 255.", Level::Error),
    ("SC2251", "A negated command never stops a script that runs with `set -e`.", Level::Info),
];

pub(super) fn ignored_negation(checker: &mut Checker<'_>, command: &Command) {
    let context = command.context;
    let stands_alone = matches!(command.connector, Connector::Start | Connector::Seq | Connector::Background)
        && !command.is_piped_from()
        && !(context.condition
            || context.case_arm
            || context.subshell
            || context.substitution
            || context.background);
    if !command.negated || !stands_alone || !checker.script.sets_errexit() {
        return;
    }
    // In a pipeline every command counts as negated; so does what follows the substitutions of this one.
    let behind = checker.script.commands.get(command.index + 1..).unwrap_or_default();
    let own = |later: &&Command| {
        command.span.contains(later.span)
            || (later.connector == Connector::Pipe && later.context.depth == context.depth)
    };
    match behind.iter().find(|later| !own(later)) {
        // The last status of the script or of a function is looked at by whoever runs it.
        None if context.depth == 0 || context.function => return,
        Some(next) if next.context.depth < context.depth && context.function => return,
        Some(next) if matches!(next.connector, Connector::And | Connector::Or) => return,
        // A loop or a case follows, and what connects it is not known.
        Some(next) if next.connector == Connector::Start && next.context.depth > context.depth => return,
        _ => {}
    }
    let before = checker.script.text().get(..command.span.start).unwrap_or("");
    let start = before.rfind('!').unwrap_or(command.span.start);
    let span = Span::new(start, command.span.end);
    checker.report("SC2251", span, "`!` keeps set -e from stopping here; use `if` or `&& exit 1`");
}

/// `exec a; b`: b never runs, except where the exec fails, which `echo` and `exit` behind it are for.
pub(super) fn exec_before_others(checker: &mut Checker<'_>, command: &Command) {
    let context = command.context;
    let is_plain = |c: &Command| c.context == context && c.connector == Connector::Seq;
    let stands_alone = context.depth == 0
        && matches!(command.connector, Connector::Start | Connector::Seq)
        && command.pipeline.is_none();
    if !command.is("exec") || !stands_alone || command.args_without_flags().next().is_none() {
        return;
    }
    let next = checker.script.commands.get(command.index + 1);
    let reports = |c: &Command| c.words.is_empty() || c.is_any(&["echo", "printf", "exit", "return"]);
    if next.is_some_and(|next| is_plain(next) && !reports(next)) {
        checker.report(
            "SC2093",
            command.span,
            "what stands behind this never runs; leave `exec` out to go on",
        );
    }
}

pub(super) fn invalid_status(checker: &mut Checker<'_>, command: &Command) {
    let (too_many, invalid) = match command.name() {
        "exit" => ("SC2241", "SC2242"),
        "return" => ("SC2151", "SC2152"),
        _ => return,
    };
    match command.args() {
        [] => {}
        [status] => {
            let is_status = status.text().is_none_or(|text| text.parse::<u8>().is_ok());
            if !is_status && !status.has_glob {
                checker.report(
                    invalid,
                    status.span,
                    format!("{} takes a status from 0 to 255", command.name()),
                );
            }
        }
        [first, ..] => checker.report(too_many, first.span, format!("{} takes one status", command.name())),
    }
}

pub(super) fn untrappable_signal(checker: &mut Checker<'_>, command: &Command) {
    if !command.is("trap") {
        return;
    }
    for word in command.args_without_flags().skip(1) {
        let name = word.text_lossy().to_ascii_uppercase();
        if matches!(name.strip_prefix("SIG").unwrap_or(&name), "KILL" | "STOP" | "9") {
            checker.report("SC2173", word.span, "this signal cannot be trapped");
        }
    }
}
