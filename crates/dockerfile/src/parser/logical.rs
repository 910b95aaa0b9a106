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

/// What is taken out of an instruction's lines, but for lines that were passed.
#[derive(Default)]
struct Taken {
    bytes: usize,
    /// How long the first line's run is, where it is continued by more than escape and newline.
    head: Option<usize>,
    /// The first blank line.
    blank: Option<Line>,
}

impl<'s> Parser<'s> {
    /// Puts the next line, whose first byte that is no white space is at `start`, and those that continue it together.
    #[inline]
    pub(super) fn logical(&mut self, start: usize) -> Logical<'s> {
        let (pos, number, comments, pending) =
            (self.lines.pos, self.lines.number, self.comments.len(), self.pending);
        if let Some(logical) = self.by_marks(start) {
            return logical;
        }
        self.lines.go_to(pos, number);
        self.pending = pending;
        self.comments.truncate(comments);
        self.by_lines(start)
    }

    /// Goes from mark to mark, which leaves most lines out. `None`, with lines and comments read, where the
    /// instruction's first line says nothing, or its last line is continued.
    #[inline(always)]
    fn by_marks(&mut self, start: usize) -> Option<Logical<'s>> {
        let text = self.text;
        let start_line = self.lines.number + 1;
        let first_line = self.lines.pos;
        let mut line_start = first_line;
        let mut passed = Passed::default();
        let mut taken = Taken::default();
        let end = loop {
            let (mark, at) = self.lines.next_mark(&mut line_start, &mut passed)?;
            let before = text.as_bytes().get(at.wrapping_sub(1)).copied().unwrap_or(b'\n');
            // What stands before most marks; a newline does before an empty line's.
            if before.is_ascii_graphic() {
                match mark {
                    Mark::LineEnd if before != self.lines.escape => break at,
                    Mark::LineEnd => {}
                    Mark::Hash => continue,
                }
            }
            let line = match mark {
                Mark::LineEnd => self.lines.line(line_start, at),
                Mark::Hash if line_start == first_line || !text[line_start..at].trim_end().is_empty() => {
                    continue;
                }
                Mark::Hash => {
                    let newline = self.lines.finish_line();
                    let line = self.lines.line(line_start, newline);
                    self.comment(at, line);
                    taken.bytes += line.next - line.start;
                    line_start = line.next;
                    continue;
                }
            };
            match self.continued(line, start, &mut taken)? {
                true => line_start = line.next,
                false => break line.end,
            }
        };
        let covered = &text[start..end];
        let line = if passed.count == 0 && taken.head.is_none() {
            Joined::plain(covered, start as u32)
        } else {
            // An escape and a newline each.
            let length = covered.len() - taken.bytes - 2 * passed.count;
            let head = taken.head.unwrap_or(passed.first.saturating_sub(start + 1));
            if head == 0 {
                return None;
            }
            Joined::pieced(covered, start as u32, head as u32, length as u32, self.lines.escape)
        };
        if let Some(blank) = taken.blank {
            self.report_blank(blank);
        }
        Some(Logical { line, end, start_line, end_line: self.lines.number })
    }

    /// Whether a line continues the instruction that begins at `start`. `None` where it is a comment.
    #[inline(never)]
    fn continued(&self, line: Line, start: usize, taken: &mut Taken) -> Option<bool> {
        let end = if line.start <= start {
            let end = continuation(self.text, start..line.end, self.lines.escape);
            taken.head = end.map(|end| end - start);
            end
        } else {
            match Continued::read(self.text, line, self.lines.escape) {
                Continued::Run { end, continues } => continues.then_some(end),
                Continued::Blank => {
                    taken.blank.get_or_insert(line);
                    Some(line.start)
                }
                Continued::Comment(_) => return None,
            }
        };
        taken.bytes += end.map_or(0, |end| line.next - end);
        Some(end.is_some())
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
        let mut continues = match continuation(text, start..first.end, self.lines.escape) {
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
            match Continued::read(text, line, self.lines.escape) {
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
                Joined::pieced(
                    covered,
                    runs.start as u32,
                    runs.head as u32,
                    runs.length as u32,
                    self.lines.escape,
                )
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Options, Source};

    /// Reads an instruction that begins its line at `start`; tells what it is read as, and what is left of the file.
    fn read(
        text: &str,
        start: usize,
        escape: u8,
        read: impl for<'s> Fn(&mut Parser<'s>) -> Option<Logical<'s>>,
    ) -> Option<String> {
        let source = Source::from(text);
        let mut parser = Parser::new(&source, Options::default());
        parser.lines.set_escape(escape);
        while parser.lines.pos < start {
            parser.lines.next();
        }
        let Logical { line, end, start_line, end_line } = read(&mut parser)?;
        let places = (line.as_str(), line.runs(), line.head(), end, start_line, end_line);
        let rest: Vec<_> = parser.lines.collect();
        Some(format!("{places:?} {:?} {} {:?} {rest:?}", parser.comments, parser.pending, parser.diagnostics))
    }

    const PIECES: &[&str] = &[
        "\\\n",
        "\\\n",
        "\\\n",
        "\\\\\n",
        "\\ \n",
        "\\\r\n",
        "\\ \r\n",
        "\n",
        "#",
        "a",
        "abcdefghijklmnopqrstuvwx",
        " ",
        "   ",
        "\t",
        "\r",
        "\u{a0}",
        "\u{e9}",
        "<",
        "`",
        "`\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn marks_and_lines_give_the_same(
            mark in any::<bool>(),
            before in proptest::collection::vec(proptest::sample::select(PIECES), 0..20),
            length in 1..70usize,
            pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60),
            escape in proptest::sample::select(&b"\\`"[..]),
        ) {
            let before = format!("{}{}\n", if mark { "\u{feff}" } else { "" }, before.concat());
            let text = format!("{before}{}{}", "a".repeat(length), pieces.concat());
            let by_marks = read(&text, before.len(), escape, |parser| parser.by_marks(before.len()));
            let by_lines = read(&text, before.len(), escape, |parser| Some(parser.by_lines(before.len())));
            let whole = read(&text, before.len(), escape, |parser| Some(parser.logical(before.len())));
            prop_assert_eq!(&whole, &by_lines);
            match by_marks {
                Some(_) => prop_assert_eq!(by_marks, by_lines),
                // What begins with a letter says something, so its last line is continued: nothing is left.
                None => prop_assert!(by_lines.is_some_and(|read| read.ends_with(" []"))),
            }
        }
    }
}
