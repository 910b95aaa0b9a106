//! What the distribution's packages shipped: the checksums in the image's own package databases.

use std::collections::HashMap;

use plimsoll_image::{Entry, Image};

use crate::packages::{Sum, names_of, read_apk, read_md5sums};

/// Paths and checksums from dpkg's and apk's databases.
#[derive(Debug, Default)]
pub struct Shipped {
    /// By path without a leading slash: what packages shipped there.
    files: HashMap<Vec<u8>, Vec<Record>>,
}

/// What one database says of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    /// The layer whose database says so.
    layer: usize,
    sum: Sum,
}

impl Shipped {
    /// Reads the databases of every layer: a package that a later layer removed shipped its files all the same.
    pub fn read<N>(image: &Image<N>) -> Self {
        let mut shipped = Self::default();
        for layer in &image.layers {
            for (entry, content) in layer.record.iter().flat_map(|r| r.kept()) {
                let layer = layer.index;
                let add = |path: &[u8], sum: Sum| {
                    shipped.files.entry(path.to_vec()).or_default().push(Record { layer, sum });
                };
                if entry.path().ends_with(b".md5sums") {
                    read_md5sums(content, add);
                } else if entry.path().ends_with(b"lib/apk/db/installed") {
                    read_apk(content, add);
                }
            }
        }
        shipped
    }

    /// Whether a package shipped this file of a layer with these very bytes.
    ///
    /// Of large files the walk takes no checksum of the databases' kinds: such a file counts as shipped where the
    /// layer that holds it also brought the package that owns its path.
    pub fn has<N>(&self, entry: &Entry<'_, N>, layer: usize) -> bool {
        let names = names_of(entry.path());
        let mut records = names.into_iter().filter_map(|p| self.files.get(p)).flatten();
        match entry.package_digests() {
            Some(digests) => {
                records.any(|r| r.sum == Sum::Md5(digests.md5) || r.sum == Sum::Sha1(digests.sha1))
            }
            None => entry.size() > plimsoll_image::limits::WHOLE_FILE && records.any(|r| r.layer == layer),
        }
    }

    /// Whether the layer that holds this file also brought the package that shipped it with these very bytes: a file
    /// whose mode was changed later lies in another layer than its package.
    pub fn brought_by<N>(&self, entry: &Entry<'_, N>, layer: usize) -> bool {
        let names = names_of(entry.path());
        let mut records = names.into_iter().filter_map(|p| self.files.get(p)).flatten();
        let Some(digests) = entry.package_digests() else { return false };
        records
            .any(|r| r.layer == layer && (r.sum == Sum::Md5(digests.md5) || r.sum == Sum::Sha1(digests.sha1)))
    }
}
