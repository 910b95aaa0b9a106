//! The tree beneath a merged file system: small nodes, names borrowed from the records.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::record::LayerRecord;
use crate::tar::EntryKind;

/// No node, no entry.
pub(super) const NONE: u32 = u32::MAX;
/// The root folder's node.
pub(super) const ROOT: u32 = 0;

pub(super) type Layers<N> = [Option<Arc<LayerRecord<N>>>];

/// A place. Numbers instead of references keep it at 36 bytes.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) parent: u32,
    pub(super) first_child: u32,
    next: u32,
    previous: u32,
    /// The entry that put it here; [`NONE`] for a folder that no entry names.
    pub(super) index: u32,
    /// The entry with its contents: another one for a hard link.
    pub(super) inode: u32,
    name_start: u32,
    pub(super) layer: u16,
    pub(super) inode_layer: u16,
    name_layer: u16,
    name_len: u16,
}

/// A name within a record's names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) layer: u16,
    pub(super) start: u32,
    pub(super) len: u16,
}

#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Every node but the root, found by its folder and name.
    table: HashTable<u32>,
    /// Names that stand in no record as such: those of folders made for the target of a link.
    own_names: Vec<u8>,
    /// Random, so that nobody can choose names that fall together.
    seed: u64,
}

/// The layer number of names that the tree itself holds.
const OWN: u16 = u16::MAX;

fn name_of<'l, N>(layers: &'l Layers<N>, own: &'l [u8], node: &Node) -> &'l [u8] {
    let names = match node.name_layer {
        OWN => own,
        layer => {
            layers.get(usize::from(layer)).and_then(Option::as_ref).map_or(&[][..], |record| &record.names)
        }
    };
    let start = node.name_start as usize;
    names.get(start..start + usize::from(node.name_len)).unwrap_or_default()
}

fn hash(seed: u64, parent: u32, name: &[u8]) -> u64 {
    xxh3_64_with_seed(name, seed.wrapping_add(u64::from(parent).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

impl Tree {
    pub(super) fn new() -> Self {
        let root = Node {
            parent: ROOT,
            first_child: NONE,
            next: NONE,
            previous: NONE,
            index: NONE,
            inode: NONE,
            name_start: 0,
            layer: 0,
            inode_layer: 0,
            name_layer: 0,
            name_len: 0,
        };
        Tree {
            nodes: vec![root],
            table: HashTable::new(),
            own_names: Vec::new(),
            seed: RandomState::new().hash_one(0),
        }
    }

    /// How many nodes were ever made.
    pub(super) fn made(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, id: u32) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn node_mut(&mut self, id: u32) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(super) fn name<'l, N>(&'l self, layers: &'l Layers<N>, id: u32) -> &'l [u8] {
        name_of(layers, &self.own_names, self.node(id))
    }

    /// Keeps a name that stands in no record.
    pub(super) fn own_name(&mut self, name: &[u8]) -> Name {
        let start = self.own_names.len() as u32;
        self.own_names.extend_from_slice(name);
        Name { layer: OWN, start, len: name.len() as u16 }
    }

    pub(super) fn kind<N>(&self, layers: &Layers<N>, id: u32) -> EntryKind {
        let node = self.node(id);
        if node.inode == NONE {
            return EntryKind::Directory;
        }
        let record = layers.get(usize::from(node.inode_layer)).and_then(Option::as_ref);
        record
            .and_then(|record| record.entries.get(node.inode as usize))
            .map_or(EntryKind::Directory, |e| e.kind)
    }

    pub(super) fn child<N>(&self, layers: &Layers<N>, parent: u32, name: &[u8]) -> Option<u32> {
        let found = self.table.find(hash(self.seed, parent, name), |&id| {
            self.node(id).parent == parent && self.name(layers, id) == name
        });
        found.copied()
    }

    pub(super) fn children(&self, parent: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.node(parent).first_child;
        std::iter::from_fn(move || {
            let id = Some(next).filter(|&id| id != NONE)?;
            next = self.node(id).next;
            Some(id)
        })
    }

    /// Adds a folder that no entry names yet.
    pub(super) fn add<N>(&mut self, layers: &Layers<N>, parent: u32, name: Name) -> u32 {
        let id = self.nodes.len() as u32;
        let next = self.node(parent).first_child;
        self.nodes.push(Node {
            parent,
            first_child: NONE,
            next,
            previous: NONE,
            index: NONE,
            inode: NONE,
            name_start: name.start,
            layer: 0,
            inode_layer: 0,
            name_layer: name.layer,
            name_len: name.len,
        });
        if next != NONE {
            self.node_mut(next).previous = id;
        }
        self.node_mut(parent).first_child = id;
        let Tree { nodes, table, own_names, seed } = self;
        let hash_of = |&id: &u32| {
            let node = &nodes[id as usize];
            hash(*seed, node.parent, name_of(layers, own_names, node))
        };
        table.insert_unique(hash_of(&id), id, hash_of);
        id
    }

    /// Takes a node out of its folder. What is beneath it must have been taken out before.
    pub(super) fn remove<N>(&mut self, layers: &Layers<N>, id: u32) {
        let Node { parent, next, previous, .. } = *self.node(id);
        if next != NONE {
            self.node_mut(next).previous = previous;
        }
        if previous != NONE {
            self.node_mut(previous).next = next;
        } else {
            self.node_mut(parent).first_child = next;
        }
        let hash = hash(self.seed, parent, self.name(layers, id));
        if let Ok(entry) = self.table.find_entry(hash, |&known| known == id) {
            entry.remove();
        }
    }

    pub(super) fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
    }
}
