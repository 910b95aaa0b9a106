//! What a service starts: its `entrypoint` and `command`, laid over those of its image.

use std::ops::Range;

use plimsoll_compose::{Command, CommandForm, Service, Span};
use plimsoll_shell::{Dialect, Script};

use super::Stack;
use super::built::paths;
use super::lines::Lines;
use crate::dockerfile::servers::{Circumstances, Server, known_server};
use crate::dockerfile::start::{INITS, is_script};
use crate::dockerfile::{Program, Start};

/// What a service starts, where its compose file has a word in it.
#[derive(Debug)]
pub(crate) struct Started<'p> {
    /// What runs; the places are bytes of the compose file.
    pub(crate) programs: Vec<Program>,
    /// The `command`, or else the `entrypoint`.
    pub(crate) command: &'p Command,
    /// Which of the two it is.
    pub(crate) key: &'static str,
}

impl Started<'_> {
    /// The place of bytes that a program's words have. Of a command that stands elsewhere, behind an anchor, the whole.
    pub(crate) fn place(&self, stack: &Stack<'_>, bytes: Range<usize>) -> Span {
        let whole = &self.command.node.span;
        let written = stack.project.text(whole).unwrap_or_default();
        let (Some(start), Some(end)) =
            (bytes.start.checked_sub(whole.bytes.start), bytes.end.checked_sub(whole.bytes.start))
        else {
            return whole.clone();
        };
        if bytes == whole.bytes || written.get(start..end).is_none() {
            return whole.clone();
        }
        // Counted from where the command begins, so that a long file is not read for each.
        let inside = Lines::new(written).span(start..end);
        let column = |line: usize, column: usize| if line == 1 { whole.column + column - 1 } else { column };
        Span {
            source: whole.source,
            bytes,
            line: whole.line + inside.line - 1,
            column: column(inside.line, inside.column),
            end_line: whole.line + inside.end_line - 1,
            end_column: column(inside.end_line, inside.end_column),
        }
    }
}

impl<'p> Stack<'p> {
    /// What a service starts in place of what its image does; None where the image alone says it, or nobody knows.
    pub(crate) fn started(&self, service: &Service) -> Option<&Started<'p>> {
        let all = self.starts.get_or_init(|| {
            let started = |s: &'p Service| Some((s.name.as_str(), started(self, s)?));
            self.services().filter_map(started).collect()
        });
        all.get(service.name.as_str())
    }
}

fn started<'p>(stack: &Stack<'_>, service: &'p Service) -> Option<Started<'p>> {
    let image = stack.built(service);
    let given = |command: &'p Option<Command>| command.as_ref().filter(|c| !c.words().is_empty());
    let (entrypoint, command) = (given(&service.entrypoint), given(&service.command));
    // A shell reads the image's ENTRYPOINT, and no command comes behind it.
    if service.entrypoint.is_none() && image.is_some_and(|image| image.has_fixed_start) {
        return None;
    }
    let (key, said) = match (command, entrypoint) {
        (Some(command), _) => ("command", command),
        (None, Some(entrypoint)) => ("entrypoint", entrypoint),
        (None, None) => return None,
    };
    let words = |command: Option<&Command>| command.map(|c| placed(stack, c)).unwrap_or_default();
    let before = match (&service.entrypoint, image) {
        (Some(_), _) => words(entrypoint),
        (None, Some(image)) => {
            let place = bytes(&said.node.span);
            image.entrypoint.iter().map(|word| (word.clone(), place.clone())).collect()
        }
        // The entry points of images that are made for this hand over to the command.
        (None, None) => Vec::new(),
    };
    let words = words(command);
    let hands_over = !words.is_empty() && hands_over(&before);
    let all = if hands_over { words } else { [before, words].concat() };
    let programs = programs(&all);
    (!programs.is_empty()).then_some(Started { programs, command: said, key })
}

