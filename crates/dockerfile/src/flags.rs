//! `--name=value` between an instruction's keyword and its arguments.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostics::{Code, Diagnostic};
use crate::duration;
use crate::instructions::{NETWORKS, SECURITIES, known_flags};
use crate::keyword::Kind;
use crate::source::Span;
use crate::suggest;
use crate::text::{Joined, Text};
use crate::words;

/// One flag.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag<'s> {
    /// The whole flag with its dashes.
    pub span: Span,
    /// Its name, dashes aside.
    pub name: Text<'s>,
    /// What stands after the first `=`, quotes and escapes taken off.
    pub value: Option<Text<'s>>,
    /// The name that was meant, where the flag is misspelt and near one that the instruction has.
    pub corrected: Option<&'static str>,
    /// The flag's bytes where BuildKit cuts a character in two.
    pub(crate) cut: Option<Box<[u8]>>,
}

impl Flag<'_> {
    /// Its name, or the one that was meant.
    pub fn meant(&self) -> &str {
        self.corrected.unwrap_or(&self.name)
    }
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A value.
    Value,
    /// Nothing, or a boolean.
    Bool,
    /// A value, and it may come again.
    Values,
}

/// The flags read, and where the arguments begin.
pub(crate) struct Split<'s> {
    pub(crate) flags: Vec<Flag<'s>>,
    pub(crate) rest: usize,
    pub(crate) unclosed: Option<Span>,
}

/// BuildKit looks at bytes here, so these two count as spaces even inside a character.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0)
}

/// Reads the flags at the beginning of `line[range]`. Their escape is always the backslash, whatever the
/// file's escape character is.
pub(crate) fn split<'s>(line: &Joined<'s>, range: Range<usize>) -> Split<'s> {
    let text = &line.as_str()[..range.end];
    let bytes = text.as_bytes();
    let mut split = Split { flags: Vec::new(), rest: bytes.len(), unclosed: None };
    let mut pos = range.start;
    loop {
        while bytes.get(pos).is_some_and(|&byte| is_space(byte)) {
            pos += 1;
        }
        if !bytes.get(pos..).is_some_and(|rest| rest.starts_with(b"--")) {
            split.rest = boundary(text, pos);
            return split;
        }
        let word = Word::read(bytes, pos);
        pos = word.end;
        let span = line.span(word.start..boundary(text, word.end));
        if word.is_bare(bytes) {
            split.rest = if word.end == bytes.len() { word.end } else { boundary(text, pos) };
            return split;
        }
        if !word.closed {
            split.unclosed = Some(span);
        }
        split.flags.push(word.flag(line, span));
    }
}

/// Takes the word after a flag for its value where only the `=` between them is missing: `--from build`. Whether the
/// word is one is told by what the flag takes and by what is left.
pub(crate) fn join_values<'s>(
    split: &mut Split<'s>,
    line: &Joined<'s>,
    end: usize,
    kind: Kind,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let text = line.as_str();
    while let Some(flag) = split.flags.last_mut().filter(|flag| flag.value.is_none()) {
        let known = known_flags(kind).iter().find(|(name, _)| flag.name == *name);
        let Some(&(name, Takes::Value | Takes::Values)) = known else { return };
        let (word, rest) = words::split_first(text, split.rest.min(end)..end);
        let Some(rest) = rest.filter(|_| may_be_value(name, &text[word.clone()])) else { return };
        let is_copy = matches!(kind, Kind::Copy | Kind::Add);
        if is_copy && words::plain(text, rest.clone()).nth(1).is_none() {
            return;
        }
        let value = line.text(word);
        flag.span = flag.span.to(value.span);
        let message = format!("--{name} needs a = before its value");
        let help = format!("--{name}={}", value.as_str());
        diagnostics.push(Diagnostic::error(Code::MissingFlagValue, flag.span, message).help(help));
        flag.value = Some(value);
        let more = self::split(line, rest);
        split.rest = more.rest;
        split.unclosed = split.unclosed.or(more.unclosed);
        if more.flags.is_empty() {
            return;
        }
        split.flags.extend(more.flags);
    }
}

/// Whether a word may be the value of a flag.
fn may_be_value(flag: &str, word: &str) -> bool {
    match flag {
        "from" | "chown" | "chmod" | "exclude" => !word.starts_with(['<', '[', '-']),
        "platform" | "device" => word.contains('/'),
        "mount" => word.contains('='),
        "checksum" => word.contains(':'),
        "network" => NETWORKS.contains(&word),
        "security" => SECURITIES.contains(&word),
        "retries" => word.bytes().all(|byte| byte.is_ascii_digit()),
        _ => duration::parse(word).is_some(),
    }
}

fn boundary(text: &str, mut pos: usize) -> usize {
    while pos < text.len() && !text.is_char_boundary(pos) {
        pos += 1;
    }
    pos.min(text.len())
}

struct Word {
    start: usize,
    end: usize,
    /// Whether quotes or escapes stand in it.
    marked: bool,
    /// Whether every quote is closed.
    closed: bool,
}

impl Word {
    fn read(bytes: &[u8], start: usize) -> Word {
        let mut word = Word { start, end: start, marked: false, closed: true };
        let mut quote = None;
        while let Some(&byte) = bytes.get(word.end) {
            match (byte, quote) {
                (b'\\', _) => {
                    word.marked = true;
                    word.end += 1;
                }
                (_, Some(open)) if byte == open => quote = None,
                (_, Some(_)) => {}
                (b'"' | b'\'', None) => {
                    word.marked = true;
                    quote = Some(byte);
                }
                (_, None) if is_space(byte) => break,
                (_, None) => {}
            }
            word.end += 1;
        }
        word.end = word.end.min(bytes.len());
        word.closed = quote.is_none();
        word
    }

