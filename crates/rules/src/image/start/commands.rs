//! Which programs a command line runs: the program itself, what it hands on to, what a shell's script calls.

use plimsoll_image::EntryKind;
use plimsoll_shell::{Command, Connector, Script, Shell};

use super::program::{self, StartedBy, called_by_env, denied};
use super::runner::Right;
use super::world::{Node, place, shown};
use super::{FaultKind, Told, World};
use crate::draft::Place;

/// A longer script is not a person's.
const MAX_SCRIPT: usize = 64 << 10;
/// How many of a script's commands are looked at.
const MAX_COMMANDS: usize = 200;
/// How many programs may hand on to one another.
const MAX_HANDED_ON: usize = 8;

/// Looks at a command in exec form.
pub(super) fn examine(world: &World<'_>, words: &[String], told: &mut Told<'_>) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(first) = words.first().filter(|w| !w.is_empty()) else { return };
    if is_shell(first) && words.get(1).is_some_and(|f| takes_script(f)) && is_missing(world, first) {
        let message = format!(
            "{} is in shell form, and the image has no {first}: `no such file or directory`",
            told.keyword()
        );
        let help =
            "write it in exec form, `CMD [\"/app/server\", \"--port\", \"8000\"]`, which needs no shell";
        return told.push(FaultKind::Missing, Place::Image, message, help);
    }
    if program::start(world, first, StartedBy::Kernel, told) {
        hand_on(world, &words, told, 0);
    }
}

fn is_missing(world: &World<'_>, program: &str) -> bool {
    matches!(world.find(program), super::world::Search::Missing)
}

fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

fn is_shell(program: &str) -> bool {
    matches!(base(program), "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh")
}

/// `-c`, `-ec`, `-lc`.
fn takes_script(flag: &str) -> bool {
    flag.starts_with('-') && !flag.starts_with("--") && flag.ends_with('c')
}

/// What a program that is there runs or reads in its turn.
fn hand_on(world: &World<'_>, words: &[&str], told: &mut Told<'_>, depth: usize) {
    let Some((first, rest)) = words.split_first().filter(|_| depth < MAX_HANDED_ON) else { return };
    if is_shell(first)
        && let Some(at) = rest.iter().position(|w| takes_script(w))
    {
        if let Some(text) = rest.get(at + 1).filter(|t| t.len() <= MAX_SCRIPT) {
            let script = Script::parse(text, Shell::from_argv(&[first]).dialect);
            examine_script(world, &script, first, told);
        }
        return;
    }
    let next: Option<&[&str]> = match base(first) {
        "dumb-init" | "tini" | "tini-static" | "catatonit" | "docker-init" | "nohup" | "exec" => {
            match rest.iter().position(|w| *w == "--") {
                Some(at) => rest.get(at + 1..),
                None => Some(rest).filter(|r| r.first().is_some_and(|w| !w.starts_with('-'))),
            }
        }
        "env" => {
            let called = called_by_env(rest.iter().copied());
            called.and_then(|name| rest.iter().position(|w| *w == name)).and_then(|at| rest.get(at..))
        }
        "gosu" | "su-exec" => rest.get(1..).filter(|_| rest.first().is_some_and(|w| !w.starts_with('-'))),
        _ => None,
    };
    if let Some(next) = next {
        let changed = matches!(base(first), "gosu" | "su-exec").then(|| world.for_anybody());
        let world = changed.as_ref().unwrap_or(world);
        let Some(program) = next.first() else { return };
        // They call execvp, which hands what the kernel refuses to a shell.
        if program::start(world, program, StartedBy::Shell, told) {
            hand_on(world, next, told, depth + 1);
        }
        return;
    }
    if let Some(script) = script_of(base(first), rest) {
        examine_file(world, first, script, told);
    }
}

