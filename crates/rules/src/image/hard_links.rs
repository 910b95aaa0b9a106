//! Hard links: the same bytes under several names.

use std::collections::HashSet;

use plimsoll_image::{EntryKind, Fate, FsNode, Image, MergedFs};

/// Files whose own name is gone, but which a hard link still shows: layer and entry.
#[derive(Debug, Default)]
pub(super) struct KeptByLinks(HashSet<(usize, usize)>);

impl KeptByLinks {
    pub(super) fn of<N>(image: &Image<N>, fs: &MergedFs<N>) -> Self {
        let mut kept = HashSet::new();
        for layer in &image.layers {
            let Some(record) = &layer.record else { continue };
            for entry in record.entries().filter(|e| e.kind() == EntryKind::HardLink) {
                let index = entry.index();
                if fs.fate(layer.index, index) != Fate::Live {
                    continue;
                }
                let Some(node) = fs.get(entry.path()) else { continue };
                if let (Some(layer), Some(file)) = (node.content_layer(), node.entry())
                    && fs.fate(layer, file.index()) != Fate::Live
                {
                    kept.insert((layer, file.index()));
                }
            }
        }
        Self(kept)
    }

    /// Whether a container still sees the file's contents.
    pub(super) fn is_seen<N>(&self, fs: &MergedFs<N>, layer: usize, entry: usize) -> bool {
        fs.fate(layer, entry) == Fate::Live || self.0.contains(&(layer, entry))
    }
}

/// Counts the contents of files once, however many names they have.
pub(super) struct CountedOnce<'f, N> {
    fs: &'f MergedFs<N>,
    seen: HashSet<(usize, usize)>,
}

impl<'f, N> CountedOnce<'f, N> {
    pub(super) fn new(fs: &'f MergedFs<N>) -> Self {
        Self { fs, seen: HashSet::new() }
    }

    /// The bytes at a place; 0 at a further name of a file that was counted.
    pub(super) fn size(&mut self, node: &FsNode<'_, N>) -> u64 {
        let (Some(layer), Some(file)) = (node.content_layer(), node.entry()) else { return 0 };
        let is_link = node.own_entry().is_some_and(|own| own.kind() == EntryKind::HardLink);
        // The file's own name counts, wherever it comes in the walk; links only where that name is gone.
        let counts = !is_link
            || (self.fs.fate(layer, file.index()) != Fate::Live && self.seen.insert((layer, file.index())));
        if counts { file.size() } else { 0 }
    }
}
