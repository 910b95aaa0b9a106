//! Efficiency and wasted bytes, as dive computes them.
//!
//! For every path that is a leaf of some layer, dive adds up what all layers hold at it and takes the smallest of these
//! as what was needed. A whiteout of a file counts as nothing; a whiteout of a folder counts what lay in it. Efficiency
//! is needed over held, and the wasted bytes are all that is held at paths that more than one layer has. An opaque
//! marker counts as nothing, whatever it hides.
//!
//! One difference is wanted: when a layer has a whiteout of a path that no lower layer has, dive leaves out whatever
//! comes after it in that layer and counts the path itself as minus one byte. Layers `a` 1000 bytes, `b` 500 bytes;
//! `.wh.nothing`, `a` 10 bytes; `b` 1 byte: dive 0.13.1 says 66.62 % and 501 bytes wasted, as if the second `a` did not
//! exist. Here every entry counts.

use std::cmp::Ordering;

use crate::merged::MergedFs;
use crate::record::{LayerRecord, Whiteout};

/// How much of an image's bytes its layers needed.
#[derive(Debug, Clone, PartialEq)]
pub struct Efficiency {
    /// From 0 to 1; 1 if nothing is held twice.
    pub score: f64,
    /// The bytes at paths that more than one layer has.
    pub wasted_bytes: u64,
    /// The wasted bytes by path, the most first.
    pub paths: Vec<WastedPath>,
}

/// A path that several layers have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WastedPath {
    /// The path, without a leading slash.
    pub path: Vec<u8>,
    /// What all layers hold at it.
    pub bytes: u64,
    /// How many layers have it, whiteouts included.
    pub layers: usize,
}

/// What a layer has at a path.
#[derive(Clone, Copy)]
struct Leaf {
    layer: u32,
    index: u32,
}

impl<N> MergedFs<N> {
    /// Computes efficiency and wasted bytes. Takes eight bytes for each entry while it works.
    pub fn efficiency(&self) -> Efficiency {
        let mut leaves = Vec::new();
        for layer in 0..self.layers() {
            if let Some(record) = self.record(layer) {
                add_leaves(layer as u32, record, &mut leaves);
            }
        }
        leaves.sort_unstable_by(|a, b| {
            by_components(self.leaf_path(a), self.leaf_path(b)).then(a.layer.cmp(&b.layer))
        });
        let (mut needed, mut held, mut wasted_bytes) = (0u64, 0u64, 0u64);
        let mut paths = Vec::new();
        for group in leaves.chunk_by(|a, b| same(self.leaf_path(a), self.leaf_path(b))) {
            let sizes = group.iter().map(|leaf| self.leaf_size(leaf));
            let bytes = sizes.clone().fold(0, u64::saturating_add);
            needed = needed.saturating_add(sizes.min().unwrap_or(0));
            held = held.saturating_add(bytes);
            if group.len() > 1 {
                wasted_bytes = wasted_bytes.saturating_add(bytes);
                let (folder, name) = self.leaf_path(&group[0]);
                let path = if folder.is_empty() { name.to_vec() } else { [folder, name].join(&b'/') };
                paths.push(WastedPath { path, bytes, layers: group.len() });
            }
        }
        paths.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
        let score = if held == 0 { 1.0 } else { needed as f64 / held as f64 };
        Efficiency { score, wasted_bytes, paths }
    }

    fn leaf_path(&self, leaf: &Leaf) -> (&[u8], &[u8]) {
        self.record(leaf.layer as usize).map_or((&[], &[]), |record| path_of(record, leaf.index))
    }

    fn leaf_size(&self, leaf: &Leaf) -> u64 {
        let entry = self.record(leaf.layer as usize).and_then(|record| record.entry(leaf.index as usize));
        entry.map_or(0, |entry| match entry.whiteout() {
            None => entry.size(),
            Some(Whiteout::Opaque | Whiteout::Reserved) => 0,
            Some(Whiteout::Name(_)) => self
                .removed_by(leaf.layer as usize, leaf.index as usize)
                .filter(|r| r.folder)
                .map_or(0, |r| r.bytes),
        })
    }
}

/// Folder and name of an entry, a whiteout's mark left out: the path it is about.
fn path_of<N>(record: &LayerRecord<N>, index: u32) -> (&[u8], &[u8]) {
    let path = record.entry(index as usize).map_or(&[][..], |entry| entry.path());
    let (folder, name) = crate::path::split(path);
    (folder, name.strip_prefix(b".wh.").unwrap_or(name))
}

fn same(a: (&[u8], &[u8]), b: (&[u8], &[u8])) -> bool {
    a == b
}

/// Orders paths so that what is below a folder comes right after it.
fn by_components(a: (&[u8], &[u8]), b: (&[u8], &[u8])) -> Ordering {
    // Neighbours mostly share their folder.
    if a.0 == b.0 {
        return a.1.cmp(b.1);
    }
    fn parts<'a>((folder, name): (&'a [u8], &'a [u8])) -> impl Iterator<Item = &'a [u8]> {
        folder.split(|&b| b == b'/').filter(|part| !part.is_empty()).chain([name])
    }
    parts(a).cmp(parts(b))
}

/// The paths of a layer that have nothing below them in the same layer, each once, the last of equal ones.
fn add_leaves<N>(layer: u32, record: &LayerRecord<N>, leaves: &mut Vec<Leaf>) {
    let mut order: Vec<u32> = (0..record.len() as u32).collect();
    order.sort_by(|&a, &b| by_components(path_of(record, a), path_of(record, b)).then(a.cmp(&b)));
    for (at, &index) in order.iter().enumerate() {
        let (folder, name) = path_of(record, index);
        if name.is_empty() {
            continue;
        }
        let is_leaf = order.get(at + 1).is_none_or(|&next| {
            let next = path_of(record, next);
            !same((folder, name), next) && !is_below((folder, name), next)
        });
        if is_leaf {
            leaves.push(Leaf { layer, index });
        }
    }
}

/// Whether the second path lies below the first.
fn is_below((folder, name): (&[u8], &[u8]), (below, _): (&[u8], &[u8])) -> bool {
    let rest = if folder.is_empty() {
        Some(below)
    } else {
        below.strip_prefix(folder).and_then(|rest| rest.strip_prefix(b"/"))
    };
    rest.and_then(|rest| rest.strip_prefix(name))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}
