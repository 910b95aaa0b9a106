//! The shell scripts of a Dockerfile, each parsed once, with a map back to the file.

use plimsoll_dockerfile::{Body, Form, Instruction, Joined, Span};
use plimsoll_shell::{Dialect, Script, Shell};

/// What a script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Runs while the image is built.
    Run,
    /// The container's CMD.
    Cmd,
    /// The container's ENTRYPOINT.
    Entrypoint,
    /// The HEALTHCHECK's command.
    Healthcheck,
}

/// A script, and where in the file it stands.
#[derive(Debug)]
pub struct Run {
    /// The stage's index; `usize::MAX` before the first FROM.
    pub stage: usize,
    /// The instruction's index in the tree.
    pub instruction: usize,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether it runs in a build on top of this image (ONBUILD), not in this one.
    pub onbuild: bool,
    /// Whether it is a JSON array: no shell reads it.
    pub exec: bool,
    /// Whether it is the body of a heredoc that is run as a script.
    pub heredoc: bool,
    /// The shell that reads it: dialect, and what its flags switch on.
    pub shell: Shell,
    /// The commands.
    pub script: Script,
    map: Map,
}

impl Run {
    /// Bytes of the script as bytes of the file.
    pub fn span(&self, span: plimsoll_shell::Span) -> Span {
        self.map.span(span.start, span.end)
    }

    /// Whether a failing command inside a pipe fails the instruction: by SHELL, or by `set -o pipefail`.
    pub fn has_pipefail(&self) -> bool {
        self.shell.pipefail || self.script.sets_pipefail()
    }
}

/// Where each piece of the script's text stands in the file, in order.
#[derive(Debug, Default)]
struct Map {
    /// Offset in the script, offset in the file; each piece reaches to the next.
    pieces: Vec<(usize, u32)>,
    length: usize,
}

impl Map {
    fn push(&mut self, length: usize, source: u32) {
        self.pieces.push((self.length, source));
        self.length += length;
    }

    fn offset(&self, offset: usize) -> u32 {
        let at = self.pieces.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
        let Some((start, source)) = self.pieces.get(at) else { return 0 };
        source + u32::try_from(offset - start).unwrap_or(0)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let first = self.offset(start);
        // The end is the last byte's end: the piece after it may stand lines below.
        let last = if end > start { self.offset(end - 1) + 1 } else { first };
        Span::new(first, last.max(first))
    }
}

/// The scripts of one instruction, run by `shell` where the instruction does not say otherwise.
pub(super) fn scripts_of(
    instruction: &Instruction<'_>,
    index: usize,
    stage: usize,
    shell: Shell,
    runs: &mut Vec<Run>,
) {
    let inner = instruction.innermost();
    let onbuild = !std::ptr::eq(inner, instruction);
    let purpose = match &inner.body {
        Body::Run(_) => Purpose::Run,
        Body::Cmd(_) => Purpose::Cmd,
        Body::Entrypoint(_) => Purpose::Entrypoint,
        Body::Healthcheck(_) => Purpose::Healthcheck,
        _ => return,
    };
    let Some(form) = inner.form() else { return };
    let run = |shell: Shell, text: &str, map: Map, exec: bool, heredoc: bool| Run {
        stage,
        instruction: index,
        purpose,
        onbuild,
        exec,
        heredoc,
        shell,
        script: Script::parse(text, shell.dialect),
        map,
    };
    match form {
        Form::Json(elements) => {
            let mut text = String::new();
            let mut map = Map::default();
            for element in elements {
                if !text.is_empty() {
                    text.push(' ');
                    map.push(1, element.span.start);
                }
                let quoted = shell_quoted(element);
                // The element's span has its JSON quotes; the word inside begins one byte later.
                let ahead = u32::from(quoted.len() == element.len());
                map.push(quoted.len(), element.span.start + ahead);
                text.push_str(&quoted);
            }
            let dialect = if shell.dialect.is_posix_like() { Dialect::Sh } else { shell.dialect };
            let shell = Shell { dialect, pipefail: false, errexit: false };
            runs.push(run(shell, &text, map, true, false));
        }
        Form::Shell(joined) if inner.heredocs.is_empty() => {
            runs.push(run(shell, joined.as_str(), joined_map(joined), false, false));
        }
        Form::Shell(joined) => {
            let body = |at: usize| {
                let heredoc = &inner.heredocs[at];
                let mut map = Map::default();
                map.push(heredoc.content.len(), heredoc.body.start);
                (heredoc.content.as_ref(), map)
            };
            let first = &inner.heredocs[0];
            if first.span == joined.full_span() && inner.heredocs.len() == 1 {
                // The heredoc is the whole instruction: its body is the script, in the shell of its shebang.
                let shell = shebang_shell(&first.content).unwrap_or(shell);
                let (text, map) = body(0);
                runs.push(run(shell, text, map, false, true));
                return;
            }
            let mut text = joined.as_str().to_owned();
            let mut map = joined_map(joined);
            for heredoc in &inner.heredocs {
                text.push('\n');
                map.push(1, heredoc.body.start.saturating_sub(1));
                text.push_str(&heredoc.content);
                map.push(heredoc.content.len(), heredoc.body.start);
                let end = heredoc.terminator.map_or(heredoc.body.end, |t| t.start);
                text.push_str(&heredoc.name);
                map.push(heredoc.name.len(), end);
            }
            let outer = run(shell, &text, map, false, false);
            // `RUN bash <<EOF`: the body is a script for the shell that reads it.
            let mut readers = Vec::new();
            for command in &outer.script.commands {
                let bare = command.args_without_flags().next().is_none() && !command.has_flag("c", "");
                let reader =
                    bare.then(|| Dialect::from_name(command.name())).filter(|d| *d != Dialect::Other);
                let announced = command.redirects.iter().filter(|r| r.heredoc.is_some());
                readers.extend(announced.map(|_| reader));
            }
            runs.push(outer);
            // The shell finds them in the order of the line, as BuildKit does.
            for (at, reader) in readers.into_iter().enumerate().take(inner.heredocs.len()) {
                let Some(dialect) = reader else { continue };
                let (text, map) = body(at);
                let shell = Shell { dialect, pipefail: false, errexit: false };
                runs.push(run(shell, text, map, false, true));
            }
        }
    }
}

fn joined_map(joined: &Joined<'_>) -> Map {
    let mut map = Map::default();
    let runs = joined.runs();
    for (at, (offset, span)) in runs.iter().enumerate() {
        let next = runs.get(at + 1).map_or(joined.as_str().len(), |(next, _)| *next);
        map.push(next - offset, span.start);
    }
    map
}

fn shebang_shell(body: &str) -> Option<Shell> {
    Shell::from_shebang(body.lines().next()?)
}

/// A word as the shell would have to be given it.
pub(crate) fn shell_quoted(word: &str) -> std::borrow::Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,^{}[]~!".contains(c) || !c.is_ascii();
    // Variables stay as they are: exec form gives them to the program unexpanded, and rules look for them.
    if !word.is_empty() && word.chars().all(|c| plain(c) || c == '$') {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\\''")).into()
}
