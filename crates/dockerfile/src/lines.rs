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
        let (mut end, next) = match memchr::memchr(b'\n', rest) {
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
    match line.as_bytes().first() {
        // What nearly every line begins with.
        Some(byte) if byte.is_ascii_graphic() => 0,
        _ => line.len() - line.trim_start().len(),
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
