//! Pieces of text that know where in the source they stand.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::source::Span;

/// A word or value: what it says, and what it covers in the source.
///
/// The two differ where a line continuation cuts through the word, or where quotes and escapes were
/// taken off (flags and JSON strings).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'s> {
    /// What it covers in the source.
    pub span: Span,
    value: Cow<'s, str>,
}

impl<'s> Text<'s> {
    pub(crate) fn new(value: impl Into<Cow<'s, str>>, span: Span) -> Text<'s> {
        Text { span, value: value.into() }
    }

    /// A text that stands nowhere but says where it would: what an instruction without arguments has.
    pub(crate) fn empty(offset: u32) -> Text<'s> {
        Text { span: Span::empty(offset), value: Cow::Borrowed("") }
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// Whether the source says exactly this, byte for byte, under the span.
    pub fn is_verbatim(&self) -> bool {
        self.value.len() == self.span.len() as usize
    }

    /// The piece of it at `range` (bytes of the value). Its span is exact where the text is verbatim, and
    /// else the whole text's. A range that is out of bounds or cuts a character gives an empty piece.
    pub fn piece(&self, range: Range<usize>) -> Text<'s> {
        let span = if self.is_verbatim() {
            let clamp = |at: usize| self.span.start + at.min(self.value.len()) as u32;
            Span::new(clamp(range.start), clamp(range.end))
        } else {
            self.span
        };
        let value = match &self.value {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or("")),
            Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or("").to_owned()),
        };
        Text { span, value }
    }

    /// What it says, living as long as the source where nothing had to be taken out.
    pub fn into_cow(self) -> Cow<'s, str> {
        self.value
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.value
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value)
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// Where a run of joined text stands in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where the run begins in the joined text.
    pub offset: u32,
    /// Where it begins in the source.
    pub source: u32,
}

#[derive(Debug)]
struct Pieced {
    text: Box<str>,
    segments: Box<[Segment]>,
}

#[derive(Clone)]
enum Repr<'s> {
    /// One run of the source.
    Plain { text: &'s str, start: u32 },
    /// A part of several runs put together.
    Pieced { line: Arc<Pieced>, source: &'s str, start: u32, end: u32 },
}

/// Text over one or more lines with continuations, and the comment lines between, taken out.
///
/// It reads as a `str`; [`Joined::span`] and [`Joined::source_offset`] lead back to the source. Cloning and
/// slicing are cheap.
#[derive(Clone)]
pub struct Joined<'s> {
    repr: Repr<'s>,
}

impl<'s> Joined<'s> {
    pub(crate) fn plain(text: &'s str, start: u32) -> Joined<'s> {
        Joined { repr: Repr::Plain { text, start } }
    }

    /// Puts the runs together. They must lie in the source, in order, on character boundaries.
    pub(crate) fn from_runs(source: &'s str, runs: &[Span]) -> Joined<'s> {
        if let [run] = runs {
            return Joined::plain(&source[run.range()], run.start);
        }
        let length: usize = runs.iter().map(|run| run.len() as usize).sum();
        let mut text = String::with_capacity(length);
        let mut segments = Vec::with_capacity(runs.len());
        for run in runs {
            segments.push(Segment { offset: text.len() as u32, source: run.start });
            text.push_str(&source[run.range()]);
        }
        let end = text.len() as u32;
        let line = Arc::new(Pieced { text: text.into(), segments: segments.into() });
        Joined { repr: Repr::Pieced { line, source, start: 0, end } }
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        match &self.repr {
            Repr::Plain { text, .. } => text,
            Repr::Pieced { line, start, end, .. } => &line.text[*start as usize..*end as usize],
        }
    }

    /// The part at `range`, clamped to the text; empty where the range cuts a character.
    pub fn slice(&self, range: Range<usize>) -> Joined<'s> {
        let length = self.as_str().len();
        let (from, to) = (range.start.min(length), range.end.min(length).max(range.start.min(length)));
        let fits = self.as_str().is_char_boundary(from) && self.as_str().is_char_boundary(to);
        let (from, to) = if fits { (from, to) } else { (0, 0) };
        match &self.repr {
            Repr::Plain { text, start } => {
                Joined { repr: Repr::Plain { text: &text[from..to], start: start + from as u32 } }
            }
            Repr::Pieced { line, source, start, .. } => Joined {
                repr: Repr::Pieced {
                    line: Arc::clone(line),
                    source,
                    start: start + from as u32,
                    end: start + to as u32,
                },
            },
        }
    }

    /// Where a byte of the text stands in the source; past the end, the place after the last byte.
    pub fn source_offset(&self, offset: usize) -> u32 {
        let length = self.as_str().len();
        if offset >= length {
            return if length == 0 { self.start() } else { self.map(length - 1) + 1 };
        }
        self.map(offset)
    }

    /// What a range of the text covers in the source. Where a continuation lies between, it is covered too.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start);
        if range.end <= range.start {
            return Span::empty(start);
        }
        Span::new(start, self.source_offset(range.end - 1) + 1)
    }

