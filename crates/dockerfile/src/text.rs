//! Pieces of text that know where in the source they stand.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use crate::lines;
use crate::source::Span;

/// A word or value: what it says, and what it covers in the source.
///
/// The two differ where a line continuation cuts through the word, or where quotes and escapes were
/// taken off (flags and JSON strings).
#[derive(Clone)]
pub struct Text<'s> {
    /// What it covers in the source.
    pub span: Span,
    value: Value<'s>,
}

#[derive(Clone)]
enum Value<'s> {
    /// As the source has it.
    Source(&'s str),
    /// With something taken off.
    Made(Box<str>),
    /// A part of several runs of the source.
    Pieced { line: Arc<Pieced<'s>>, start: u32, end: u32 },
}

impl<'s> Text<'s> {
    pub(crate) fn new(value: impl Into<Cow<'s, str>>, span: Span) -> Text<'s> {
        let value = match value.into() {
            Cow::Borrowed(text) => Value::Source(text),
            Cow::Owned(text) => Value::Made(text.into()),
        };
        Text { span, value }
    }

    /// A text that stands nowhere but says where it would: what an instruction without arguments has.
    pub(crate) fn empty(offset: u32) -> Text<'s> {
        Text { span: Span::empty(offset), value: Value::Source("") }
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        match &self.value {
            Value::Source(text) => text,
            Value::Made(text) => text,
            Value::Pieced { line, start, end } => &line.together().text[*start as usize..*end as usize],
        }
    }

    /// Whether the source says exactly this, byte for byte, under the span.
    pub fn is_verbatim(&self) -> bool {
        self.as_str().len() == self.span.len() as usize
    }

    /// The piece of it at `range` (bytes of the value). Its span is exact unless quotes or escapes were taken off,
    /// and else the whole text's. A range that is out of bounds or cuts a character gives an empty piece.
    pub fn piece(&self, range: Range<usize>) -> Text<'s> {
        let range = if self.as_str().get(range.clone()).is_some() { range } else { 0..0 };
        match &self.value {
            Value::Source(text) => {
                let span = if self.is_verbatim() {
                    Span::new(self.span.start + range.start as u32, self.span.start + range.end as u32)
                } else {
                    self.span
                };
                Text { span, value: Value::Source(&text[range]) }
            }
            Value::Made(text) => Text { span: self.span, value: Value::Made(text[range].into()) },
            Value::Pieced { line, start, .. } => {
                let (start, end) = (start + range.start as u32, start + range.end as u32);
                let value = Value::Pieced { line: line.clone(), start, end };
                Text { span: line.span(start, end), value }
            }
        }
    }

    /// What it says, living as long as the source where nothing had to be taken out.
    pub fn into_cow(self) -> Cow<'s, str> {
        match self.value {
            Value::Source(text) => Cow::Borrowed(text),
            Value::Made(text) => Cow::Owned(text.into()),
            Value::Pieced { .. } => Cow::Owned(self.as_str().to_owned()),
        }
    }
}

impl Default for Text<'_> {
    fn default() -> Self {
        Text::empty(0)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("span", &self.span).field("value", &self.as_str()).finish()
    }
}

/// Both the same words at the same place.
impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.span == other.span && self.as_str() == other.as_str()
    }
}

impl Eq for Text<'_> {}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
struct Segment {
    /// Where the run begins in the joined text.
    offset: u32,
    /// Where it begins in the source.
    source: u32,
}

/// Several runs of the source. They are put together when somebody reads them: most commands that go over
/// many lines are only ever read by the shell.
#[derive(Debug)]
struct Pieced<'s> {
    /// The source from the beginning of the first run to the end of the last.
    covered: &'s str,
    /// Where that begins.
    start: u32,
    /// How long the first run is.
    head: u32,
    escape: u8,
    together: OnceLock<Together>,
}

#[derive(Debug)]
struct Together {
    text: Box<str>,
    /// Where the runs begin, none of them empty.
    segments: Vec<Segment>,
}

