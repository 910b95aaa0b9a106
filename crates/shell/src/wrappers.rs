//! Commands that run other commands: `sudo apt-get install x`, `sh -c '...'`, `find -exec rm {} +`.

use std::sync::OnceLock;

use crate::command::Command;
use crate::dialect::Dialect;
use crate::script::Script;
use crate::word::{Span, Word};

/// How many wrappers in one another are looked into.
pub(crate) const MAX_DEPTH: usize = 4;

/// Shells that take a script as an argument or from their input.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "zsh"];

/// A program that runs the command in its arguments.
struct Wrapper {
    name: &'static str,
    /// Short flags that take a value, as letters.
    short: &'static str,
    /// Long flags that take a value as the next word.
    long: &'static [&'static str],
    /// Words of its own before the command: timeout's duration, gosu's user.
    operands: usize,
    /// Whether `NAME=value` may stand before the command.
    assignments: bool,
}

const fn wrapper(name: &'static str, short: &'static str, long: &'static [&'static str]) -> Wrapper {
    Wrapper { name, short, long, operands: 0, assignments: false }
}

const SUDO_LONG: &[&str] =
    &["--user", "--group", "--host", "--prompt", "--chdir", "--chroot", "--role", "--type"];

const WRAPPERS: &[Wrapper] = &[
    Wrapper { assignments: true, ..wrapper("sudo", "ughpCrtTUDR", SUDO_LONG) },
    Wrapper { assignments: true, ..wrapper("doas", "uC", &[]) },
    Wrapper { assignments: true, ..wrapper("env", "uC", &["--unset", "--chdir"]) },
    wrapper("exec", "a", &[]),
    wrapper("command", "", &[]),
    wrapper("builtin", "", &[]),
    wrapper("nohup", "", &[]),
    wrapper("time", "fo", &["--format", "--output"]),
    wrapper("nice", "n", &["--adjustment"]),
    wrapper("ionice", "cn", &["--class", "--classdata"]),
    wrapper("stdbuf", "ioe", &["--input", "--output", "--error"]),
    wrapper("setsid", "", &[]),
    wrapper("fakeroot", "lsib", &["--lib", "--faked"]),
    wrapper("busybox", "", &[]),
    wrapper("tini", "pe", &[]),
    wrapper("dumb-init", "r", &["--rewrite"]),
    wrapper("catchsegv", "", &[]),
    wrapper("unbuffer", "", &[]),
    wrapper(
        "xvfb-run",
        "enfpsw",
        &["--server-num", "--server-args", "--error-file", "--auth-file", "--wait"],
    ),
    Wrapper { operands: 1, ..wrapper("timeout", "ks", &["--kill-after", "--signal"]) },
    Wrapper { operands: 1, ..wrapper("gosu", "", &[]) },
    Wrapper { operands: 1, ..wrapper("su-exec", "", &[]) },
    wrapper(
        "xargs",
        "aEdIiLlnPs",
        &["--arg-file", "--delimiter", "--max-args", "--max-procs", "--max-chars"],
    ),
];

/// Looks into every command of the script, at most `depth` wrappers deep.
pub(crate) fn unwrap_commands(script: &mut Script, depth: usize) {
    let mut commands = std::mem::take(&mut script.commands);
    for command in &mut commands {
        command.inner = inner(command, script, depth);
    }
    script.commands = commands;
}

fn inner(command: &Command, script: &Script, depth: usize) -> Vec<Command> {
    if depth == 0 {
        return Vec::new();
    }
    match command.name() {
        name if SHELLS.contains(&name) => shell_script(command, script, depth),
        "busybox" if command.args().first().is_some_and(|w| matches!(w.text(), Some("sh" | "ash"))) => {
            shell_script(&with_words(command, command.args()), script, depth)
        }
        "su" | "runuser" => su(command, script, depth),
        "eval" => eval(command, script, depth),
        "find" => find_exec(command, script, depth),
        name if name.starts_with("python") || name.starts_with("pypy") => {
            python_module(command).map(|words| run(command, words, script, depth)).into_iter().collect()
        }
        name => {
            let wrapper = WRAPPERS.iter().find(|w| w.name == name);
            let words = wrapper.and_then(|wrapper| wrapped(command, wrapper));
            words.map(|words| run(command, words, script, depth)).into_iter().collect()
        }
    }
}

/// The command that `words` of the wrapper make, itself looked into.
fn run(wrapper: &Command, words: &[Word], script: &Script, depth: usize) -> Command {
    let mut command = with_words(wrapper, words);
    command.inner = inner(&command, script, depth - 1);
    command
}

