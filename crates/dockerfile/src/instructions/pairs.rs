//! ENV and LABEL

use std::borrow::Cow;

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
    let mut is_first = true;
    while let Some(word) = words::next_quoted(text, &mut at, input.escape as u8) {
        let found = text.as_bytes()[word.range.clone()].iter().position(|&byte| byte == b'=');
        if is_first && found.is_none() {
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
        if is_first {
            pairs.reserve_exact(1);
            is_first = false;
        }
        let equals = word.range.start + length;
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

/// Reports a quote that is never closed: the build stops when it expands the word.
pub(super) fn report_unclosed(input: &mut Input<'_, '_>, word: &Quoted) {
    if let Some(at) = word.unclosed {
        let span = input.line.span(at..at + 1);
        input.error(Code::UnterminatedQuote, span, "this quote is never closed");
    }
}
