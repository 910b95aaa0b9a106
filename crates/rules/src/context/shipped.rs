//! A context that is a root file system: what the packages installed in it shipped.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use plimsoll_context::{Entry, EntryKind, Listing};
use plimsoll_image::PackageHasher;

use super::contents::{open, pump};
use crate::packages::{Sum, is_rpm_database, names_of, read_apk, read_md5sums, read_rpm};

/// A database of packages is no larger; of a larger one, as of what cannot be read, nothing is known.
const MAX_DATABASE: u64 = 64 << 20;

/// Paths and checksums from the databases that stand where dpkg, apk and rpm keep them in the walked folder.
pub(super) struct Shipped {
    files: HashMap<Vec<u8>, Vec<Sum>>,
}

impl Shipped {
    /// Reads the databases among the listed files.
    pub(super) fn read(listing: &Listing, on_disk: &impl Fn(&Entry) -> PathBuf) -> Self {
        let mut files: HashMap<Vec<u8>, Vec<Sum>> = HashMap::new();
        let mut add = |path: &[u8], sum| files.entry(path.to_vec()).or_default().push(sum);
        for entry in listing.entries.iter().filter(|e| e.kind == EntryKind::File && e.size <= MAX_DATABASE) {
            let dpkg =
                entry.path.strip_prefix("var/lib/dpkg/info/").is_some_and(|name| name.ends_with(".md5sums"));
            let apk = matches!(&*entry.path, "lib/apk/db/installed" | "usr/lib/apk/db/installed");
            let rpm = is_rpm_database(entry.path.as_bytes());
            if !dpkg && !apk && !rpm {
                continue;
            }
            let mut content = Vec::new();
            let read =
                open(&on_disk(entry)).and_then(|file| file.take(MAX_DATABASE).read_to_end(&mut content));
            match read {
                Ok(_) if dpkg => read_md5sums(&content, &mut add),
                Ok(_) if rpm => _ = read_rpm(&content, &mut add),
                Ok(_) => read_apk(&content, &mut add),
                // The search has told of it.
                Err(_) => {}
            }
        }
        Self { files }
    }

    /// Whether a package shipped the file at this path with the bytes that it has now.
    pub(super) fn has(&self, entry: &Entry, on_disk: &Path) -> bool {
        let names = names_of(entry.path.as_bytes());
        let mut sums = names.into_iter().filter_map(|path| self.files.get(path)).flatten().peekable();
        if sums.peek().is_none() {
            return false;
        }
        let mut digests = PackageHasher::default();
        let read = open(on_disk).and_then(|file| pump(file, &mut Vec::new(), |bytes| digests.update(bytes)));
        let digests = digests.finish();
        read.is_ok() && sums.any(|sum| sum.is_of(&digests))
    }
}
