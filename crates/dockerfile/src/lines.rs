//! The file's lines, and which of them continue.

/// One line: `start..end` is what it says, `next` where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) next: usize,
    /// From 1.
    pub(crate) number: u32,
}

/// Goes through the lines of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'s> {
    text: &'s str,
    pub(crate) pos: usize,
    pub(crate) number: u32,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(text: &'s str) -> Lines<'s> {
        Lines { text, pos: 0, number: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let bytes = self.text.as_bytes();
        let start = self.pos;
        let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let (mut end, next) = match newline(rest) {
            Some(length) => (start + length, start + length + 1),
            None => (bytes.len(), bytes.len()),
        };
        while end > start && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        self.pos = next;
        self.number += 1;
        Some(Line { start, end, next, number: self.number })
    }
}

/// Where the first newline is. Lines are short: looking at eight bytes at a time from here beats setting up a
/// wider search, which is for the long ones.
fn newline(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const NEAR: usize = 64;
    let (chunks, _) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().take(NEAR / 8).enumerate() {
        let different = u64::from_le_bytes(*chunk) ^ (ONES * b'\n' as u64);
        let found = different.wrapping_sub(ONES) & !different & (ONES << 7);
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let looked_at = chunks.len().min(NEAR / 8) * 8;
    memchr::memchr(b'\n', &bytes[looked_at..]).map(|at| looked_at + at)
}

/// Where a line's text ends if it continues: before the escape that is its last character, blanks aside. An
/// escape before that one takes the meaning off.
pub(crate) fn continuation(line: &str, escape: u8) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut end = bytes.len();
    while end > 0 && matches!(bytes[end - 1], b' ' | b'\t') {
        end -= 1;
    }
    match bytes[..end] {
        [.., before, last] if last == escape && before != escape => Some(end - 1),
        [last] if last == escape => Some(0),
        _ => None,
    }
}

/// How many bytes of white space a line begins with.
pub(crate) fn indent(line: &str) -> usize {
    let bytes = line.as_bytes();
    let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match bytes.get(blanks) {
        // What nearly every line goes on with.
        Some(byte) if byte.is_ascii_graphic() => blanks,
        None => blanks,
        _ => line.len() - line[blanks..].trim_start().len(),
    }
}

/// How long a text is without the white space at its end.
pub(crate) fn trimmed_end(text: &str) -> usize {
    match text.as_bytes().last() {
        Some(byte) if byte.is_ascii_graphic() => text.len(),
        _ => text.trim_end().len(),
    }
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
    fn continuations() {
        assert_eq!(continuation("a \\ \t", b'\\'), Some(2));
        assert_eq!(continuation("\\", b'\\'), Some(0));
        assert_eq!(continuation("a\\\\", b'\\'), None);
        assert_eq!(continuation("a \\ b", b'\\'), None);
        assert_eq!(continuation("a`", b'`'), Some(1));
    }
}
