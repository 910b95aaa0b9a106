//! A file system as a tree of its heaviest folders, pruned while it is built: memory grows with what is shown.

use plimsoll_image::{EntryKind, FsNode, MergedFs};

use super::hard_links::CountedOnce;
use crate::look::{TreeNode, TreeRest};

/// How many folders and files a tree shows.
pub(super) const ROWS: usize = 30;
/// What is less than this part of the whole is not shown by itself.
pub(super) const PARTS: u64 = 100;

/// The heaviest folders and files that a container sees.
pub fn of<N>(fs: &MergedFs<N>) -> TreeNode {
    let mut sizes = CountedOnce::new(fs);
    let total: u64 = files(fs).map(|node| sizes.size(&node)).sum();
    let mut sizes = CountedOnce::new(fs);
    let mut tree = TreeBuilder::new(total / PARTS, false);
    for node in files(fs) {
        tree.add(&node.path(), Sizes { bytes: sizes.size(&node), old_bytes: 0 });
    }
    tree.finish(ROWS)
}

/// Everything that is no folder, in the order of paths.
pub(super) fn files<N>(fs: &MergedFs<N>) -> impl Iterator<Item = FsNode<'_, N>> {
    fs.iter().filter(|node| node.kind() != EntryKind::Directory)
}

/// What a file weighs; in a comparison, what it weighed too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// In the image, or in the new one of two.
    pub bytes: u64,
    /// In the old one of two.
    pub old_bytes: u64,
}

/// What files come to.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    sizes: Sizes,
    files: u64,
    weight: u64,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.sizes.bytes = self.sizes.bytes.saturating_add(other.sizes.bytes);
        self.sizes.old_bytes = self.sizes.old_bytes.saturating_add(other.sizes.old_bytes);
        self.files += other.files;
        self.weight = self.weight.saturating_add(other.weight);
    }

    fn of(node: &TreeNode) -> Self {
        let sizes = Sizes { bytes: node.bytes, old_bytes: node.old_bytes.unwrap_or(0) };
        Sums { sizes, files: node.files, weight: node.weight }
    }
}

/// A folder that more may come into.
#[derive(Default)]
struct Open {
    name: Vec<u8>,
    sums: Sums,
    children: Vec<TreeNode>,
    /// What is too light to be a child.
    small: Sums,
}

/// Takes files in the order of their paths, each folder's together.
pub struct TreeBuilder {
    floor: u64,
    compares: bool,
    open: Vec<Open>,
}

/// A folder in which one place weighs so many per cent is shown together with it.
const NEARLY_ALL: u64 = 97;

impl TreeBuilder {
    /// What weighs less than `floor` is not shown by itself. `compares` says that there are two images.
    pub fn new(floor: u64, compares: bool) -> Self {
        Self { floor: floor.max(1), compares, open: vec![Open::default()] }
    }

    /// Adds a file. Its weight is its size, or in a comparison by how much that differs.
    pub fn add(&mut self, path: &[u8], sizes: Sizes) {
        let (folder, name) = plimsoll_image::split_path(path);
        let weight = if self.compares { sizes.bytes.abs_diff(sizes.old_bytes) } else { sizes.bytes };
        let mut depth = 1;
        for part in folder.split(|b| *b == b'/').filter(|part| !part.is_empty()) {
            if self.open.get(depth).is_some_and(|open| open.name != part) {
                self.close_to(depth);
            }
            if self.open.len() == depth {
                self.open.push(Open { name: part.to_vec(), ..Open::default() });
            }
            depth += 1;
        }
        self.close_to(depth);
        let sums = Sums { sizes, files: 1, weight };
        let leaf = self.node(name, false, sums);
        if let Some(parent) = self.open.last_mut() {
            parent.sums.add(sums);
            if weight >= self.floor {
                parent.children.push(leaf);
            } else {
                parent.small.add(sums);
            }
        }
    }

    fn node(&self, name: &[u8], folder: bool, sums: Sums) -> TreeNode {
        TreeNode {
            name: String::from_utf8_lossy(name).into_owned(),
            folder,
            bytes: sums.sizes.bytes,
            old_bytes: self.compares.then_some(sums.sizes.old_bytes),
            files: sums.files,
            weight: sums.weight,
            ..TreeNode::default()
        }
    }

    fn rest(&self, sums: Sums) -> Option<TreeRest> {
        (sums.files > 0).then(|| TreeRest {
            bytes: sums.sizes.bytes,
            old_bytes: self.compares.then_some(sums.sizes.old_bytes),
            files: sums.files,
        })
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth.max(1) {
            let Some(closed) = self.open.pop() else { return };
            let sums = closed.sums;
            let node = (sums.weight >= self.floor).then(|| {
                let mut node = self.node(&closed.name, true, sums);
                node.children = closed.children;
                node.rest = self.rest(closed.small);
                node
            });
            let Some(parent) = self.open.last_mut() else { return };
            parent.sums.add(sums);
            match node {
                None => parent.small.add(sums),
                Some(mut node) => {
                    parent.small.add(joined(&mut node));
                    parent.children.push(node);
                }
            }
        }
    }

