//! What could go of an image's bytes, and why.

use std::collections::{BTreeMap, HashMap};

use plimsoll_image::{EntryKind, Fate, Image, MergedFs};

pub use super::cause::{Cause, Worth};
use super::hard_links::KeptByLinks;
use super::heaviest::Heaviest;

/// Copies of smaller files are not counted: to link each of them is more trouble than it saves.
const WORTH_LINKING: u64 = 64 << 10;
/// How many of the heaviest paths of a cause are kept.
const NAMED: usize = 5;

/// The files of one cause.
#[derive(Clone, Debug)]
pub struct Share {
    /// The heaviest, and what all come to.
    pub heaviest: Heaviest,
    /// The bytes in each layer.
    pub layers: BTreeMap<usize, u64>,
}

impl Share {
    fn new() -> Self {
        Self { heaviest: Heaviest::new(NAMED), layers: BTreeMap::new() }
    }

    fn add(&mut self, layer: usize, path: &[u8], bytes: u64) {
        self.heaviest.add(path, bytes);
        *self.layers.entry(layer).or_default() += bytes;
    }

    /// The bytes in all layers.
    pub fn bytes(&self) -> u64 {
        self.heaviest.bytes
    }
}

/// Files of one layer that another hides.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// The heaviest, and what all come to.
    pub heaviest: Heaviest,
    /// The bytes of those that were written again with the same contents: for an owner, a mode, a time.
    pub same_contents: u64,
}

/// Which layer hides files of which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hiding {
    /// The layer that has the files.
    pub layer: usize,
    /// The layer that hides them.
    pub by: usize,
    /// Whether it deletes them; otherwise it has others in their place.
    pub deletes: bool,
}

/// A file that is in the image more than once.
#[derive(Clone, Debug)]
pub struct Copies {
    /// The layer of the first.
    pub layer: usize,
    /// The paths, the one that is kept first; no more than a few.
    pub paths: Vec<Vec<u8>>,
    /// How many copies there are beside the first.
    pub copies: u64,
    /// What all of these weigh.
    pub bytes: u64,
}

/// Bytes by cause.
#[derive(Debug, Default)]
pub struct Weights {
    /// What could go; a file is in one of them at most.
    pub causes: BTreeMap<Cause, Share>,
    /// What [`Cause::Deleted`] and [`Cause::Overwritten`] are made of.
    pub hidden: BTreeMap<Hiding, Hidden>,
    /// What the copies are copies of, the heaviest first.
    pub copies: Vec<Copies>,
    /// What has no cause, by folders three levels deep, the heaviest first.
    pub needed: Vec<(String, u64)>,
}

