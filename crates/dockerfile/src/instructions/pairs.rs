//! ENV and LABEL

use std::borrow::Cow;
use std::ops::Range;

use super::Input;
use crate::diagnostics::Code;
use crate::shellword::{self, Mode, NoVariables};
use crate::source::Span;
use crate::text::Text;
use crate::words::{self, Quoted};

/// Which way a pair is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairStyle {
    /// `KEY=value`
    Equals,
    /// `KEY value`, the old way, where the value is all of the rest.
    Whitespace,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Pair<'s> {
    /// The key as written.
    pub key: Text<'s>,
    /// The value as written, quotes and escapes kept.
    pub value: Text<'s>,
    /// Which way it is written.
    pub style: PairStyle,
    /// Both.
    pub span: Span,
}

impl Pair<'_> {
    /// The value without quotes and escapes, variables left as they are. A value whose quotes do not close
    /// is given as written. `escape` is [`Dockerfile::escape`](crate::Dockerfile::escape).
    pub fn unquoted(&self, escape: char) -> Cow<'_, str> {
        unquote(&self.value, escape)
    }

    /// The key without quotes and escapes.
    pub fn unquoted_key(&self, escape: char) -> Cow<'_, str> {
        unquote(&self.key, escape)
    }
}

/// Takes quotes and escapes off, and leaves variables as they are.
pub fn unquote(text: &str, escape: char) -> Cow<'_, str> {
    if !text.contains(['"', '\'', escape]) {
        return Cow::Borrowed(text);
    }
    match shellword::expand_word(text, Mode::expand(escape), &mut NoVariables) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(text),
    }
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Vec<Pair<'s>> {
    if input.is_empty() {
        input.missing("a name and a value");
        return Vec::new();
    }
    let line = input.line;
    let text = &line.as_str()[..input.range.end];
    let mut at = input.range.start;
    let mut pairs = Vec::new();
    while let Some(word) = words::next_quoted(text, &mut at, input.escape as u8) {
        let bytes = &text.as_bytes()[word.range.clone()];
        let found = bytes.iter().position(|&byte| matches!(byte, b'=' | b'"' | b'\''));
        let has_quoted_name = found.is_some_and(|at| bytes[at] != b'=');
        let found = if has_quoted_name { memchr::memchr(b'=', bytes) } else { found };
        if pairs.is_empty() && found.is_none() {
            return vec![old_style(input)];
        }
        report_unclosed(input, &word);
        let span = line.span(word.range.clone());
        let Some(length) = found else {
            let message = format!("expected NAME=value, not {:?}", &text[word.range]);
            let help = "put the value in quotes if it holds spaces";
            input.error_with_help(Code::InvalidArgument, span, message, help);
            continue;
        };
        if pairs.is_empty() {
            pairs.reserve_exact(1);
        }
        let equals = word.range.start + length;
        if has_quoted_name && word.unclosed.is_none() {
            report_cut(input, word.range.clone(), equals);
        }
        pairs.push(Pair {
            key: line.text(word.range.start..equals),
            value: line.text(equals + 1..word.range.end),
            style: PairStyle::Equals,
            span,
        });
        if length == 0 {
            input.error(Code::InvalidArgument, span, format!("{} needs a name before the =", input.kind));
        }
    }
    pairs
}

fn old_style<'s>(input: &mut Input<'_, 's>) -> Pair<'s> {
    let line = input.line;
    let (key, value) = words::split_first(line, input.range.clone());
    let key = line.text(key);
    let value = match value {
        Some(value) => line.text(value),
        None => {
            let message = format!("{} needs a value for {}", input.kind, key.as_str());
            let help = format!("{} {}=value", input.kind, key.as_str());
            input.error_with_help(Code::MissingArguments, key.span, message, help);
            Text::empty(key.span.end)
        }
    };
    let span = line.span(input.range.clone());
    Pair { key, value, style: PairStyle::Whitespace, span }
}

/// Reports quotes around a whole `NAME=value`, which BuildKit cuts at the `=` before it looks at them.
pub(super) fn report_cut(input: &mut Input<'_, '_>, range: Range<usize>, equals: usize) {
    let line = input.line;
    let mode = Mode::expand(input.escape);
    let fails = |range: Range<usize>| {
        let error = shellword::expand_word(&line.as_str()[range.clone()], mode, &mut NoVariables).err()?;
        let is_quote = line.as_bytes().get(range.start + error.at).is_some_and(|b| matches!(b, b'"' | b'\''));
        is_quote.then_some(range.start + error.at)
    };
    let Some(at) = fails(equals + 1..range.end).or_else(|| fails(range.start..equals)) else { return };
    let span = line.span(at..at + 1);
    let bare = line.as_str()[range].replace(['"', '\''], "");
    let (name, value) = bare.split_once('=').unwrap_or((&bare, ""));
    let help = format!("quotes go around the value: {} {name}=\"{value}\"", input.kind);
    let message = "the = stands inside the quotes, so that neither half closes them";
    input.error_with_help(Code::UnterminatedQuote, span, message, help);
}

/// Reports a quote that is never closed: the build stops when it expands the word.
pub(super) fn report_unclosed(input: &mut Input<'_, '_>, word: &Quoted) {
    if let Some(at) = word.unclosed {
        let span = input.line.span(at..at + 1);
        input.error(Code::UnterminatedQuote, span, "this quote is never closed");
    }
}
