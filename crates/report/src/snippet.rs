//! The few characters of a source that a finding is about, cut to what a terminal shows.
//!
//! Work is bounded by the width of the terminal and the length of the finding's own lines, never by
//! the file: only a finding without a byte span costs one pass over its file, once per file.

use std::ops::Range;

use plimsoll_rules::{Finding, Outcome};
use unicode_width::UnicodeWidthChar;

use crate::clean;

/// Spans of more lines than this are shown by their first line.
const MAX_LINES: usize = 3;
/// Where a line is only compared, no more of it is read to either side of the place.
const LONGEST_LINE: usize = 1024;

/// What is shown of a source.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// One to three lines, fit to print.
    pub(crate) text: String,
    /// The bytes of `text` that are marked.
    pub(crate) mark: Range<usize>,
    /// The number of the first line.
    pub(crate) line: usize,
    /// The true column of the place in that line, in characters from 1.
    pub(crate) column: usize,
}

/// Finds excerpts in one source; keeps an index of its lines once one was needed.
pub(crate) struct Source<'s> {
    text: &'s str,
    line_starts: Option<Vec<usize>>,
}

impl<'s> Source<'s> {
    pub(crate) fn new(text: &'s str) -> Self {
        Self { text, line_starts: None }
    }

    /// The source of `finding`, kept in `cache` from one finding to the next of the same file.
    pub(crate) fn select<'c>(
        cache: &'c mut Option<(&'s str, Self)>,
        outcome: &'s Outcome,
        finding: &'s Finding,
    ) -> Option<&'c mut Self> {
        let file = finding.file.as_deref()?;
        if cache.as_ref().is_none_or(|(name, _)| *name != file) {
            *cache = outcome.sources.get(file).map(|text| (file, Self::new(text)));
        }
        cache.as_mut().map(|(_, source)| source)
    }

    /// The text of the line where `finding` starts; of a very long line, what is near.
    pub(crate) fn line_of(&mut self, finding: &Finding) -> Option<&'s str> {
        let text = self.text;
        let at = match &finding.span {
            Some(span) if text.is_char_boundary(span.start) => span.start,
            _ => self.line_start(finding.line?)?,
        };
        let from = text.floor_char_boundary(at.saturating_sub(LONGEST_LINE));
        let start = text[from..at].rfind('\n').map_or(from, |newline| from + newline + 1);
        text[start..text.floor_char_boundary(at.saturating_add(LONGEST_LINE))].lines().next()
    }

    /// Line and column, both from 1, of a byte; none where it is not in this text.
    pub(crate) fn position(&mut self, byte: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let starts = self.starts();
        let line = starts.partition_point(|&start| start <= byte);
        let start = starts.get(line.checked_sub(1)?).copied()?;
        Some((line, text.get(start..byte)?.chars().count() + 1))
    }

    /// The excerpt for `finding`, at most `width` columns wide; none where it names no place in this text.
    pub(crate) fn excerpt(&mut self, finding: &Finding, width: usize) -> Option<Excerpt> {
        let span = match &finding.span {
            Some(span) if self.text.get(span.clone()).is_some() => span.clone(),
            _ => self.span_of_lines(finding)?,
        };
        let (line, column) = match (finding.line, finding.column) {
            (Some(line), Some(column)) => (line as usize, column as usize),
            _ => self.position(span.start)?,
        };
        // A span that no terminal could show is not read to its end.
        let longest = span.start.saturating_add((width + 2) * 4 * MAX_LINES);
        let span = trim_end(self.text, span.start..self.text.floor_char_boundary(longest).min(span.end));
        let lines = self.text[span.clone()].split('\n').take(MAX_LINES + 1).count();
        let whole = (2..=MAX_LINES).contains(&lines).then(|| whole_lines(self.text, &span, width)).flatten();
        let (text, mark) = whole.unwrap_or_else(|| window(self.text, &first_line(self.text, span), width));
        Some(Excerpt { text, mark, line, column })
    }

    /// The bytes that a finding's lines and columns name.
    fn span_of_lines(&mut self, finding: &Finding) -> Option<Range<usize>> {
        let (first, last) = (finding.line?, finding.end_line.or(finding.line)?);
        let start = self.byte_at(first, finding.column)?;
        let end = match finding.end_column {
            Some(column) => self.byte_at(last, Some(column))?,
            None => self.end_of_line(last)?,
        };
        // Without a column the indentation is not part of the place.
        let start = match finding.column {
            Some(_) => start,
            None => start + self.text.get(start..end)?.len() - self.text.get(start..end)?.trim_start().len(),
        };
        (start <= end).then_some(start..end)
    }

    fn byte_at(&mut self, line: u32, column: Option<u32>) -> Option<usize> {
        let start = self.line_start(line)?;
        let end = self.end_of_line(line)?;
        let skip = column.map_or(0, |c| c.saturating_sub(1) as usize);
        let text = &self.text[start..end];
        Some(start + text.char_indices().nth(skip).map_or(text.len(), |(at, _)| at))
    }

    fn line_start(&mut self, line: u32) -> Option<usize> {
        self.starts().get((line as usize).checked_sub(1)?).copied()
    }

    fn end_of_line(&mut self, line: u32) -> Option<usize> {
        let start = self.line_start(line)?;
        Some(self.text[start..].find('\n').map_or(self.text.len(), |n| start + n))
    }

    fn starts(&mut self) -> &[usize] {
        let text = self.text;
        self.line_starts.get_or_insert_with(|| {
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        })
    }
}