impl Weights {
    /// Weighs every regular file of every layer once: hidden files are hidden, whatever they are; then the place
    /// counts, then whether there is a copy.
    pub fn of<N>(image: &Image<N>, fs: &MergedFs<N>) -> Self {
        let mut weights = Self::default();
        let mut needed: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut first: HashMap<u128, Copies> = HashMap::new();
        let kept = KeptByLinks::of(image, fs);
        for layer in &image.layers {
            let Some(record) = &layer.record else { continue };
            for entry in record.entries().filter(|e| e.kind() == EntryKind::File && e.size() > 0) {
                let (path, size, index) = (entry.path(), entry.size(), entry.index());
                if !kept.is_seen(fs, layer.index, index) {
                    let fate = fs.fate(layer.index, index);
                    let (by, deletes) = match fate {
                        Fate::Deleted(by) => (by, true),
                        Fate::Overwritten(by) => (by, false),
                        // A whiteout with contents, or what a bound kept out: nobody sees it.
                        Fate::Live | Fate::Unplaced => (layer.index, true),
                    };
                    // A cache that every install writes anew is a cache in each layer.
                    if let Some(cause) = Cause::of_path(path).filter(|cause| cause.is_cache() && !deletes) {
                        weights.add(cause, layer.index, path, size);
                        continue;
                    }
                    let hiding = Hiding { layer: layer.index, by, deletes };
                    let hidden = weights
                        .hidden
                        .entry(hiding)
                        .or_insert_with(|| Hidden { heaviest: Heaviest::new(NAMED), same_contents: 0 });
                    hidden.heaviest.add(path, size);
                    let now = fs.get(path).and_then(|node| node.entry());
                    if !deletes && now.is_some_and(|now| now.content_hash() == entry.content_hash()) {
                        hidden.same_contents += size;
                    }
                    weights.add(
                        if deletes { Cause::Deleted } else { Cause::Overwritten },
                        layer.index,
                        path,
                        size,
                    );
                    continue;
                }
                if let Some(cause) = Cause::of_path(path) {
                    weights.add(cause, layer.index, path, size);
                    continue;
                }
                if let Some(hash) =
                    entry.content_hash().filter(|_| size >= WORTH_LINKING && !is_distributions(path))
                {
                    if let Some(copies) = first.get_mut(&hash) {
                        copies.copies += 1;
                        copies.bytes += size;
                        if copies.paths.len() < NAMED {
                            copies.paths.push(path.to_vec());
                        }
                        let across = copies.layer != layer.index;
                        let cause = if across { Cause::CopiesAcrossLayers } else { Cause::CopiesInLayer };
                        weights.add(cause, layer.index, path, size);
                        continue;
                    }
                    let paths = vec![path.to_vec()];
                    first.insert(hash, Copies { layer: layer.index, paths, copies: 0, bytes: 0 });
                }
                match needed.get_mut(folder(path)) {
                    Some(bytes) => *bytes += size,
                    None => _ = needed.insert(folder(path).to_vec(), size),
                }
            }
        }
        weights.copies = first.into_values().filter(|copies| copies.copies > 0).collect();
        weights.copies.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.paths.cmp(&b.paths)));
        weights.needed =
            needed.into_iter().map(|(p, size)| (String::from_utf8_lossy(&p).into_owned(), size)).collect();
        weights.needed.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        weights
    }

    fn add(&mut self, cause: Cause, layer: usize, path: &[u8], size: u64) {
        self.causes.entry(cause).or_insert_with(Share::new).add(layer, path, size);
    }

    /// The bytes of one cause.
    pub fn bytes(&self, cause: Cause) -> u64 {
        self.causes.get(&cause).map_or(0, Share::bytes)
    }

    /// The causes with their shares, the heaviest first.
    pub fn by_weight(&self) -> Vec<(Cause, &Share)> {
        let mut causes: Vec<(Cause, &Share)> =
            self.causes.iter().map(|(cause, share)| (*cause, share)).collect();
        causes.sort_by(|a, b| b.1.bytes().cmp(&a.1.bytes()).then(a.0.cmp(&b.0)));
        causes
    }

    /// All that could go.
    pub fn removable(&self) -> u64 {
        self.causes.values().map(Share::bytes).sum()
    }
}

