//! The merged file system against a naive model, and the cases that engines fix by name.

use std::collections::BTreeMap;

use plimsoll_image::testing::{ImageBuilder, LayerBuilder, TestEntry};
use plimsoll_image::{EntryKind, Fate, Image, MergedFs, Options, ResolveError, read_stream};
use proptest::prelude::*;

fn image(layers: Vec<LayerBuilder>) -> Image {
    let mut image = ImageBuilder::new("t:1");
    for layer in layers {
        image = image.layer(layer.build(), "x");
    }
    let archive = read_stream(&image.docker_save()[..], &Options::default(), &()).unwrap();
    assert_eq!(archive.problems, []);
    archive.images.into_iter().next().unwrap()
}

fn paths(merged: &MergedFs) -> Vec<String> {
    merged.iter().map(|node| String::from_utf8(node.path()).unwrap()).collect()
}

#[test]
fn whiteouts_hide_lower_layers_alone() {
    let merged = image(vec![
        LayerBuilder::new().dir("a").file("a/old", "1234").file("a/kept", "1").dir("b").file("b/x", "12345"),
        // The new file stands before its own whiteout: order within a layer means nothing.
        LayerBuilder::new()
            .file("a/old", "new")
            .whiteout("a/old")
            .opaque("b")
            .file("b/y", "")
            .whiteout("nothing"),
    ])
    .merged();
    assert_eq!(paths(&merged), ["a", "a/kept", "a/old", "b", "b/y"]);
    assert_eq!(merged.get(b"a/old").unwrap().layer(), Some(1));
    assert_eq!(merged.fate(0, 1), Fate::Deleted(1));
    assert_eq!(merged.fate(0, 2), Fate::Live);
    assert_eq!(merged.fate(1, 1), Fate::Unplaced);
    let removed: Vec<_> = merged.removed().iter().map(|r| (r.layer, r.entry, r.folder, r.bytes)).collect();
    assert_eq!(removed, [(1, 1, false, 4), (1, 2, true, 5)]);
}

#[test]
fn folders_and_links_replace_each_other() {
    let merged = image(vec![
        LayerBuilder::new().dir("d").file("d/x", "1").symlink("l", "d").file("f", "2"),
        LayerBuilder::new().symlink("d", "l2").dir("l").file("l/y", "").dir("f").file("f/z", ""),
    ])
    .merged();
    assert_eq!(paths(&merged), ["d", "f", "f/z", "l", "l/y"]);
    assert_eq!(merged.get(b"d").unwrap().kind(), EntryKind::Symlink);
    assert_eq!(merged.fate(0, 1), Fate::Overwritten(1));
    assert_eq!(merged.get(b"f").unwrap().kind(), EntryKind::Directory);
}

#[test]
fn entries_go_where_links_of_lower_layers_lead() {
    let merged = image(vec![
        LayerBuilder::new().symlink("lib", "usr/lib").dir("usr/lib").symlink("up", "../../usr"),
        LayerBuilder::new().file("lib/new.so", "").file("up/bin/x", "").whiteout("lib/gone"),
    ])
    .merged();
    assert_eq!(paths(&merged), ["lib", "up", "usr", "usr/bin", "usr/bin/x", "usr/lib", "usr/lib/new.so"]);
    assert_eq!(merged.resolve(b"/lib/new.so").unwrap().path(), b"usr/lib/new.so");
}

#[test]
fn hard_links_share_the_file_they_name() {
    let merged = image(vec![
        LayerBuilder::new()
            .entry(TestEntry::file("a", "12345").mode(0o4755).owner(7, 8))
            .hard_link("b", "./a")
            .hard_link("dangling", "nowhere"),
        LayerBuilder::new().hard_link("c", "b").whiteout("a"),
    ])
    .merged();
    let c = merged.get(b"c").unwrap();
    assert_eq!((c.kind(), c.mode(), c.uid(), c.gid(), c.size()), (EntryKind::File, 0o4755, 7, 8, 5));
    assert_eq!((c.layer(), c.content_layer()), (Some(1), Some(0)));
    assert!(c.is_same_file(&merged.get(b"b").unwrap()));
    assert!(merged.get(b"a").is_none());
    assert_eq!(merged.get(b"dangling").unwrap().kind(), EntryKind::HardLink);
    assert_eq!(merged.problems()[0].to_string(), "layer 0: hard link dangling leads to nothing");
}