    /// What the whole text covers in the source.
    pub fn full_span(&self) -> Span {
        self.span(0..self.as_str().len())
    }

    /// Whether it stands in the source just so, without a continuation inside.
    pub fn is_contiguous(&self) -> bool {
        self.full_span().len() as usize == self.as_str().len()
    }

    /// The runs that the text is made of, in order: where each begins in the text, and what it covers.
    pub fn runs(&self) -> Vec<(usize, Span)> {
        match &self.repr {
            Repr::Plain { text, start } => vec![(0, Span::new(*start, *start + text.len() as u32))],
            Repr::Pieced { line, start, end, .. } => {
                let bounds = line.segments.iter().zip(
                    line.segments.iter().skip(1).map(|next| next.offset).chain([line.text.len() as u32]),
                );
                bounds
                    .filter_map(|(segment, segment_end)| {
                        let from = segment.offset.max(*start);
                        let to = segment_end.min(*end);
                        let source = segment.source + (from - segment.offset);
                        (from < to)
                            .then(|| ((from - start) as usize, Span::new(source, source + (to - from))))
                    })
                    .collect()
            }
        }
    }

    /// The part at `range` as a [`Text`], borrowed from the source unless a continuation cuts through it.
    pub(crate) fn text(&self, range: Range<usize>) -> Text<'s> {
        match &self.repr {
            Repr::Plain { text, start } => Text::new(
                &text[range.clone()],
                Span::new(start + range.start as u32, start + range.end as u32),
            ),
            Repr::Pieced { source, .. } => {
                let span = self.span(range.clone());
                if span.len() as usize == range.len() {
                    Text::new(&source[span.range()], span)
                } else {
                    Text::new(self.as_str()[range].to_owned(), span)
                }
            }
        }
    }

    /// The whole as a [`Text`].
    pub fn to_text(&self) -> Text<'s> {
        self.text(0..self.as_str().len())
    }

    fn start(&self) -> u32 {
        match &self.repr {
            Repr::Plain { start, .. } => *start,
            Repr::Pieced { start, .. } if *start == 0 => self.map(0),
            // An empty part at the end belongs right after what stands before it.
            Repr::Pieced { .. } => self.map_absolute_before(),
        }
    }

    fn map(&self, offset: usize) -> u32 {
        match &self.repr {
            Repr::Plain { start, .. } => start + offset as u32,
            Repr::Pieced { line, start, .. } => line.source_of(start + offset as u32),
        }
    }

    fn map_absolute_before(&self) -> u32 {
        match &self.repr {
            Repr::Plain { start, .. } => *start,
            Repr::Pieced { line, start, .. } => line.source_of(start.saturating_sub(1)) + 1,
        }
    }
}

impl Pieced {
    fn source_of(&self, offset: u32) -> u32 {
        let index = self.segments.partition_point(|segment| segment.offset <= offset);
        let segment = self.segments[index.saturating_sub(1)];
        segment.source + (offset - segment.offset)
    }
}

impl Deref for Joined<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Joined<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Joined").field(&self.as_str()).field(&self.full_span()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_text_leads_back_to_the_source() {
        let source = "RUN a \\\n# why\n  bcd";
        let joined = Joined::from_runs(source, &[Span::new(0, 6), Span::new(14, 19)]);
        assert_eq!(joined.as_str(), "RUN a   bcd");
        assert_eq!(joined.span(8..11), Span::new(16, 19));
        assert_eq!(joined.span(4..9), Span::new(4, 17));
        assert_eq!(joined.slice(4..11).source_offset(7), 19);
        assert_eq!(joined.slice(4..11).runs(), [(0, Span::new(4, 6)), (2, Span::new(14, 19))]);
        assert!(joined.text(8..11).is_verbatim());
        assert_eq!(joined.slice(11..11).full_span(), Span::empty(19));
    }
}
