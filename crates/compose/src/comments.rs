//! Comments, which the YAML parser passes over.

use crate::span::{SourceId, Span};

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What follows the `#`, without the space around it.
    pub text: String,
    /// From the `#` to the end of the line.
    pub span: Span,
    /// Nothing but space stands before it.
    pub own_line: bool,
}

/// Finds the comments of a text whose scalars are at the given places, in order: a `#` outside of them, at the
/// start of a line or behind a space.
pub(crate) fn comments(text: &str, scalars: &[Span], source: SourceId) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut scalars = scalars.iter().filter(|span| !span.bytes.is_empty()).peekable();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for (index, raw) in text.get(start..).unwrap_or_default().split_inclusive('\n').enumerate() {
        let line = raw.trim_end_matches(['\n', '\r']);
        for (at, _) in line.match_indices('#') {
            let before = line.get(..at).unwrap_or_default();
            let byte = start + at;
            while scalars.next_if(|span| span.bytes.end <= byte).is_some() {}
            let in_scalar = scalars.peek().is_some_and(|span| span.bytes.contains(&byte));
            if in_scalar || !(before.is_empty() || before.ends_with([' ', '\t'])) {
                continue;
            }
            let column = before.chars().count() + 1;
            let comment = line.get(at..).unwrap_or_default();
            found.push(Comment {
                text: comment.trim_start_matches('#').trim().to_owned(),
                span: Span {
                    source,
                    bytes: byte..start + line.len(),
                    line: index + 1,
                    column,
                    end_line: index + 1,
                    end_column: column + comment.chars().count(),
                },
                own_line: before.trim().is_empty(),
            });
            break;
        }
        start += raw.len();
    }
    found
}
