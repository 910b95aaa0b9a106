//! Edits as a unified diff.

use std::fmt::Write as _;

use crate::Edit;

/// Lines that stand unchanged before and behind a change.
const CONTEXT: usize = 3;

/// A change of whole lines: which they are, and what takes their place.
struct Change {
    first: usize,
    last: usize,
    text: String,
}

/// `edits`, in the order of their places, as a diff of `file`. `hidden` are the lines, from 0, that are not shown as they
/// are: none of them is in the diff, which would not apply with it. None where that leaves no diff, where an edit is not
/// in the text, or overlaps the one before it.
pub(super) fn unified(file: &str, text: &str, edits: &[Edit], hidden: &[usize]) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut starts = Vec::with_capacity(lines.len());
    let mut at = 0;
    for line in &lines {
        starts.push(at);
        at += line.len();
    }
    let line_of = |offset: usize| starts.partition_point(|start| *start <= offset).saturating_sub(1);
    let mut changes: Vec<Change> = Vec::new();
    let mut done = 0;
    for edit in edits {
        if edit.start < done || edit.end < edit.start || edit.end > text.len() {
            return None;
        }
        let (first, last) = (line_of(edit.start), line_of(edit.end.saturating_sub(1).max(edit.start)));
        let line_start = *starts.get(first)?;
        let line_end = line_start.max(*starts.get(last)? + lines.get(last)?.len());
        match changes.last_mut().filter(|change| change.last >= first) {
            // The rest of the line has been written: take it back and go on from there.
            Some(change) => {
                let rest = text.get(done..starts.get(change.last)? + lines.get(change.last)?.len())?.len();
                change.text.truncate(change.text.len().checked_sub(rest)?);
                change.text += text.get(done..edit.start)?;
                change.last = last;
            }
            None => changes.push(Change { first, last, text: text.get(line_start..edit.start)?.to_owned() }),
        }
        let change = changes.last_mut()?;
        change.text += &edit.text;
        change.text += text.get(edit.end..line_end)?;
        done = edit.end;
    }
    let mut out = format!("--- a/{file}\n+++ b/{file}\n");
    let mut shift: isize = 0;
    let mut at = 0;
    while let Some(change) = changes.get(at) {
        // Changes whose surroundings touch are one hunk.
        let mut end = at + 1;
        while changes.get(end).zip(changes.get(end - 1)).is_some_and(|(b, a)| b.first <= a.last + 2 * CONTEXT)
        {
            end += 1;
        }
        let group = changes.get(at..end)?;
        let last = group.last()?.last;
        let is_hidden = |line: &usize| hidden.contains(line);
        if (change.first..=last).any(|line| is_hidden(&line)) {
            return None;
        }
        let from = change.first.saturating_sub(CONTEXT);
        let from = (from..change.first).rev().find(is_hidden).map_or(from, |line| line + 1);
        let to = (last + 1 + CONTEXT).min(lines.len());
        let to = (last + 1..to).find(is_hidden).unwrap_or(to);
        // A hunk without a line behind it is one at the end of the file.
        if to == last + 1 && to < lines.len() {
            return None;
        }
        shift += hunk(&mut out, &lines, group, from, to, shift)?;
        at = end;
    }
    Some(out)
}

/// Writes one hunk; gives by how many lines it makes the file longer.
fn hunk(
    out: &mut String,
    lines: &[&str],
    group: &[Change],
    from: usize,
    to: usize,
    shift: isize,
) -> Option<isize> {
    let mut body = String::new();
    let (mut old, mut new) = (0usize, 0usize);
    let mut put = |sign: char, line: &str, old_by: usize, new_by: usize| {
        body.push(sign);
        body.push_str(line);
        if !line.ends_with('\n') {
            body.push_str("\n\\ No newline at end of file\n");
        }
        old += old_by;
        new += new_by;
    };
    let mut at = from;
    for change in group {
        lines.get(at..change.first)?.iter().for_each(|line| put(' ', line, 1, 1));
        lines.get(change.first..=change.last)?.iter().for_each(|line| put('-', line, 1, 0));
        change.text.split_inclusive('\n').for_each(|line| put('+', line, 0, 1));
        at = change.last + 1;
    }
    lines.get(at..to)?.iter().for_each(|line| put(' ', line, 1, 1));
    let start = isize::try_from(from + 1).ok()?;
    // Writing to a String never fails.
    _ = writeln!(out, "@@ -{start},{old} +{},{new} @@", start + shift);
    out.push_str(&body);
    Some(isize::try_from(new).ok()? - isize::try_from(old).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, from: &str, to: &str) -> Edit {
        let start = text.find(from).unwrap();
        Edit { start, end: start + from.len(), text: to.to_owned() }
    }

    #[test]
    fn edits_become_hunks() {
        let text = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk one two\nl";
        let edits = [edit(text, "b", "B1\nB2"), edit(text, "one", "1"), edit(text, "two", "2")];
        insta::assert_snapshot!(unified("x", text, &edits, &[]).unwrap(), @r"
        --- a/x
        +++ b/x
        @@ -1,5 +1,6 @@
         a
        -b
        +B1
        +B2
         c
         d
         e
        @@ -8,5 +9,5 @@
         h
         i
         j
        -k one two
        +k 1 2
         l
        \ No newline at end of file
        ");
    }

    #[test]
    fn a_line_can_go() {
        let text = "a\nb\nc\n";
        let edits = [edit(text, "b\n", "")];
        assert_eq!(
            unified("x", text, &edits, &[]).unwrap(),
            "--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n a\n-b\n c\n"
        );
        assert_eq!(unified("x", text, &[Edit { start: 4, end: 99, text: String::new() }], &[]), None);
    }

    #[test]
    fn what_is_hidden_is_in_no_diff() {
        let text = "a\nb\nc\nd\ne\nf\n";
        let edits = [edit(text, "c", "C")];
        let diff = |hidden: &[usize]| unified("x", text, &edits, hidden);
        assert_eq!(diff(&[0]).unwrap(), "--- a/x\n+++ b/x\n@@ -2,5 +2,5 @@\n b\n-c\n+C\n d\n e\n f\n");
        assert_eq!(diff(&[1, 4]).unwrap(), "--- a/x\n+++ b/x\n@@ -3,2 +3,2 @@\n-c\n+C\n d\n");
        assert_eq!(diff(&[2]), None);
        assert_eq!(diff(&[3]), None);
    }
}
