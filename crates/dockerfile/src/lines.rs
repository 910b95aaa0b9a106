//! The file's lines, and which of them continue.

use std::ops::Range;

/// What some editors put at the beginning of a file.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// One line: `start..end` is what it says, `next` where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) next: usize,
    /// From 1.
    pub(crate) number: u32,
}

/// Goes through the lines of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'s> {
    text: &'s str,
    /// Where the next line begins.
    pub(crate) pos: usize,
    /// How many lines were read.
    pub(crate) number: u32,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(text: &'s str) -> Lines<'s> {
        let begin = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        Lines { text, pos: begin, number: 0 }
    }

    /// Goes to the line that begins at `pos`; `number` lines are before it.
    pub(crate) fn go_to(&mut self, pos: usize, number: u32) {
        (self.pos, self.number) = (pos, number);
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    #[inline]
    fn next(&mut self) -> Option<Line> {
        let start = self.pos;
        let bytes = self.text.as_bytes();
        if start >= bytes.len() {
            return None;
        }
        let newline = memchr::memchr(b'\n', &bytes[start..]).map(|length| start + length);
        let mut end = newline.unwrap_or(bytes.len());
        self.pos = newline.map_or(end, |newline| newline + 1);
        self.number += 1;
        while end > start && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        Some(Line { start, end, next: self.pos, number: self.number })
    }
}

/// How long lines are, roughly.
const BYTES_PER_LINE: usize = 24;

/// Where each line of a text begins.
pub(crate) fn starts(text: &[u8]) -> Vec<u32> {
    let mut starts = Vec::with_capacity(text.len() / BYTES_PER_LINE + 4);
    starts.push(0);
    starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at as u32 + 1));
    starts
}

impl Line {
    /// Where the first byte that is no white space stands in the line; its end where there is none.
    #[inline(always)]
    pub(crate) fn first(self, text: &str) -> usize {
        const WORD: usize = 8;
        const SPACES: u64 = u64::from_le_bytes([b' '; WORD]);
        let bytes = text.as_bytes();
        let mut at = self.start;
        // What follows the line may be looked at too: its end is no space.
        while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<WORD>()) {
            let different = u64::from_le_bytes(*word) ^ SPACES;
            at += different.trailing_zeros() as usize / 8;
            if different != 0 {
                break;
            }
        }
        match bytes.get(at) {
            // What nearly every line goes on with.
            Some(byte) if byte.is_ascii_graphic() => at,
            Some(b'\n') => self.end,
            _ => self.start + indent(&text[self.start..self.end]),
        }
    }
}

/// What a line is that stands in an instruction which the line before continues.
pub(crate) enum Continued {
    /// More of the instruction.
    Run {
        /// Where it ends.
        end: usize,
        /// Whether the instruction goes on after it.
        continues: bool,
    },
    /// A comment that begins there.
    Comment(usize),
    /// Nothing.
    Blank,
}

impl Continued {
    #[inline(always)]
    pub(crate) fn read(text: &str, line: Line, escape: u8) -> Continued {
        let first = line.first(text);
        match text.as_bytes()[first..line.end].first() {
            Some(b'#') => Continued::Comment(first),
            None => Continued::Blank,
            Some(_) => {
                let end = continuation(text, line.start..line.end, escape);
                Continued::Run { end: end.unwrap_or(line.end), continues: end.is_some() }
            }
        }
    }
}

/// Gives the runs that an instruction is made of, none of them empty, to `each`; `covered` is the source from the
/// beginning of the first to the end of the last.
pub(crate) fn runs(covered: &str, escape: u8, mut each: impl FnMut(Range<usize>)) {
    let mut next = 0;
    while let Some(length) = memchr::memchr(b'\n', &covered.as_bytes()[next..]) {
        let start = next;
        next += length + 1;
        let end = start + covered[start..next - 1].trim_end_matches('\r').len();
        let run_end = match Continued::read(covered, Line { start, end, next, number: 0 }, escape) {
            // The first line was looked at already.
            _ if start == 0 => continuation(covered, start..end, escape).unwrap_or(end),
            Continued::Run { end, .. } => end,
            Continued::Comment(_) | Continued::Blank => continue,
        };
        if run_end > start {
            each(start..run_end);
        }
    }
    each(next..covered.len());
}

