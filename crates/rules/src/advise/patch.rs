//! One patch of all edits that go together.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_compose::Project;
use plimsoll_dockerfile::Source;

use super::{Advice, diff, lines_with_secrets, masked_lines};
use crate::config::Settings;
use crate::context::read_beside;
use crate::{Edit, FileEdit, FileKind, Outcome, kind_of};

/// A file that is changed, as it is shown.
struct Changed {
    text: String,
    /// The lines, from 0, that are shown otherwise than they are.
    hidden: Vec<usize>,
    /// In order, none overlapping another.
    edits: Vec<Edit>,
    /// How much of it cannot be understood.
    faults: usize,
}

/// The files that a patch changes and makes.
#[derive(Default)]
struct Patch {
    changed: BTreeMap<String, Changed>,
    made: BTreeMap<String, String>,
}

/// The edits of the advice in one patch, that of the most effect first: an edit that overlaps one before it, or that
/// makes a file with it that cannot be read, is left for the next run. Empty where nothing has an edit.
pub(super) fn of<'a>(
    advice: impl Iterator<Item = &'a Advice>,
    lint: &Outcome,
    settings: &Settings,
) -> String {
    let mut patch = Patch::default();
    for one in advice {
        patch.take(&one.changes, lint, settings);
    }
    let changed = patch.changed.iter().filter(|(_, file)| !file.edits.is_empty());
    let changed =
        changed.filter_map(|(name, file)| diff::unified(name, &file.text, &file.edits, &file.hidden));
    changed.chain(patch.made.iter().map(|(name, text)| diff::new_file(name, text))).collect()
}

impl Patch {
    /// Takes the changes, all of them or none.
    fn take(&mut self, changes: &[FileEdit], lint: &Outcome, settings: &Settings) {
        let mut taken: Vec<(String, Vec<Edit>, usize)> = Vec::new();
        let mut made = Vec::new();
        for change in changes {
            if change.new {
                let [whole] = change.edits.as_slice() else { return };
                match self.made.get(&change.file) {
                    Some(text) if *text != whole.text => return,
                    _ => made.push((change.file.clone(), whole.text.clone())),
                }
                continue;
            }
            let name = change.file.clone();
            let Some(file) = self.changed_file(&name, lint, settings) else { return };
            let Some(edits) = together(kind_of(Path::new(&name)), &file.edits, &change.edits) else {
                return;
            };
            if diff::unified(&name, &file.text, &edits, &file.hidden).is_none() {
                return;
            }
            let faults = faults(&name, &edited(&file.text, &edits));
            if faults > file.faults {
                return;
            }
            taken.push((name, edits, faults));
        }
        for (name, edits, faults) in taken {
            if let Some(file) = self.changed.get_mut(&name) {
                (file.edits, file.faults) = (edits, faults);
            }
        }
        self.made.extend(made);
    }

    fn changed_file(&mut self, name: &str, lint: &Outcome, settings: &Settings) -> Option<&Changed> {
        if !self.changed.contains_key(name) {
            let (text, hidden) = match lint.sources.get(name) {
                Some(shown) => (shown.clone(), masked_lines(name, shown)),
                None => {
                    let text = read_beside(Path::new(name))?;
                    let hidden = lines_with_secrets(&text, settings);
                    (text, hidden)
                }
            };
            let faults = faults(name, &text);
            self.changed.insert(name.to_owned(), Changed { text, hidden, edits: Vec::new(), faults });
        }
        self.changed.get(name)
    }
}

/// Both lists in order; None where an edit gets in the way of one that was there. One that was there already is not made
/// twice.
fn together(kind: Option<FileKind>, old: &[Edit], new: &[Edit]) -> Option<Vec<Edit>> {
    let mut all = old.to_vec();
    for edit in new.iter().filter(|edit| !old.contains(edit)) {
        if old.iter().any(|other| !go_together(kind, edit, other)) {
            return None;
        }
        all.push(edit.clone());
    }
    // What is put in at one place of a compose file belongs to what stands before it: the deeper goes first.
    all.sort_by_key(|edit| (edit.start, edit.end, std::cmp::Reverse(depth(&edit.text))));
    Some(all)
}

/// Whether two edits leave each other alone. What only touches another goes with it where it is whole lines; two that
/// are put in at one place only in a compose file, where their order is told by how deep they stand.
fn go_together(kind: Option<FileKind>, one: &Edit, other: &Edit) -> bool {
    if one.end < other.start || other.end < one.start {
        return true;
    }
    let is_put_in = |edit: &Edit| edit.start == edit.end;
    let is_lines = |edit: &Edit| edit.text.starts_with('\n') || edit.text.ends_with('\n');
    match (is_put_in(one), is_put_in(other)) {
        (true, true) => {
            let alike = |how: fn(&str) -> bool| how(&one.text) && how(&other.text);
            kind == Some(FileKind::Compose)
                && (alike(|text| text.starts_with('\n'))
                    || alike(|text| text.ends_with('\n') && !text.starts_with('\n'))
                    || alike(|text| text.starts_with(", ")))
        }
        (true, false) => is_lines(one) && (one.start <= other.start || one.start >= other.end),
        (false, true) => go_together(kind, other, one),
        (false, false) => false,
    }
}

/// How far the first line of a text is indented.
fn depth(text: &str) -> usize {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    line.len() - line.trim_start().len()
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let (mut out, mut done) = (String::new(), 0);
    for edit in edits {
        out.push_str(text.get(done..edit.start).unwrap_or_default());
        out.push_str(&edit.text);
        done = edit.end;
    }
    out + text.get(done..).unwrap_or_default()
}

/// How much of a file cannot be built or run, such as a key that two edits put into a mapping.
fn faults(name: &str, text: &str) -> usize {
    let path = Path::new(name);
    match kind_of(path) {
        Some(FileKind::Compose) => Project::parse(path, text).diagnostics.len(),
        Some(FileKind::Dockerignore | FileKind::Env) => 0,
        Some(FileKind::Dockerfile) | None => {
            plimsoll_dockerfile::parse(&Source::new(text.as_bytes().to_vec())).diagnostics.len()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { start, end, text: text.to_owned() }
    }

    #[test]
    fn edits_that_overlap_do_not_go_together() {
        let old = [edit(4, 8, "x"), edit(10, 10, "\n  y")];
        let (compose, dockerfile) = (Some(FileKind::Compose), Some(FileKind::Dockerfile));
        for (kind, new, goes) in [
            (dockerfile, edit(0, 3, "a"), true),
            (dockerfile, edit(0, 4, "a"), false),
            (dockerfile, edit(8, 8, " a"), false),
            (dockerfile, edit(8, 8, "\na"), true),
            (dockerfile, edit(4, 4, "a\n"), true),
            (dockerfile, edit(4, 8, "x"), true),
            (dockerfile, edit(4, 8, "z"), false),
            (dockerfile, edit(7, 9, "a"), false),
            (dockerfile, edit(6, 6, "a\n"), false),
            (dockerfile, edit(9, 11, "a"), false),
            (dockerfile, edit(10, 10, "\na"), false),
            (compose, edit(10, 10, "\na"), true),
            (compose, edit(10, 10, "a\n"), false),
        ] {
            assert_eq!(together(kind, &old, std::slice::from_ref(&new)).is_some(), goes, "{new:?}");
        }
        let all =
            together(compose, &old, &[edit(10, 10, "\n    z: 1\n    w: 1"), edit(10, 10, "\nv: 1")]).unwrap();
        assert_eq!(edited("0123456789", &all), "0123x89\n    z: 1\n    w: 1\n  y\nv: 1");
    }
}