/// The file that an interpreter is given to read, where its words say so beyond doubt.
fn script_of<'w>(interpreter: &str, words: &[&'w str]) -> Option<&'w str> {
    let harmless: &[&str] = match interpreter {
        "node" | "nodejs" => {
            &["--enable-source-maps", "--no-warnings", "--no-deprecation", "--trace-warnings"]
        }
        "ruby" => &["-w"],
        "perl" => &["-w", "-T"],
        "php" => &["-f"],
        "java" => {
            let at = words.iter().position(|w| *w == "-jar")?;
            return words.get(at + 1).copied();
        }
        "sh" | "bash" | "dash" | "ash" => &["-e", "-u", "-x", "-eu", "-ex", "-eux", "-l"],
        name if name.starts_with("python") => &["-u", "-B", "-O", "-OO", "-I", "-s", "-S", "-E", "-q", "-v"],
        _ => return None,
    };
    // `--max-old-space-size=512` holds its value in itself.
    let mut rest =
        words.iter().skip_while(|w| harmless.contains(w) || w.starts_with("--") && w.contains('='));
    let script = rest.next()?;
    let verb = matches!(interpreter, "node" | "nodejs") && matches!(*script, "inspect" | "debug");
    (!script.is_empty() && !script.starts_with('-') && !verb).then_some(*script)
}

/// What Node.js and Python take a name for.
const ENDINGS: [&str; 7] = ["", ".js", ".mjs", ".cjs", ".json", ".node", ".ts"];

fn examine_file(world: &World<'_>, interpreter: &str, script: &str, told: &mut Told<'_>) {
    let path = world.absolute(script);
    if world.is_mounted(&path) {
        return;
    }
    let endings = if base(interpreter).starts_with("node") { &ENDINGS[..] } else { &ENDINGS[..1] };
    let found: Option<Node<'_>> = endings.iter().find_map(|ending| world.lookup(&format!("{path}{ending}")));
    match found {
        // Without a slash a shell looks in PATH too.
        None if is_shell(interpreter) && !script.contains('/') => {}
        None => {
            let message = format!(
                "{} has {} read {path}, which is not in the image",
                told.keyword(),
                base(interpreter)
            );
            told.push(
                FaultKind::Script,
                Place::Image,
                message,
                "copy it into the final stage, or name it where it is; a relative path counts from WORKDIR",
            );
        }
        Some(node) if node.kind() == EntryKind::File && !world.may(Right::Read, node) => {
            denied(world, node, Right::Read, told);
        }
        Some(node) if node.kind() == EntryKind::Directory && base(interpreter) == "java" => {
            let message = format!("{} has java read {}, which is a folder", told.keyword(), shown(node));
            told.push(FaultKind::Script, place(node), message, "name the .jar in it");
        }
        Some(_) => {}
    }
}

/// What shells do themselves.
const BUILT_IN: [&str; 52] = [
    ".", ":", "[", "[[", "alias", "bg", "bind", "break", "builtin", "caller", "case", "cd", "command",
    "continue", "declare", "dirs", "echo", "enable", "eval", "exec", "exit", "export", "false", "fc", "fg",
    "getopts", "hash", "jobs", "kill", "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd",
    "read", "readonly", "return", "set", "shift", "shopt", "source", "test", "times", "trap", "true", "type",
    "ulimit", "umask", "unset",
];

/// Programs that busybox, where it is the shell, may run without a file of their own.
const APPLETS: [&str; 24] = [
    "awk", "cat", "cp", "cut", "date", "env", "find", "grep", "head", "httpd", "id", "ls", "mkdir", "mv",
    "nc", "nslookup", "ping", "ps", "rm", "sed", "sleep", "tail", "tr", "wget",
];

fn is_built_in(name: &str) -> bool {
    BUILT_IN.contains(&name)
        || matches!(name, "alias" | "unalias" | "wait" | "typeset" | "suspend" | "disown")
}

