//! rpm's database: a table of packages, each the header of the .rpm that it came in.
//!
//! Source: <https://rpm-software-management.github.io/rpm/manual/format_header.html>, and the tags' numbers from rpm's
//! rpmtag.h. rpm keeps the table in SQLite since 4.16, before that in Berkeley DB (RHEL up to 8, Amazon Linux 2), and in
//! SUSE's ndb.

use plimsoll_image::limits::MAX_PATH;

use super::sqlite::u32_at;
use super::{Given, Sum, berkeley, hex, ndb, sqlite};

const DIR_INDEXES: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const DIR_NAMES: u32 = 1118;
const FILE_DIGESTS: u32 = 1035;

/// Where rpm keeps the database, where distributions whose /usr is all of the system do, and where rpm-ostree does.
const FOLDERS: [&[u8]; 3] = [b"var/lib/rpm/", b"usr/lib/sysimage/rpm/", b"usr/share/rpm/"];

/// Whether a file at this path, without a leading slash, is the database.
pub(crate) fn is_rpm_database(path: &[u8]) -> bool {
    matches!(file_of_rpm(path), Some(b"rpmdb.sqlite" | b"Packages" | b"Packages.db"))
}

/// The name of a file that lies beside the database, or is it.
pub(crate) fn file_of_rpm(path: &[u8]) -> Option<&[u8]> {
    FOLDERS.iter().find_map(|folder| path.strip_prefix(*folder))
}

/// Calls `add` with every path, without a leading slash, and its checksum in a database of any kind. `None` where it cannot be
/// read as a whole; what could has been given.
pub(crate) fn read_rpm(content: &[u8], add: impl FnMut(&[u8], Sum)) -> Option<()> {
    let mut given = Given::new(content, add);
    let mut whole = true;
    let mut package = |blob: &[u8]| {
        whole &= Header::open(blob).and_then(|header| header.files(&mut given)).is_some();
    };
    if let Some(database) = sqlite::Database::open(content) {
        database.rows(b"Packages", |columns| package(columns.get(1).copied().unwrap_or_default()))?;
    } else if let Some(database) = ndb::Database::open(content) {
        database.packages(package)?;
    } else {
        // Under 0 is how many packages there have been.
        let each = |key: &[u8], blob: &[u8]| {
            if key != [0; 4] {
                package(blob)
            }
        };
        berkeley::Database::open(content)?.pairs(each)?;
    }
    whole.then_some(())
}

/// A package's header: an index of tags, and the data that they point into.
struct Header<'d> {
    index: &'d [[u8; 16]],
    data: &'d [u8],
}

impl<'d> Header<'d> {
    fn open(blob: &'d [u8]) -> Option<Self> {
        let (entries, length) = (u32_at(blob, 0)?, u32_at(blob, 4)?);
        let index_end = entries.checked_mul(16)?.checked_add(8)?;
        let (index, _) = blob.get(8..index_end)?.as_chunks();
        let data = blob.get(index_end..)?.get(..length)?;
        Some(Self { index, data })
    }

    /// How many values a tag has, and where they begin.
    fn find(&self, tag: u32) -> Option<(usize, &'d [u8])> {
        let entry = self.index.iter().find(|entry| entry.starts_with(&tag.to_be_bytes()))?;
        Some((u32_at(entry, 12)?, self.data.get(u32_at(entry, 8)?..)?))
    }

