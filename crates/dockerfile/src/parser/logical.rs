//! Lines put together that continue each other.

use super::Parser;
use crate::diagnostics::{Code, Diagnostic};
use crate::lines::{Continued, Line, Mark, Passed, continuation};
use crate::source::Span;
use crate::text::Joined;

/// A line with its continuations put together.
pub(super) struct Logical<'s> {
    pub(super) line: Joined<'s>,
    /// Where its last line ends.
    pub(super) end: usize,
    /// The first line's number.
    pub(super) start_line: u32,
    /// The last line's.
    pub(super) end_line: u32,
}

/// What is known of an instruction's runs, those aside that are empty: they say nothing.
#[derive(Default)]
struct Runs {
    count: usize,
    /// Where the first begins.
    start: usize,
    /// How long the first is.
    head: usize,
    /// Where the last ends.
    end: usize,
    /// How long they are together.
    length: usize,
}

impl Runs {
    fn add(&mut self, start: usize, end: usize) {
        if end <= start {
            return;
        }
        if self.count == 0 {
            (self.start, self.head) = (start, end - start);
        }
        self.count += 1;
        self.end = end;
        self.length += end - start;
    }
}

impl<'s> Parser<'s> {
    /// Puts the next line, whose first byte that is no white space is at `start`, and those that continue it together.
    #[inline]
    pub(super) fn logical(&mut self, start: usize) -> Logical<'s> {
        let (lines, comments, pending) = (self.lines, self.comments.len(), self.pending);
        if let Some(logical) = self.by_marks(start) {
            return logical;
        }
        (self.lines, self.pending) = (lines, pending);
        self.comments.truncate(comments);
        self.by_lines(start)
    }

    /// Goes from mark to mark, which leaves most lines out. `None`, with lines and comments read, where the
    /// instruction's first line says nothing, or its last line is continued.
    #[inline(always)]
    fn by_marks(&mut self, start: usize) -> Option<Logical<'s>> {
        let text = self.text;
        let start_line = self.lines.number + 1;
        let mut line_start = self.lines.pos;
        let first_line = line_start;
        let mut passed = Passed::default();
        // How long the first run is, once it is known, where it is continued by more than escape and newline.
        let mut head = None;
        // How many bytes are taken out, but for what was passed.
        let mut removed = 0;
        let mut blank: Option<Line> = None;
        loop {
            let (mark, at) = self.lines.next_mark(&mut line_start, &mut passed)?;
            let before = text.as_bytes()[..at].last().copied().unwrap_or(b'\n');
            if mark == Mark::Hash {
                // What most of them stand behind.
                if before.is_ascii_graphic() || line_start == first_line {
                    continue;
                }
                if text[line_start..at].trim_end().is_empty() {
                    self.lines.pos = line_start;
                    let comment = self.lines.next()?;
                    self.comment(at, comment);
                    removed += comment.next - comment.start;
                    line_start = comment.next;
                }
                continue;
            }
            let line = self.lines.line(line_start, at);
            let plain_end = at > line_start && before.is_ascii_graphic() && before != self.escape;
            let end = if plain_end {
                None
            } else if line_start == first_line {
                let end = continuation(text, start..line.end, self.escape);
                head = end.map(|end| end - start);
                end
            } else {
                match Continued::read(text, line, self.escape) {
                    Continued::Run { end, continues: true } => Some(end),
                    Continued::Run { continues: false, .. } => None,
                    Continued::Blank => {
                        blank.get_or_insert(line);
                        Some(line.start)
                    }
                    Continued::Comment(_) => return None,
                }
            };
            if let Some(end) = end {
                removed += line.next - end;
                line_start = line.next;
                continue;
            }
            if let Some(blank) = blank {
                self.report_blank(blank);
            }
            let line_end = line.end;
            let covered = &text[start..line_end];
            let is_one = passed.count == 0 && head.is_none();
            let joined = if is_one {
                Joined::plain(covered, start as u32)
            } else {
                // An escape and a newline each.
                let length = covered.len() - removed - 2 * passed.count;
                let head = head.unwrap_or(passed.first.saturating_sub(start + 1));
                if head == 0 {
                    return None;
                }
                Joined::pieced(covered, start as u32, head as u32, length as u32, self.escape)
            };
            return Some(Logical { line: joined, end: line_end, start_line, end_line: line.number });
        }
    }

    /// Goes from line to line.
    #[cold]
    fn by_lines(&mut self, start: usize) -> Logical<'s> {
        let text = self.text;
        let Some(first) = self.lines.next() else {
            let line = Joined::plain("", start as u32);
            let number = self.lines.number;
            return Logical { line, end: start, start_line: number, end_line: number };
        };
        let mut runs = Runs::default();
        let mut last = first;
        let mut blank: Option<Line> = None;
        let mut continues = match continuation(text, start..first.end, self.escape) {
            Some(end) => {
                runs.add(start, end);
                true
            }
            None => {
                runs.add(start, first.end);
                false
            }
        };
        while continues && let Some(line) = self.lines.next() {
            last = line;
            match Continued::read(text, line, self.escape) {
                Continued::Comment(start) => self.comment(start, line),
                Continued::Blank => {
                    blank.get_or_insert(line);
                }
                Continued::Run { end, continues: goes_on } => {
                    runs.add(line.start, end);
                    continues = goes_on;
                }
            }
        }
        if let Some(blank) = blank {
            self.report_blank(blank);
        }
        let line = match runs.count {
            0 => Joined::plain("", start as u32),
            1 => Joined::plain(&text[runs.start..runs.end], runs.start as u32),
            _ => {
                let covered = &text[runs.start..runs.end];
                Joined::pieced(covered, runs.start as u32, runs.head as u32, runs.length as u32, self.escape)
            }
        };
        Logical { line, end: last.end, start_line: first.number, end_line: last.number }
    }

    #[cold]
    fn report_blank(&mut self, blank: Line) {
        let span = Span::new(blank.start as u32, blank.next as u32);
        let message = "a blank line inside an instruction that is continued";
        let help = "remove the line, or the continuation before it";
        self.diagnostics.push(Diagnostic::warning(Code::EmptyContinuationLine, span, message).help(help));
    }
}
