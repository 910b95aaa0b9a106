//! Stacking: each layer's whiteouts first, then its entries, as container engines unpack them.

use std::borrow::Cow;
use std::sync::Arc;

use super::lookup::{Stop, first_component};
use super::tree::{NONE, Name, ROOT, Tree};
use super::{Fate, MergeProblem, MergedFs, Removed};
use crate::limits::{MAX_LAYER_PROBLEMS, MAX_LINK_STEPS, MAX_NODES};
use crate::path::split;
use crate::record::{LayerRecord, Whiteout};
use crate::tar::EntryKind;

const UNPLACED: u32 = 0;
const LIVE: u32 = 1;
const DELETED: u32 = 2;
const OVERWRITTEN: u32 = 3;

fn pack_fate(fate: u32, layer: usize) -> u32 {
    fate | (layer as u32) << 2
}

pub(super) fn unpack_fate(packed: u32) -> Fate {
    let layer = (packed >> 2) as usize;
    match packed & 3 {
        LIVE => Fate::Live,
        DELETED => Fate::Deleted(layer),
        OVERWRITTEN => Fate::Overwritten(layer),
        _ => Fate::Unplaced,
    }
}

pub(super) fn stack<N>(mut layers: Vec<Option<Arc<LayerRecord<N>>>>) -> MergedFs<N> {
    layers.truncate(usize::from(u16::MAX));
    let fates =
        layers.iter().map(|layer| vec![UNPLACED; layer.as_ref().map_or(0, |layer| layer.len())]).collect();
    let mut builder = Builder {
        layers: &layers,
        tree: Tree::new(),
        fates,
        removed: Vec::new(),
        problems: Vec::new(),
        last_folder: None,
        steps: 0,
    };
    for (index, layer) in layers.iter().enumerate() {
        if let Some(record) = layer {
            builder.apply_whiteouts(index, record);
            builder.place_entries(index, record);
        }
    }
    let Builder { mut tree, fates, removed, problems, .. } = builder;
    tree.shrink();
    MergedFs { layers, tree, fates, removed, problems }
}

struct Builder<'l, N> {
    layers: &'l [Option<Arc<LayerRecord<N>>>],
    tree: Tree,
    fates: Vec<Vec<u32>>,
    removed: Vec<Removed>,
    problems: Vec<MergeProblem>,
    /// The folder of the entry before, which most entries share.
    last_folder: Option<(&'l [u8], u32)>,
    /// The bytes of way that links have added so far.
    steps: u64,
}

