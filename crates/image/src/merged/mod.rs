//! The file system that a container sees: layers stacked, whiteouts applied, every entry with its origin.

mod build;
mod lookup;
mod tree;

use std::sync::Arc;

pub use lookup::ResolveError;
use tree::{NONE, Node, ROOT};

use crate::record::{Entry, LayerRecord, Whiteout};
use crate::tar::EntryKind;

/// A merged file system. About 45 bytes for each place in it, beside the records that it shares.
#[derive(Debug)]
pub struct MergedFs<N = ()> {
    layers: Vec<Option<Arc<LayerRecord<N>>>>,
    tree: tree::Tree,
    /// What became of each entry of each layer, packed.
    fates: Vec<Vec<u32>>,
    /// What each whiteout that took something away took away: layer, entry, bytes.
    removed: Vec<Removed>,
    problems: Vec<MergeProblem>,
}

/// What one whiteout took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// The whiteout's layer.
    pub layer: usize,
    /// The whiteout's entry in the layer.
    pub entry: usize,
    /// Whether a folder went, with all in it.
    pub folder: bool,
    /// The bytes of regular files that went.
    pub bytes: u64,
}

/// What became of an entry in the layers above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The container sees it.
    Live,
    /// A whiteout in this layer took it away.
    Deleted(usize),
    /// Another entry in this layer (the same layer, if it has the path twice) took its place.
    Overwritten(usize),
    /// It is a whiteout, or could not be placed.
    Unplaced,
}

/// What could not be merged as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeProblem {
    /// A hard link to nothing.
    #[error("layer {layer}: hard link {} leads to nothing", .path.escape_ascii())]
    DanglingHardLink {
        /// The layer.
        layer: usize,
        /// The link's path.
        path: Vec<u8>,
    },
    /// A path that leads round in circles.
    #[error("layer {layer}: {} leads through a cycle of links", .path.escape_ascii())]
    LinkCycle {
        /// The layer.
        layer: usize,
        /// The entry's path.
        path: Vec<u8>,
    },
    /// A bound of this crate was met.
    #[error("layer {layer}: too many {what}; the rest is left out")]
    TooMany {
        /// The layer.
        layer: usize,
        /// What there is too much of.
        what: &'static str,
    },
}

/// A place in a merged file system.
#[derive(Debug)]
pub struct FsNode<'a, N = ()> {
    fs: &'a MergedFs<N>,
    id: u32,
}

impl<N> Clone for FsNode<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for FsNode<'_, N> {}

impl<N> PartialEq for FsNode<'_, N> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.fs, other.fs) && self.id == other.id
    }
}

impl<N> MergedFs<N> {
    /// Stacks records, lowest first. A `None` is a layer that could not be read: it adds nothing and keeps its number.
    pub fn stack(layers: impl IntoIterator<Item = Option<Arc<LayerRecord<N>>>>) -> Self {
        build::stack(layers.into_iter().collect())
    }

    /// The root folder.
    pub fn root(&self) -> FsNode<'_, N> {
        FsNode { fs: self, id: ROOT }
    }

    /// All places in the order of their paths, each folder before what is in it, the root left out.
    pub fn iter(&self) -> Iter<'_, N> {
        Iter { stack: self.root().children_reversed() }
    }

    /// The record of a layer.
    pub fn record(&self, layer: usize) -> Option<&Arc<LayerRecord<N>>> {
        self.layers.get(layer)?.as_ref()
    }

    /// The number of layers.
    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// What became of an entry, by its layer and its index there.
    pub fn fate(&self, layer: usize, entry: usize) -> Fate {
        let packed = self.fates.get(layer).and_then(|fates| fates.get(entry));
        packed.map_or(Fate::Unplaced, |packed| build::unpack_fate(*packed))
    }

    /// What the whiteouts took away, in the order of layers.
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// What the whiteout at this layer and entry took away, if it took anything.
    pub fn removed_by(&self, layer: usize, entry: usize) -> Option<&Removed> {
        let at = self
            .removed
            .binary_search_by_key(&(layer, entry), |removed| (removed.layer, removed.entry))
            .ok()?;
        self.removed.get(at)
    }

    /// What could not be merged as it stands.
    pub fn problems(&self) -> &[MergeProblem] {
        &self.problems
    }

    /// The place at a path: links on the way are followed, one at its end is not.
    pub fn get(&self, path: &[u8]) -> Option<FsNode<'_, N>> {
        let id = self.tree.lookup(&self.layers, ROOT, path, false).ok()?;
        Some(FsNode { fs: self, id })
    }

    /// The place that a path leads to, all links followed, as inside a container: nothing leads out of the root.
    pub fn resolve(&self, path: &[u8]) -> Result<FsNode<'_, N>, ResolveError> {
        self.root().resolve(path)
    }

    /// The contents that are kept of the file that a path leads to.
    pub fn read(&self, path: &[u8]) -> Option<&[u8]> {
        self.resolve(path).ok()?.entry()?.content()
    }
}

