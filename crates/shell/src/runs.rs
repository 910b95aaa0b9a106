//! The scripts of a Dockerfile, each parsed once, with a map back to the file.

use plimsoll_dockerfile::meaning::Meaning;
use plimsoll_dockerfile::{Body, Form, Instruction, Joined, Span};

use crate::wrappers::reader_of_input;
use crate::{Dialect, Script, Shell};

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
    /// The stage's index.
    pub stage: usize,
    /// The instruction's index in the file.
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
    /// Bytes of the script as bytes of the file, across continuations and the comments between them.
    pub fn span(&self, span: crate::Span) -> Span {
        self.map.span(span.start, span.end)
    }

    /// Whether a failing command inside a pipe fails the instruction: by SHELL, or by `set -o pipefail`.
    pub fn has_pipefail(&self) -> bool {
        self.shell.pipefail || self.script.sets_pipefail()
    }
}

/// Every script of a Dockerfile, in order: RUN, CMD, ENTRYPOINT, HEALTHCHECK, those in ONBUILD too, and the heredocs
/// that are run. Each is read in the shell that SHELL, a shebang or the command before a heredoc chooses. Instructions
/// before the first FROM have none.
pub fn runs(meaning: &Meaning<'_, '_>) -> Vec<Run> {
    let mut runs = Vec::new();
    for stage in &meaning.stages {
        for index in stage.instructions.clone() {
            let Some(instruction) = meaning.file.instructions.get(index) else { continue };
            let inner = instruction.innermost();
            let purpose = match &inner.body {
                Body::Run(_) => Purpose::Run,
                Body::Cmd(_) => Purpose::Cmd,
                Body::Entrypoint(_) => Purpose::Entrypoint,
                Body::Healthcheck(_) => Purpose::Healthcheck,
                _ => continue,
            };
            let onbuild = !std::ptr::eq(inner, instruction);
            let shell = shell_before(meaning, index);
            let mut maker =
                Maker { stage: stage.index, instruction: index, purpose, onbuild, runs: &mut runs };
            maker.read(inner, shell);
        }
    }
    runs
}

/// The shell that reads an instruction: of the SHELL before it, or else the platform's own.
pub fn shell_before(meaning: &Meaning<'_, '_>, instruction: usize) -> Shell {
    let set = meaning.effective_at(instruction).shell.and_then(|at| {
        match &meaning.file.instructions.get(at)?.innermost().body {
            Body::Shell(form) => form.json(),
            _ => None,
        }
    });
    let stage = meaning.stage_of(instruction).and_then(|stage| meaning.stages.get(stage));
    match set {
        Some(argv) => Shell::from_argv(argv),
        None if stage.is_some_and(|stage| stage.windows) => Shell::from_argv(&["cmd", "/S", "/C"]),
        None => Shell::from_argv(&["/bin/sh", "-c"]),
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

/// Makes the scripts of one instruction.
struct Maker<'r> {
    stage: usize,
    instruction: usize,
    purpose: Purpose,
    onbuild: bool,
    runs: &'r mut Vec<Run>,
}

impl Maker<'_> {
    fn read(&mut self, instruction: &Instruction<'_>, shell: Shell) {
        match instruction.form() {
            Some(Form::Json(elements)) => {
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
                let mut run = self.run(dialect.into(), &text, map);
                run.exec = true;
                self.runs.push(run);
            }
            Some(Form::Shell(joined)) if instruction.heredocs.is_empty() => {
                let run = self.run(shell, joined.as_str(), joined_map(joined));
                self.runs.push(run);
            }
            Some(Form::Shell(joined)) => self.with_heredocs(instruction, joined, shell),
            None => {}
        }
    }

    fn with_heredocs(&mut self, instruction: &Instruction<'_>, line: &Joined<'_>, shell: Shell) {
        if let [only] = instruction.heredocs.as_slice()
            && only.span == line.full_span()
        {
            // The heredoc is the whole instruction: its body is the script, in the shell of its shebang.
            let first_line = only.content.lines().next().unwrap_or("");
            let first_line = if only.chomp { first_line.trim_start_matches('\t') } else { first_line };
            let shebang = Shell::from_shebang(first_line);
            self.push_body(instruction, 0, shebang.unwrap_or(shell));
            return;
        }
        let mut text = line.as_str().to_owned();
        let mut map = joined_map(line);
        for heredoc in &instruction.heredocs {
            text.push('\n');
            map.push(1, heredoc.body.start.saturating_sub(1));
            text.push_str(&heredoc.content);
            map.push(heredoc.content.len(), heredoc.body.start);
            let end = heredoc.terminator.map_or(heredoc.body.end, |terminator| terminator.start);
            text.push_str(&heredoc.name);
            map.push(heredoc.name.len(), end);
        }
        let outer = self.run(shell, &text, map);
        // `RUN bash <<EOF`: the body is a script for the shell that reads it.
        let mut readers = Vec::new();
        for command in &outer.script.commands {
            let announced = command.redirects.iter().filter(|redirect| redirect.heredoc.is_some());
            readers.extend(announced.map(|_| reader_of_input(command)));
        }
        self.runs.push(outer);
        // The shell finds them in the order of the line, as BuildKit does.
        for (at, reader) in readers.into_iter().enumerate() {
            if let Some(dialect) = reader {
                self.push_body(instruction, at, dialect.into());
            }
        }
    }

    /// Adds the body of a heredoc as a script of its own.
    fn push_body(&mut self, instruction: &Instruction<'_>, heredoc: usize, shell: Shell) {
        let Some(heredoc) = instruction.heredocs.get(heredoc) else { return };
        let mut map = Map::default();
        map.push(heredoc.content.len(), heredoc.body.start);
        let mut run = self.run(shell, &heredoc.content, map);
        run.heredoc = true;
        self.runs.push(run);
    }

    fn run(&self, shell: Shell, text: &str, map: Map) -> Run {
        Run {
            stage: self.stage,
            instruction: self.instruction,
            purpose: self.purpose,
            onbuild: self.onbuild,
            exec: false,
            heredoc: false,
            shell,
            script: Script::parse(text, shell.dialect),
            map,
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

/// A word as the shell would have to be given it. Variables stay as they are: the exec form gives them to the program
/// unexpanded, and who reads the script looks for them.
pub fn shell_quoted(word: &str) -> std::borrow::Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,^{}[]~!$".contains(c) || !c.is_ascii();
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\\''")).into()
}
