//! A file's bytes, and where each of them stands.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::lines;

/// A half-open range of bytes in a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// The empty span at `offset`.
    pub const fn empty(offset: u32) -> Span {
        Span { start: offset, end: offset }
    }

    /// How many bytes it covers.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `offset` lies inside.
    pub const fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same as a range of `usize`, for slicing.
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people count it: both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
}

/// A file's bytes with what positions need.
///
/// Bytes that are not UTF-8 are each replaced by `?` in [`Source::text`], so the length stays and every
/// span holds for both; [`parse`](crate::parse) reports them.
#[derive(Debug)]
pub struct Source {
    text: String,
    /// The bytes as read, kept apart only where they differ from `text`.
    raw: Option<Vec<u8>>,
    invalid: Vec<Span>,
    truncated: bool,
    line_starts: OnceLock<Vec<u32>>,
}

/// The most bytes that spans can address; what a file has beyond is not read.
pub const MAX_SOURCE_BYTES: usize = u32::MAX as usize - 1;

impl Source {
    /// Takes a file's bytes. Never fails: see the type for bytes that are not UTF-8; bytes beyond
    /// [`MAX_SOURCE_BYTES`] are dropped and reported by [`parse`](crate::parse).
    pub fn new(bytes: impl Into<Vec<u8>>) -> Source {
        let mut bytes = bytes.into();
        let truncated = bytes.len() > MAX_SOURCE_BYTES;
        bytes.truncate(MAX_SOURCE_BYTES);
        match String::from_utf8(bytes) {
            Ok(text) => {
                Source { text, raw: None, invalid: Vec::new(), truncated, line_starts: OnceLock::new() }
            }
            Err(error) => {
                let raw = error.into_bytes();
                let (text, invalid) = replace_invalid(&raw);
                Source { text, raw: Some(raw), invalid, truncated, line_starts: OnceLock::new() }
            }
        }
    }

    /// The text, as long as the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes exactly as given.
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The text under a span; empty where the span is out of range or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Where the bytes are not UTF-8, runs joined, in order.
    pub fn invalid_utf8(&self) -> &[Span] {
        &self.invalid
    }

    /// Whether the file was longer than [`MAX_SOURCE_BYTES`].
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// How many lines there are: an empty file has one, and so does a file whose only newline is its last byte.
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts();
        let ends_with_newline = self.text.ends_with('\n');
        starts.len() as u32 - u32::from(ends_with_newline)
    }

    /// The line of a byte, from 1. An offset past the end is in the last line.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= offset) as u32
    }

    /// The place of a byte. An offset past the end is the place after the last character, and one inside a
    /// character is that character's.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.line_starts()[line as usize - 1] as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text.get(start..end).unwrap_or("");
        Position { line, column: before.chars().count() as u32 + 1 }
    }

    /// The byte at a line and column, both from 1; columns past the end of the line give the line's end.
    pub fn offset(&self, position: Position) -> Option<u32> {
        let span = self.line_span(position.line)?;
        let line = self.slice(span);
        let column = position.column.saturating_sub(1) as usize;
        let within = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        Some(span.start + within as u32)
    }

    /// A line without its line ending, counted from 1; `None` past the last.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let starts = self.line_starts();
        let index = (line as usize).checked_sub(1)?;
        let start = *starts.get(index)?;
        let mut end = starts.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        let bytes = self.text.as_bytes();
        if end > start as usize && bytes.get(end) == Some(&b'\n') && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        Some(Span::new(start, end as u32))
    }

    /// Where each line begins. There is a first one always, and one after a newline at the end.
    pub(crate) fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| lines::starts(self.text.as_bytes()))
    }
}

/// The same length of text with `?` for every byte that is not part of a UTF-8 character, and where those are.
fn replace_invalid(raw: &[u8]) -> (String, Vec<Span>) {
    let mut text = String::with_capacity(raw.len());
    let mut invalid: Vec<Span> = Vec::new();
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        let bad = chunk.invalid().len();
        if bad == 0 {
            continue;
        }
        let start = text.len() as u32;
        text.extend(std::iter::repeat_n('?', bad));
        let end = text.len() as u32;
        match invalid.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => invalid.push(Span::new(start, end)),
        }
    }
    (text, invalid)
}

impl From<&str> for Source {
    fn from(text: &str) -> Source {
        Source::new(text.as_bytes())
    }
}

impl From<Cow<'_, str>> for Source {
    fn from(text: Cow<'_, str>) -> Source {
        Source::new(text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let source = Source::from("FROM é\r\nRUN x");
        assert_eq!(source.position(7), Position { line: 1, column: 7 });
        assert_eq!(source.position(6), Position { line: 1, column: 6 }, "inside é");
        assert_eq!(source.position(9), Position { line: 2, column: 1 });
        assert_eq!(source.position(99), Position { line: 2, column: 6 });
        assert_eq!(source.slice(source.line_span(1).unwrap()), "FROM é");
        assert_eq!(source.line_span(3), None);
        assert_eq!(source.line_count(), 2);
    }

    #[test]
    fn bad_bytes_keep_their_place() {
        let source = Source::new(b"RUN \xff\xfe \xc3".to_vec());
        assert_eq!(source.text(), "RUN ?? ?");
        assert_eq!(source.bytes(), b"RUN \xff\xfe \xc3");
        assert_eq!(source.invalid_utf8(), [Span::new(4, 6), Span::new(7, 8)]);
    }
}