/// The span without the white space that ends it, unless it is nothing but that.
fn trim_end(text: &str, span: Range<usize>) -> Range<usize> {
    let trimmed = text[span.clone()].trim_end();
    if trimmed.is_empty() { span.start..span.start } else { span.start..span.start + trimmed.len() }
}

fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let line = text[span.clone()].split('\n').next().unwrap_or("");
    span.start..span.start + line.trim_end().len()
}

/// The two or three lines of a span, where each of them fits.
fn whole_lines(text: &str, span: &Range<usize>, width: usize) -> Option<(String, Range<usize>)> {
    // Two columns are for the bar that joins the lines.
    let width = width.saturating_sub(2);
    let before = before(text, span.start, width);
    let after = after(text, span.end, width);
    let shown = format!("{}{}{}", before.text, printable(&text[span.clone()]), after.text);
    let fits = !before.cut && !after.cut && shown.split('\n').all(|line| columns(line) <= width);
    let mark = before.text.len()..shown.len() - after.text.len();
    fits.then_some((shown, mark))
}

/// The part of one line around a span.
fn window(text: &str, span: &Range<usize>, width: usize) -> (String, Range<usize>) {
    const DOTS: &str = "...";
    let width = width.max(20);
    let end = clip(text, span, width);
    let mut middle = printable(&text[span.start..end]);
    let room_for_middle = width - 2 * DOTS.len();
    let cut = end < span.end || columns(&middle) > room_for_middle;
    if cut {
        middle = crate::place::cut(&middle, room_for_middle);
    }
    let room = width.saturating_sub(columns(&middle));
    let mut left = before(text, span.start, width);
    let mut right = if cut { Part::default() } else { after(text, span.end, width) };
    if left.cut || right.cut || columns(&left.text) + columns(&right.text) > room {
        let for_right = columns(&right.text).min(room - room / 3);
        left = left.keep_end(room - for_right.min(room), DOTS);
        right = right.keep_start(room.saturating_sub(columns(&left.text)), DOTS);
    }
    let mark = left.text.len()..left.text.len() + middle.len();
    (format!("{}{middle}{}", left.text, right.text), mark)
}

/// Where a span ends at the latest to be worth reading: no terminal shows more than four bytes a column.
fn clip(text: &str, span: &Range<usize>, width: usize) -> usize {
    text[span.clone()].char_indices().nth(width + 1).map_or(span.end, |(at, _)| span.start + at)
}

/// A piece of a line beside the span, and whether more of the line was left out.
#[derive(Default)]
struct Part {
    text: String,
    cut: bool,
}

impl Part {
    fn keep_end(self, width: usize, dots: &str) -> Self {
        if !self.cut && columns(&self.text) <= width {
            return self;
        }
        let mut used = dots.len();
        let mut from = self.text.len();
        for (at, c) in self.text.char_indices().rev() {
            used += column_width(c);
            if used > width {
                break;
            }
            from = at;
        }
        let text = if dots.len() <= width { format!("{dots}{}", &self.text[from..]) } else { String::new() };
        Self { text, cut: true }
    }

    fn keep_start(self, width: usize, dots: &str) -> Self {
        if !self.cut && columns(&self.text) <= width {
            return self;
        }
        let text = if dots.len() <= width {
            let shown = crate::place::cut(&self.text, width.min(columns(&self.text).saturating_sub(1)));
            if shown.is_empty() { dots.to_owned() } else { shown }
        } else {
            String::new()
        };
        Self { text, cut: true }
    }
}