    /// The tree with at most so many places in it, the root not counted.
    pub fn finish(mut self, rows: usize) -> TreeNode {
        self.close_to(1);
        let root = self.open.pop().unwrap_or_default();
        let mut tree = self.node(b"", true, root.sums);
        tree.rest = self.rest(root.small);
        tree.children = root.children;
        let mut weights = Vec::new();
        collect_weights(&tree, &mut weights);
        weights.sort_unstable_by(|a, b| b.cmp(a));
        // A folder is never lighter than what is in it, so whatever is heavier than a bound hangs together.
        let bound = weights.get(rows).map_or(0, |next| next + 1);
        self.prune(&mut tree, bound);
        tree
    }

    fn prune(&self, node: &mut TreeNode, bound: u64) {
        let (mut kept, light): (Vec<_>, Vec<_>) =
            std::mem::take(&mut node.children).into_iter().partition(|child| child.weight >= bound);
        if kept.is_empty() {
            node.rest = None;
            return;
        }
        let mut rest = node.rest.as_ref().map(of_rest).unwrap_or_default();
        light.iter().for_each(|child| rest.add(Sums::of(child)));
        for child in &mut kept {
            self.prune(child, bound);
            rest.add(joined(child));
        }
        kept.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.name.cmp(&b.name)));
        node.rest = self.rest(rest);
        node.children = kept;
    }
}

fn of_rest(rest: &TreeRest) -> Sums {
    let sizes = Sizes { bytes: rest.bytes, old_bytes: rest.old_bytes.unwrap_or(0) };
    Sums { sizes, files: rest.files, weight: 0 }
}

/// Makes a folder one with the only thing in it that weighs, and gives what else is in it to the caller.
fn joined(node: &mut TreeNode) -> Sums {
    let nearly_all =
        |child: &TreeNode| child.weight.saturating_mul(100) >= node.weight.saturating_mul(NEARLY_ALL);
    if node.children.len() != 1 || !node.children.iter().all(nearly_all) {
        return Sums::default();
    }
    let Some(only) = node.children.pop() else { return Sums::default() };
    let name = format!("{}/{}", node.name, only.name);
    let beside = node.rest.as_ref().map(of_rest).unwrap_or_default();
    *node = TreeNode { name, ..only };
    beside
}

fn collect_weights(node: &TreeNode, weights: &mut Vec<u64>) {
    for child in &node.children {
        weights.push(child.weight);
        collect_weights(child, weights);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, u64)], floor: u64, rows: usize) -> TreeNode {
        let mut builder = TreeBuilder::new(floor, false);
        for (path, bytes) in files {
            builder.add(path.as_bytes(), Sizes { bytes: *bytes, old_bytes: 0 });
        }
        builder.finish(rows)
    }

    fn shown(node: &TreeNode, depth: usize, out: &mut String) {
        out.push_str(&format!("{}{} {} {}\n", " ".repeat(depth), node.name, node.bytes, node.files));
        for child in &node.children {
            shown(child, depth + 1, out);
        }
        if let Some(rest) = &node.rest {
            out.push_str(&format!("{}+{} {}\n", " ".repeat(depth + 1), rest.bytes, rest.files));
        }
    }

    const FILES: &[(&str, u64)] = &[
        ("app/main", 10),
        ("etc/passwd", 1),
        ("usr/lib/a/x", 300),
        ("usr/lib/a/y", 200),
        ("usr/lib/b", 400),
        ("usr/small", 5),
        ("var/log/x", 50),
    ];

    #[test]
    fn what_weighs_is_shown_and_adds_up() {
        let mut out = String::new();
        shown(&tree(FILES, 10, 40), 0, &mut out);
        assert_eq!(
            out,
            " 966 7\n usr/lib 900 3\n  a 500 2\n   x 300 1\n   y 200 1\n  b 400 1\n var/log/x 50 1\n app/main 10 1\n +6 2\n"
        );
    }

    #[test]
    fn few_rows_show_the_heaviest() {
        let mut out = String::new();
        shown(&tree(FILES, 1, 3), 0, &mut out);
        assert_eq!(out, " 966 7\n usr/lib 900 3\n  a 500 2\n  +400 1\n +66 4\n");
    }

    #[test]
    fn depth_costs_what_is_open() {
        let deep = "d/".repeat(2000) + "f";
        let tree = tree(&[(&deep, 7)], 1, 40);
        assert_eq!((tree.bytes, tree.children.len()), (7, 1));
        assert_eq!((tree.children[0].name.len(), tree.children[0].folder), (4001, false));
    }
}