#[derive(Clone)]
enum Repr<'s> {
    /// One run of the source.
    Plain { text: &'s str, start: u32 },
    /// Several runs put together, but for what is left out at the beginning and at the end.
    Pieced { line: Arc<Pieced<'s>>, start: u32, cut: u32 },
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

    /// Two or more runs: `covered` reaches from the beginning of the first, at `start` in the source, to the end
    /// of the last. The first is `head` bytes long.
    pub(crate) fn pieced(covered: &'s str, start: u32, head: u32, escape: u8) -> Joined<'s> {
        let line = Pieced { covered, start, head, escape, together: OnceLock::new() };
        Joined { repr: Repr::Pieced { line: Arc::new(line), start: 0, cut: 0 } }
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        match &self.repr {
            Repr::Plain { text, .. } => text,
            Repr::Pieced { line, start, cut } => {
                let text = &line.together().text;
                &text[*start as usize..text.len() - *cut as usize]
            }
        }
    }

    /// How many bytes it is long.
    pub fn len(&self) -> usize {
        self.as_str().len()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The part at `range`, clamped to the text; empty where the range cuts a character.
    pub fn slice(&self, range: Range<usize>) -> Joined<'s> {
        let length = self.len();
        let (from, to) = (range.start.min(length), range.end.min(length).max(range.start.min(length)));
        let fits = self.as_str().is_char_boundary(from) && self.as_str().is_char_boundary(to);
        self.part(if fits { from..to } else { 0..0 })
    }

    /// The part at `range`, which must lie in the text, on character boundaries.
    pub(crate) fn part(&self, range: Range<usize>) -> Joined<'s> {
        match &self.repr {
            Repr::Plain { text, start } => Joined::plain(&text[range.clone()], start + range.start as u32),
            Repr::Pieced { line, start, cut } => {
                let cut = *cut + (self.len() - range.end) as u32;
                Joined { repr: Repr::Pieced { line: line.clone(), start: start + range.start as u32, cut } }
            }
        }
    }

    /// What follows the first `length` bytes, which are no more than its [head](Joined::head).
    #[inline(always)]
    pub(crate) fn into_rest(self, length: usize) -> Joined<'s> {
        match self.repr {
            Repr::Plain { text, start } => Joined::plain(&text[length..], start + length as u32),
            Repr::Pieced { line, start, cut } => {
                Joined { repr: Repr::Pieced { line, start: start + length as u32, cut } }
            }
        }
    }

    /// What a whole line says up to the first continuation, for a look that needs no more.
    #[inline]
    pub(crate) fn head(&self) -> (&'s str, u32) {
        match &self.repr {
            Repr::Plain { text, start } => (text, *start),
            Repr::Pieced { line, start: 0, .. } => (&line.covered[..line.head as usize], line.start),
            Repr::Pieced { .. } => ("", 0),
        }
    }

    /// The source that a whole line covers, with what is taken out of it.
    #[inline]
    pub(crate) fn covered(&self) -> &'s str {
        match &self.repr {
            Repr::Plain { text, .. } => text,
            Repr::Pieced { line, .. } => line.covered,
        }
    }

    /// Where a byte of the text stands in the source; past the end, the place after the last byte.
    pub fn source_offset(&self, offset: usize) -> u32 {
        let length = self.len();
        if offset >= length {
            return if length == 0 { self.start() } else { self.map(length - 1) + 1 };
        }
        self.map(offset)
    }

    /// What a range of the text covers in the source. Where a continuation lies between, it is covered too.
    #[inline(always)]
    pub fn span(&self, range: Range<usize>) -> Span {
        if let Repr::Plain { text, start } = &self.repr
            && range.start < range.end
            && range.end <= text.len()
        {
            return Span::new(start + range.start as u32, start + range.end as u32);
        }
        self.span_of_any(range)
    }

    #[inline(never)]
    fn span_of_any(&self, range: Range<usize>) -> Span {
        if range.end <= range.start {
            return Span::empty(self.source_offset(range.start));
        }
        if let Repr::Pieced { line, start, .. } = &self.repr
            && range.end <= self.len()
        {
            return line.span(start + range.start as u32, start + range.end as u32);
        }
        Span::new(self.source_offset(range.start), self.source_offset(range.end - 1) + 1)
    }

    /// What the whole text covers in the source.
    pub fn full_span(&self) -> Span {
        self.span(0..self.len())
    }

    /// Whether it stands in the source just so, without a continuation inside.
    pub fn is_contiguous(&self) -> bool {
        self.full_span().len() as usize == self.len()
    }

    /// The runs that the text is made of, in order: where each begins in the text, and what it covers.
    pub fn runs(&self) -> Vec<(usize, Span)> {
        match &self.repr {
            Repr::Plain { text, start } => vec![(0, Span::new(*start, *start + text.len() as u32))],
            Repr::Pieced { line, start, .. } => {
                let end = start + self.len() as u32;
                let clipped = |index: usize| {
                    let (segment, run) = (line.together().segments[index], line.run(index));
                    let from = segment.offset.max(*start);
                    let to = (segment.offset + run.len()).min(end);
                    let source = segment.source + (from.max(segment.offset) - segment.offset);
                    (from < to).then(|| ((from - start) as usize, Span::new(source, source + (to - from))))
                };
                (0..line.together().segments.len()).filter_map(clipped).collect()
            }
        }
    }

    /// The part at `range` as a [`Text`], borrowed from the source unless a continuation cuts through it.
    #[inline(always)]
    pub(crate) fn text(&self, range: Range<usize>) -> Text<'s> {
        match &self.repr {
            Repr::Plain { text, start } => {
                let span = Span::new(start + range.start as u32, start + range.end as u32);
                Text { span, value: Value::Source(&text[range]) }
            }
            Repr::Pieced { line, start, .. } => line.text(start + range.start as u32, range.len() as u32),
        }
    }

    /// The whole as a [`Text`].
    pub fn to_text(&self) -> Text<'s> {
        self.text(0..self.len())
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