/// The server that a service starts, and the first of its programs that is one. `start` is what its image starts, where
/// the compose file has no word in it.
pub(crate) fn server_of(stack: &Stack<'_>, service: &Service, programs: &[Program]) -> Option<Server> {
    let image = stack.built(service);
    let env = |name: &str| stack.setting(service, name);
    let expand = |text: &str| expanded(text, &env);
    let context = service.build.as_ref().and_then(|build| Some(paths(stack.project, build)?.context));
    let circumstances = Circumstances {
        // What an image of somebody else's holds is not known.
        may_have_file: &|name| {
            context.as_ref().is_none_or(|folder| stack.beside.has_file(&folder.join(name)))
        },
        expand: &expand,
        env: &env,
        has_next_standalone: &|| image.is_some_and(|image| image.has_next_standalone),
    };
    programs.iter().find_map(|program| known_server(program, &circumstances))
}

/// What an image starts, where its Dockerfile says it and the compose file leaves it alone.
pub(crate) fn start_of_image<'s>(stack: &'s Stack<'_>, service: &Service) -> Option<&'s Start> {
    let own = service.command.is_some() || service.entrypoint.is_some();
    stack.built(service).filter(|_| !own)?.start.as_ref()
}

/// A word with the container's variables put in; None where one has no value that is known.
fn expanded(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if !text.contains('$') {
        return Some(text.to_owned());
    }
    let expanded = plimsoll_compose::interpolate(text, env).ok()?;
    (!expanded.contains('$') && !expanded.is_empty()).then_some(expanded)
}

/// Whether an entry point starts what is put behind it: an init, or a script.
fn hands_over(words: &[(String, Range<usize>)]) -> bool {
    if words.is_empty() {
        return true;
    }
    let script = Script::parse(&line(words).0, Dialect::Sh);
    let Some(first) = script.commands.first() else { return true };
    let leaf = script.effective_commands().next().unwrap_or(first);
    is_script(leaf.name()) || (INITS.contains(&first.name()) && leaf.span == first.span)
}

/// The programs of a command line, those behind shells and inits.
fn programs(words: &[(String, Range<usize>)]) -> Vec<Program> {
    let (text, places) = line(words);
    let script = Script::parse(&text, Dialect::Sh);
    let place = |span: plimsoll_shell::Span| {
        let at = places.partition_point(|(start, _)| *start <= span.start).saturating_sub(1);
        let range = places.get(at).map_or(0..0, |(_, range)| range.clone());
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        plimsoll_dockerfile::Span::new(offset(range.start), offset(range.end))
    };
    script.effective_commands().filter_map(|command| Program::of_command(command, place)).collect()
}

/// Words as one line that a shell would take apart into them again, and where in it each begins, with its place.
fn line(words: &[(String, Range<usize>)]) -> (String, Vec<(usize, Range<usize>)>) {
    let mut text = String::new();
    let mut places = Vec::new();
    for (word, place) in words {
        if !text.is_empty() {
            text.push(' ');
        }
        places.push((text.len(), place.clone()));
        text.push_str(&crate::dockerfile::shell_quoted(word));
    }
    (text, places)
}

/// The words of a command with their bytes in the file; the whole command's where a word cannot be told from others.
fn placed(stack: &Stack<'_>, command: &Command) -> Vec<(String, Range<usize>)> {
    if let CommandForm::Words(words) = &command.form {
        return words.iter().map(|word| (word.value.clone(), bytes(&word.span))).collect();
    }
    let whole = bytes(&command.node.span);
    let written = stack.project.text(&command.node.span).unwrap_or_default();
    let place = |word: &String| {
        let is_written_once = !word.is_empty() && written.matches(word.as_str()).count() == 1;
        match written.find(word.as_str()).filter(|_| is_written_once) {
            Some(at) => whole.start + at..whole.start + at + word.len(),
            None => whole.clone(),
        }
    };
    command.words().iter().map(|word| (word.clone(), place(word))).collect()
}

fn bytes(span: &Span) -> Range<usize> {
    span.bytes.clone()
}