/// The same command with other words: place, redirects and connectors stay.
fn with_words(command: &Command, words: &[Word]) -> Command {
    let start = words.first().map_or(command.span.start, |word| word.span.start);
    let end = words.last().map_or(command.span.end, |word| word.span.end);
    Command {
        words: words.to_vec(),
        assignments: command.assignments.clone(),
        redirects: command.redirects.clone(),
        span: Span::new(start, end),
        inner: Vec::new(),
        installed: OnceLock::new(),
        ..*command
    }
}

/// The words of the command that a wrapper runs.
fn wrapped<'a>(command: &'a Command, wrapper: &Wrapper) -> Option<&'a [Word]> {
    let mut rest = command.args();
    let mut operands = wrapper.operands;
    while let [first, after @ ..] = rest {
        let text = first.text_lossy();
        if text == "--" {
            rest = after;
            if operands == 0 {
                break;
            }
            continue;
        }
        if let Some(flag) = text.strip_prefix('-').filter(|flag| !flag.is_empty()) {
            // `command -v x` asks about x, `sudo -l` and `sudo -e` run no command.
            if wrapper.name == "command" && flag.contains(['v', 'V']) {
                return None;
            }
            let takes_next = match flag.strip_prefix('-') {
                Some(_) => wrapper.long.contains(&text),
                None => {
                    flag.chars().position(|c| wrapper.short.contains(c)).is_some_and(|i| i + 1 == flag.len())
                }
            };
            rest = if takes_next { after.get(1..).unwrap_or(&[]) } else { after };
            continue;
        }
        if wrapper.assignments && is_assignment(text) {
            rest = after;
            continue;
        }
        if operands == 0 {
            break;
        }
        operands -= 1;
        rest = after;
    }
    (!rest.is_empty()).then_some(rest)
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// What a shell is given to read.
enum Given<'c> {
    /// `sh -c SCRIPT`
    Argument(&'c Word),
    /// Its input.
    Input,
    /// A file, or nothing.
    Other,
}

fn given(command: &Command) -> Given<'_> {
    let mut args = command.args().iter();
    while let Some(arg) = args.next() {
        let text = arg.text_lossy();
        if text == "-" {
            return Given::Input;
        }
        let Some(flags) = text.strip_prefix(['-', '+']) else { return Given::Other };
        if flags.starts_with('-') {
            continue;
        }
        if flags.contains('c') {
            // `-ec` and `-c -e`: the script is the first word that is no flag; `-eo pipefail -c` has the option first.
            let mut rest = args.as_slice();
            while let [first, after @ ..] = rest
                && first.looks_like_flag()
            {
                rest = after;
            }
            return rest.first().map_or(Given::Other, Given::Argument);
        }
        // What follows is given to the script.
        if flags.contains('s') {
            return Given::Input;
        }
        if flags.ends_with('o') || flags.ends_with('O') {
            args.next();
        }
    }
    Given::Input
}

/// A script in an argument: `sh -c SCRIPT`.
#[derive(Debug, Clone)]
pub struct ArgumentScript {
    /// What the shell reads.
    pub script: Script,
    /// Where that stands in the script around it.
    at: Span,
    /// Whether quoting changed nothing in it, so that its bytes stand there one by one.
    exact: bool,
}

impl ArgumentScript {
    /// Bytes of it as bytes of the script around it; all of the word where quoting changed something.
    pub fn span(&self, span: Span) -> Span {
        if self.exact { Span::new(span.start + self.at.start, span.end + self.at.start) } else { self.at }
    }
}

impl Script {
    /// The script that a command of this one gives to a shell as an argument, also behind `sudo`, `env` and the like.
    pub fn argument_of(&self, command: &Command) -> Option<ArgumentScript> {
        let (shell, dialect) = shell_of(command)?;
        let Given::Argument(word) = given(shell) else { return None };
        let (text, at, exact) = inside(word, self);
        Some(ArgumentScript { script: Script::parse(text, dialect), at, exact })
    }
}

/// The shell that a command is, or runs as `env bash`, `exec bash` and `sudo bash` do.
fn shell_of(command: &Command) -> Option<(&Command, Dialect)> {
    let mut command = command;
    loop {
        match (Dialect::from_name(command.name()), command.wrapped()) {
            (Dialect::Other, [wrapped]) => command = wrapped,
            (Dialect::Other, _) => return None,
            (dialect, _) => return Some((command, dialect)),
        }
    }
}

/// The language of what a command reads from its input, where that is a script.
pub(crate) fn reader_of_input(command: &Command) -> Option<Dialect> {
    let (shell, dialect) = shell_of(command)?;
    matches!(given(shell), Given::Input).then_some(dialect)
}

/// `sh -c SCRIPT`, and `sh <<EOF`.
fn shell_script(command: &Command, script: &Script, depth: usize) -> Vec<Command> {
    let dialect = Dialect::from_name(command.name());
    match given(command) {
        Given::Argument(word) => return read(word, command, script, dialect, depth),
        Given::Input => {}
        Given::Other => return Vec::new(),
    }
    let bodies = command.redirects.iter().filter_map(|r| script.heredocs.get(r.heredoc?));
    bodies
        .flat_map(|heredoc| place(script.raw(heredoc.body), heredoc.body, true, command, dialect, depth))
        .collect()
}

