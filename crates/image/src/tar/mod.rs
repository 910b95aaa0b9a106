//! A strict, bounded reader of tar: ustar, GNU and PAX, long names, big numbers, sparse files.
//!
//! Where writers disagree it reads as Go's `archive/tar` does, since that is what Docker, containerd and Podman unpack
//! with; so global PAX headers are passed over, and links, folders and devices have no data whatever their size says.

mod header;
mod pax;
mod sparse;

use std::io::{self, BufRead};

pub(crate) use header::BLOCK;
use header::{BadNumber, Header};
use pax::Pax;
pub(crate) use sparse::Piece;

use crate::limits::{MAX_EXTENSION, MAX_PATH};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// Another name of a file that came before.
    HardLink,
    /// A symbolic link.
    Symlink,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
    /// A folder.
    Directory,
    /// A named pipe.
    Fifo,
}

/// An entry's header with its extensions applied.
#[derive(Debug, Default)]
pub(crate) struct Member {
    pub(crate) path: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) kind: Option<EntryKind>,
    pub(crate) mode: u16,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The size of the file; with holes, more than the archive holds.
    pub(crate) size: u64,
    pub(crate) mtime: i64,
    pub(crate) device: (u32, u32),
    pub(crate) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) sparse: Option<Vec<Piece>>,
    /// Where the header (the first of its extensions) starts.
    pub(crate) offset: u64,
    /// Why this entry cannot be used although the ones after it can.
    pub(crate) fault: Option<EntryFault>,
}

/// A fault of one entry; reading goes on behind it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// A name or link target longer than Linux allows, or an extension larger than any engine reads.
    #[error("name or extension of {0} bytes is too long")]
    TooLong(u64),
    /// A header field that is no number or out of range.
    #[error("header field {0} is not a valid number")]
    BadNumber(&'static str),
    /// A PAX record that cannot be read.
    #[error("PAX record {0:?} is malformed")]
    BadRecord(String),
    /// A sparse file whose map contradicts its sizes.
    #[error("the map of a sparse file contradicts its size")]
    BadSparseMap,
    /// A name with a NUL byte or no name.
    #[error("entry without a usable name")]
    BadName,
    /// A type flag no engine unpacks.
    #[error("entry of unknown type {0:?}")]
    UnknownType(char),
}

