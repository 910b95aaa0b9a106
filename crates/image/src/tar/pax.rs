//! PAX extended header records: `LENGTH KEY=VALUE\n`, one after the other.

use std::num::ParseIntError;

use super::sparse::Piece;
use crate::limits::{MAX_SPARSE_PIECES, MAX_XATTR};

/// What the records before an entry say about it. `None` leaves the header's own field in force.
#[derive(Default, Debug)]
pub(crate) struct Pax {
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) link: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    pub(crate) uid: Option<i64>,
    pub(crate) gid: Option<i64>,
    pub(crate) mtime: Option<i64>,
    pub(crate) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) sparse: PaxSparse,
}

/// The GNU.sparse records of the three PAX sparse forms.
#[derive(Default, Debug)]
pub(crate) struct PaxSparse {
    pub(crate) major_one: bool,
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) real_size: Option<u64>,
    pub(crate) map: Option<Vec<Piece>>,
    pending_offset: Option<u64>,
}

/// A record that cannot be read, told by its key where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadRecord(pub(crate) String);

impl Pax {
    /// Reads a block of records; a later record of a key wins, an empty value takes it back.
    pub(crate) fn read(&mut self, mut block: &[u8]) -> Result<(), BadRecord> {
        while !block.is_empty() {
            // Some writers pad the block with NULs inside its size.
            if block.iter().all(|&b| b == 0) {
                return Ok(());
            }
            let (key, value, rest) = record(block).ok_or_else(|| BadRecord("length".into()))?;
            self.set(key, value)
                .map_err(|()| BadRecord(String::from_utf8_lossy(key).chars().take(64).collect()))?;
            block = rest;
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), ()> {
        match key {
            b"path" => self.path = name(value)?,
            b"linkpath" => self.link = name(value)?,
            b"size" => self.size = optional(value, decimal)?,
            b"uid" => self.uid = optional(value, signed)?,
            b"gid" => self.gid = optional(value, signed)?,
            b"mtime" => self.mtime = optional(value, seconds)?,
            b"GNU.sparse.major" => self.sparse.major_one = value == b"1",
            b"GNU.sparse.name" => self.sparse.name = name(value)?,
            b"GNU.sparse.realsize" | b"GNU.sparse.size" => self.sparse.real_size = optional(value, decimal)?,
            b"GNU.sparse.map" => self.sparse.map = Some(pieces(value)?),
            b"GNU.sparse.numblocks" => self.sparse.map = Some(Vec::new()),
            b"GNU.sparse.offset" => self.sparse.pending_offset = Some(decimal(value)?),
            b"GNU.sparse.numbytes" => {
                let piece =
                    Piece { offset: self.sparse.pending_offset.take().ok_or(())?, len: decimal(value)? };
                let map = self.sparse.map.get_or_insert_with(Vec::new);
                if map.len() >= MAX_SPARSE_PIECES {
                    return Err(());
                }
                map.push(piece);
            }
            _ => {
                if let Some(attribute) = key.strip_prefix(b"SCHILY.xattr.") {
                    self.xattrs.retain(|(known, _)| known != attribute);
                    if value.len() > MAX_XATTR || self.xattrs.len() >= 64 {
                        return Err(());
                    }
                    if !value.is_empty() {
                        self.xattrs.push((attribute.to_vec(), value.to_vec()));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Splits the first record off: key, value, rest.
fn record(block: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = block.iter().take(20).position(|&b| b == b' ')?;
    let len = usize::try_from(decimal(&block[..space]).ok()?).ok()?;
    let body = block.get(space + 1..len)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', body)?;
    (equals > 0).then(|| (&body[..equals], &body[equals + 1..], &block[len..]))
}

fn optional<T>(value: &[u8], read: impl Fn(&[u8]) -> Result<T, ()>) -> Result<Option<T>, ()> {
    if value.is_empty() { Ok(None) } else { read(value).map(Some) }
}

fn name(value: &[u8]) -> Result<Option<Vec<u8>>, ()> {
    if value.contains(&0) {
        return Err(());
    }
    Ok((!value.is_empty()).then(|| value.to_vec()))
}

pub(super) fn decimal(value: &[u8]) -> Result<u64, ()> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(());
    }
    parse(value)
}

fn signed(value: &[u8]) -> Result<i64, ()> {
    parse(value)
}

/// The whole seconds of a time such as `-12.5` or `1700000000.123`.
fn seconds(value: &[u8]) -> Result<i64, ()> {
    let whole = value.split(|&b| b == b'.').next().unwrap_or(value);
    parse(whole)
}

fn parse<T: std::str::FromStr<Err = ParseIntError>>(value: &[u8]) -> Result<T, ()> {
    std::str::from_utf8(value).map_err(|_| ())?.parse().map_err(|_| ())
}

/// The map of sparse format 0.1: `offset,length,offset,length`.
fn pieces(value: &[u8]) -> Result<Vec<Piece>, ()> {
    let mut numbers = value.split(|&b| b == b',');
    let mut map = Vec::new();
    while let Some(offset) = numbers.next() {
        let len = numbers.next().ok_or(())?;
        if map.len() >= MAX_SPARSE_PIECES {
            return Err(());
        }
        map.push(Piece { offset: decimal(offset)?, len: decimal(len)? });
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &[u8]) -> Result<Pax, BadRecord> {
        let mut pax = Pax::default();
        pax.read(block).map(|()| pax)
    }

    #[test]
    fn reads_records_by_their_length() {
        let pax = read(b"12 path=a\nb\n19 mtime=1700000.5\n").unwrap();
        assert_eq!(pax.path.as_deref(), Some(&b"a\nb"[..]));
        assert_eq!(pax.mtime, Some(1_700_000));
    }

    #[test]
    fn refuses_what_lies() {
        for bad in [
            &b"999999 path=x\n"[..],
            b"18446744073709551616 path=x\n",
            b"0 path=x\n",
            b"9 path=a\0\n",
            b"7 =abc\n",
            b"path=x\n",
            b"11 size=-5\n",
            b"30 GNU.sparse.map=1,2,3,4,56,\n",
        ] {
            assert!(read(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
