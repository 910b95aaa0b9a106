//! Lines put together that continue each other.

use std::ops::Range;

use super::Parser;
use crate::diagnostics::{Code, Diagnostic};
use crate::lines::{Continued, Line, Lines, continuation};
use crate::scan::{Mark, Scan};
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

impl Mark {
    /// Whether a comment begins here.
    #[inline(always)]
    fn is_comment(self, text: &str) -> bool {
        text.as_bytes().get(self.at as usize) == Some(&b'#')
    }

    /// The line it is on.
    fn line(self) -> u32 {
        self.newlines + 1
    }
}

impl<'s> Parser<'s> {
    /// Reads what comes next from mark to mark, as far as they tell.
    pub(super) fn by_marks(&mut self) {
        let mut scan = Scan::new(self.text, self.lines.pos, self.lines.number, self.escape);
        loop {
            let (comments, pending) = (self.comments.len(), self.pending);
            let Some(begin) = scan.next() else { return };
            let Some(mut end) = scan.next() else { return };
            if begin.is_comment(self.text) {
                self.comment(begin.at as usize..end.at as usize, begin.line());
                self.lines.go_to(self.after(end), end.line());
                continue;
            }
            while end.is_comment(self.text)
                && let Some(newline) = scan.next()
            {
                self.comment(end.at as usize..newline.at as usize, end.line());
                let Some(next) = scan.next() else { break };
                end = next;
            }
            let is_whole = self.text.as_bytes().get(end.at as usize).is_none_or(|&byte| byte == b'\n');
            let logical = if is_whole { self.marked(begin, end, scan.has_blank_lines) } else { None };
            let Some(logical) = logical else {
                self.comments.truncate(comments);
                self.pending = pending;
                return;
            };
            let next = self.after(end);
            self.lines.go_to(next, end.line());
            self.may_have_heredoc = scan.has_less_than;
            self.instruction(logical, pending as u32..comments as u32);
            if self.lines.pos != next {
                scan.go_to(self.lines.pos, self.lines.number);
            }
        }
    }

    /// Where the line after a newline begins.
    #[inline(always)]
    fn after(&self, newline: Mark) -> usize {
        (newline.at as usize + 1).min(self.text.len())
    }

    /// What stands between two marks. `None` where the first line says nothing but that it is continued.
    #[inline(always)]
    fn marked(&mut self, begin: Mark, end: Mark, may_have_blank_lines: bool) -> Option<Logical<'s>> {
        let (start, last) = (begin.at as usize, end.at as usize);
        let covered = &self.text[start..last];
        let mut line = Joined::plain(covered, begin.at);
        if begin.newlines != end.newlines {
            let newline = memchr::memchr(b'\n', covered.as_bytes())?;
            let head = continuation(covered, 0..newline, self.escape)?;
            if head == 0 {
                return None;
            }
            line = Joined::pieced(covered, begin.at, head as u32, self.escape);
            if may_have_blank_lines {
                self.look_for_blank(start + newline + 1..last, begin.line());
            }
        }
        Some(Logical { line, end: last, start_line: begin.line(), end_line: end.line() })
    }

    /// Reports the first blank line in a range of lines; `before` are before them.
    #[cold]
    fn look_for_blank(&mut self, range: Range<usize>, before: u32) {
        let mut lines = Lines::new(&self.text[..range.end]);
        lines.go_to(range.start, before);
        if let Some(blank) = lines.find(|line| line.first(self.text) == line.end) {
            self.report_blank(blank);
        }
    }

    /// Reads what comes next line by line.
    pub(super) fn by_lines(&mut self) {
        self.may_have_heredoc = true;
        loop {
            let before = self.lines;
            let Some(line) = self.lines.next() else { return };
            let start = line.first(self.text);
            match self.text.as_bytes()[start..line.end].first() {
                None => {}
                Some(b'#') => self.comment(start..line.end, line.number),
                Some(_) => {
                    let comments = self.pending as u32..self.comments.len() as u32;
                    self.lines = before;
                    let logical = self.logical(start);
                    self.instruction(logical, comments);
                }
            }
        }
    }

    /// Puts the next line, whose first byte that is no white space is at `start`, and those that continue it together.
    fn logical(&mut self, start: usize) -> Logical<'s> {
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
                Continued::Comment(start) => self.comment(start..line.end, line.number),
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
        let covered = &text[runs.start..runs.end];
        let line = match runs.count {
            0 => Joined::plain("", start as u32),
            1 => Joined::plain(covered, runs.start as u32),
            _ => Joined::pieced(covered, runs.start as u32, runs.head as u32, self.escape),
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
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::parser::Parser;
    use crate::{Options, Source};

    /// All that is read of a file, from mark to mark as far as they tell, or line by line.
    fn read(text: &str, by_marks: bool) -> String {
        let source = Source::from(text);
        let mut parser = Parser::new(&source, Options::default());
        parser.directives();
        if by_marks {
            parser.by_marks();
        }
        parser.by_lines();
        let runs: Vec<_> =
            parser.instructions.iter().map(|instruction| instruction.arguments.runs()).collect();
        let Parser { instructions, comments, diagnostics, .. } = parser;
        format!("{instructions:#?} {runs:?} {comments:#?} {diagnostics:#?}")
    }

    /// Whether all of a file is read from mark to mark.
    fn is_read_by_marks(text: &str) -> bool {
        let source = Source::from(text);
        let mut parser = Parser::new(&source, Options::default());
        parser.by_marks();
        text[parser.lines.pos..].trim().is_empty()
    }

    const PIECES: &[&str] = &[
        "\\\n",
        "\\\n",
        "\\\n",
        "\\\n",
        "\\\\\n",
        "\\ \n",
        "\\ \t \n",
        "\n",
        "\n",
        "\n",
        "\\",
        "#",
        "# a",
        "a",
        "RUN x",
        "ENV a=b ",
        "COPY <<E /a\nb\nE\n",
        "RUN <<-E cat",
        "E\n",
        "<",
        "abcdefghijklmnopqrstuvwx",
        " ",
        "   ",
        "\t",
        "\u{e9}",
        "`",
        "`\n",
    ];

    /// What ends the reading by marks, at least where it stands at the beginning of a line.
    const UNUSUAL: &[&str] = &["\r\n", "\\\r\n", "\\ \r\n", "\r", "\u{a0}", "\u{b}", "\0"];

    fn text(pieces: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
        let pieces = proptest::collection::vec(proptest::sample::select(pieces), 0..most);
        pieces.prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn marks_and_lines_give_the_same(
            begin in proptest::sample::select(&["", "\u{feff}", "# escape=`\n", "#syntax=a\n#\n"][..]),
            length in 0..70usize,
            before in text(PIECES, 60),
            unusual in text(UNUSUAL, 2),
            after in text(PIECES, 20),
        ) {
            let text = format!("{begin}{}{before}{unusual}{after}", "a".repeat(length));
            prop_assert_eq!(read(&text, true), read(&text, false));
        }
    }

    #[test]
    fn marks_tell_all_of_a_usual_file() {
        let run = "RUN a \\\n  # b\n\n  c \\  \n  d\n\n#e\n  # \u{e9}\n LABEL a=\u{e9}\n";
        for length in 0..200 {
            let text = format!("FROM {}\n{}", "a".repeat(length), run.repeat(40));
            assert!(is_read_by_marks(&text), "{length}");
            assert!(is_read_by_marks(text.trim_end()), "{length}");
        }
        assert!(!is_read_by_marks("FROM a\r\nRUN b\n"));
        assert!(!is_read_by_marks("FROM a\nRUN b \\\n"));
    }
}