#[test]
fn links_resolve_as_inside_a_chroot() {
    let merged = image(vec![
        LayerBuilder::new()
            .file("etc/passwd", "root")
            .symlink("a/out", "../../../../etc/passwd")
            .symlink("abs", "/a/out")
            .symlink("loop1", "loop2")
            .symlink("loop2", "./loop1")
            .symlink("a/self", "self/x"),
        LayerBuilder::new().file("loop1/x", "").file(b"caf\xe9", "x"),
    ])
    .merged();
    assert_eq!(merged.resolve(b"abs").unwrap().path(), b"etc/passwd");
    assert_eq!(merged.read(b"/../abs"), Some(&b"root"[..]));
    assert_eq!(merged.resolve(b"loop1").unwrap_err(), ResolveError::Loop);
    assert_eq!(merged.resolve(b"a/self").unwrap_err(), ResolveError::Loop);
    assert_eq!(merged.resolve(b"nope/..").unwrap_err(), ResolveError::NotFound);
    assert_eq!(merged.resolve(b"etc/passwd/x").unwrap_err(), ResolveError::NotADirectory);
    assert_eq!(merged.get(b"caf\xe9").unwrap().name(), b"caf\xe9");
    assert_eq!(merged.problems()[0].to_string(), "layer 1: loop1 leads through a cycle of links");
    let out = merged.get(b"a/out").unwrap();
    assert_eq!(out.followed().unwrap().path(), b"etc/passwd");
}

#[test]
fn efficiency_counts_as_dive_does() {
    let image = image(vec![
        LayerBuilder::new()
            .dir("d")
            .file("d/a", [0; 100])
            .file("d/b", [0; 50])
            .file("f", [0; 10])
            .file("g", [0; 30]),
        LayerBuilder::new().whiteout("d").whiteout("f"),
        LayerBuilder::new().file("g", [0; 20]).dir("d").file("d/a", [0; 100]),
    ]);
    let efficiency = image.merged().efficiency();
    let wasted: Vec<_> = efficiency
        .paths
        .iter()
        .map(|p| (String::from_utf8_lossy(&p.path).into_owned(), p.bytes, p.layers))
        .collect();
    // The folder d is a leaf only as a whiteout, so it is no path of two layers.
    assert_eq!(wasted, [("d/a".into(), 200, 2), ("g".into(), 50, 2), ("f".into(), 10, 2)]);
    assert_eq!(efficiency.wasted_bytes, 260);
    let (needed, held) = (100 + 50 + 20 + 150, 200 + 50 + 10 + 50 + 150);
    assert_eq!(efficiency.score, f64::from(needed) / f64::from(held));
}

#[derive(Debug, Clone)]
enum Op {
    File(Vec<u8>),
    Dir(Vec<u8>),
    Symlink(Vec<u8>, &'static str),
    HardLink(Vec<u8>, Vec<u8>),
    Whiteout(Vec<u8>),
    Opaque(Vec<u8>),
}

fn path() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just("a"), Just("b"), Just("c")], 1..4)
        .prop_map(|parts| parts.join("/").into_bytes())
}

fn op() -> impl Strategy<Value = Op> {
    let target = prop_oneof![
        Just("a"),
        Just("../b"),
        Just("/c"),
        Just("b/c"),
        Just("../../a/b"),
        Just("new/er"),
        Just(".")
    ];
    prop_oneof![
        4 => path().prop_map(Op::File),
        3 => path().prop_map(Op::Dir),
        2 => (path(), target).prop_map(|(path, target)| Op::Symlink(path, target)),
        1 => (path(), path()).prop_map(|(path, target)| Op::HardLink(path, target)),
        1 => path().prop_map(Op::Whiteout),
        1 => path().prop_map(Op::Opaque),
    ]
}

/// What the model knows of a path: what it is, which entry put it there, which entry has its contents.
#[derive(Debug, Clone, PartialEq)]
struct Thing {
    kind: EntryKind,
    own: Option<(usize, usize)>,
    contents: Option<(usize, usize)>,
    target: String,
}

const IMPLICIT: Thing =
    Thing { kind: EntryKind::Directory, own: None, contents: None, target: String::new() };

/// A file system as a map of whole paths: slow, and simple enough to be believed.
#[derive(Default)]
struct Model {
    things: BTreeMap<Vec<String>, Thing>,
}

