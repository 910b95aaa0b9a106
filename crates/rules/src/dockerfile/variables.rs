//! The variables that a Dockerfile's words refer to.

use std::ops::Range;

/// One `$NAME` or `${NAME...}` in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference<'t> {
    /// The variable's name.
    pub(crate) name: &'t str,
    /// Where the name stands in the word.
    pub(crate) range: Range<usize>,
    /// Whether it says what holds without a value: `${NAME:-x}`, `${NAME:+x}`.
    pub(crate) has_fallback: bool,
}

/// The variables that the builder puts into a word; none in single quotes or behind the escape character.
pub(crate) fn references(word: &str, escape: char) -> Vec<Reference<'_>> {
    read(word, escape, true)
}

/// The variables that the builder puts into the lines of a heredoc, where quotes are ordinary and the escape is always the
/// backslash.
pub(crate) fn references_in_lines(lines: &str) -> Vec<Reference<'_>> {
    read(lines, '\\', false)
}

fn read(word: &str, escape: char, has_quotes: bool) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    if !word.contains('$') {
        return found;
    }
    let (mut single, mut double) = (false, false);
    let mut chars = word.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if has_quotes && !double => single = !single,
            '"' if has_quotes && !single => double = !double,
            _ if c == escape && !single => {
                chars.next();
            }
            '$' if !single => found.extend(reference(word, at + 1)),
            _ => {}
        }
    }
    found
}

fn reference(word: &str, after_dollar: usize) -> Option<Reference<'_>> {
    let rest = word.get(after_dollar..)?;
    let braced = rest.starts_with('{');
    let start = after_dollar + usize::from(braced);
    let rest = word.get(start..)?;
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let has_fallback = braced && rest.get(length..)?.starts_with([':', '-', '+', '?']);
    Some(Reference { name: rest.get(..length)?, range: start..start + length, has_fallback })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_hide_variables() {
        let names = |word| references(word, '\\').into_iter().map(|r| r.name).collect::<Vec<_>>();
        assert_eq!(names("$A/${B}:${C:-$D}"), ["A", "B", "C", "D"]);
        assert_eq!(names(r#"'$A' "$B" \$C $1 $"#), ["B"]);
        assert_eq!(names("${E:+x'}"), ["E"]);
        let in_lines =
            references_in_lines("'$A' \\$B \"${C}\"\n$1 $D").into_iter().map(|r| r.name).collect::<Vec<_>>();
        assert_eq!(in_lines, ["A", "C", "D"]);
        assert!(references("${C:-$D}", '\\')[0].has_fallback);
    }
}
