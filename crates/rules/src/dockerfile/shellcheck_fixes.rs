//! Edits for ShellCheck's findings where the linter itself writes none.

use plimsoll_shell::{Command, Dialect, ShellFinding, Span, Word};

use super::edits::Replacement;
use super::{Build, Run};

/// The edits that mend a finding of a script; none where only a person can write them.
pub(super) fn fix(build: &Build<'_>, run: &Run, finding: &ShellFinding) -> Option<Vec<Replacement>> {
    let touches = |c: &&Command| c.span.start <= finding.span.start && finding.span.end <= c.span.end;
    // The innermost command is the last that begins before it.
    let command = run.script.commands.iter().rfind(touches)?;
    let edits = match finding.code {
        "SC2155" => declare_apart(run, command)?,
        "SC2164" => exit_without(command)?,
        "SC2185" => find_here(command)?,
        "SC2028" => printf(run, command)?,
        "SC2115" => fail_if_empty(run, command)?,
        _ => return None,
    };
    let place = |(span, text): (Span, String)| {
        // What is put in stands behind a byte that must be where it seems to be.
        let around = if span.start == span.end { Span::new(span.start.checked_sub(1)?, span.end) } else { span };
        let exact = build.exactly(run, around)?;
        let place = if span.start == span.end { plimsoll_dockerfile::Span::empty(exact.end) } else { exact };
        Some((place, text))
    };
    edits.into_iter().map(place).collect()
}

type Edits = Vec<(Span, String)>;

/// `export X="$(y)"` as `X="$(y)" && export X`: the status of `y` is no longer lost.
fn declare_apart(run: &Run, command: &Command) -> Option<Edits> {
    let keyword = command.name_word().filter(|_| command.is_any(&["export", "readonly"]))?;
    let [assignment] = command.assignments.as_slice() else { return None };
    let plain = command.args().len() <= 1 && command.redirects.is_empty() && !assignment.append;
    let value = assignment.value.as_ref()?;
    let gap = Span::new(keyword.span.start, assignment.span.start);
    // In a condition or before `||` the two would be judged apart.
    let alone = command.pipeline.is_none() && !command.negated && !command.context.condition;
    let rest = run.script.text().get(command.span.end..)?.trim_start();
    if !plain || !alone || rest.starts_with("||") || assignment.span.end != command.span.end {
        return None;
    }
    let joint = if rest.starts_with(';') { "; " } else { " && " };
    // A word of several pieces keeps them; only the spaces of an unquoted substitution were split before.
    let quoted = run.script.raw(value.span).starts_with(['"', '$', '`']);
    quoted.then(|| {
        let name = &assignment.name;
        vec![(gap, String::new()), (Span::new(command.span.end, command.span.end), format!("{joint}{} {name}", command.name()))]
    })
}

/// `cd x` as `cd x || exit`.
fn exit_without(command: &Command) -> Option<Edits> {
    let alone = command.pipeline.is_none() && !command.negated && !command.context.condition && !command.context.substitution;
    (alone && command.is_any(&["cd", "pushd", "popd"]))
        .then(|| vec![(Span::new(command.span.end, command.span.end), " || exit".to_owned())])
}

/// `find -name x` as `find . -name x`.
fn find_here(command: &Command) -> Option<Edits> {
    let name = command.name_word()?;
    let first = command.args().first().map(Word::text_lossy)?;
    let options = ["-H", "-L", "-P", "-D"].contains(&first) || first.starts_with("-O");
    (command.is("find") && first.starts_with('-') && !options)
        .then(|| vec![(Span::new(name.span.end, name.span.end), " .".to_owned())])
}

/// `echo 'a\tb'` as `printf 'a\tb\n'`, which dash's echo means.
fn printf(run: &Run, command: &Command) -> Option<Edits> {
    let name = command.name_word()?;
    let [text] = command.args() else { return None };
    let raw = run.script.raw(text.span);
    let inner = raw.strip_prefix('\'')?.strip_suffix('\'')?;
    let plain = !inner.contains(['%', '\'']) && !inner.starts_with('-') && !inner.contains("\\c") && !inner.contains("\\0");
    let is_dash = run.shell.dialect == Dialect::Sh && command.is("echo") && command.redirects.len() <= 1;
    (plain && is_dash).then(|| {
        let end = text.span.end - 1;
        vec![(name.span, "printf".to_owned()), (Span::new(end, end), "\\n".to_owned())]
    })
}

/// `rm -rf "$X/"` as `rm -rf "${X:?}/"`.
fn fail_if_empty(run: &Run, command: &Command) -> Option<Edits> {
    let edits: Edits = command
        .args()
        .iter()
        .flat_map(|word| &word.variables)
        .filter(|v| !v.has_default && run.script.text().get(v.span.end..).is_some_and(|rest| rest.starts_with('/')))
        .map(|v| (v.span, format!("${{{}:?}}", v.name)))
        .collect();
    (command.is("rm") && !edits.is_empty()).then_some(edits)
}