/// `su USER -c SCRIPT`, and `runuser -u USER -- COMMAND`.
fn su(command: &Command, script: &Script, depth: usize) -> Vec<Command> {
    let args = command.args();
    for (i, arg) in args.iter().enumerate() {
        match arg.text_lossy() {
            "-c" | "--command" => {
                let word = args.get(i + 1);
                return word.map(|word| read(word, command, script, Dialect::Sh, depth)).unwrap_or_default();
            }
            "--" if command.name() == "runuser" => {
                let rest = &args[i + 1..];
                return if rest.is_empty() { Vec::new() } else { vec![run(command, rest, script, depth)] };
            }
            _ => {}
        }
    }
    Vec::new()
}

fn eval(command: &Command, script: &Script, depth: usize) -> Vec<Command> {
    match command.args() {
        [word] if word.quoted => read(word, command, script, script.dialect, depth),
        [] => Vec::new(),
        words if words.iter().all(|word| !word.quoted && !word.has_expansion) => {
            vec![run(command, words, script, depth)]
        }
        _ => Vec::new(),
    }
}

/// `python -m pip install x` runs pip.
fn python_module(command: &Command) -> Option<&[Word]> {
    let at = command.args().iter().position(|word| word.text_lossy() == "-m")?;
    let before_is_flags = command.args()[..at].iter().all(Word::looks_like_flag);
    let module = command.args().get(at + 1..).filter(|_| before_is_flags)?;
    module.first()?.text().is_some_and(|name| matches!(name, "pip" | "pipx" | "uv")).then_some(module)
}

/// Each `-exec COMMAND {} +` of a find.
fn find_exec(command: &Command, script: &Script, depth: usize) -> Vec<Command> {
    let mut found = Vec::new();
    let mut rest = command.args();
    while let [first, after @ ..] = rest {
        rest = after;
        if matches!(first.text_lossy(), "-exec" | "-execdir" | "-ok" | "-okdir") {
            let length =
                after.iter().position(|w| matches!(w.text_lossy(), ";" | "+")).unwrap_or(after.len());
            let (words, behind) = after.split_at(length);
            rest = behind;
            if !words.is_empty() {
                found.push(run(command, words, script, depth));
            }
        }
    }
    found
}

/// Reads the script that a word holds.
fn read(word: &Word, command: &Command, script: &Script, dialect: Dialect, depth: usize) -> Vec<Command> {
    let (text, at, exact) = inside(word, script);
    place(text, at, exact, command, dialect, depth)
}

/// What a word holds, where, and whether it stands there byte for byte: what is between its quotes if quoting changed
/// nothing in it; else every position in it is the whole word.
fn inside<'w>(word: &'w Word, script: &'w Script) -> (&'w str, Span, bool) {
    let raw = script.raw(word.span);
    let between = |quote: char| raw.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(body) = between('\'')
        .filter(|body| !body.contains('\''))
        .or_else(|| between('"').filter(|body| !body.contains(['"', '\\'])))
    {
        return (body, Span::new(word.span.start + 1, word.span.end - 1), true);
    }
    (word.text_lossy(), word.span, false)
}

/// Parses an inner script and puts its commands where they stand in the outer one.
fn place(text: &str, at: Span, exact: bool, outer: &Command, dialect: Dialect, depth: usize) -> Vec<Command> {
    let mut parsed = Script::parse_flat(text, dialect);
    unwrap_commands(&mut parsed, depth - 1);
    let mut commands = parsed.commands;
    commands.iter_mut().for_each(|command| adopt(command, at, exact, outer));
    commands
}

fn adopt(command: &mut Command, at: Span, exact: bool, outer: &Command) {
    let shift = |span: &mut Span| {
        *span = if exact { Span::new(span.start + at.start, span.end + at.start) } else { at }
    };
    let shift_word = |word: &mut Word| {
        shift(&mut word.span);
        word.variables.iter_mut().for_each(|variable| shift(&mut variable.span));
    };
    shift(&mut command.span);
    command.words.iter_mut().for_each(shift_word);
    for assignment in &mut command.assignments {
        shift(&mut assignment.span);
        assignment.value.iter_mut().for_each(shift_word);
    }
    for redirect in &mut command.redirects {
        shift(&mut redirect.span);
        shift_word(&mut redirect.target);
        redirect.heredoc = None;
    }
    // A pipeline of the inner script is not in the outer script's list.
    command.pipeline = outer.pipeline;
    command.index = outer.index;
    command.context = command.context.within(outer.context);
    command.inner.iter_mut().for_each(|inner| adopt(inner, at, exact, outer));
}
