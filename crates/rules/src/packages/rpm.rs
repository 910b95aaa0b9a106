//! rpm's database: a table of packages, each the header of the .rpm that it came in.
//!
//! Source: <https://rpm-software-management.github.io/rpm/manual/format_header.html>, and the tags' numbers from rpm's
//! rpmtag.h. rpm has kept the database in SQLite since 4.16; the older Berkeley DB and SUSE's ndb are not read.

use super::sqlite::Database;
use super::{Sum, hex};

const DIR_INDEXES: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const DIR_NAMES: u32 = 1118;
const FILE_DIGESTS: u32 = 1035;

/// Where rpm keeps the database, and where distributions whose /usr is all of the system do.
const PATHS: [&str; 2] = ["var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite"];

/// Whether a file at this path, without a leading slash, is the database.
pub(crate) fn is_rpm_database(path: &[u8]) -> bool {
    PATHS.iter().any(|known| known.as_bytes() == path)
}

/// Calls `add` with every path, without a leading slash, and its checksum in an `rpmdb.sqlite`. `None` where that is none or
/// is damaged; what stands before the damage has been given.
pub(crate) fn read_rpm(content: &[u8], mut add: impl FnMut(&[u8], Sum)) -> Option<()> {
    Database::open(content)?.rows(b"Packages", |columns| {
        if let [_, blob, ..] = columns
            && let Some(header) = Header::open(blob)
        {
            header.files(&mut add);
        }
    })
}

/// A package's header: an index of tags, and the data that they point into.
struct Header<'d> {
    index: &'d [[u8; 16]],
    data: &'d [u8],
}

impl<'d> Header<'d> {
    fn open(blob: &'d [u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(*blob.get(at..)?.first_chunk()?) as usize);
        let (entries, length) = (number(0)?, number(4)?);
        let index_end = entries.checked_mul(16)?.checked_add(8)?;
        let (index, _) = blob.get(8..index_end)?.as_chunks();
        let data = blob.get(index_end..)?.get(..length)?;
        Some(Self { index, data })
    }

    /// How many values a tag has, and where they begin.
    fn find(&self, tag: u32) -> Option<(usize, &'d [u8])> {
        let entry = self.index.iter().find(|entry| entry.starts_with(&tag.to_be_bytes()))?;
        let number =
            |at: usize| entry.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes) as usize);
        Some((number(12)?, self.data.get(number(8)?..)?))
    }

    fn strings(&self, tag: u32) -> Option<impl Iterator<Item = &'d [u8]>> {
        let (count, data) = self.find(tag)?;
        Some(data.split(|byte| *byte == 0).take(count))
    }

    fn files(&self, add: &mut impl FnMut(&[u8], Sum)) -> Option<()> {
        let folders: Vec<&[u8]> = self.strings(DIR_NAMES)?.collect();
        let (count, indexes) = self.find(DIR_INDEXES)?;
        let indexes = indexes.as_chunks::<4>().0.iter().take(count);
        let names = self.strings(BASE_NAMES)?.zip(self.strings(FILE_DIGESTS)?);
        for ((name, digest), folder) in names.zip(indexes) {
            // Folders and links have none.
            let Some(sum) = sum(digest) else { continue };
            let folder = folders.get(u32::from_be_bytes(*folder) as usize)?;
            add(&[folder.strip_prefix(b"/").unwrap_or(folder), name].concat(), sum);
        }
        Some(())
    }
}

/// A checksum, which is told from others by its length.
fn sum(digest: &[u8]) -> Option<Sum> {
    match digest.len() {
        32 => hex(digest).map(Sum::Md5),
        40 => hex(digest).map(Sum::Sha1),
        64 => hex(digest).map(Sum::Sha256),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Read;

    use sha2::{Digest as _, Sha256};

    use super::*;

    /// What rpm itself wrote: see testdata/packages/make-rpmdb.
    fn database() -> Vec<u8> {
        let packed = include_bytes!("../../../../testdata/packages/rpmdb.sqlite.gz");
        let mut content = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut content).unwrap();
        content
    }

    fn read(content: &[u8]) -> (BTreeMap<String, Sum>, bool) {
        let mut files = BTreeMap::new();
        let read = read_rpm(content, |path, sum| {
            files.insert(String::from_utf8_lossy(path).into_owned(), sum);
        });
        (files, read.is_some())
    }

    #[test]
    fn every_file_of_every_package_is_read() {
        let sum = |text: &str| Sum::Sha256(Sha256::digest(text).into());
        let tests = (1..=60).map(|i| (format!("usr/share/tests/file-{i}.txt"), sum(&format!("test {i}\n"))));
        let small = (1..=24).map(|i| (format!("usr/share/small/{i}.txt"), sum(&format!("small {i}\n"))));
        let expected = tests.chain(small).chain([("usr/bin/greet".to_owned(), sum("hello\n"))]);
        assert_eq!(read(&database()), (expected.collect(), true));
    }

    #[test]
    fn damage_ends_the_reading() {
        let content = database();
        for length in (0..content.len()).step_by(4099) {
            assert!(read(&content[..length]).0.len() <= 85);
        }
        // One byte at a time, where the format's numbers are: headers of the file, of pages and of rows.
        for page in content.chunks(4096).enumerate().map(|(number, _)| number * 4096) {
            for at in (page..page + 120).step_by(11) {
                for value in [0, 5, 0xff] {
                    let mut damaged = content.clone();
                    damaged[at] = value;
                    read(&damaged);
                }
            }
        }
        for none in [&b"SQLite format 3\0"[..], b"db", b""] {
            assert_eq!(read(none), (BTreeMap::new(), false));
        }
    }
}
