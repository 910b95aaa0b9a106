//! Edits for ShellCheck's findings: the linter's own where they keep what the script means, and more.

use plimsoll_shell::{Command, Dialect, ShellFinding, Span, Word};

use super::edits::Replacement;
use super::{Build, Run};

/// The codes of which the linter's own edit is what a person would write. The others change what the script does
/// (SC2016 expands what is written into a file), or only silence the linter (SC2034 renames to `_`).
const SOUND: &[&str] = &[
    "SC2005", "SC2035", "SC2038", "SC2061", "SC2062", "SC2068", "SC2070", "SC2088", "SC2102", "SC2140",
    "SC2162", "SC2196", "SC2197", "SC2223", "SC2268", "SC3014", "SC3020", "SC3021", "SC3029",
];

/// Substitutions that give one word.
const ONE_WORD: &[&str] = &[
    "nproc",
    "uname",
    "dpkg --print-architecture",
    "getconf",
    "pwd",
    "whoami",
    "hostname",
    "basename",
    "dirname",
    "mktemp",
    "lsb_release",
    "which",
    "command -v",
    "id -",
    "date +%s",
    "arch",
    "rpm -E",
    "python -c",
    "python3 -c",
    "sysctl -n",
];

/// Longer scripts are not looked through for each of their findings.
const MOST_COMMANDS: usize = 2000;

/// The edits that mend a finding of a script, and whether they keep its meaning; none where only a person can write them.
pub(super) fn fix(build: &Build<'_>, run: &Run, finding: &ShellFinding) -> Option<(Vec<Replacement>, bool)> {
    if run.script.commands.len() > MOST_COMMANDS {
        return None;
    }
    let own = match finding.code {
        "SC2006" => return Some((placed(build, run, without_backticks(run, finding.span)?)?, true)),
        "SC2155" => declare_apart,
        "SC2164" => exit_without,
        "SC2185" => find_here,
        "SC2028" => printf,
        "SC2115" => fail_if_empty,
        _ => return linters(build, run, finding),
    };
    let touches = |c: &&Command| c.span.start <= finding.span.start && finding.span.end <= c.span.end;
    // The innermost command is the last that begins before it.
    let command = run.script.commands.iter().rfind(touches)?;
    Some((placed(build, run, own(run, command)?)?, false))
}

/// The linter's own edits, where they are sound here.
fn linters(build: &Build<'_>, run: &Run, finding: &ShellFinding) -> Option<(Vec<Replacement>, bool)> {
    let fix = finding.fix.as_ref()?;
    let is_sound = match finding.code {
        "SC2086" => is_one_word(build, run, finding.span),
        "SC2046" => {
            let raw = run.script.raw(finding.span).trim_start_matches(['$', '(', '`', ' ']);
            ONE_WORD.iter().any(|command| raw.starts_with(command)) || is_tested(run, finding.span)
        }
        code => SOUND.contains(&code),
    };
    // A line break would end the instruction.
    let breaks = fix.edits.iter().any(|e| e.text.contains('\n') && !run.heredoc);
    if !is_sound || breaks {
        return None;
    }
    let edits = fix.edits.iter().map(|e| (e.span, e.text.clone())).collect();
    Some((placed(build, run, edits)?, fix.is_safe))
}

/// Whether an unquoted variable can only be meant as one word, so that quotes change nothing but what they are for. A list
/// of packages or flags must stay without.
fn is_one_word(build: &Build<'_>, run: &Run, span: Span) -> bool {
    let script = &run.script;
    let within = |outer: Span| outer.start <= span.start && span.end <= outer.end;
    let Some(variable) = script.variables.iter().find(|v| v.span == span || within(v.span)) else {
        return false;
    };
    let Some(command) = script.commands.iter().rfind(|c| within(c.span)) else { return false };
    if is_tested(run, span)
        || command.is_any(&["cd", "echo"])
        || command.redirects.iter().any(|r| within(r.target.span))
    {
        return true;
    }
    let Some(word) = command.words.iter().find(|w| within(w.span)) else { return false };
    // `$DIR/bin`, `app-$VERSION.tar.gz`: a list has nothing beside it.
    if word.span != variable.span && !word.text_lossy().starts_with('-') {
        return true;
    }
    let name = &*variable.name;
    let assigned: Vec<Option<&Word>> = script
        .commands
        .iter()
        .flat_map(|c| &c.assignments)
        .filter(|a| &*a.name == name)
        .map(|a| a.value.as_ref())
        .collect();
    let single = |value: &str| {
        !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || "*?[$`".contains(c))
    };
    if !assigned.is_empty() {
        return assigned.iter().all(|value| value.is_some_and(|value| single(value.text_lossy())));
    }
    let looped = script.text().contains(&format!("for {name} in "));
    looped || build.expand_at(run.instruction, &format!("${{{name}}}")).is_some_and(|value| single(&value))
}

