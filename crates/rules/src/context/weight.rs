//! What a context weighs, where the weight is, and what of it need not be there.

use std::collections::BinaryHeap;

use plimsoll_context::{EntryKind, Listing};
use serde::Serialize;

use super::unwanted::{Unwanted, patterns};

/// How many parts are listed, and how many of them however light they are.
const ROWS: usize = 10;
const ROWS_AT_LEAST: usize = 3;
/// A part of less than one in so many bytes of the whole is light.
const LIGHT: u64 = 200;

/// How many lines for the ignore file.
const MAX_SAVINGS: usize = 20;

/// A build context as a whole.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ContextSummary {
    /// The folder as it was named.
    pub name: String,
    /// The bytes of all files that would be sent.
    pub size: u64,
    /// How many they are.
    pub files: u64,
    /// The ignore file that was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_file: Option<String>,
    /// The heaviest parts, none inside of another, the heaviest first.
    pub heaviest: Vec<ContextPart>,
    /// What the ignore file should keep out, the heaviest first.
    pub savings: Vec<Saving>,
}

/// A file or folder of a context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContextPart {
    /// Its path in the context.
    pub path: String,
    /// Whether it is a folder.
    pub directory: bool,
    /// The bytes of the files in it.
    pub size: u64,
    /// How many files those are.
    pub files: u64,
}

/// A line for the ignore file, and what it saves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Saving {
    /// The line.
    pub pattern: String,
    /// What it keeps out.
    pub what: String,
    /// How many bytes that is.
    pub size: u64,
    /// How many files.
    pub files: u64,
}

impl ContextSummary {
    /// Weighs a listing; `unwanted` is what is in it that should not be.
    pub(crate) fn new(
        name: &str,
        ignore_file: Option<String>,
        listing: &Listing,
        unwanted: &[Unwanted],
    ) -> ContextSummary {
        let savings =
            patterns(&unwanted.iter().collect::<Vec<_>>()).into_iter().map(|(pattern, group)| Saving {
                pattern,
                what: group.first().map(|u| u.what.as_str()).unwrap_or_default().to_owned(),
                size: group.iter().map(|u| u.size).sum(),
                files: group.iter().map(|u| u.files).sum(),
            });
        ContextSummary {
            name: name.to_owned(),
            size: listing.size(),
            files: listing.entries.iter().filter(|e| e.kind == EntryKind::File).count() as u64,
            ignore_file,
            heaviest: heaviest(listing, unwanted),
            savings: savings.take(MAX_SAVINGS).collect(),
        }
    }
}

/// The heaviest parts: a folder, unless most of its weight is in one thing inside; then that.
fn heaviest(listing: &Listing, unwanted: &[Unwanted]) -> Vec<ContextPart> {
    let tree = Tree::new(listing);
    let mut waiting: BinaryHeap<(u64, std::cmp::Reverse<usize>)> = BinaryHeap::new();
    let mut rows = Vec::new();
    let weighed = |nodes: &[usize]| -> Vec<_> {
        nodes.iter().map(|&n| (tree.size(n), std::cmp::Reverse(n))).filter(|(size, _)| *size > 0).collect()
    };
    waiting.extend(weighed(&tree.roots));
    let light = listing.size() / LIGHT;
    while rows.len() < ROWS
        && let Some((size, std::cmp::Reverse(node))) = waiting.pop()
    {
        if rows.len() >= ROWS_AT_LEAST && size < light {
            break;
        }
        let Some(entry) = listing.entries.get(node) else { continue };
        let children = tree.children.get(node).map(Vec::as_slice).unwrap_or_default();
        let most = children.iter().map(|&c| tree.size(c)).max().unwrap_or(0);
        let whole = unwanted.iter().any(|u| u.path == entry.path);
        if !whole && most > size / 2 {
            waiting.extend(weighed(children));
        } else {
            rows.push(ContextPart {
                path: entry.path.clone(),
                directory: entry.kind == EntryKind::Directory,
                size,
                files: tree.totals.get(node).map_or(0, |t| t.1),
            });
        }
    }
    rows
}

/// The listing as a tree, with the sums of what is below.
struct Tree {
    roots: Vec<usize>,
    children: Vec<Vec<usize>>,
    /// Bytes and files.
    totals: Vec<(u64, u64)>,
}

impl Tree {
    fn new(listing: &Listing) -> Tree {
        let count = listing.entries.len();
        let mut tree =
            Tree { roots: Vec::new(), children: vec![Vec::new(); count], totals: vec![(0, 0); count] };
        // The folders that the entry is in, outermost first.
        let mut open: Vec<(usize, &str)> = Vec::new();
        for (at, entry) in listing.entries.iter().enumerate() {
            let is_in =
                |folder: &str| entry.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            while let Some((node, _)) = open.pop_if(|(_, folder)| !is_in(folder)) {
                tree.add(node, open.last());
            }
            match open.last().and_then(|(parent, _)| tree.children.get_mut(*parent)) {
                Some(siblings) => siblings.push(at),
                None => tree.roots.push(at),
            }
            if let Some(total) = tree.totals.get_mut(at) {
                *total = (entry.size, u64::from(entry.kind == EntryKind::File));
            }
            if entry.kind == EntryKind::Directory {
                open.push((at, &entry.path));
            } else {
                tree.add(at, open.last());
            }
        }
        while let Some((node, _)) = open.pop() {
            tree.add(node, open.last());
        }
        tree
    }

    /// Adds a finished node's sums to those of the folder it is in.
    fn add(&mut self, node: usize, folder: Option<&(usize, &str)>) {
        let (bytes, files) = self.totals.get(node).copied().unwrap_or_default();
        if let Some(total) = folder.and_then(|(folder, _)| self.totals.get_mut(*folder)) {
            total.0 += bytes;
            total.1 += files;
        }
    }

    fn size(&self, node: usize) -> u64 {
        self.totals.get(node).map_or(0, |total| total.0)
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_context::Context;

    use super::*;
    use crate::context::unwanted::unwanted;

    #[test]
    fn weight_is_shown_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (path, size) in [
            ("web/node_modules/big/lib.js", 5000),
            ("web/node_modules/small/lib.js", 10),
            ("web/src/a.js", 100),
            ("web/src/b.js", 100),
            ("data/x/y/video.mp4", 900),
            ("data/note", 1),
            ("README.md", 50),
            ("empty", 0),
        ] {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, vec![b'x'; size]).unwrap();
        }
        let context = Context::new(folder.path(), None);
        let found = unwanted(context.walk());
        let summary = ContextSummary::new("web", None, context.walk(), &found);
        assert_eq!((summary.size, summary.files), (6161, 8));
        let rows: Vec<_> = summary.heaviest.iter().map(|p| (p.path.as_str(), p.size, p.files)).collect();
        assert_eq!(
            rows,
            [
                ("web/node_modules", 5010, 2),
                ("data/x/y/video.mp4", 900, 1),
                ("web/src", 200, 2),
                ("README.md", 50, 1),
            ]
        );
        assert_eq!(
            summary.savings,
            [Saving {
                pattern: "**/node_modules".to_owned(),
                what: "packages installed on this machine".to_owned(),
                size: 5010,
                files: 2
            }]
        );
    }
}