    fn strings(&self, tag: u32) -> Option<impl Iterator<Item = &'d [u8]>> {
        let (count, data) = self.find(tag)?;
        Some(data.split(|byte| *byte == 0).take(count))
    }

    /// Gives every file; `None` where the header is damaged.
    fn files(&self, given: &mut Given<impl FnMut(&[u8], Sum)>) -> Option<()> {
        // A package of nothing, such as a key to check others with.
        let Some((_, folders)) = self.find(DIR_NAMES) else { return Some(()) };
        let (count, indexes) = self.find(DIR_INDEXES)?;
        let indexes = indexes.as_chunks::<4>().0.iter().take(count);
        let mut next = 0;
        let starts: Vec<u32> = self
            .strings(DIR_NAMES)?
            .take(indexes.len())
            .map_while(|folder| {
                let start = u32::try_from(next).ok()?;
                next += folder.len() + 1;
                Some(start)
            })
            .collect();
        let names = self.strings(BASE_NAMES)?.zip(self.strings(FILE_DIGESTS)?);
        for ((name, digest), index) in names.zip(indexes) {
            // Folders and links have none.
            if digest.is_empty() {
                continue;
            }
            let start = *starts.get(u32::from_be_bytes(*index) as usize)?;
            let rest = folders.get(start as usize..)?;
            let longest = rest.get(..=MAX_PATH).unwrap_or(rest);
            let folder = longest.split(|byte| *byte == 0).next()?;
            given.file(folder.strip_prefix(b"/").unwrap_or(folder), name, sum(digest)?)?;
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

    /// The same packages in SQLite, Berkeley DB and ndb: see testdata/packages/make-rpmdb.
    fn databases() -> [Vec<u8>; 3] {
        let packed: [&[u8]; 3] = [
            include_bytes!("../../../../testdata/packages/rpmdb.sqlite.gz"),
            include_bytes!("../../../../testdata/packages/Packages.gz"),
            include_bytes!("../../../../testdata/packages/Packages.db.gz"),
        ];
        packed.map(|packed| {
            let mut content = Vec::new();
            flate2::read::GzDecoder::new(packed).read_to_end(&mut content).unwrap();
            content
        })
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
        let expected: BTreeMap<_, _> =
            tests.chain(small).chain([("usr/bin/greet".to_owned(), sum("hello\n"))]).collect();
        for database in databases() {
            assert_eq!(read(&database), (expected.clone(), true));
        }
    }

    #[test]
    fn numbers_of_a_machine_that_writes_them_the_other_way_are_read() {
        let [_, mut content, _] = databases();
        let turn = |content: &mut [u8], at: usize, length: usize| content[at..at + length].reverse();
        for page in (0..content.len()).step_by(4096) {
            let (kind, entries) = (content[page + 25], usize::from(content[page + 20]));
            for (at, length) in [(16, 4), (20, 2), (22, 2)] {
                turn(&mut content, page + at, length);
            }
            for entry in 0..if kind == 13 { entries } else { 0 } {
                let place = page + 26 + 2 * entry;
                let at = page + usize::from(content[place]) + 256 * usize::from(content[place + 1]);
                turn(&mut content, place, 2);
                if content[at] == 3 {
                    turn(&mut content, at + 4, 4);
                    turn(&mut content, at + 8, 4);
                }
            }
        }
        // On the first page the page size stands where others have how many entries there are.
        content[20..24].copy_from_slice(&4096u32.to_be_bytes());
        content[12..16].reverse();
        assert_eq!(read(&content), read(&databases()[1]));
    }

    #[test]
    fn damage_is_told() {
        for content in databases() {
            for length in (0..content.len()).step_by(4099) {
                let (files, whole) = read(&content[..length]);
                assert!(!whole || files.len() == 85, "{length}");
            }
            // One byte at a time, where the format's numbers are: headers of the file, of pages and of rows.
            for page in (0..content.len()).step_by(4096) {
                for at in (page..content.len().min(page + 120)).step_by(11) {
                    for value in [0, 5, 0xff] {
                        let mut damaged = content.clone();
                        damaged[at] = value;
                        read(&damaged);
                    }
                }
            }
        }
        for none in [&b"SQLite format 3\0"[..], b"db", b""] {
            assert_eq!(read(none), (BTreeMap::new(), false));
        }
    }

    /// A database of two pages of 64 KiB: the table of tables, and the packages with one row that is `header`.
    fn with_header(header: &[u8]) -> Vec<u8> {
        const PAGE: usize = 65_536;
        let varint = |number: usize| {
            let seven = |shift: usize| (number >> shift) as u8 & 0x7f | if shift == 0 { 0 } else { 0x80 };
            [seven(14), seven(7), seven(0)]
        };
        // A leaf with one cell, which is at the end of the page.
        let leaf = |at: usize, kinds: &[u8], values: &[u8]| {
            let record = [&[kinds.len() as u8 + 1][..], kinds, values].concat();
            let cell = [&varint(record.len())[..], &[1], &record].concat();
            let mut page = vec![0; PAGE];
            let place = PAGE - cell.len();
            page[at] = LEAF;
            page[at + 3..at + 5].copy_from_slice(&1u16.to_be_bytes());
            page[at + 8..at + 10].copy_from_slice(&(place as u16).to_be_bytes());
            page[place..].copy_from_slice(&cell);
            page
        };
        const LEAF: u8 = 13;
        let text = |length: u8| 13 + 2 * length;
        let mut first = leaf(100, &[text(5), text(8), text(8), 1], b"tablePackagesPackages\x02");
        first[..16].copy_from_slice(b"SQLite format 3\0");
        first[16..18].copy_from_slice(&1u16.to_be_bytes());
        let blob = varint(12 + 2 * header.len());
        [first, leaf(0, &[&[0][..], &blob].concat(), header)].concat()
    }

    /// A header whose tags are `(tag, count, where in the data)`.
    fn header(tags: &[(u32, u32, u32)], data: &[u8]) -> Vec<u8> {
        let mut header = [(tags.len() as u32).to_be_bytes(), (data.len() as u32).to_be_bytes()].concat();
        for (tag, count, offset) in tags {
            header.extend(
                [tag.to_be_bytes(), 8u32.to_be_bytes(), offset.to_be_bytes(), count.to_be_bytes()].concat(),
            );
        }
        header.extend(data);
        header
    }

    #[test]
    fn a_header_is_read_as_far_as_it_is_one() {
        let digest = "0123456789abcdef".repeat(4);
        let data = [b"/etc/\0motd\0", digest.as_bytes(), &[0; 5]].concat();
        let tags = |digests| {
            [(DIR_NAMES, 1, 0), (BASE_NAMES, 1, 6), (DIR_INDEXES, 1, 76), (FILE_DIGESTS, 1, digests)]
        };
        let (files, whole) = read(&with_header(&header(&tags(11), &data)));
        assert_eq!((files.into_keys().collect::<Vec<_>>(), whole), (vec!["etc/motd".to_owned()], true));
        // No checksum that is known, and no header.
        assert_eq!(read(&with_header(&header(&tags(12), &data))), (BTreeMap::new(), false));
        assert_eq!(read(&with_header(b"nonsense!")), (BTreeMap::new(), false));
        // A package of no files.
        assert_eq!(read(&with_header(&header(&[], &[]))), (BTreeMap::new(), true));
    }

    #[test]
    fn names_that_lie_over_each_other_are_not_made_out() {
        // Every file is in the one folder of 3,000 bytes, and all have the same name and checksum again and again.
        let digest = [&b"0123456789abcdef".repeat(4)[..], &[0]].concat();
        let data = [&b"a".repeat(3000)[..], &[0], &digest.repeat(500)].concat();
        let tags =
            [(DIR_NAMES, 1, 0), (BASE_NAMES, 500, 3001), (DIR_INDEXES, 500, 0), (FILE_DIGESTS, 500, 3001)];
        let zeros = [
            (DIR_NAMES, u32::MAX, 0),
            (BASE_NAMES, 500, 3001),
            (DIR_INDEXES, 500, 0),
            (FILE_DIGESTS, 500, 3001),
        ];
        let mut data_of_one_folder = data.clone();
        data_of_one_folder.extend([0; 2000]);
        let indexes = data.len() as u32;
        let tags = tags.map(|(tag, count, at)| (tag, count, if tag == DIR_INDEXES { indexes } else { at }));
        let mut given = 0;
        let database = with_header(&header(&tags, &data_of_one_folder));
        let read = read_rpm(&database, |path, _| given += path.len());
        assert_eq!(read, None);
        assert!(given > 0 && given <= 2 * database.len(), "{given}");
        // As many folders as there are bytes.
        assert!(read_rpm(&with_header(&header(&zeros, &vec![0; 50_000])), |_, _| {}).is_some());
    }
}