/// Why the rest of a tar cannot be read, and from which byte on.
#[derive(Debug, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub(crate) struct TarError {
    pub(crate) offset: u64,
    pub(crate) kind: TarErrorKind,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum TarErrorKind {
    #[error("ends early")]
    Truncated,
    #[error("wrong header checksum")]
    Checksum,
    #[error("header field size is not a valid number")]
    BadSize,
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// A buffered input that can pass over bytes cheaply.
pub(crate) trait Input: BufRead {
    /// Passes over up to `n` bytes and returns how many there were.
    fn skip(&mut self, n: u64) -> io::Result<u64> {
        let mut left = n;
        while left > 0 {
            let available = self.fill_buf()?.len() as u64;
            if available == 0 {
                break;
            }
            let step = available.min(left);
            self.consume(step as usize);
            left -= step;
        }
        Ok(n - left)
    }
}

/// Reads entries one after the other; the data of each is read between two calls of [`TarReader::advance`].
pub(crate) struct TarReader<R> {
    input: R,
    offset: u64,
    left: u64,
    padding: u64,
    member: Member,
    block: [u8; BLOCK],
}

impl<R: Input> TarReader<R> {
    pub(crate) fn new(input: R) -> Self {
        TarReader { input, offset: 0, left: 0, padding: 0, member: Member::default(), block: [0; BLOCK] }
    }

    /// The entry that [`TarReader::advance`] found last.
    pub(crate) fn member(&self) -> &Member {
        &self.member
    }

    /// Where the next unread byte is.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes of the current entry the archive holds beyond those consumed.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn input_mut(&mut self) -> &mut R {
        &mut self.input
    }

    /// Goes to the next entry; false at the end of the archive.
    pub(crate) fn advance(&mut self) -> Result<bool, TarError> {
        self.skip_data()?;
        self.member.fault = None;
        let mut pax = Pax::default();
        let mut long = (None, None);
        let mut start = None;
        loop {
            let header_offset = self.offset;
            if !self.read_block()? {
                // Many writers leave the end marker out; extensions without their entry are a cut.
                return if start.is_none() { Ok(false) } else { Err(self.error(TarErrorKind::Truncated)) };
            }
            if self.block.iter().all(|&b| b == 0) {
                return Ok(false);
            }
            let block = self.block;
            let header = Header::checked(&block)
                .ok_or(TarError { offset: header_offset, kind: TarErrorKind::Checksum })?;
            let size =
                header.size().map_err(|_| TarError { offset: header_offset, kind: TarErrorKind::BadSize })?;
            start.get_or_insert(header_offset);
            match header.kind() {
                b'x' | b'X' => {
                    if let Some(records) = self.read_extension(size)?
                        && let Err(bad) = pax.read(&records)
                    {
                        self.member.fault = Some(EntryFault::BadRecord(bad.0));
                    }
                }
                b'L' => long.0 = self.read_extension(size)?.or(long.0),
                b'K' => long.1 = self.read_extension(size)?.or(long.1),
                b'g' => {
                    self.set_data(size);
                    self.skip_data()?;
                }
                _ => {
                    self.member.offset = start.unwrap_or(header_offset);
                    self.fill_member(&header, size, pax, long)?;
                    return Ok(true);
                }
            }
        }
    }

    /// The next piece of the entry's data; empty when all of it has been consumed.
    pub(crate) fn data(&mut self) -> Result<&[u8], TarError> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let offset = self.offset;
        let buffer = self.input.fill_buf().map_err(|error| TarError { offset, kind: error.into() })?;
        if buffer.is_empty() {
            return Err(TarError { offset, kind: TarErrorKind::Truncated });
        }
        let len = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        Ok(&buffer[..len])
    }

    /// Marks `n` bytes of what [`TarReader::data`] returned as read.
    pub(crate) fn consume(&mut self, n: usize) {
        self.input.consume(n);
        self.offset += n as u64;
        self.left = self.left.saturating_sub(n as u64);
    }

    fn error(&self, kind: TarErrorKind) -> TarError {
        TarError { offset: self.offset, kind }
    }

    fn set_data(&mut self, size: u64) {
        self.left = size;
        self.padding = size.wrapping_neg() % BLOCK as u64;
    }

    fn skip_data(&mut self) -> Result<(), TarError> {
        let offset = self.offset;
        if self.left > 0 {
            let skipped =
                self.input.skip(self.left).map_err(|error| TarError { offset, kind: error.into() })?;
            self.offset += skipped;
            if skipped < self.left {
                return Err(self.error(TarErrorKind::Truncated));
            }
            self.left = 0;
        }
        if self.padding > 0 {
            let skipped =
                self.input.skip(self.padding).map_err(|error| TarError { offset, kind: error.into() })?;
            // The padding of the very last entry is missing in some archives.
            self.offset += skipped;
            self.padding = 0;
        }
        Ok(())
    }

    /// Reads one block; false if the input ends before it.
    fn read_block(&mut self) -> Result<bool, TarError> {
        let mut filled = 0;
        while filled < BLOCK {
            let offset = self.offset;
            let buffer = self.input.fill_buf().map_err(|error| TarError { offset, kind: error.into() })?;
            if buffer.is_empty() {
                return if filled == 0 { Ok(false) } else { Err(self.error(TarErrorKind::Truncated)) };
            }
            let n = buffer.len().min(BLOCK - filled);
            self.block[filled..filled + n].copy_from_slice(&buffer[..n]);
            filled += n;
            self.input.consume(n);
            self.offset += n as u64;
        }
        Ok(true)
    }

    /// Reads an extension's data; `None`, with the fault noted, if it is too large to read.
    fn read_extension(&mut self, size: u64) -> Result<Option<Vec<u8>>, TarError> {
        self.set_data(size);
        if size > MAX_EXTENSION {
            self.member.fault = Some(EntryFault::TooLong(size));
            self.skip_data()?;
            return Ok(None);
        }
        let mut bytes = Vec::new();
        loop {
            let piece = self.data()?;
            if piece.is_empty() {
                break;
            }
            bytes.extend_from_slice(piece);
            let n = piece.len();
            self.consume(n);
        }
        self.skip_data()?;
        Ok(Some(bytes))
    }

    fn fill_member(
        &mut self,
        header: &Header<'_>,
        size: u64,
        pax: Pax,
        long: (Option<Vec<u8>>, Option<Vec<u8>>),
    ) -> Result<(), TarError> {
        self.member.path.clear();
        self.member.link.clear();
        self.member.sparse = None;
        self.member.xattrs = pax.xattrs;
        match pax.sparse.name.or(pax.path).or(long.0.map(until_nul)) {
            Some(path) => self.member.path = path,
            None => {
                let prefix = header.prefix();
                if !prefix.is_empty() {
                    self.member.path.extend_from_slice(prefix);
                    self.member.path.push(b'/');
                }
                self.member.path.extend_from_slice(header.name());
            }
        }
        match pax.link.or(long.1.map(until_nul)) {
            Some(link) => self.member.link = link,
            None => self.member.link.extend_from_slice(header.link()),
        }
        self.member.kind = match header.kind() {
            // Before POSIX, a folder was a file whose name ends in a slash.
            0 | b'0' | b'7' if self.member.path.ends_with(b"/") => Some(EntryKind::Directory),
            0 | b'0' | b'7' | b'S' => Some(EntryKind::File),
            b'1' => Some(EntryKind::HardLink),
            b'2' => Some(EntryKind::Symlink),
            b'3' => Some(EntryKind::CharDevice),
            b'4' => Some(EntryKind::BlockDevice),
            b'5' => Some(EntryKind::Directory),
            b'6' => Some(EntryKind::Fifo),
            _ => None,
        };
        let size = pax.size.unwrap_or(size);
        let has_data = matches!(self.member.kind, Some(EntryKind::File) | None);
        self.set_data(if has_data { size } else { 0 });
        self.member.size = if has_data { size } else { 0 };
        if header.kind() == b'S' {
            self.read_old_gnu_map(header)?;
        } else if self.member.kind == Some(EntryKind::File) {
            if pax.sparse.major_one {
                self.read_line_map(pax.sparse.real_size)?;
            } else if let Some(map) = pax.sparse.map {
                self.set_sparse(map, pax.sparse.real_size);
            }
        }
        if let Err(BadNumber(field)) = self.fill_numbers(header, pax.uid, pax.gid, pax.mtime) {
            self.member.fault.get_or_insert(EntryFault::BadNumber(field));
        }
        let longest = self.member.path.len().max(self.member.link.len());
        if self.member.kind.is_none() {
            self.member.fault.get_or_insert(EntryFault::UnknownType(header.kind().into()));
        } else if longest > MAX_PATH {
            self.member.fault.get_or_insert(EntryFault::TooLong(longest as u64));
        } else if self.member.path.is_empty() {
            self.member.fault.get_or_insert(EntryFault::BadName);
        }
        Ok(())
    }

    fn fill_numbers(
        &mut self,
        header: &Header<'_>,
        uid: Option<i64>,
        gid: Option<i64>,
        mtime: Option<i64>,
    ) -> Result<(), BadNumber> {
        let or = |pax: Option<i64>, own: Result<i64, BadNumber>| pax.map_or(own, Ok);
        self.member.mode = (header.mode()? & 0o7777) as u16;
        self.member.uid = u32::try_from(or(uid, header.uid())?).map_err(|_| BadNumber("uid"))?;
        self.member.gid = u32::try_from(or(gid, header.gid())?).map_err(|_| BadNumber("gid"))?;
        self.member.mtime = or(mtime, header.mtime())?;
        self.member.device = (0, 0);
        if matches!(self.member.kind, Some(EntryKind::CharDevice | EntryKind::BlockDevice)) {
            let (major, minor) = header.device()?;
            self.member.device = (
                u32::try_from(major).map_err(|_| BadNumber("devmajor"))?,
                u32::try_from(minor).map_err(|_| BadNumber("devminor"))?,
            );
        }
        Ok(())
    }

    fn set_sparse(&mut self, map: Vec<Piece>, real_size: Option<u64>) {
        match real_size {
            Some(real) if sparse::is_consistent(&map, self.left, real) => {
                self.member.size = real;
                self.member.sparse = Some(map);
            }
            _ => self.member.fault = Some(EntryFault::BadSparseMap),
        }
    }

    fn read_old_gnu_map(&mut self, header: &Header<'_>) -> Result<(), TarError> {
        let (data, padding) = (self.left, self.padding);
        let mut map = Vec::new();
        let mut good = sparse::old_gnu_pieces(header.sparse_pieces(), &mut map);
        let mut continues = header.sparse_continues();
        while continues {
            if !self.read_block()? {
                return Err(self.error(TarErrorKind::Truncated));
            }
            if good.is_ok() {
                good = sparse::old_gnu_pieces(&self.block[..504], &mut map);
            }
            continues = self.block[504] != 0;
        }
        (self.left, self.padding) = (data, padding);
        let real = header.sparse_size().ok();
        self.set_sparse(map, real.filter(|_| good.is_ok()));
        Ok(())
    }

    fn read_line_map(&mut self, real_size: Option<u64>) -> Result<(), TarError> {
        let mut lines = sparse::LineMap::default();
        loop {
            if self.left < BLOCK as u64 {
                self.member.fault = Some(EntryFault::BadSparseMap);
                return Ok(());
            }
            if !self.read_block()? {
                return Err(self.error(TarErrorKind::Truncated));
            }
            self.left -= BLOCK as u64;
            match lines.push(&self.block) {
                Ok(true) => break,
                Ok(false) => {}
                Err(()) => {
                    self.member.fault = Some(EntryFault::BadSparseMap);
                    return Ok(());
                }
            }
        }
        self.set_sparse(lines.map, real_size);
        Ok(())
    }
}

fn until_nul(mut name: Vec<u8>) -> Vec<u8> {
    if let Some(end) = memchr::memchr(0, &name) {
        name.truncate(end);
    }
    name
}

/// Whether these first bytes are a tar header.
pub(crate) fn looks_like_header(head: &[u8]) -> bool {
    head.first_chunk::<BLOCK>().is_some_and(|block| block[0] != 0 && Header::checked(block).is_some())
}
