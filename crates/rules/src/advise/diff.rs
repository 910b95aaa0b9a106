//! Edits as a unified diff.

use std::fmt::Write as _;
use std::path::Path;

use crate::Edit;

/// Lines that stand unchanged before and behind a change.
const CONTEXT: usize = 3;

/// A change of whole lines: those from `first` up to `end` are replaced by `text`.
struct Change {
    first: usize,
    end: usize,
    text: String,
}

/// A diff with the names of its files as they are seen from a folder.
pub(super) fn seen_from(folder: &Path, diff: &str) -> String {
    let folder = format!("{}/", folder.display().to_string().trim_end_matches('/'));
    let named = |line: &str| ["--- a/", "+++ b/", "diff --git "].iter().any(|head| line.starts_with(head));
    let plain = |line: &str| match named(line) {
        true => line.replace(&format!("a/{folder}"), "a/").replace(&format!("b/{folder}"), "b/"),
        false => line.to_owned(),
    };
    diff.split_inclusive('\n').map(plain).collect()
}

/// A file that is not there yet, as the diff that makes it.
pub(super) fn new_file(file: &str, text: &str) -> String {
    let count = text.split_inclusive('\n').count();
    let mut out = format!(
        "diff --git a/{file} b/{file}\nnew file mode 100644\n--- /dev/null\n+++ b/{file}\n@@ -0,0 +1,{count} @@\n"
    );
    text.split_inclusive('\n').for_each(|line| put(&mut out, '+', line));
    out
}

/// `edits`, in the order of their places, as a diff of `file`. `hidden` are the lines, from 0, that are not shown as they
/// are: none of them is in the diff, which would not apply with it. None where that leaves no diff, where an edit is not
/// in the text, or overlaps the one before it.
pub(super) fn unified(file: &str, text: &str, edits: &[Edit], hidden: &[usize]) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let changes = changes(text, &lines, edits)?;
    let mut out = format!("--- a/{file}\n+++ b/{file}\n");
    let mut shift: isize = 0;
    let mut at = 0;
    while let Some(change) = changes.get(at) {
        // Changes whose surroundings touch are one hunk.
        let mut next = at + 1;
        while changes.get(next).zip(changes.get(next - 1)).is_some_and(|(b, a)| b.first < a.end + 2 * CONTEXT)
        {
            next += 1;
        }
        let group = changes.get(at..next)?;
        let end = group.last()?.end;
        let is_hidden = |line: &usize| hidden.contains(line);
        if (change.first..end).any(|line| is_hidden(&line)) {
            return None;
        }
        let from = change.first.saturating_sub(CONTEXT);
        let from = (from..change.first).rev().find(is_hidden).map_or(from, |line| line + 1);
        let to = (end + CONTEXT).min(lines.len());
        let to = (end..to).find(is_hidden).unwrap_or(to);
        // A hunk without a line behind it is one at the end of the file; one without any line has no place.
        if (to == end && to < lines.len()) || (from == to && !lines.is_empty()) {
            return None;
        }
        shift += hunk(&mut out, &lines, group, from, to, shift)?;
        at = next;
    }
    (!changes.is_empty()).then_some(out)
}

/// The edits as changes of whole lines, those that stay the same left out.
fn changes(text: &str, lines: &[&str], edits: &[Edit]) -> Option<Vec<Change>> {
    let mut starts = Vec::with_capacity(lines.len());
    let mut at = 0;
    for line in lines {
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
        let line_start = starts.get(first).copied().unwrap_or(0);
        let line_end = starts.get(last).map_or(0, |start| start + lines.get(last).map_or(0, |l| l.len()));
        match changes.last_mut().filter(|change| change.end > first) {
            // The rest of the line has been written: take it back and go on from there.
            Some(change) => {
                let written_to = starts.get(change.end - 1)? + lines.get(change.end - 1)?.len();
                let rest = text.get(done..written_to)?.len();
                change.text.truncate(change.text.len().checked_sub(rest)?);
                change.text += text.get(done..edit.start)?;
                change.end = last + 1;
            }
            None => {
                let end = (last + 1).min(lines.len());
                changes.push(Change { first, end, text: text.get(line_start..edit.start)?.to_owned() });
            }
        }
        let change = changes.last_mut()?;
        change.text += &edit.text;
        change.text += text.get(edit.end..line_end)?;
        done = edit.end;
    }
    changes.iter_mut().for_each(|change| trim(change, lines));
    changes.retain(|change| change.first < change.end || !change.text.is_empty());
    Some(changes)
}

/// Takes the lines out of a change, at its beginning and its end, that it leaves as they are.
fn trim(change: &mut Change, lines: &[&str]) {
    let old = lines.get(change.first..change.end).unwrap_or_default();
    let new: Vec<&str> = change.text.split_inclusive('\n').collect();
    let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[before..], &new[before..]);
    let behind = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let text = new[..new.len() - behind].concat();
    change.first += before;
    change.end -= behind;
    change.text = text;
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
    let mut line = |sign: char, line: &str| {
        put(&mut body, sign, line);
        old += usize::from(sign != '+');
        new += usize::from(sign != '-');
    };
    let mut at = from;
    for change in group {
        lines.get(at..change.first)?.iter().for_each(|text| line(' ', text));
        lines.get(change.first..change.end)?.iter().for_each(|text| line('-', text));
        change.text.split_inclusive('\n').for_each(|text| line('+', text));
        at = change.end;
    }
    lines.get(at..to)?.iter().for_each(|text| line(' ', text));
    // What has no lines is named by the line before it.
    let start = |count: usize| isize::try_from(from + usize::from(count > 0)).ok();
    // Writing to a String never fails.
    _ = writeln!(out, "@@ -{},{old} +{},{new} @@", start(old)?, start(new)? + shift);
    out.push_str(&body);
    Some(isize::try_from(new).ok()? - isize::try_from(old).ok()?)
}

fn put(out: &mut String, sign: char, line: &str) {
    out.push(sign);
    out.push_str(line);
    if !line.ends_with('\n') {
        out.push_str("\n\\ No newline at end of file\n");
    }
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

    #[test]
    fn what_is_only_added_takes_nothing_away() {
        let insert = |text: &str, at: usize, new: &str| {
            unified("x", text, &[Edit { start: at, end: at, text: new.to_owned() }], &[])
        };
        assert_eq!(insert("a\nb\n", 2, "x\n").unwrap(), "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+x\n b\n");
        assert_eq!(insert("a\nb\n", 4, "x\n").unwrap(), "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n b\n+x\n");
        assert_eq!(
            insert("a\r\nb", 4, "\r\nx").unwrap(),
            "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\r\n-b\n\\ No newline at end of file\n+b\r\n+x\n\\ No newline at end of file\n"
        );
        assert_eq!(insert("", 0, "x\n").unwrap(), "--- a/x\n+++ b/x\n@@ -0,0 +1,1 @@\n+x\n");
        assert_eq!(insert("a\n", 1, ""), None);
        assert_eq!(
            new_file(".dockerignore", ".git\n.env*\n"),
            "diff --git a/.dockerignore b/.dockerignore\nnew file mode 100644\n--- /dev/null\n+++ b/.dockerignore\n@@ -0,0 +1,2 @@\n+.git\n+.env*\n"
        );
    }
}
