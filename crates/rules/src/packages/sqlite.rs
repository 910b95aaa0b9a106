//! The rows of one table of an SQLite file: as much of its file format as rpm's database takes.
//!
//! Source: <https://www.sqlite.org/fileformat.html>. Indexes, the journal and the write-ahead log are not read.

const MAGIC: &[u8] = b"SQLite format 3\0";

/// The file's own header, on its first page before that page's.
const FILE_HEADER: usize = 100;

/// The kinds of pages that tables are made of.
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

/// An SQLite file.
pub(super) struct Database<'d> {
    bytes: &'d [u8],
    page_size: usize,
    /// What of a page is the format's, the rest is for extensions.
    usable: usize,
}

impl<'d> Database<'d> {
    /// Takes a file's bytes; `None` where they are no SQLite file.
    pub(super) fn open(bytes: &'d [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let page_size = match u16_at(bytes, 16)? {
            1 => 65_536,
            size => usize::from(size),
        };
        let usable = page_size.checked_sub(usize::from(*bytes.get(20)?))?;
        // The format allows no less.
        (page_size.is_power_of_two() && usable >= 480).then_some(Self { bytes, page_size, usable })
    }

    /// Calls `each` with the columns of every row of a table. `None` where the table is not there or the file is damaged;
    /// the rows before the damage have been given.
    pub(super) fn rows(&self, table: &[u8], mut each: impl FnMut(&[&[u8]])) -> Option<()> {
        let mut root = None;
        // The first page is the table of tables: type, name, table, root page, SQL.
        self.walk(1, &mut |columns| {
            if let [b"table", name, _, page, ..] = columns
                && *name == table
            {
                root = integer(page);
            }
        })?;
        self.walk(root?, &mut each)
    }

    fn walk(&self, root: usize, each: &mut impl FnMut(&[&[u8]])) -> Option<()> {
        let mut pages = vec![root];
        // No page belongs to a table twice, and no byte to two rows.
        let mut pages_left = self.bytes.len() / self.page_size;
        let mut bytes_left = self.bytes.len();
        while let Some(number) = pages.pop() {
            pages_left = pages_left.checked_sub(1)?;
            let page = self.page(number)?;
            let header = if number == 1 { FILE_HEADER } else { 0 };
            let kind = *page.get(header)?;
            let cells = usize::from(u16_at(page, header + 3)?);
            let first = header + if kind == INTERIOR { 12 } else { 8 };
            let places = page.get(first..first + 2 * cells)?.as_chunks::<2>().0;
            let mut places = places.iter().map(|place| usize::from(u16::from_be_bytes(*place)));
            match kind {
                LEAF => {
                    for place in places {
                        self.row(page.get(place..self.usable)?, &mut bytes_left, each)?;
                    }
                }
                INTERIOR => {
                    pages.push(u32_at(page, header + 8)?);
                    // The last is taken first.
                    places.by_ref().rev().try_for_each(|place| {
                        pages.push(u32_at(page, place)?);
                        Some(())
                    })?;
                }
                _ => return None,
            }
        }
        Some(())
    }

    /// Reads the row whose cell is at the beginning of `cell`.
    fn row(&self, cell: &[u8], bytes_left: &mut usize, each: &mut impl FnMut(&[&[u8]])) -> Option<()> {
        let mut at = 0;
        let length = usize::try_from(varint(cell, &mut at)?).ok()?;
        let _row_number = varint(cell, &mut at)?;
        *bytes_left = bytes_left.checked_sub(length)?;
        let rest = cell.get(at..)?;
        let local = self.local(length);
        let inside = rest.get(..local)?;
        if local == length {
            return columns(inside, each);
        }
        let mut record = Vec::with_capacity(length);
        record.extend_from_slice(inside);
        let mut next = u32_at(rest, local)?;
        while record.len() < length {
            let page = self.page(next)?;
            next = u32_at(page, 0)?;
            let wanted = (length - record.len()).min(self.usable - 4);
            record.extend_from_slice(page.get(4..4 + wanted)?);
        }
        columns(&record, each)
    }

    /// How much of a row of `length` bytes lies in its cell; the rest is on pages of its own.
    fn local(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let local = least + (length - least) % (self.usable - 4);
        if local <= most { local } else { least }
    }

    /// A page by its number, from 1.
    fn page(&self, number: usize) -> Option<&'d [u8]> {
        let start = number.checked_sub(1)?.checked_mul(self.page_size)?;
        self.bytes.get(start..)?.get(..self.page_size)
    }
}

/// Cuts a row into its columns.
fn columns(record: &[u8], each: &mut impl FnMut(&[&[u8]])) -> Option<()> {
    let mut at = 0;
    let header = usize::try_from(varint(record, &mut at)?).ok()?;
    let mut columns = Vec::new();
    let mut value = header;
    while at < header {
        let length = match varint(record, &mut at)? {
            kind @ 0..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            8..=11 => 0,
            kind => (kind - 12) / 2,
        };
        let end = value.checked_add(usize::try_from(length).ok()?)?;
        columns.push(record.get(value..end)?);
        value = end;
    }
    each(&columns);
    Some(())
}

/// A number of up to eight bytes; SQLite writes each as short as it can be.
fn integer(bytes: &[u8]) -> Option<usize> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// Seven bits in each byte while the highest is set; the ninth byte has eight.
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0;
    for place in 0..9 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if place == 8 {
            return Some(number << 8 | u64::from(byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            break;
        }
    }
    Some(number)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
    usize::try_from(number).ok()
}
