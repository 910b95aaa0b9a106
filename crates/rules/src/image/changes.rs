//! What each layer did to what the layers below it had.

use std::collections::HashMap;

use plimsoll_image::{EntryKind, Fate, Image, MergedFs};

use super::heaviest::Heaviest;
use crate::look::LayerChanges;

/// How many paths are named of each sort.
const NAMED: usize = 3;

/// A file that an upper layer hides.
struct Below {
    bytes: u64,
    hash: Option<u128>,
}

/// For each layer what it added, changed and removed. Folders are not counted: nearly every layer touches many.
pub fn of<N>(image: &Image<N>, fs: &MergedFs<N>) -> Vec<LayerChanges> {
    let counted = |kind: EntryKind| kind != EntryKind::Directory;
    let mut below: Vec<HashMap<&[u8], Below>> = image.layers.iter().map(|_| HashMap::new()).collect();
    for layer in &image.layers {
        for entry in layer.record.iter().flat_map(|record| record.entries()).filter(|e| counted(e.kind())) {
            let (Fate::Deleted(by) | Fate::Overwritten(by)) = fs.fate(layer.index, entry.index()) else {
                continue;
            };
            if let Some(hidden) = below.get_mut(by).filter(|_| by != layer.index) {
                hidden.insert(entry.path(), Below { bytes: entry.size(), hash: entry.content_hash() });
            }
        }
    }
    let mut changes = Vec::new();
    for (layer, below) in image.layers.iter().zip(&mut below) {
        let new = || Heaviest::new(NAMED);
        let (mut added, mut changed, mut rewritten, mut removed) = (new(), new(), new(), new());
        for entry in layer.record.iter().flat_map(|record| record.entries()) {
            let twice = fs.fate(layer.index, entry.index()) == Fate::Overwritten(layer.index);
            if !counted(entry.kind()) || entry.whiteout().is_some() || twice {
                continue;
            }
            let (path, size) = (entry.path(), entry.size());
            match below.remove(path) {
                None => added.add(path, size),
                Some(before) => {
                    changed.add(path, size);
                    if before.hash.is_some() && before.hash == entry.content_hash() {
                        rewritten.add(path, size);
                    }
                }
            }
        }
        let mut gone: Vec<_> = below.drain().collect();
        // The order of a hash table is no order.
        gone.sort_unstable_by_key(|(path, _)| *path);
        gone.iter().for_each(|(path, before)| removed.add(path, before.bytes));
        let [added, changed, rewritten, removed] =
            [added, changed, rewritten, removed].map(|part| part.part());
        changes.push(LayerChanges { added, changed, rewritten, removed });
    }
    changes
}

#[cfg(test)]
mod tests {
    use plimsoll_image::Options;
    use plimsoll_image::testing::{ImageBuilder, LayerBuilder, TestEntry};

    use super::*;

    #[test]
    fn a_layer_adds_changes_rewrites_and_removes() {
        let lower = LayerBuilder::new()
            .dir("d")
            .file("d/kept", "1")
            .file("d/changed", "22")
            .file("d/owned", "333")
            .file("d/gone", "4444")
            .file("opaque/again", "55555")
            .file("opaque/gone", "666666");
        let upper = LayerBuilder::new()
            .dir("d")
            .file("d/changed", "twice as long")
            .entry(TestEntry::file("d/owned", "333").owner(1, 1))
            .whiteout("d/gone")
            .opaque("opaque")
            .file("opaque/again", "55555 and more")
            .file("d/new", "7777777")
            .symlink("link", "d");
        let image = ImageBuilder::new("x:1").layer(lower.build(), "a").layer(upper.build(), "b");
        let archive =
            plimsoll_image::read_stream(&image.docker_save()[..], &Options::default(), &()).unwrap();
        let image = &archive.images[0];
        let changes = of(image, &image.merged());
        let told = |part: &crate::look::Part| {
            let paths: Vec<&str> = part.heaviest.iter().map(|p| p.path.as_str()).collect();
            format!("{} {} {}", part.files, part.bytes, paths.join(" "))
        };
        assert_eq!(told(&changes[0].added), "6 21 opaque/gone opaque/again d/gone");
        assert_eq!(told(&changes[1].added), "2 7 d/new");
        assert_eq!(told(&changes[1].changed), "3 30 opaque/again d/changed d/owned");
        assert_eq!(told(&changes[1].rewritten), "1 3 d/owned");
        assert_eq!(told(&changes[1].removed), "2 10 opaque/gone d/gone");
    }
}
