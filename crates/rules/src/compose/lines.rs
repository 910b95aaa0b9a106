//! Lines and columns of byte ranges.

use std::ops::Range;

use plimsoll_compose::Span;

/// Where the lines of a text begin.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self { text, starts: starts.collect() }
    }

    /// The place of some bytes.
    pub(crate) fn span(&self, bytes: Range<usize>) -> Span {
        let (line, column) = self.position(bytes.start);
        let (end_line, end_column) = self.position(bytes.end);
        Span { bytes, line, column, end_line, end_column, ..Span::default() }
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|l| self.starts.get(l)).copied().unwrap_or(0);
        (line, self.text.get(start..at).map_or(0, |before| before.chars().count()) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("a\nbé c\n");
        let span = lines.span(6..7);
        assert_eq!((span.line, span.column, span.end_line, span.end_column), (2, 4, 2, 5));
    }
}