/// Whether it stands in `[ ... ]`.
fn is_tested(run: &Run, span: Span) -> bool {
    let holds = |c: &&Command| c.span.start <= span.start && span.end <= c.span.end;
    run.script.commands.iter().rfind(holds).is_some_and(|c| c.is_any(&["[", "test"]))
}

/// Edits of the script as edits of the file.
fn placed(build: &Build<'_>, run: &Run, edits: Edits) -> Option<Vec<Replacement>> {
    let place = |(span, text): (Span, String)| {
        // What is put in stands behind a byte that must be where it seems to be.
        let around =
            if span.start == span.end { Span::new(span.start.checked_sub(1)?, span.end) } else { span };
        let exact = build.exactly(run, around)?;
        let place = if span.start == span.end { plimsoll_dockerfile::Span::empty(exact.end) } else { exact };
        Some((place, text))
    };
    edits.into_iter().map(place).collect()
}

type Edits = Vec<(Span, String)>;

/// `` `x` `` as `$(x)`, where nothing in it is escaped for the backticks.
fn without_backticks(run: &Run, span: Span) -> Option<Edits> {
    let inner = run.script.raw(span).strip_prefix('`')?.strip_suffix('`')?;
    let plain = !inner.contains(['`', '\\']);
    plain.then(|| {
        vec![
            (Span::new(span.start, span.start + 1), "$(".to_owned()),
            (Span::new(span.end - 1, span.end), ")".to_owned()),
        ]
    })
}

/// `export X="$(y)"` as `X="$(y)" && export X`: the status of `y` is no longer lost.
fn declare_apart(run: &Run, command: &Command) -> Option<Edits> {
    let keyword = command.name_word().filter(|_| command.is_any(&["export", "readonly"]))?;
    let [assignment] = command.assignments.as_slice() else { return None };
    let plain = command.args().len() <= 1 && command.redirects.is_empty() && !assignment.append;
    let value = assignment.value.as_ref()?;
    let gap = Span::new(keyword.span.start, assignment.span.start);
    // In a condition or before `||` the two would be judged apart.
    let alone = command.pipeline.is_none() && !command.negated && !command.context.condition;
    let end = command.span.end;
    let rest = run.script.text().get(end..)?.trim_start();
    if !plain || !alone || rest.starts_with("||") || assignment.span.end != end {
        return None;
    }
    let joint = if rest.starts_with(';') { "; " } else { " && " };
    // A word of several pieces keeps them; only the spaces of an unquoted substitution were split before.
    let quoted = run.script.raw(value.span).starts_with(['"', '$', '`']);
    quoted.then(|| {
        let name = &assignment.name;
        vec![(gap, String::new()), (Span::new(end, end), format!("{joint}{} {name}", command.name()))]
    })
}

/// `cd x` as `cd x || exit`.
fn exit_without(run: &Run, command: &Command) -> Option<Edits> {
    // The last one's status is the RUN's.
    if command.index + 1 == run.script.commands.len() {
        return None;
    }
    let alone = command.pipeline.is_none()
        && !command.negated
        && !command.context.condition
        && !command.context.substitution;
    let end = command.span.end;
    (alone && command.is_any(&["cd", "pushd", "popd"]))
        .then(|| vec![(Span::new(end, end), " || exit".to_owned())])
}

/// `find -name x` as `find . -name x`.
fn find_here(_: &Run, command: &Command) -> Option<Edits> {
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
    let plain = !inner.contains(['%', '\''])
        && !inner.starts_with('-')
        && !inner.contains("\\c")
        && !inner.contains("\\0");
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
        .filter(|v| {
            !v.has_default && run.script.text().get(v.span.end..).is_some_and(|rest| rest.starts_with('/'))
        })
        .map(|v| (v.span, format!("${{{}:?}}", v.name)))
        .collect();
    (command.is("rm") && !edits.is_empty()).then_some(edits)
}
