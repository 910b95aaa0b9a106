//! The values of a hash database of Berkeley DB: as much of its file format as rpm's database takes.
//!
//! Source: Berkeley DB's db_page.h, versions 4 to 5.3. Duplicates and encryption are not read; rpm uses neither.

const MAGIC: u32 = 0x0006_1561;

/// Where things are in the first page.
const MAGIC_AT: usize = 12;
const PAGE_SIZE_AT: usize = 20;
const ENCRYPTION_AT: usize = 24;

/// Where things are in every other page.
const NEXT_PAGE_AT: usize = 16;
const ENTRIES_AT: usize = 20;
const LENGTH_AT: usize = 22;
const TYPE_AT: usize = 25;
const PAGE_HEADER: usize = 26;

/// The kinds of pages that hold entries, and the one that holds a value which is too long for those.
const HASH_UNSORTED: u8 = 2;
const HASH: u8 = 13;
const OVERFLOW: u8 = 7;

/// The kinds of entries that are read: one that stands in the page, and one that is on pages of its own.
const IN_PAGE: u8 = 1;
const ON_PAGES: u8 = 3;

/// A hash database.
pub(super) struct Database<'d> {
    bytes: &'d [u8],
    page_size: usize,
    is_big_endian: bool,
}

impl<'d> Database<'d> {
    /// Takes a file's bytes; `None` where they are no hash database.
    pub(super) fn open(bytes: &'d [u8]) -> Option<Self> {
        let magic = *bytes.get(MAGIC_AT..)?.first_chunk()?;
        // The machine that made it wrote numbers its own way.
        let is_big_endian = u32::from_be_bytes(magic) == MAGIC;
        if !is_big_endian && u32::from_le_bytes(magic) != MAGIC {
            return None;
        }
        let database = Self { bytes, page_size: 0, is_big_endian };
        let page_size = database.u32_at(bytes, PAGE_SIZE_AT)?;
        let is_plain = bytes.get(ENCRYPTION_AT) == Some(&0);
        let fits = page_size.is_power_of_two() && (512..=65_536).contains(&page_size);
        (is_plain && fits).then_some(Self { page_size, ..database })
    }

    /// Calls `each` with every key and its value. `None` where the file is damaged; what comes before that has been
    /// given.
    pub(super) fn pairs(&self, mut each: impl FnMut(&[u8], &[u8])) -> Option<()> {
        let pages = self.bytes.len().div_ceil(self.page_size);
        // No page belongs to two values.
        let mut pages_left = pages;
        for number in 1..pages {
            let page = self.page(number)?;
            if !matches!(page.get(TYPE_AT), Some(&(HASH_UNSORTED | HASH))) {
                continue;
            }
            let entries = usize::from(self.u16_at(page, ENTRIES_AT)?);
            let places = page.get(PAGE_HEADER..PAGE_HEADER + 2 * entries)?.as_chunks::<2>().0;
            // Entries are laid out from the end of the page, a key before its value.
            let mut end = page.len();
            let mut key: Option<&[u8]> = None;
            for place in places {
                let start = usize::from(self.u16(*place));
                let entry = page.get(start..end)?;
                end = start;
                match key.take() {
                    None => key = Some(entry),
                    Some(key) => self.value(entry, &mut pages_left, |value| {
                        each(key.get(1..).unwrap_or_default(), value);
                    })?,
                }
            }
        }
        Some(())
    }

    fn value(&self, entry: &[u8], pages_left: &mut usize, each: impl FnOnce(&[u8])) -> Option<()> {
        match *entry.first()? {
            IN_PAGE => each(entry.get(1..)?),
            ON_PAGES => {
                let length = self.u32_at(entry, 8)?;
                let mut next = self.u32_at(entry, 4)?;
                let mut value = Vec::with_capacity(length.min(self.bytes.len()));
                while value.len() < length {
                    *pages_left = pages_left.checked_sub(1)?;
                    let page = self.page(next)?;
                    if page.get(TYPE_AT) != Some(&OVERFLOW) {
                        return None;
                    }
                    let part = usize::from(self.u16_at(page, LENGTH_AT)?);
                    value.extend_from_slice(page.get(PAGE_HEADER..PAGE_HEADER + part)?);
                    next = self.u32_at(page, NEXT_PAGE_AT)?;
                }
                each(value.get(..length)?);
            }
            _ => return None,
        }
        Some(())
    }

    fn page(&self, number: usize) -> Option<&'d [u8]> {
        let start = number.checked_mul(self.page_size)?;
        self.bytes.get(start..start.checked_add(self.page_size)?)
    }

    fn u16(&self, bytes: [u8; 2]) -> u16 {
        if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    fn u16_at(&self, bytes: &[u8], at: usize) -> Option<u16> {
        Some(self.u16(*bytes.get(at..)?.first_chunk()?))
    }

    fn u32_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        let number = if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        usize::try_from(number).ok()
    }
}
