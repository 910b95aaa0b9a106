//! Where something stands in a text.

use std::ops::Range;

/// A place in a text: a byte range, and where it starts for a reader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Span {
    /// The bytes, end exclusive.
    pub bytes: Range<usize>,
    /// The line it starts on, from 1.
    pub line: usize,
    /// The column it starts at, in characters, from 1.
    pub column: usize,
}

/// Something wrong in the text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// A line of a text: its number from 1, the byte it starts at, and its text without the line end.
pub(crate) struct Line<'a> {
    pub(crate) number: usize,
    pub(crate) start: usize,
    pub(crate) text: &'a str,
}

impl Line<'_> {
    /// The span of the bytes `range` of this line.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let before = self.text.get(..range.start).unwrap_or(self.text);
        Span {
            bytes: self.start + range.start..self.start + range.end,
            line: self.number,
            column: before.chars().count() + 1,
        }
    }
}

/// The lines of a text; a byte order mark before the first one belongs to none.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut start = text.len() - body.len();
    body.split_inclusive('\n').enumerate().map(move |(index, raw)| {
        let line = Line { number: index + 1, start, text: raw.strip_suffix('\n').unwrap_or(raw) };
        start += raw.len();
        line
    })
}
