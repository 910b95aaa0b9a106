//! The path that was meant by a COPY source that is not there.

use std::path::Path;

use plimsoll_context::{Context, EntryKind};

use super::{diff, lines_with_secrets, masked_lines};
use crate::checklist::App;
use crate::config::Settings;
use crate::context::read_beside;
use crate::rule::nearest;
use crate::{Edit, FileEdit, Outcome};

/// More than so many files are not looked through for a name.
const MAX_LOOKED_AT: usize = 100_000;

/// A path of the context in place of one that is not in it.
pub(super) struct Meant {
    /// The path.
    pub(super) path: String,
    /// The edit of the Dockerfile as a diff, where it can be shown.
    pub(super) diff: Option<String>,
    /// The same by its place.
    pub(super) change: Option<FileEdit>,
}

/// The path that was meant by `source` in the instruction at `line`: the only file of that name elsewhere in the
/// context, or the one in the same folder whose name is nearest. None where neither is there.
pub(super) fn meant(
    app: &App,
    line: u32,
    source: &str,
    lint: &Outcome,
    settings: &Settings,
) -> Option<Meant> {
    let path = in_context(&app.context, &app.dockerfile, source)?;
    let (diff, edit) = edited(app, line, source, &path, lint, settings).unzip();
    let change = edit.map(|edit| FileEdit { file: app.shown.clone(), new: false, edits: vec![edit] });
    Some(Meant { path, diff, change })
}

fn in_context(context: &Path, dockerfile: &Path, source: &str) -> Option<String> {
    let wanted = source.trim_start_matches("./").trim_matches('/');
    if wanted.is_empty() || wanted.contains(['*', '?', '[', '$']) {
        return None;
    }
    let (folder, name) = wanted.rsplit_once('/').unwrap_or(("", wanted));
    let context = Context::new(context, Some(dockerfile));
    let entries = &context.walk().entries;
    if entries.len() > MAX_LOOKED_AT {
        return None;
    }
    let named = |path: &str| path.rsplit('/').next() == Some(name);
    let mut same = entries.iter().filter(|entry| entry.kind != EntryKind::Directory && named(&entry.path));
    if let (Some(only), None) = (same.next(), same.next()) {
        return Some(only.path.clone());
    }
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(parent, _)| parent) == folder;
    let beside = entries.iter().map(|entry| entry.path.as_str()).filter(|path| parent(path));
    nearest(wanted, beside).map(str::to_owned)
}

/// The Dockerfile with the other path in the instruction.
fn edited(
    app: &App,
    line: u32,
    source: &str,
    path: &str,
    lint: &Outcome,
    settings: &Settings,
) -> Option<(String, Edit)> {
    let own = read_beside(&app.dockerfile)?;
    let shown = lint.sources.get(&app.shown);
    let hidden = match shown {
        Some(shown) => masked_lines(&app.shown, shown),
        None => lines_with_secrets(&own, settings),
    };
    let text = shown.unwrap_or(&own);
    let skipped = usize::try_from(line).ok()?.checked_sub(1)?;
    let from: usize = text.split_inclusive('\n').take(skipped).map(str::len).sum();
    let instruction = text.get(from..)?;
    let is_edge =
        |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '['));
    let mut places = instruction.match_indices(source).filter(|(at, found)| {
        let before = instruction.get(..*at).and_then(|text| text.chars().next_back());
        let behind = instruction.get(at + found.len()..).and_then(|text| text.chars().next());
        is_edge(before) && (is_edge(behind) || behind == Some(']'))
    });
    let (at, found) = places.next()?;
    // Not that of another instruction.
    let before = instruction.get(..at)?;
    if before.lines().count() > 1
        && before.lines().take(before.lines().count() - 1).any(|l| !l.trim_end().ends_with('\\'))
    {
        return None;
    }
    let lead = if source.starts_with("./") { "./" } else { "" };
    let start = from + at;
    let edit = Edit { start, end: start + found.len(), text: format!("{lead}{path}") };
    let diff = diff::unified(&app.shown, text, std::slice::from_ref(&edit), &hidden)?;
    Some((diff, edit))
}