/// Where the text of a line that is `range` ends if the line continues: before the escape that is its last
/// character, blanks aside. An escape before that one takes the meaning off.
#[inline]
pub(crate) fn continuation(text: &str, range: Range<usize>, escape: u8) -> Option<usize> {
    let line = &text.as_bytes()[range.clone()];
    let length = match line.last() {
        Some(b' ' | b'\t') => {
            line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |at| at + 1)
        }
        _ => line.len(),
    };
    match line[..length] {
        [.., before, last] if last == escape && before != escape => Some(range.start + length - 1),
        [last] if last == escape => Some(range.start),
        _ => None,
    }
}

/// How many bytes of white space a text begins with.
#[inline]
pub(crate) fn indent(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut spaces = 0;
    while matches!(bytes.get(spaces), Some(b' ' | b'\t')) {
        spaces += 1;
    }
    match bytes.get(spaces) {
        Some(byte) if byte.is_ascii_graphic() => spaces,
        None => spaces,
        _ => text.len() - text.trim_start().len(),
    }
}

/// How long a text is without the white space at its end.
#[inline]
pub(crate) fn trimmed_end(text: &str) -> usize {
    match text.as_bytes().last() {
        Some(byte) if byte.is_ascii_graphic() => text.len(),
        _ => text.trim_end().len(),
    }
}

/// The range without the white space around it.
#[inline]
pub(crate) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut start = range.start;
    while start < range.end && matches!(bytes[start], b' ' | b'\t') {
        start += 1;
    }
    if start < range.end && bytes[start].is_ascii_graphic() && bytes[range.end - 1].is_ascii_graphic() {
        return start..range.end;
    }
    let start = range.start.min(range.end);
    let end = start + text[start..range.end].trim_end().len();
    end - text[start..end].trim_start().len()..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_they_end() {
        let lines: Vec<_> = Lines::new("a\r\n\nb").map(|line| (line.start, line.end, line.next)).collect();
        assert_eq!(lines, [(0, 1, 3), (3, 3, 4), (4, 5, 5)]);
        assert_eq!(Lines::new("").count(), 0);
        assert_eq!(Lines::new("\u{feff}").count(), 0);
        assert_eq!(Lines::new("\u{feff}a").next().map(|line| line.start), Some(3));
    }

    #[test]
    fn lines_of_every_length_are_found() {
        for length in 0..200 {
            let text = format!("{}\n{}\nx", "a".repeat(length), "\n\u{8a}".repeat(length));
            let lines: Vec<_> = Lines::new(&text).map(|line| &text[line.start..line.end]).collect();
            assert_eq!(lines, text.split('\n').collect::<Vec<_>>());
        }
    }

    #[test]
    fn indents() {
        let first = |text: &str| Lines::new(text).next().map(|line| line.first(text));
        for length in 1..20 {
            for next in ["", "\n", "\n  y", "\r\n        y"] {
                let spaces = " ".repeat(length);
                assert_eq!(first(&format!("{spaces}x{next}")), Some(length));
                assert_eq!(first(&format!("{spaces}{next}")), Some(length));
                assert_eq!(first(&format!("{spaces}\t\u{a0} x{next}")), Some(length + 4));
            }
        }
    }

    #[test]
    fn continuations() {
        let end = |line: &str, escape| continuation(line, 0..line.len(), escape);
        assert_eq!(end("a \\ \t", b'\\'), Some(2));
        assert_eq!(end("\\", b'\\'), Some(0));
        assert_eq!(end("a\\\\", b'\\'), None);
        assert_eq!(end("a \\ b", b'\\'), None);
        assert_eq!(end("  ", b'\\'), None);
        assert_eq!(end("a`", b'`'), Some(1));
        assert_eq!(continuation("a\\b\\", 2..4, b'\\'), Some(3));
    }
}