/// Whether a path is the distribution's: what its packages hold twice nobody else can link.
fn is_distributions(path: &[u8]) -> bool {
    const FOLDERS: [&[u8]; 8] =
        [b"usr/bin/", b"usr/lib", b"usr/sbin/", b"usr/share/", b"var/lib/", b"bin/", b"lib", b"sbin/"];
    FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// Whether bytes that could go are worth a line, in an image of that size: a megabyte, or a hundredth of a small image.
pub fn is_worthwhile(bytes: u64, image_size: u64) -> bool {
    bytes >= 1_000_000 || (bytes >= 100_000 && bytes.saturating_mul(100) >= image_size)
}

/// The first three parts of a path: enough to say what weighs, few enough to read.
fn folder(path: &[u8]) -> &[u8] {
    match path.iter().enumerate().filter(|(_, b)| **b == b'/').nth(2) {
        Some((at, _)) => &path[..at],
        None => path.iter().rposition(|b| *b == b'/').map_or(path, |at| &path[..at]),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_image::Options;
    use plimsoll_image::testing::{ImageBuilder, LayerBuilder, TestEntry};
    use proptest::prelude::*;

    use super::*;

    fn weigh(layers: Vec<LayerBuilder>) -> (Weights, u64) {
        let mut image = ImageBuilder::new("x:1");
        for layer in layers {
            image = image.layer(layer.build(), "RUN x");
        }
        let archive =
            plimsoll_image::read_stream(&image.docker_save()[..], &Options::default(), &()).unwrap();
        let image = &archive.images[0];
        let fs = image.merged();
        (Weights::of(image, &fs), image.size())
    }

    fn needed(weights: &Weights) -> u64 {
        weights.needed.iter().map(|(_, bytes)| bytes).sum()
    }

    #[test]
    fn folders_have_three_levels() {
        assert_eq!(folder(b"usr/lib/python3/dist-packages/x.py"), b"usr/lib/python3");
        assert_eq!(folder(b"app/main.py"), b"app");
        assert_eq!(folder(b"big.bin"), b"big.bin");
    }

    #[test]
    fn every_file_has_one_cause() {
        let big = vec![b'x'; 70_000];
        let (weights, size) = weigh(vec![
            LayerBuilder::new()
                .file("app/a", &big)
                .file("app/copy", &big)
                .file("app/gone", vec![b'g'; 100])
                .file("app/owned", vec![b'o'; 300])
                .file("usr/lib/python3/copy", &big)
                .file("var/cache/apt/pkgcache.bin", "old")
                .file("usr/share/doc/copy", &big)
                // A cache that a later layer deletes is deleted, and no cache.
                .file("var/lib/apt/lists/x", vec![b'l'; 1000]),
            LayerBuilder::new()
                .file("app/other", &big)
                .file("var/cache/apt/pkgcache.bin", "newer")
                .whiteout("app/gone")
                .whiteout("var/lib/apt/lists/x")
                .entry(TestEntry::file("app/owned", vec![b'o'; 300]).owner(1000, 1000)),
        ]);
        let bytes: Vec<(Cause, u64)> =
            weights.causes.iter().map(|(cause, share)| (*cause, share.bytes())).collect();
        assert_eq!(
            bytes,
            [
                (Cause::AptArchives, 8),
                (Cause::Deleted, 1100),
                (Cause::Overwritten, 300),
                (Cause::CopiesInLayer, 70_000),
                (Cause::CopiesAcrossLayers, 70_000),
                (Cause::Documentation, 70_000),
            ]
        );
        let overwritten = &weights.hidden[&Hiding { layer: 0, by: 1, deletes: false }];
        assert_eq!(overwritten.same_contents, 300);
        assert_eq!(weights.copies[0].paths, [&b"app/a"[..], b"app/copy", b"app/other"]);
        assert_eq!(weights.removable() + needed(&weights), size);
    }

    #[test]
    fn what_a_hard_link_keeps_is_not_hidden() {
        let (weights, _) = weigh(vec![
            LayerBuilder::new().file("a", "content").hard_link("b", "a"),
            LayerBuilder::new().whiteout("a"),
        ]);
        assert_eq!(weights.removable(), 0);
    }

    proptest! {
        /// What could go and what is needed are the image, whatever is in it.
        #[test]
        fn the_causes_add_up(layers in proptest::collection::vec(
            proptest::collection::vec((0usize..14, 0usize..3, 1usize..4, any::<bool>()), 0..12), 1..5)
        ) {
            const FOLDERS: [&str; 14] = [
                "app", "usr/share/doc/x", "var/lib/apt/lists", "var/cache/apt/archives", "root/.cache/pip",
                "usr/lib/gcc", "app/__pycache__", "app/.git", "usr/share/locale/de", "go/pkg/mod/x",
                "app/node_modules/x/test", "usr/local/lib/node_modules/npm", "srv", "srv/deep/er/still",
            ];
            let built = layers.iter().map(|files| {
                let mut layer = LayerBuilder::new();
                for (folder, name, size, whiteout) in files {
                    let path = format!("{}/{name}.js.map", FOLDERS[*folder]);
                    layer = match whiteout {
                        true => layer.whiteout(&path),
                        false => layer.file(&path, vec![b'a' + *name as u8; size * 40_000]),
                    };
                }
                layer
            });
            let (weights, size) = weigh(built.collect());
            prop_assert_eq!(weights.removable() + needed(&weights), size);
            let hidden: u64 = weights.hidden.values().map(|hidden| hidden.heaviest.bytes).sum();
            prop_assert_eq!(hidden, weights.bytes(Cause::Deleted) + weights.bytes(Cause::Overwritten));
            for share in weights.causes.values() {
                prop_assert_eq!(share.layers.values().sum::<u64>(), share.bytes());
            }
        }
    }
}