impl<'l, N> Builder<'l, N> {
    fn report(&mut self, problem: MergeProblem) {
        if self.problems.len() < MAX_LAYER_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Whiteouts hide what lower layers put there, never what their own layer does, wherever they stand in the tar.
    fn apply_whiteouts(&mut self, layer: usize, record: &'l LayerRecord<N>) {
        self.last_folder = None;
        for entry in record.entries() {
            let Some(whiteout) = entry.whiteout() else { continue };
            let folder = split(entry.path()).0;
            let found = self.tree.descend(self.layers, ROOT, Cow::Borrowed(folder), true, &mut self.steps);
            if self.steps > MAX_LINK_STEPS {
                self.report(MergeProblem::TooMany { layer, what: "links on the way to entries" });
                return;
            }
            let Ok(folder) = found else { continue };
            let mut removed = Removed { layer, entry: entry.index(), folder: false, bytes: 0 };
            match whiteout {
                Whiteout::Name(name) => {
                    let Some(id) = self.tree.child(self.layers, folder, name) else { continue };
                    removed.folder = self.tree.kind(self.layers, id) == EntryKind::Directory;
                    removed.bytes = self.kill(id, pack_fate(DELETED, layer));
                }
                Whiteout::Opaque => {
                    removed.folder = true;
                    removed.bytes = self.kill_below(folder, pack_fate(DELETED, layer));
                }
                Whiteout::Reserved => continue,
            }
            self.removed.push(removed);
        }
    }

    fn place_entries(&mut self, layer: usize, record: &'l LayerRecord<N>) {
        for entry in record.entries() {
            if super::is_whiteout(&entry).is_some() {
                continue;
            }
            if self.tree.made() >= MAX_NODES {
                self.report(MergeProblem::TooMany { layer, what: "paths" });
                return;
            }
            if self.steps > MAX_LINK_STEPS {
                self.report(MergeProblem::TooMany { layer, what: "links on the way to entries" });
                return;
            }
            let (folder, name) = split(entry.path());
            if name.is_empty() {
                self.set(ROOT, layer, entry.index(), None);
                continue;
            }
            let Some(parent) = self.folder(layer, entry.index(), folder) else { continue };
            let start = record.entries[entry.index()].name as usize + entry.path().len() - name.len();
            let name = Name { layer: layer as u16, start: start as u32, len: name.len() as u16 };
            self.place(layer, record, entry.index(), parent, name);
        }
    }

    fn place(&mut self, layer: usize, record: &'l LayerRecord<N>, index: usize, parent: u32, name: Name) {
        let Some(entry) = record.entry(index) else { return };
        let kind = entry.kind();
        let inode = if kind == EntryKind::HardLink {
            self.link_target(layer, entry.link(), entry.path())
        } else {
            None
        };
        let name_bytes = split(entry.path()).1;
        let id = match self.tree.child(self.layers, parent, name_bytes) {
            None => self.tree.add(self.layers, parent, name),
            // A link to itself changes nothing.
            Some(id) if inode.is_some_and(|(target, ..)| target == id) => return,
            Some(id) => {
                let before = self.tree.kind(self.layers, id);
                if before == EntryKind::Symlink {
                    self.last_folder = None;
                }
                if (before == EntryKind::Directory) != (kind == EntryKind::Directory) {
                    self.last_folder = None;
                    self.kill_below(id, pack_fate(OVERWRITTEN, layer));
                }
                id
            }
        };
        if kind == EntryKind::Symlink {
            self.last_folder = None;
        }
        self.set(id, layer, index, inode.map(|(_, layer, index)| (layer, index)));
    }

    /// Makes an entry the one that is seen at a place.
    fn set(&mut self, id: u32, layer: usize, index: usize, inode: Option<(u16, u32)>) {
        self.bury(id, pack_fate(OVERWRITTEN, layer));
        let node = self.tree.node_mut(id);
        node.layer = layer as u16;
        node.index = index as u32;
        (node.inode_layer, node.inode) = inode.unwrap_or((layer as u16, index as u32));
        self.fates[layer][index] = LIVE;
    }

    /// Notes what becomes of the entry that is seen at a place now.
    fn bury(&mut self, id: u32, fate: u32) {
        let node = self.tree.node(id);
        if node.index != NONE {
            self.fates[usize::from(node.layer)][node.index as usize] = fate;
        }
    }

    /// The file that a hard link names: its place and its contents' entry.
    fn link_target(&mut self, layer: usize, target: &[u8], path: &[u8]) -> Option<(u32, u16, u32)> {
        let found = self.tree.descend(self.layers, ROOT, Cow::Borrowed(target), false, &mut self.steps);
        // Linux has no hard links to folders.
        let id = found.ok().filter(|&id| self.tree.kind(self.layers, id) != EntryKind::Directory);
        match id {
            Some(id) => {
                let node = self.tree.node(id);
                Some((id, node.inode_layer, node.inode))
            }
            None => {
                self.report(MergeProblem::DanglingHardLink { layer, path: path.to_vec() });
                None
            }
        }
    }

    /// The folder at a path, made with those above it where it is missing.
    fn folder(&mut self, layer: usize, index: usize, path: &'l [u8]) -> Option<u32> {
        if let Some((last, id)) = self.last_folder
            && last == path
        {
            return Some(id);
        }
        let mut at = ROOT;
        let mut rest: Cow<'l, [u8]> = Cow::Borrowed(path);
        loop {
            match self.tree.descend(self.layers, at, rest, true, &mut self.steps) {
                Ok(id) => {
                    // A last component that is a file gives way like one on the way.
                    if self.tree.kind(self.layers, id) != EntryKind::Directory {
                        self.become_folder(id, layer);
                    }
                    self.last_folder = Some((path, id));
                    return Some(id);
                }
                Err(Stop::Missing { at: below, rest: missing }) => {
                    if self.tree.made() >= MAX_NODES {
                        return None;
                    }
                    let name;
                    (name, rest) = match missing {
                        Cow::Borrowed(missing) => {
                            let (name, after) = first_component(missing)?;
                            let start = self.layers[layer].as_ref()?.entries.get(index)?.name as usize;
                            let start = start + path.len() - after.len() - name.len();
                            let name =
                                Name { layer: layer as u16, start: start as u32, len: name.len() as u16 };
                            (name, Cow::Borrowed(after))
                        }
                        // The name stands in a link's target.
                        Cow::Owned(missing) => {
                            let (name, after) = first_component(&missing)?;
                            (self.tree.own_name(name), Cow::Owned(after.to_vec()))
                        }
                    };
                    at = self.tree.add(self.layers, below, name);
                }
                Err(Stop::NotADirectory { at: file, rest: after }) => {
                    self.become_folder(file, layer);
                    at = file;
                    rest = after;
                }
                Err(Stop::Loop) => {
                    let path = path.to_vec();
                    self.report(MergeProblem::LinkCycle { layer, path });
                    return None;
                }
            }
        }
    }

    fn become_folder(&mut self, id: u32, layer: usize) {
        self.bury(id, pack_fate(OVERWRITTEN, layer));
        let node = self.tree.node_mut(id);
        node.index = NONE;
        node.inode = NONE;
    }

    /// Takes a place away with all beneath it; returns the bytes of regular files that went.
    fn kill(&mut self, id: u32, fate: u32) -> u64 {
        let bytes = self.kill_below(id, fate) + self.own_bytes(id);
        self.last_folder = None;
        self.bury(id, fate);
        self.tree.remove(self.layers, id);
        bytes
    }

    fn kill_below(&mut self, id: u32, fate: u32) -> u64 {
        let mut bytes = 0u64;
        // Children before parents, since a node must be empty when it goes.
        let mut stack: Vec<u32> = self.tree.children(id).collect();
        let mut order = Vec::new();
        while let Some(id) = stack.pop() {
            order.push(id);
            stack.extend(self.tree.children(id));
        }
        for id in order.into_iter().rev() {
            bytes = bytes.saturating_add(self.own_bytes(id));
            self.bury(id, fate);
            self.tree.remove(self.layers, id);
        }
        bytes
    }

    /// The bytes of a place's own entry: a hard link has none.
    fn own_bytes(&self, id: u32) -> u64 {
        let node = self.tree.node(id);
        let record = self.layers.get(usize::from(node.layer)).and_then(Option::as_ref);
        let entry =
            record.filter(|_| node.index != NONE).and_then(|record| record.entry(node.index as usize));
        entry.map_or(0, |entry| entry.size())
    }
}