/// What stands before `at` in its line, at most a little more than `width` columns of it.
fn before(text: &str, at: usize, width: usize) -> Part {
    let mut from = at;
    for (index, c) in text[..at].char_indices().rev().take(width + 1) {
        if c == '\n' {
            return Part { text: printable(&text[from..at]), cut: false };
        }
        from = index;
    }
    Part { text: printable(&text[from..at]), cut: from > 0 && !text[..from].ends_with('\n') }
}

/// What stands from `at` to the end of its line, at most a little more than `width` columns of it.
fn after(text: &str, at: usize, width: usize) -> Part {
    let mut to = at;
    for (index, c) in text[at..].char_indices().take(width + 1) {
        if c == '\n' {
            return Part { text: printable(text[at..to].trim_end()), cut: false };
        }
        to = at + index + c.len_utf8();
    }
    let rest = &text[to..];
    let cut = !(rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n"));
    Part { text: printable(text[at..to].trim_end()), cut }
}

/// Source text as shown: what is counted here is what a terminal shows.
fn printable(text: &str) -> String {
    clean::text(&text.replace("\r\n", "\n")).into_owned()
}

fn columns(text: &str) -> usize {
    text.chars().map(column_width).sum()
}

fn column_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use plimsoll_rules::{Category, RuleMeta, Severity};

    use super::*;

    static META: RuleMeta = RuleMeta {
        name: "r",
        kind: plimsoll_rules::Kind::Dockerfile,
        severity: Severity::Info,
        category: Category::Style,
        default: true,
        also: &[],
        references: &[],
        title: "t",
        page: "",
    };

    /// The excerpt for `words` in `text`, and what of it is marked.
    fn excerpt(text: &str, words: &str, width: usize) -> (String, String) {
        let start = text.find(words).unwrap();
        let finding = Finding { span: Some(start..start + words.len()), ..Finding::new(&META, "m") };
        let found = Source::new(text).excerpt(&finding, width).unwrap();
        let marked = found.text[found.mark].to_owned();
        (found.text, marked)
    }

    fn owned(text: &str, mark: &str) -> (String, String) {
        (text.to_owned(), mark.to_owned())
    }

    #[test]
    fn lines_that_fit_are_shown_whole() {
        assert_eq!(excerpt("a\n\tRUN x y\r\nb\n", "x", 40), owned("    RUN x y", "x"));
        assert_eq!(excerpt("RUN a \\\n  b\nUSER c", "a \\\n  b", 40), owned("RUN a \\\n  b", "a \\\n  b"));
        assert_eq!(
            excerpt("FROM 世界:latest AS b", "世界:latest", 40),
            owned("FROM 世界:latest AS b", "世界:latest")
        );
    }

    #[test]
    fn spans_of_many_lines_are_shown_by_their_first() {
        assert_eq!(
            excerpt("RUN a \\\n b \\\n c \\\n d\n", "RUN a \\\n b \\\n c \\\n d", 40),
            owned("RUN a \\", "RUN a \\")
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line = format!("RUN {} needle {}", "a".repeat(5000), "b".repeat(5000));
        let (text, mark) = excerpt(&line, "needle", 40);
        assert_eq!(mark, "needle");
        assert_eq!(columns(&text), 40);
        assert!(text.starts_with("...aaa") && text.ends_with("bbb..."), "{text}");
        let (text, mark) = excerpt(&line, &"b".repeat(5000), 40);
        assert!(text.starts_with("...") && mark.ends_with("...") && columns(&text) <= 40, "{text}");
        let (text, _) = excerpt(&format!("x {}", "世".repeat(3000)), "x", 30);
        assert!(text.starts_with("x 世") && text.ends_with("...") && columns(&text) <= 30, "{text}");
    }

    #[test]
    fn lines_and_columns_stand_in_for_a_span() {
        let place =
            |line, column, end_column| Finding { line, column, end_column, ..Finding::new(&META, "m") };
        let mut source = Source::new("one\n  two 世界 three\n");
        let shown = source.excerpt(&place(Some(2), Some(7), Some(9)), 40).unwrap();
        assert_eq!((&shown.text[shown.mark], shown.line, shown.column), ("世界", 2, 7));
        let shown = source.excerpt(&place(Some(2), None, None), 40).unwrap();
        assert_eq!((&shown.text[shown.mark], shown.line, shown.column), ("two 世界 three", 2, 3));
        assert_eq!(source.excerpt(&place(Some(9), None, None), 40), None);
        assert_eq!(source.excerpt(&place(None, None, None), 40), None);
    }
}
