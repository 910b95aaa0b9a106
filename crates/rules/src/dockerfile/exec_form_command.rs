use plimsoll_dockerfile::{Form, Kind};
use plimsoll_shell::{Command, Context, Dialect, Word};

use super::bases::Family;
use super::edits::json_array;
use super::{Build, DockerfileRule, Reporter, Run, Stage};

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
                let why = match instruction.kind {
                    Kind::Entrypoint => {
                        "its shell swallows SIGTERM, and CMD and the arguments of `docker run` are dropped"
                    }
                    _ => "its shell swallows SIGTERM, so stopping the container takes ten seconds and a kill",
                };
                let chosen = build.sets_shell_before(stage, instruction);
                let draft =
                    report.flag(instruction.keyword.span, format!("{keyword} is in shell form: {why}"));
                draft.also("DL3025").also_if(!chosen, "JSONArgsRecommended").also("prefer-json-notation");
                let run = build.scripts_at(index).iter().find(|run| !run.exec && !run.heredoc);
                // Without its shell it is a Node program that is process 1, which `node-without-init` wants behind an init.
                let is_node = stage.is_final
                    && run.is_some_and(|run| run.script.effective_commands().any(|c| c.is_any(NODE)));
                match run.and_then(json_words) {
                    Some(json) => {
                        draft.help(format!("write it as a JSON array: `{keyword} {json}`"));
                        if !is_node {
                            draft.replace(command.full_span(), json, false);
                        }
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
    let plain = |word: &Word| {
        let starts_so = word.text_lossy().starts_with('~');
        !word.has_expansion
            && !word.has_glob
            && !word.has_braces
            && !starts_so
            && !word.text_lossy().contains('\n')
    };
    let plain =
        command.assignments.is_empty() && command.redirects.is_empty() && command.words.iter().all(plain);
    // What only a shell has cannot be run without one.
    let builtin = command.is_any(&[
        "exec", "cd", "source", ".", "export", "set", "eval", "exit", ":", "ulimit", "umask", "trap",
    ]);
    (plain && !builtin).then(|| json_array(command.words.iter().map(Word::text_lossy)))
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
        "exec" => "",
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