impl<'a, N> FsNode<'a, N> {
    fn node(&self) -> &'a Node {
        self.fs.tree.node(self.id)
    }

    fn entry_of(&self, layer: u16, index: u32) -> Option<Entry<'a, N>> {
        if index == NONE {
            return None;
        }
        self.fs.layers.get(usize::from(layer))?.as_ref()?.entry(index as usize)
    }

    /// The last component of its path; empty for the root.
    pub fn name(&self) -> &'a [u8] {
        self.fs.tree.name(&self.fs.layers, self.id)
    }

    /// Its path from the root, without a leading slash.
    pub fn path(&self) -> Vec<u8> {
        let mut ids = Vec::new();
        let mut id = self.id;
        while id != ROOT {
            ids.push(id);
            id = self.fs.tree.node(id).parent;
        }
        let mut path = Vec::new();
        for id in ids.into_iter().rev() {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(self.fs.tree.name(&self.fs.layers, id));
        }
        path
    }

    /// The folder it is in; of the root, the root.
    pub fn parent(&self) -> FsNode<'a, N> {
        FsNode { fs: self.fs, id: self.node().parent }
    }

    /// What is in the folder, in the order of names.
    pub fn children(&self) -> Vec<FsNode<'a, N>> {
        let mut children: Vec<_> =
            self.fs.tree.children(self.id).map(|id| FsNode { fs: self.fs, id }).collect();
        children.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        children
    }

    fn children_reversed(&self) -> Vec<FsNode<'a, N>> {
        let mut children = self.children();
        children.reverse();
        children
    }

    /// What this folder has under a name, no link followed.
    pub fn child(&self, name: &[u8]) -> Option<FsNode<'a, N>> {
        let id = self.fs.tree.child(&self.fs.layers, self.id, name)?;
        Some(FsNode { fs: self.fs, id })
    }

    /// The place that a path leads to from this folder, all links followed.
    pub fn resolve(&self, path: &[u8]) -> Result<FsNode<'a, N>, ResolveError> {
        let start = if self.kind() == EntryKind::Directory { self.id } else { self.node().parent };
        let id = self.fs.tree.lookup(&self.fs.layers, start, path, true)?;
        Ok(FsNode { fs: self.fs, id })
    }

    /// For a link, the place it leads to; for anything else itself.
    pub fn followed(&self) -> Result<FsNode<'a, N>, ResolveError> {
        match self.kind() {
            EntryKind::Symlink => self.parent().resolve(self.link()),
            _ => Ok(*self),
        }
    }

    /// The entry that put it here; `None` for a folder that no entry names.
    pub fn own_entry(&self) -> Option<Entry<'a, N>> {
        let node = self.node();
        self.entry_of(node.layer, node.index)
    }

    /// The entry with its contents and its rights: for a hard link, that of the file it names.
    pub fn entry(&self) -> Option<Entry<'a, N>> {
        let node = self.node();
        self.entry_of(node.inode_layer, node.inode)
    }

    /// The layer whose entry put it here; `None` for a folder that no entry names.
    pub fn layer(&self) -> Option<usize> {
        let node = self.node();
        (node.index != NONE).then(|| usize::from(node.layer))
    }

    /// The layer that holds its contents: for a hard link, that of the file it names.
    pub fn content_layer(&self) -> Option<usize> {
        let node = self.node();
        (node.inode != NONE).then(|| usize::from(node.inode_layer))
    }

    /// What it is; a hard link is what it names, and `HardLink` only if it names nothing.
    pub fn kind(&self) -> EntryKind {
        self.entry().map_or(EntryKind::Directory, |entry| entry.kind())
    }

    /// Permissions with setuid, setgid and sticky bits.
    pub fn mode(&self) -> u16 {
        self.entry().map_or(0o755, |entry| entry.mode())
    }

    /// The owner.
    pub fn uid(&self) -> u32 {
        self.entry().map_or(0, |entry| entry.uid())
    }

    /// The group.
    pub fn gid(&self) -> u32 {
        self.entry().map_or(0, |entry| entry.gid())
    }

    /// The size of a regular file.
    pub fn size(&self) -> u64 {
        self.entry().map_or(0, |entry| entry.size())
    }

    /// The target of a symbolic link as written.
    pub fn link(&self) -> &'a [u8] {
        self.entry().filter(|entry| entry.kind() == EntryKind::Symlink).map_or(&[], |entry| entry.link())
    }

    /// Whether two places are names of one file.
    pub fn is_same_file(&self, other: &FsNode<'_, N>) -> bool {
        let (a, b) = (self.node(), other.fs.tree.node(other.id));
        self.id == other.id || (a.inode != NONE && (a.inode_layer, a.inode) == (b.inode_layer, b.inode))
    }
}

/// The places of a merged file system, in the order of their paths.
#[derive(Debug)]
pub struct Iter<'a, N> {
    stack: Vec<FsNode<'a, N>>,
}

impl<'a, N> Iterator for Iter<'a, N> {
    type Item = FsNode<'a, N>;

    fn next(&mut self) -> Option<FsNode<'a, N>> {
        let node = self.stack.pop()?;
        if node.fs.tree.node(node.id).first_child != NONE {
            self.stack.append(&mut node.children_reversed());
        }
        Some(node)
    }
}

impl<'a, N> IntoIterator for &'a MergedFs<N> {
    type Item = FsNode<'a, N>;
    type IntoIter = Iter<'a, N>;

    fn into_iter(self) -> Iter<'a, N> {
        self.iter()
    }
}

/// Whether an entry only takes away or is reserved, and so is never placed.
fn is_whiteout<N>(entry: &Entry<'_, N>) -> Option<bool> {
    entry.whiteout().map(|whiteout| !matches!(whiteout, Whiteout::Reserved))
}
