use plimsoll_dockerfile::{Form, Instruction, Kind};
use plimsoll_shell::{Command, Connector, Context, Dialect, Word};

use super::bases::Family;
use super::edits::json_array;
use super::{Build, DockerfileRule, Reporter, Run, Stage};
use crate::Severity;
use crate::draft::Draft;

pub(crate) struct ExecFormCommand;

impl DockerfileRule for ExecFormCommand {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            for (index, instruction) in build.instructions(stage) {
                if !matches!(instruction.kind, Kind::Cmd | Kind::Entrypoint) {
                    continue;
                }
                let Some(Form::Shell(command)) = instruction.form() else { continue };
                if command.is_empty() {
                    continue;
                }
                let keyword = instruction.kind.as_str();
                let run = build.scripts_at(index).iter().find(|run| !run.exec && !run.heredoc);
                let fault = run.map_or(Fault::Shell, Fault::of);
                let why = match (fault, instruction.kind) {
                    (Fault::NoJson, _) => {
                        format!("{keyword} is no JSON, so {}: the container never starts", tried(run))
                    }
                    (Fault::HandsOver, Kind::Entrypoint) => {
                        "ENTRYPOINT is in shell form: CMD and the arguments of `docker run` are dropped".to_owned()
                    }
                    (Fault::HandsOver, _) => {
                        "CMD is in shell form: `exec` lets signals arrive, but the image needs a shell to start".to_owned()
                    }
                    (Fault::Shell, Kind::Cmd) if build.is_windows(stage) => {
                        "CMD is in shell form: a shell stays between the engine and the program, and is told to stop in its place".to_owned()
                    }
                    (Fault::Shell, Kind::Entrypoint) => {
                        "ENTRYPOINT is in shell form: its shell swallows SIGTERM, and CMD and the arguments of `docker run` are dropped".to_owned()
                    }
                    (Fault::Shell, _) => {
                        "CMD is in shell form: its shell swallows SIGTERM, so stopping the container takes ten seconds and a kill".to_owned()
                    }
                };
                let chosen = build.sets_shell_before(stage, instruction);
                let draft = report.flag(instruction.keyword.span, why);
                // hadolint cannot read a file with more behind an array.
                let readable = run.is_none_or(|run| array_with_more(run.script.text().trim()).is_none());
                draft
                    .also_if(readable, "DL3025")
                    .also_if(!chosen, "JSONArgsRecommended")
                    .also("prefer-json-notation");
                match fault {
                    Fault::NoJson => {
                        draft.severity(Severity::Error);
                        judge_no_json(build, instruction, run, draft);
                        continue;
                    }
                    Fault::HandsOver if instruction.kind == Kind::Entrypoint => {
                        draft.severity(Severity::Info)
                    }
                    Fault::HandsOver => draft.severity(Severity::Style),
                    Fault::Shell => draft,
                };
                // Without its shell it is a Node program that is process 1, which `node-without-init` wants behind an init.
                let is_node = stage.is_final
                    && run.is_some_and(|run| run.script.effective_commands().any(|c| c.is_any(NODE)));
                match run.and_then(json_words) {
                    None if fault == Fault::HandsOver => {
                        draft.help(format!(
                            "nothing to do where it needs the shell; else write a JSON array: `{keyword} [\"program\", \"argument\"]`"
                        ));
                    }
                    Some(json) => {
                        draft.help(format!("write it as a JSON array: `{keyword} {json}`"));
                        if !is_node {
                            draft.replace(command.full_span(), json, false);
                        }
                    }
                    None if build.is_windows(stage) => {
                        draft.help(format!(
                            "write it as a JSON array: `{keyword} [\"program.exe\", \"argument\"]`, each backslash twice"
                        ));
                    }
                    None => {
                        draft.help(format!("write it as a JSON array: `{keyword} [\"sh\", \"-c\", \"exec ...\"]` where it needs the shell"));
                        let json = run.filter(|_| command.is_contiguous()).and_then(by_shell);
                        draft.mend(
                            json.filter(|_| has_shell(build, stage)).map(|json| (command.full_span(), json)),
                            false,
                        );
                    }
                }
            }
        }
    }
}

/// What is wrong with a command in shell form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// A shell is process 1.
    Shell,
    /// The shell gives its place to the program: `exec app`.
    HandsOver,
    /// It was to be a JSON array and is none, so a shell gets its brackets.
    NoJson,
}

impl Fault {
    fn of(run: &Run) -> Self {
        if is_broken_json(run) {
            return Self::NoJson;
        }
        let Some(last) = run.script.commands.last() else { return Self::Shell };
        let gives_place = last.is("exec")
            && last.words.len() > 1
            && last.context == Context::default()
            && last.pipeline.is_none()
            && run.shell.dialect.is_posix_like();
        if gives_place { Self::HandsOver } else { Self::Shell }
    }
}

/// Whether words in brackets are what a shell is given: `['a', 'b']`, `["a", "b"] # why`. A test (`[ -f x ] && y`) is none.
fn is_broken_json(run: &Run) -> bool {
    let text = run.script.text().trim();
    let Some(inner) = text.strip_prefix('[').filter(|inner| !inner.starts_with('[')) else { return false };
    let Some(first) = run.script.commands.first() else { return false };
    let quoted = inner.trim_start().starts_with(['"', '\'']);
    let listed = first.words.iter().any(|w| w.text_lossy().ends_with(','));
    let is_test = first.is("[") && run.script.commands.len() > 1;
    // What runs although the first fails may be what starts.
    let stops = run.script.commands.iter().skip(1).all(|c| c.connector == Connector::And);
    run.shell.dialect.is_posix_like() && stops && (listed || quoted && !is_test)
}