impl<'s> Pieced<'s> {
    /// A part of it as a [`Text`].
    #[inline(never)]
    fn text(self: &Arc<Self>, from: u32, length: u32) -> Text<'s> {
        let span = self.span(from, from + length);
        if span.len() == length {
            let start = (span.start - self.start) as usize;
            return Text::new(&self.covered[start..start + length as usize], span);
        }
        Text { span, value: Value::Pieced { line: self.clone(), start: from, end: from + length } }
    }

    /// What a range of the text covers in the source.
    fn span(&self, from: u32, to: u32) -> Span {
        if from >= to {
            return Span::empty(self.source_of(from));
        }
        let index = self.segment_at(from);
        let (segment, run) = (self.together().segments[index], self.run(index));
        let last = segment.source + (to - segment.offset);
        let end = if last <= run.end { last } else { self.source_of(to - 1) + 1 };
        Span::new(segment.source + (from - segment.offset), end)
    }

    fn together(&self) -> &Together {
        self.together.get_or_init(|| {
            let mut text = String::with_capacity(self.covered.len());
            let mut segments = Vec::with_capacity(8);
            lines::runs(self.covered, self.escape, |run| {
                let source = self.start + run.start as u32;
                segments.push(Segment { offset: text.len() as u32, source });
                text.push_str(&self.covered[run]);
            });
            Together { text: text.into(), segments }
        })
    }

    /// The segment that a byte of the text is in.
    fn segment_at(&self, offset: u32) -> usize {
        let segments = &self.together().segments;
        segments.partition_point(|segment| segment.offset <= offset).saturating_sub(1)
    }

    /// Where a segment's run stands in the source.
    fn run(&self, index: usize) -> Span {
        let Together { text, segments } = self.together();
        let segment = segments[index];
        let end = segments.get(index + 1).map_or(text.len() as u32, |next| next.offset);
        Span::new(segment.source, segment.source + (end - segment.offset))
    }

    fn source_of(&self, offset: u32) -> u32 {
        let segment = self.together().segments[self.segment_at(offset)];
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
        let joined = Joined::pieced(source, 0, 6, b'\\');
        assert_eq!(joined.head(), ("RUN a ", 0));
        assert_eq!(joined.as_str(), "RUN a   bcd");
        assert_eq!(joined.span(8..11), Span::new(16, 19));
        assert_eq!(joined.span(4..9), Span::new(4, 17));
        assert_eq!(joined.slice(4..11).source_offset(7), 19);
        assert_eq!(joined.slice(4..11).runs(), [(0, Span::new(4, 6)), (2, Span::new(14, 19))]);
        assert!(joined.text(8..11).is_verbatim());
        assert_eq!(joined.slice(11..11).full_span(), Span::empty(19));
    }
}