impl Model {
    /// Where a path leads, all links followed; missing folders are made if `make`.
    fn walk(&mut self, path: &[String], make: bool) -> Option<Vec<String>> {
        let mut todo: Vec<String> = path.iter().rev().cloned().collect();
        let mut at: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(part) = todo.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    at.pop();
                    continue;
                }
                _ => at.push(part),
            }
            match self.things.get(&at).cloned() {
                Some(thing) if thing.kind == EntryKind::Directory => {}
                Some(thing) if thing.kind == EntryKind::Symlink => {
                    links += 1;
                    if links > 40 {
                        return None;
                    }
                    at.pop();
                    if thing.target.starts_with('/') {
                        at.clear();
                    }
                    todo.extend(thing.target.split('/').rev().map(str::to_owned));
                }
                _ if make => {
                    self.things.insert(at.clone(), IMPLICIT);
                }
                _ => return None,
            }
        }
        Some(at)
    }

    fn remove_below(&mut self, path: &[String]) {
        self.things.retain(|known, _| !(known.len() > path.len() && known.starts_with(path)));
    }

    fn apply(&mut self, layer: usize, ops: &[Op]) {
        for op in ops {
            let (Op::Whiteout(path) | Op::Opaque(path)) = op else { continue };
            let path = parts(path);
            match op {
                Op::Whiteout(_) => {
                    let Some(mut at) = self.walk(&path[..path.len() - 1], false) else { continue };
                    at.push(path[path.len() - 1].clone());
                    self.remove_below(&at);
                    self.things.remove(&at);
                }
                _ => {
                    let Some(at) = self.walk(&path, false) else { continue };
                    self.remove_below(&at);
                }
            }
        }
        for (index, op) in ops.iter().enumerate() {
            let me = Some((layer, index));
            let (path, mut thing) = match op {
                Op::File(path) => (path, Thing { kind: EntryKind::File, own: me, contents: me, ..IMPLICIT }),
                Op::Dir(path) => (path, Thing { own: me, contents: me, ..IMPLICIT }),
                Op::Symlink(path, target) => {
                    let target = (*target).to_owned();
                    (path, Thing { kind: EntryKind::Symlink, own: me, contents: me, target })
                }
                Op::HardLink(path, _) => {
                    (path, Thing { kind: EntryKind::HardLink, own: me, contents: me, ..IMPLICIT })
                }
                _ => continue,
            };
            let path = parts(path);
            let Some(mut at) = self.walk(&path[..path.len() - 1], true) else { continue };
            at.push(path[path.len() - 1].clone());
            if let Op::HardLink(_, target) = op {
                let target = parts(target);
                let found = self.walk(&target[..target.len() - 1], false).map(|mut folder| {
                    folder.push(target[target.len() - 1].clone());
                    folder
                });
                if found.as_ref() == Some(&at)
                    && self.things.get(&at).is_some_and(|t| t.kind != EntryKind::Directory)
                {
                    continue;
                }
                if let Some(known) = found.and_then(|found| self.things.get(&found).cloned())
                    && known.kind != EntryKind::Directory
                {
                    thing = Thing { own: me, ..known };
                }
            }
            let is_folder = thing.kind == EntryKind::Directory;
            if self.things.get(&at).is_none_or(|known| (known.kind == EntryKind::Directory) != is_folder) {
                self.remove_below(&at);
            }
            self.things.insert(at, thing);
        }
    }
}

fn parts(path: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(path).split('/').map(str::to_owned).collect()
}

fn build(ops: &[Op]) -> LayerBuilder {
    let mut layer = LayerBuilder::new();
    for op in ops {
        layer = match op {
            Op::File(path) => layer.file(path, path),
            Op::Dir(path) => layer.dir(path),
            Op::Symlink(path, target) => layer.symlink(path, target),
            Op::HardLink(path, target) => layer.hard_link(path, target),
            Op::Whiteout(path) => layer.whiteout(std::str::from_utf8(path).unwrap()),
            Op::Opaque(path) => layer.opaque(std::str::from_utf8(path).unwrap()),
        };
    }
    layer
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_merge_agrees_with_the_model(layers in proptest::collection::vec(proptest::collection::vec(op(), 0..8), 1..5)) {
        let mut model = Model::default();
        for (index, ops) in layers.iter().enumerate() {
            model.apply(index, ops);
        }
        let merged = image(layers.iter().map(|ops| build(ops)).collect()).merged();
        let ours: BTreeMap<Vec<String>, Thing> = merged
            .iter()
            .map(|node| {
                let place = |layer: Option<usize>, entry: Option<plimsoll_image::Entry<'_>>| Some((layer?, entry?.index()));
                let thing = Thing {
                    kind: node.kind(),
                    own: place(node.layer(), node.own_entry()),
                    contents: place(node.content_layer(), node.entry()),
                    target: String::from_utf8(node.link().to_vec()).unwrap(),
                };
                (parts(&node.path()), thing)
            })
            .collect();
        prop_assert_eq!(&ours, &model.things);
        for (layer, ops) in layers.iter().enumerate() {
            for index in 0..ops.len() {
                let live = model.things.values().any(|thing| thing.own == Some((layer, index)));
                prop_assert_eq!(merged.fate(layer, index) == Fate::Live, live, "layer {} entry {}", layer, index);
            }
        }
    }
}
