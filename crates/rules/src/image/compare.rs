//! How two images differ: layers, files, configuration.

use std::cmp::Ordering;
use std::collections::HashMap;

use plimsoll_image::{FsNode, Image, MergedFs};

use super::config_differences;
use super::hard_links::CountedOnce;
use super::tree::{PARTS, ROWS, Sizes, TreeBuilder, files};
use crate::look::{Comparison, FileDifference, FileDifferences, LayerBytes};

/// How many files are named of each sort.
const NAMED: usize = 10;

/// Compares all but the findings.
pub fn images<N>(old: (&Image<N>, &MergedFs<N>), new: (&Image<N>, &MergedFs<N>)) -> Comparison {
    let mut comparison =
        Comparison { config: config_differences::of(&old.0.config, &new.0.config), ..Comparison::default() };
    let (before, after) = (old.0.size(), new.0.size());
    let size = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    comparison.size_difference = size(after).saturating_sub(size(before));
    layers(old.0, new.0, &mut comparison);
    compare_files(old.1, new.1, &mut comparison);
    comparison
}

fn layers<N>(old: &Image<N>, new: &Image<N>, comparison: &mut Comparison) {
    // The diff id, since a push compresses the same layer in another way.
    let mut known: HashMap<_, usize> = HashMap::new();
    for layer in &old.layers {
        *known.entry(layer.diff_id).or_default() += 1;
    }
    for layer in &new.layers {
        let bytes = LayerBytes { layer: layer.index, bytes: layer.size };
        match known.get_mut(&layer.diff_id) {
            Some(count) if *count > 0 && layer.diff_id.is_some() => {
                *count -= 1;
                comparison.shared_layers.push(bytes);
            }
            _ => comparison.new_layers.push(bytes),
        }
    }
    for layer in old.layers.iter().rev() {
        if let Some(count) = known.get_mut(&layer.diff_id).filter(|count| **count > 0) {
            *count -= 1;
            comparison.gone_layers.push(LayerBytes { layer: layer.index, bytes: layer.size });
        }
    }
    comparison.gone_layers.reverse();
}

/// The order in which a file system is walked: by components, not by bytes.
fn by_components(a: &[u8], b: &[u8]) -> Ordering {
    a.split(|b| *b == b'/').cmp(b.split(|b| *b == b'/'))
}

/// A file with its path and what it weighs.
struct File<'f, N> {
    path: Vec<u8>,
    bytes: u64,
    node: FsNode<'f, N>,
}

fn weighed<N>(fs: &MergedFs<N>) -> impl Iterator<Item = File<'_, N>> {
    let mut sizes = CountedOnce::new(fs);
    files(fs).map(move |node| File { path: node.path(), bytes: sizes.size(&node), node })
}

/// Walks both file systems side by side and gives each path once, with what either has there.
fn side_by_side<'f, N>(
    old: &'f MergedFs<N>,
    new: &'f MergedFs<N>,
    mut each: impl FnMut(Option<&File<'f, N>>, Option<&File<'f, N>>),
) {
    let (mut old, mut new) = (weighed(old).peekable(), weighed(new).peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => by_components(&a.path, &b.path),
        };
        let before = if order.is_le() { old.next() } else { None };
        let after = if order.is_ge() { new.next() } else { None };
        each(before.as_ref(), after.as_ref());
    }
}

fn same_contents<N>(a: &FsNode<'_, N>, b: &FsNode<'_, N>) -> bool {
    let contents = |node: &FsNode<'_, N>| node.entry().and_then(|entry| entry.content_hash());
    a.kind() == b.kind() && a.link() == b.link() && contents(a) == contents(b)
}

fn same_rights<N>(a: &FsNode<'_, N>, b: &FsNode<'_, N>) -> bool {
    (a.mode(), a.uid(), a.gid()) == (b.mode(), b.uid(), b.gid())
}

fn compare_files<N>(old: &MergedFs<N>, new: &MergedFs<N>, comparison: &mut Comparison) {
    let mut moved: u64 = 0;
    side_by_side(old, new, |before, after| {
        moved = moved.saturating_add(before.map_or(0, |f| f.bytes).abs_diff(after.map_or(0, |f| f.bytes)));
    });
    let mut tree = TreeBuilder::new(moved / PARTS, true);
    side_by_side(old, new, |before, after| {
        let Some(path) = after.or(before).map(|file| &file.path) else { return };
        let sizes = Sizes { bytes: after.map_or(0, |f| f.bytes), old_bytes: before.map_or(0, |f| f.bytes) };
        let kind = match (before, after) {
            (None, _) => &mut comparison.appeared,
            (_, None) => &mut comparison.vanished,
            (Some(a), Some(b)) if a.bytes < b.bytes && !same_contents(&a.node, &b.node) => {
                &mut comparison.grew
            }
            (Some(a), Some(b)) if a.bytes > b.bytes && !same_contents(&a.node, &b.node) => {
                &mut comparison.shrank
            }
            (Some(a), Some(b)) if !same_contents(&a.node, &b.node) => &mut comparison.changed,
            (Some(a), Some(b)) if !same_rights(&a.node, &b.node) => &mut comparison.rights,
            _ => return,
        };
        add(kind, path, before.map(|f| f.bytes), after.map(|f| f.bytes));
        if sizes.bytes != sizes.old_bytes {
            tree.add(path, sizes);
        }
    });
    comparison.tree = tree.finish(ROWS);
}

fn add(kind: &mut FileDifferences, path: &[u8], old: Option<u64>, new: Option<u64>) {
    kind.files += 1;
    kind.old_bytes = kind.old_bytes.saturating_add(old.unwrap_or(0));
    kind.new_bytes = kind.new_bytes.saturating_add(new.unwrap_or(0));
    let weight = |old: Option<u64>, new: Option<u64>| {
        let (old, new) = (old.unwrap_or(0), new.unwrap_or(0));
        // Where the sizes are the same, the size says how much is another one.
        if old == new { new } else { old.abs_diff(new) }
    };
    let mine = weight(old, new);
    let at = kind.heaviest.partition_point(|known| weight(known.old_bytes, known.new_bytes) >= mine);
    if at < NAMED {
        let path = String::from_utf8_lossy(path).into_owned();
        kind.heaviest.insert(at, FileDifference { path, old_bytes: old, new_bytes: new });
        kind.heaviest.truncate(NAMED);
    }
}