/// What the shell makes of the brackets.
fn tried(run: Option<&Run>) -> String {
    let first = run.and_then(|run| run.script.commands.first()).map_or("[", |c| c.name());
    if first == "[" {
        "the shell takes its brackets for a test".to_owned()
    } else {
        format!("the shell looks for a program called `{first}`")
    }
}

fn judge_no_json(build: &Build<'_>, instruction: &Instruction<'_>, run: Option<&Run>, draft: &mut Draft) {
    let text = run.map_or("", |run| run.script.text().trim());
    let keyword = instruction.kind.as_str();
    let Some(Form::Shell(command)) = instruction.form() else { return };
    let whole = command.full_span();
    if let Some(json) = in_double_quotes(text) {
        draft.help(format!("JSON knows double quotes only: `{keyword} {json}`"));
        draft.replace(whole, json, true);
    } else if let Some((json, comment)) = array_with_more(text).filter(|(_, rest)| rest.starts_with('#')) {
        draft.help(format!("a comment stands on a line of its own: `{keyword} {json}`"));
        if !comment.contains('\n') {
            draft.mend([build.line_above(instruction, comment), (whole, json.to_owned())], true);
        }
    } else {
        draft.help(format!("write a JSON array, its words in double quotes with commas between: `{keyword} [\"program\", \"argument\"]`"));
    }
}

/// A JSON array of words, and what stands behind it and makes it none.
fn array_with_more(text: &str) -> Option<(&str, &str)> {
    let mut arrays = serde_json::Deserializer::from_str(text).into_iter::<Vec<String>>();
    arrays.next()?.ok()?;
    let (json, rest) = text.split_at_checked(arrays.byte_offset())?;
    let rest = rest.trim();
    (!rest.is_empty()).then_some((json, rest))
}

/// Programs that run Node.
const NODE: &[&str] = &[
    "node",
    "nodejs",
    "npm",
    "yarn",
    "pnpm",
    "npx",
    "next",
    "nuxt",
    "nodemon",
    "ts-node",
    "serve",
    "http-server",
];

/// The command as a JSON array, where it is words and nothing that only a shell understands.
pub(super) fn json_words(run: &Run) -> Option<String> {
    let text = run.script.text().trim();
    if text.starts_with('[') {
        return in_double_quotes(text);
    }
    let command = only_command(run)?;
    // The array's program is process 1 without it.
    let words = match command.words.as_slice() {
        [exec, rest @ ..] if exec.text_lossy() == "exec" => rest,
        words => words,
    };
    if words.first().is_none_or(Word::looks_like_flag) {
        return None;
    }
    let plain = |word: &Word| {
        let starts_so = word.text_lossy().starts_with('~');
        !word.has_expansion
            && !word.has_glob
            && !word.has_braces
            && !starts_so
            && !word.text_lossy().contains('\n')
    };
    let plain = command.assignments.is_empty() && command.redirects.is_empty() && words.iter().all(plain);
    // What only a shell has cannot be run without one.
    let builtin = words.first().is_some_and(|w| {
        ["cd", "source", ".", "export", "set", "eval", "exit", ":", "ulimit", "umask", "trap"]
            .contains(&w.text_lossy())
    });
    (plain && !builtin).then(|| json_array(words.iter().map(Word::text_lossy)))
}

/// `['a', 'b']`, which JSON does not know, with the quotes that were meant.
fn in_double_quotes(text: &str) -> Option<String> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let words: Option<Vec<&str>> = inner
        .split(',')
        .map(|word| {
            let word = word.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (!word.contains(['\'', '"', '\\'])).then_some(word)
        })
        .collect();
    words.map(json_array)
}

/// The command as a JSON array that has a shell put the variables in, and then takes its place.
fn by_shell(run: &Run) -> Option<String> {
    let command = only_command(run)?;
    if run.script.text().trim().starts_with('[') {
        return None;
    }
    let exec = match command.name() {
        // What it makes of the array is what it was.
        "exec" => return None,
        _ if command.is_any(&["cd", "source", ".", "export", "set", "eval", "exit", ":"])
            || command.words.is_empty() =>
        {
            return None;
        }
        _ => "exec ",
    };
    let text = run.script.text().trim();
    (!text.contains(['\n', '\\'])).then(|| json_array(["sh", "-c", &format!("{exec}{text}")]))
}

/// The command of a script that has no other, no pipe and no condition.
fn only_command(run: &Run) -> Option<&Command> {
    let [command] = run.script.commands.as_slice() else { return None };
    let alone = command.context == Context::default() && command.pipeline.is_none() && !command.negated;
    let is_all = run.script.raw(command.span) == run.script.text().trim();
    let runs_as_sh = matches!(run.shell.dialect, Dialect::Sh | Dialect::Bash | Dialect::Ash);
    (alone && is_all && runs_as_sh && !run.script.is_opaque() && command.assignments.is_empty())
        .then_some(command)
}

fn has_shell<'s>(build: &Build<'s>, stage: &Stage<'s>) -> bool {
    !build.is_windows(stage) && !matches!(build.family(stage), Some(Family::Scratch | Family::Distroless))
}
