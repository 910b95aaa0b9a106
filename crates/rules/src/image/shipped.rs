//! What the distribution's packages shipped: the checksums in the image's own package databases.

use std::collections::{BTreeSet, HashMap};

use plimsoll_image::{Entry, EntryKind, Image};

use crate::packages::{Sum, file_of_rpm, is_rpm_database, names_of, read_apk, read_md5sums, read_rpm};

/// Paths and checksums from dpkg's, apk's and rpm's databases.
#[derive(Debug, Default)]
pub struct Shipped {
    /// By path without a leading slash: what packages shipped there.
    files: HashMap<Vec<u8>, Vec<Record>>,
    /// Layers that brought packages of which nothing, or not everything, is known: their database is none of these.
    unread: BTreeSet<usize>,
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
            let (Some(record), index) = (&layer.record, layer.index) else { continue };
            for (entry, content) in record.kept() {
                let path = entry.path();
                if path.ends_with(b".md5sums") {
                    // A package's own file, written when it is installed.
                    read_md5sums(content, |path, sum| {
                        shipped.records(path).push(Record { layer: index, sum })
                    });
                    continue;
                }
                // Every layer that installs anything has the database of all packages again.
                let add = |path: &[u8], sum: Sum| {
                    let records = shipped.records(path);
                    if records.iter().all(|known| known.sum != sum) {
                        records.push(Record { layer: index, sum });
                    }
                };
                if path.ends_with(b"lib/apk/db/installed") {
                    read_apk(content, add);
                } else if is_rpm_database(path) && read_rpm(content, add).is_none() {
                    shipped.unread.insert(index);
                }
            }
            if record.entries().any(|entry| is_unread(&entry)) {
                shipped.unread.insert(index);
            }
        }
        shipped
    }

    fn records(&mut self, path: &[u8]) -> &mut Vec<Record> {
        self.files.entry(path.to_vec()).or_default()
    }

    /// Whether a package shipped this file of a layer with these very bytes.
    ///
    /// Of large files the walk takes no checksum of the databases' kinds: such a file counts as shipped where the
    /// layer that holds it also brought the package that owns its path.
    pub fn has<N>(&self, entry: &Entry<'_, N>, layer: usize) -> bool {
        let names = names_of(entry.path());
        let mut records = names.into_iter().filter_map(|p| self.files.get(p)).flatten();
        match entry.package_digests() {
            Some(digests) => records.any(|r| r.sum.is_of(digests)),
            None => entry.size() > plimsoll_image::limits::WHOLE_FILE && records.any(|r| r.layer == layer),
        }
    }

    /// Whether a layer brought packages of which not everything is known.
    pub fn is_unread(&self, layer: usize) -> bool {
        self.unread.contains(&layer)
    }

    /// Whether any layer did.
    pub fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Whether the layer that holds this file also brought the package that shipped it with these very bytes: a file
    /// whose mode was changed later lies in another layer than its package.
    pub fn brought_by<N>(&self, entry: &Entry<'_, N>, layer: usize) -> bool {
        let names = names_of(entry.path());
        let mut records = names.into_iter().filter_map(|p| self.files.get(p)).flatten();
        let Some(digests) = entry.package_digests() else { return false };
        records.any(|r| r.layer == layer && r.sum.is_of(digests))
    }
}

/// The databases of pacman, portage, xbps and opkg, and one of rpm's that was too large to keep.
fn is_unread<N>(entry: &Entry<'_, N>) -> bool {
    const FOLDERS: [&str; 4] = ["var/lib/pacman/local/", "var/db/pkg/", "var/db/xbps/", "usr/lib/opkg/"];
    let path = entry.path();
    let is_file = entry.kind() == EntryKind::File && entry.whiteout().is_none();
    if !is_file || !matches!(path.first(), Some(b'v' | b'u')) {
        return false;
    }
    match file_of_rpm(path) {
        // What is written there is not in the database yet.
        Some(b"rpmdb.sqlite-wal" | b"rpmdb.sqlite-journal") => entry.size() > 0,
        Some(_) => is_rpm_database(path) && entry.content().is_none(),
        None => FOLDERS.iter().any(|folder| path.starts_with(folder.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use plimsoll_image::Options;
    use plimsoll_image::testing::{ImageBuilder, LayerBuilder, TestEntry};
    use plimsoll_secrets::Scanner;

    use super::*;
    use crate::image::probe::SecretProbe;

    #[test]
    fn rpm_tells_what_it_shipped() {
        // See testdata/packages/make-rpmdb.
        let sqlite = include_bytes!("../../../../testdata/packages/rpmdb.sqlite.gz");
        rpm_tells("var/lib/rpm/rpmdb.sqlite", sqlite);
        rpm_tells("var/lib/rpm/Packages", include_bytes!("../../../../testdata/packages/Packages.gz"));
        rpm_tells(
            "usr/lib/sysimage/rpm/Packages.db",
            include_bytes!("../../../../testdata/packages/Packages.db.gz"),
        );
    }

    fn rpm_tells(path: &str, packed: &[u8]) {
        let mut database = Vec::new();
        flate2::read::GzDecoder::new(packed).read_to_end(&mut database).unwrap();
        let setuid = |path: &str, content: &str| TestEntry::file(path, content).mode(0o4755);
        let packages = LayerBuilder::new()
            .file(path, &database)
            .file("var/lib/rpm/rpmdb.sqlite-wal", "")
            .entry(setuid("usr/bin/greet", "hello\n"));
        let changed = LayerBuilder::new()
            .file(path, &database)
            .whiteout("var/lib/rpm/rpmdb.sqlite-wal")
            .entry(setuid("usr/bin/greet", "hello\n"))
            .entry(setuid("usr/bin/greet", "changed\n"))
            .entry(setuid("usr/bin/own", "hello\n"));
        let image = ImageBuilder::new("x:1").layer(packages.build(), "RUN x").layer(changed.build(), "RUN y");
        let probe = SecretProbe::new(&Scanner::default());
        let archive =
            plimsoll_image::read_stream(&image.docker_save()[..], &Options::default(), &probe).unwrap();
        let image = &archive.images[0];
        let shipped = Shipped::read(image);
        let inventory = super::super::inventory::Inventory::of(image, &image.merged());
        assert!(!shipped.has_unread());
        let seen: Vec<_> = inventory
            .setuid
            .iter()
            .map(|s| {
                (
                    s.layer,
                    s.entry.path(),
                    shipped.has(&s.entry, s.layer),
                    shipped.brought_by(&s.entry, s.layer),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (0, &b"usr/bin/greet"[..], true, true),
                // The same bytes, written again: what else changed is the later layer's doing.
                (1, b"usr/bin/greet", true, false),
                (1, b"usr/bin/greet", false, false),
                (1, b"usr/bin/own", false, false),
            ]
        );
    }
}
