//! The file's lines, and which of them continue.

use std::ops::Range;

/// One line: `start..end` is what it says, `next` where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) next: usize,
    /// From 1.
    pub(crate) number: u32,
}

/// How many bytes are searched for newlines at once.
const BLOCK: usize = u64::BITS as usize;

/// Goes through the lines of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'s> {
    text: &'s str,
    /// Where the next line begins.
    pos: usize,
    /// The number of the line read last.
    pub(crate) number: u32,
    /// Where the block begins that is being gone through.
    block: usize,
    /// A bit for each newline of that block that is still to come.
    newlines: u64,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(text: &'s str) -> Lines<'s> {
        Lines { text, pos: 0, number: 0, block: 0, newlines: newlines(text.as_bytes()) }
    }

    /// Where the next line begins.
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// Goes to a place in the file; the line that begins there has the number after `number`.
    pub(crate) fn go_to(&mut self, pos: usize, number: u32) {
        *self = Lines {
            text: self.text,
            pos,
            number,
            block: pos,
            newlines: newlines(self.text.as_bytes().get(pos..).unwrap_or(&[])),
        };
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    #[inline]
    fn next(&mut self) -> Option<Line> {
        let bytes = self.text.as_bytes();
        let start = self.pos;
        if start >= bytes.len() {
            return None;
        }
        while self.newlines == 0 && self.block + BLOCK < bytes.len() {
            self.block += BLOCK;
            self.newlines = newlines(&bytes[self.block..]);
        }
        let (mut end, next) = match self.newlines {
            0 => (bytes.len(), bytes.len()),
            found => {
                let at = self.block + found.trailing_zeros() as usize;
                (at, at + 1)
            }
        };
        self.newlines &= self.newlines.wrapping_sub(1);
        while end > start && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        self.pos = next;
        self.number += 1;
        Some(Line { start, end, next, number: self.number })
    }
}

/// A bit for each newline in the first [`BLOCK`] bytes. Lines are short, so that looking at many bytes without
/// a branch beats searching for one newline after the other.
#[inline]
fn newlines(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<BLOCK>() {
        Some(block) => newlines_of(block),
        None => {
            let mut block = [0; BLOCK];
            block[..bytes.len()].copy_from_slice(bytes);
            newlines_of(&block)
        }
    }
}

#[inline]
fn newlines_of(block: &[u8; BLOCK]) -> u64 {
    const WORD: usize = 8;
    const NEWLINES: u64 = u64::from_le_bytes([b'\n'; WORD]);
    const LOW: u64 = u64::from_le_bytes([0x7f; WORD]);
    /// Gathers the lowest bit of each byte in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (words, _) = block.as_chunks::<WORD>();
    words.iter().enumerate().fold(0, |mask, (index, word)| {
        let different = u64::from_le_bytes(*word) ^ NEWLINES;
        // The highest bit of each byte that is zero; adding cannot carry into the next.
        let equal = !(((different & LOW) + LOW) | different | LOW);
        mask | ((equal >> 7).wrapping_mul(GATHER) >> 56) << (WORD * index)
    })
}

impl Line {
    /// Where the first byte that is no white space stands in the line; its end where there is none.
    #[inline]
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
            _ => self.start + indent(&text[self.start..self.end]),
        }
    }
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
    match text.as_bytes().first() {
        Some(byte) if byte.is_ascii_graphic() => 0,
        None => 0,
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
    let range = range.start.min(range.end)..range.end;
    let end = range.start + trimmed_end(&text[range.clone()]);
    let start = range.start + indent(&text[range.start..end]);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_they_end() {
        let lines: Vec<_> = Lines::new("a\r\n\nb").map(|line| (line.start, line.end, line.next)).collect();
        assert_eq!(lines, [(0, 1, 3), (3, 3, 4), (4, 5, 5)]);
        assert_eq!(Lines::new("").count(), 0);
    }

    #[test]
    fn lines_are_found_wherever_blocks_end() {
        for length in 0..3 * BLOCK {
            let text = format!("{}\n{}\nx", "a".repeat(length), "é".repeat(length));
            let lines: Vec<_> = Lines::new(&text).map(|line| &text[line.start..line.end]).collect();
            assert_eq!(lines, text.split('\n').collect::<Vec<_>>());
            let mut lines = Lines::new(&text);
            lines.go_to(length + 1, 1);
            assert_eq!(lines.next().map(|line| (line.end, line.number)), Some((3 * length + 1, 2)));
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