/// Looks at the commands that a script comes to in any case.
fn examine_script(world: &World<'_>, script: &Script, shell: &str, told: &mut Told<'_>) {
    if !script.problems.is_empty() || script.assigns("PATH") {
        return;
    }
    let busybox = world.lookup(shell).is_some_and(|n| n.name() == b"busybox")
        || matches!(world.find(shell), super::world::Search::Found(n) if n.name() == b"busybox");
    let commands: Vec<&Command> = script.commands.iter().take(MAX_COMMANDS).collect();
    let mut at = 0;
    while let Some(first) = commands.get(at).copied() {
        // `a || b || exit 1` fails only if all fail that may stand in for each other.
        let more = commands.iter().skip(at + 1).take_while(|c| c.connector == Connector::Or).count();
        let chain = commands.get(at..=at + more).unwrap_or_default();
        let guarded = first.connector == Connector::And
            && at > 0
            && commands.get(at - 1).is_some_and(|c| is_question(c));
        at += more + 1;
        let plain = first.context.depth == 0 && first.context.is_unconditional();
        if first.is_any(&["cd", ".", "source", "eval", "alias", "pushd", "shopt"]) {
            // From here on other folders, functions and names count.
            return;
        }
        if !plain || guarded || is_question(first) {
            continue;
        }
        let stand_ins =
            chain.iter().filter(|c| !c.is_any(&["exit", "false", "kill", "return", "true", ":", "echo"]));
        let known = |c: &&Command| runs_what_is_there(world, script, c, busybox);
        if !stand_ins.clone().any(known) {
            examine_command(world, first, told);
        }
        if first.is("exec") {
            return;
        }
    }
}

/// A command that only asks, so that what follows it may not run.
fn is_question(command: &Command) -> bool {
    command.is_any(&["[", "[[", "test", "command", "type", "which", "hash", "case"])
}

/// Whether a command's program is there, or cannot be told.
fn runs_what_is_there(world: &World<'_>, script: &Script, command: &Command, busybox: bool) -> bool {
    command.effective().into_iter().all(|inner| match name_of(inner) {
        None => true,
        Some(name) => {
            is_built_in(name)
                || script.functions.iter().any(|f| **f == *name)
                || busybox && APPLETS.contains(&name)
                || matches!(world.find(name), super::world::Search::Unknown)
                || is_sound(world, inner)
        }
    })
}

fn is_sound(world: &World<'_>, command: &Command) -> bool {
    let mut faults = super::Faults::default();
    examine_command(world, command, &mut faults.of(super::Part::Command, plimsoll_dockerfile::Kind::Cmd));
    faults.all.is_empty()
}

/// The name of a command, where it stands there as it is.
fn name_of(command: &Command) -> Option<&str> {
    let word = command.name_word()?;
    let name = word.text().filter(|n| !n.is_empty() && !n.starts_with('~'))?;
    (!word.has_glob && !word.has_braces).then_some(name)
}

fn examine_command(world: &World<'_>, command: &Command, told: &mut Told<'_>) {
    for inner in command.effective() {
        let Some(name) = name_of(inner).filter(|n| !is_built_in(n)) else { continue };
        let literal = inner.words.iter().take_while(|w| !w.has_expansion && !w.has_glob && !w.has_braces);
        let words: Vec<&str> = literal.filter_map(|w| w.text()).collect();
        if program::start(world, name, StartedBy::Shell, told) && !is_shell(name) {
            hand_on(world, &words, told, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_interpreters() {
        assert_eq!(script_of("node", &["--max-old-space-size=512", "server.js"]), Some("server.js"));
        assert_eq!(script_of("node", &["-e", "1"]), None);
        assert_eq!(script_of("node", &["--require", "x", "server.js"]), None);
        assert_eq!(script_of("python3.12", &["-u", "app.py"]), Some("app.py"));
        assert_eq!(script_of("python", &["-m", "app"]), None);
        assert_eq!(script_of("java", &["-Xmx1g", "-jar", "/app.jar"]), Some("/app.jar"));
        assert_eq!(script_of("uvicorn", &["app.main:app"]), None);
    }
}