    fn is_bare(&self, bytes: &[u8]) -> bool {
        &self.unmarked(bytes)[..] == b"--"
    }

    /// Its bytes without quotes and escapes.
    fn unmarked<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let bytes = &bytes[self.start..self.end];
        if !self.marked {
            return Cow::Borrowed(bytes);
        }
        let mut result = Vec::with_capacity(bytes.len());
        let mut quote = None;
        let mut rest = bytes.iter().copied();
        while let Some(byte) = rest.next() {
            match (byte, quote) {
                (b'\\', _) => result.extend(rest.next()),
                (_, Some(open)) if byte == open => quote = None,
                (b'"' | b'\'', None) => quote = Some(byte),
                _ => result.push(byte),
            }
        }
        Cow::Owned(result)
    }

    fn flag<'s>(&self, line: &Joined<'s>, span: Span) -> Flag<'s> {
        let text = line.as_str();
        let bytes = text.as_bytes();
        let equals = memchr::memchr(b'=', &bytes[self.start..self.end]).map(|at| self.start + at);
        if !self.marked && text.is_char_boundary(self.end) {
            let name_end = equals.unwrap_or(self.end);
            let value = equals.map(|at| line.text(at + 1..self.end));
            return Flag {
                span,
                name: line.text(self.start + 2..name_end),
                value,
                corrected: None,
                cut: None,
            };
        }
        let unmarked = self.unmarked(bytes).into_owned();
        let (text, cut) = match String::from_utf8(unmarked) {
            Ok(text) => (text, None),
            Err(error) => {
                let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
                (lossy, Some(error.into_bytes().into_boxed_slice()))
            }
        };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text.as_str(), None),
        };
        let split = equals.map_or(span.end, |at| line.source_offset(at));
        let name_span = Span::new((span.start + 2).min(split), split);
        let value_span = Span::new((split + 1).min(span.end), span.end);
        Flag {
            span,
            name: Text::new(name.strip_prefix("--").unwrap_or(name).to_owned(), name_span),
            value: value.map(|value| Text::new(value.to_owned(), value_span)),
            corrected: None,
            cut,
        }
    }
}

/// Reports what is wrong with the flags by themselves: unknown, given twice, without the value they need. A flag that is
/// near a known one is taken for that.
pub(crate) fn check(
    instruction: &str,
    flags: &mut [Flag<'_>],
    known: &[(&'static str, Takes)],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut seen = 0u32;
    for flag in flags {
        let exact = known.iter().position(|(name, _)| flag.name == *name);
        if exact.is_none() {
            flag.corrected = suggest::nearest(&flag.name, known.iter().map(|&(name, _)| name));
            let message = format!("{instruction} has no flag --{}", flag.name);
            let help = flag.corrected.map(|name| format!("--{name}"));
            diagnostics
                .push(Diagnostic::error(Code::UnknownFlag, flag.span, message).nearest(help.as_deref()));
        }
        let meant = || known.iter().position(|(name, _)| flag.corrected == Some(name));
        let Some(index) = exact.or_else(meant) else { continue };
        let (name, takes) = known[index];
        let is_again = seen & (1 << index) != 0;
        seen |= 1 << index;
        if takes != Takes::Values && is_again {
            let message = format!("--{name} is given twice");
            diagnostics.push(Diagnostic::error(Code::DuplicateFlag, flag.span, message));
        }
        match (&flag.value, takes) {
            (None, Takes::Value | Takes::Values) => {
                let message = format!("--{name} needs a value");
                let help = format!("--{name}=...");
                diagnostics.push(Diagnostic::error(Code::MissingFlagValue, flag.span, message).help(help));
            }
            (Some(value), Takes::Bool) if parse_bool(value).is_none() => {
                let message = format!("--{name} takes true or false, not {:?}", value.as_str());
                diagnostics.push(Diagnostic::error(Code::InvalidFlagValue, value.span, message));
            }
            _ => {}
        }
    }
}

/// The value of the first flag with this name.
pub(crate) fn value<'f, 's>(flags: &'f [Flag<'s>], name: &str) -> Option<&'f Text<'s>> {
    flags.iter().find(|flag| flag.meant() == name)?.value.as_ref()
}

/// A boolean flag: given without a value it is true; a wrong value counts as not given.
pub(crate) fn switch(flags: &[Flag<'_>], name: &str) -> Option<bool> {
    let flag = flags.iter().find(|flag| flag.meant() == name)?;
    match &flag.value {
        None => Some(true),
        Some(value) => parse_bool(value),
    }
}

/// BuildKit's booleans.
pub(crate) fn parse_bool(value: &str) -> Option<bool> {
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The booleans of Go's `strconv.ParseBool`, which the options of mounts, devices and checks take.
pub fn parse_go_bool(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The help for a value that is wrong because the build puts no variables into it; `None` where it holds none.
pub(crate) fn not_expanded(value: &str) -> Option<&'static str> {
    has_variable(value).then_some("variables are not put in here: write the value itself")
}

/// Whether a value holds a variable, so that nothing can be said of it yet.
pub(crate) fn has_variable(value: &str) -> bool {
    memchr::memchr(b'$', value.as_bytes()).is_some()
}
