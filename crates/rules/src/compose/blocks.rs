//! What belongs to a line of YAML: the lines that are indented under it.

use std::collections::HashMap;

use plimsoll_compose::Comment;

/// The blocks of one text, looked up by the comments that stand above or behind their first lines.
pub(crate) struct Blocks<'t> {
    lines: Vec<&'t str>,
    /// For each line, the first one from there on that is neither empty nor a comment.
    next: Vec<usize>,
    ends: HashMap<usize, usize>,
}

impl<'t> Blocks<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let mut next = vec![lines.len(); lines.len() + 1];
        for at in (0..lines.len()).rev() {
            next[at] = if says_something(lines[at]) { at } else { next[at + 1] };
        }
        Self { lines, next, ends: HashMap::new() }
    }

    /// The first and the last line, from 1, that a comment is about: those of its own line's block, or of the next
    /// one's below when it has the line for itself. None of the file's lines when nothing follows.
    pub(crate) fn of_comment(&mut self, comment: &Comment) -> (u32, u32) {
        let line = comment.span.line.saturating_sub(1);
        let from = if comment.own_line { line + 1 } else { line };
        let Some(first) = self.next.get(from).copied().filter(|&first| first < self.lines.len()) else {
            return (u32::MAX, u32::MAX);
        };
        let last = match self.ends.get(&first) {
            Some(last) => *last,
            None => {
                let last = self.last_line(first);
                self.ends.insert(first, last);
                last
            }
        };
        let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
        (number(first), number(last))
    }

    fn last_line(&self, first: usize) -> usize {
        let head = self.lines[first];
        let is_key = !head.trim_start().starts_with('-');
        let belongs = |line: &str| {
            // A key's list may stand as far left as the key.
            let listed = is_key && indent(line) == indent(head) && line.trim_start().starts_with("- ");
            listed || indent(line) > indent(head)
        };
        let rest = &self.lines[first + 1..];
        first + rest.iter().take_while(|line| !says_something(line) || belongs(line)).count()
    }
}

fn says_something(line: &str) -> bool {
    !matches!(line.trim_start().as_bytes().first(), None | Some(b'#'))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_comment_reaches_what_is_indented_under_its_line() {
        let text = "services:\n  # one\n\n  app:\n    image: x # two\n    # three\n    ports:\n    - 80\n    - 81 # four\n  db:\n    image: y\n# five\n";
        let project = plimsoll_compose::Project::parse(Path::new("compose.yaml"), text);
        let mut blocks = Blocks::new(text);
        let seen: Vec<_> =
            project.sources[0].comments.iter().map(|c| (c.text.as_str(), blocks.of_comment(c))).collect();
        assert_eq!(
            seen,
            [
                ("one", (4, 9)),
                ("two", (5, 6)),
                ("three", (7, 9)),
                ("four", (9, 9)),
                ("five", (u32::MAX, u32::MAX))
            ]
        );
    }
}
