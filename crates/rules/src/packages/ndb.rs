//! The packages of ndb, which SUSE's rpm keeps its database in.
//!
//! Source: rpm's lib/backend/ndb/rpmpkg.c. Numbers are little-endian; checksums are not compared.

const MAGIC: &[u8] = b"RpmP";

/// The table of packages is so many pages long; the file's own header stands in the place of its first entries.
const PAGE: usize = 4096;
const TABLE_PAGES_AT: usize = 12;
const FILE_HEADER: usize = 32;

/// What a place in the file is counted in, and how long an entry of the table and a package's own header are.
const BLOCK: usize = 16;

/// A database of packages.
pub(super) struct Database<'d> {
    bytes: &'d [u8],
    table: &'d [[u8; BLOCK]],
}

impl<'d> Database<'d> {
    /// Takes a file's bytes; `None` where they are no such database.
    pub(super) fn open(bytes: &'d [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let end = u32_at(bytes, TABLE_PAGES_AT)?.checked_mul(PAGE)?;
        let (table, _) = bytes.get(FILE_HEADER..end)?.as_chunks();
        Some(Self { bytes, table })
    }

    /// Calls `each` with every package. `None` where the file is damaged; what comes before that has been given.
    pub(super) fn packages(&self, mut each: impl FnMut(&'d [u8])) -> Option<()> {
        // No byte belongs to two packages.
        let mut bytes_left = self.bytes.len();
        for entry in self.table {
            if !entry.starts_with(b"Slot") {
                return None;
            }
            let (number, block) = (entry.get(4..8)?, u32_at(entry, 8)?);
            // A place that no package has taken.
            if number == [0; 4] {
                continue;
            }
            let package = self.bytes.get(block.checked_mul(BLOCK)?..)?;
            let (header, rest) = package.split_at_checked(BLOCK)?;
            if !header.starts_with(b"BlbS") || header.get(4..8)? != number {
                return None;
            }
            let package = rest.get(..u32_at(header, 12)?)?;
            bytes_left = bytes_left.checked_sub(package.len())?;
            each(package);
        }
        Some(())
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}
