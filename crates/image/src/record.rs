//! A layer record: everything kept of one blob, depending on its bytes alone.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::compress::Compression;
use crate::digest::Digest;
use crate::error::{LayerProblem, LayerProblemKind};
use crate::executable::Program;
use crate::path::split;
use crate::tar::EntryKind;

/// What is known of an entry before its contents.
#[derive(Debug, Clone, Copy)]
pub struct EntryHead<'a> {
    /// The clean path: no leading slash, no `.` or `..`; the root is empty. Bytes, since Linux names are.
    pub path: &'a [u8],
    /// The target: of a symbolic link as written, of a hard link a clean path; else empty.
    pub link: &'a [u8],
    /// What it is.
    pub kind: EntryKind,
    /// Permissions with setuid, setgid and sticky bits.
    pub mode: u16,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// The size; of anything but regular files 0.
    pub size: u64,
    /// Seconds since 1970.
    pub mtime: i64,
}

impl EntryHead<'_> {
    /// Whether its name says that it takes something away rather than adds it.
    pub fn is_whiteout(&self) -> bool {
        split(self.path).1.starts_with(b".wh.")
    }

    /// Whether anyone may execute it.
    pub fn is_executable(&self) -> bool {
        self.mode & 0o111 != 0
    }
}

/// What a whiteout takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whiteout<'a> {
    /// `.wh.NAME`: the entry of that name beside it.
    Name(&'a [u8]),
    /// `.wh..wh..opq`: all that lower layers put into the folder it stands in.
    Opaque,
    /// Other `.wh..wh.` names, which AUFS keeps for itself: nothing.
    Reserved,
}

/// MD5, SHA-1 and SHA-256 of a file, as dpkg, apk and rpm record them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackageDigests {
    /// MD5.
    pub md5: [u8; 16],
    /// SHA-1.
    pub sha1: [u8; 20],
    /// SHA-256.
    pub sha256: [u8; 32],
}

/// [`PackageDigests`] in the making.
#[derive(Debug, Clone, Default)]
pub struct PackageHasher {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
}

impl PackageHasher {
    /// Takes the next bytes of a file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
    }

    /// The checksums of all that it took.
    pub fn finish(self) -> PackageDigests {
        PackageDigests {
            md5: self.md5.finalize().into(),
            sha1: self.sha1.finalize().into(),
            sha256: self.sha256.finalize().into(),
        }
    }
}

/// One entry in 64 bytes; its path and link target lie in the record's names, one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packed {
    pub(crate) name: u32,
    pub(crate) path_len: u16,
    pub(crate) link_len: u16,
    pub(crate) kind: EntryKind,
    pub(crate) flags: u8,
    pub(crate) mode: u16,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) size: u64,
    pub(crate) mtime: i64,
    pub(crate) hash: [u64; 2],
    pub(crate) offset: u64,
}

pub(crate) const CLIMBED: u8 = 1;
pub(crate) const ABSOLUTE: u8 = 2;
pub(crate) const SPARSE: u8 = 4;
pub(crate) const CUT: u8 = 8;

/// What few entries have.
#[derive(Debug)]
pub(crate) struct Extra<N> {
    pub(crate) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) device: (u32, u32),
    pub(crate) program: Option<Program>,
    pub(crate) digests: Option<Box<PackageDigests>>,
    pub(crate) content: Option<Box<[u8]>>,
    pub(crate) notes: Vec<N>,
}

impl<N> Extra<N> {
    pub(crate) fn is_empty(&self) -> bool {
        self.xattrs.is_empty()
            && self.device == (0, 0)
            && self.program.is_none()
            && self.digests.is_none()
            && self.content.is_none()
            && self.notes.is_empty()
    }
}

impl<N> Default for Extra<N> {
    fn default() -> Self {
        Extra {
            xattrs: Vec::new(),
            device: (0, 0),
            program: None,
            digests: None,
            content: None,
            notes: Vec::new(),
        }
    }
}

/// Everything kept of one layer. Two layers with equal bytes have equal records.
#[derive(Debug)]
pub struct LayerRecord<N = ()> {
    /// The digest of the blob.
    pub digest: Digest,
    /// The digest of the uncompressed tar.
    pub diff_id: Digest,
    /// How the blob is compressed.
    pub compression: Compression,
    /// The bytes of the blob.
    pub compressed_size: u64,
    /// The bytes of the uncompressed tar.
    pub tar_size: u64,
    /// The sum of regular files' bytes, as `docker images` counts.
    pub size: u64,
    /// The number of regular files, whiteouts not counted.
    pub files: usize,
    /// What was wrong with it; entries before the problem, and behind it where possible, are still here.
    pub problems: Vec<LayerProblem>,
    /// Problems beyond those told one by one.
    pub more_problems: usize,
    pub(crate) entries: Vec<Packed>,
    pub(crate) names: Vec<u8>,
    pub(crate) extras: Vec<(u32, Extra<N>)>,
}

impl<N> LayerRecord<N> {
    /// A record without entries, which stands for a layer that could not be read.
    pub(crate) fn missing(digest: Digest, diff_id: Digest) -> Self {
        LayerRecord {
            digest,
            diff_id,
            compression: Compression::None,
            compressed_size: 0,
            tar_size: 0,
            size: 0,
            files: 0,
            problems: Vec::new(),
            more_problems: 0,
            entries: Vec::new(),
            names: Vec::new(),
            extras: Vec::new(),
        }
    }

    /// Whether the uncompressed tar was seen to its end; otherwise its digest says nothing, and a problem says why.
    pub(crate) fn is_unpacked(&self) -> bool {
        !self.problems.iter().any(|problem| match problem.kind {
            LayerProblemKind::Unreadable(_) | LayerProblemKind::Bomb(_) | LayerProblemKind::Foreign(_) => {
                true
            }
            LayerProblemKind::Truncated => self.compression != Compression::None,
            _ => false,
        })
    }

    /// The number of entries of every kind.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at `index` in the order of the tar.
    pub fn entry(&self, index: usize) -> Option<Entry<'_, N>> {
        (index < self.entries.len()).then_some(Entry { record: self, index: index as u32 })
    }

    /// The entries in the order of the tar.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_, N>> + DoubleEndedIterator {
        (0..self.entries.len()).map(|index| Entry { record: self, index: index as u32 })
    }

    /// The entries with notes of the probe.
    pub fn noted(&self) -> impl Iterator<Item = (Entry<'_, N>, &[N])> {
        self.extras
            .iter()
            .filter(|(_, extra)| !extra.notes.is_empty())
            .map(|(index, extra)| (Entry { record: self, index: *index }, &extra.notes[..]))
    }

    /// The entries whose contents are kept.
    pub fn kept(&self) -> impl Iterator<Item = (Entry<'_, N>, &[u8])> {
        self.extras.iter().filter_map(|(index, extra)| {
            let content = extra.content.as_deref()?;
            Some((Entry { record: self, index: *index }, content))
        })
    }
}

/// One entry of a layer.
#[derive(Debug)]
pub struct Entry<'a, N = ()> {
    record: &'a LayerRecord<N>,
    index: u32,
}

impl<N> Clone for Entry<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for Entry<'_, N> {}

impl<'a, N> Entry<'a, N> {
    fn packed(&self) -> &'a Packed {
        &self.record.entries[self.index as usize]
    }

    fn extra(&self) -> Option<&'a Extra<N>> {
        let at = self.record.extras.binary_search_by_key(&self.index, |(index, _)| *index).ok()?;
        Some(&self.record.extras[at].1)
    }

    /// Its place in the order of the tar.
    pub fn index(&self) -> usize {
        self.index as usize
    }

    /// The record it is in.
    pub fn record(&self) -> &'a LayerRecord<N> {
        self.record
    }

    /// Path, kind, mode, owner, size and time.
    pub fn head(&self) -> EntryHead<'a> {
        let packed = self.packed();
        EntryHead {
            path: self.path(),
            link: self.link(),
            kind: packed.kind,
            mode: packed.mode,
            uid: packed.uid,
            gid: packed.gid,
            size: packed.size,
            mtime: packed.mtime,
        }
    }

    /// The clean path; the root is empty.
    pub fn path(&self) -> &'a [u8] {
        let packed = self.packed();
        let start = packed.name as usize;
        &self.record.names[start..start + usize::from(packed.path_len)]
    }

    /// The target of a link: of a symbolic link as written, of a hard link a clean path.
    pub fn link(&self) -> &'a [u8] {
        let packed = self.packed();
        let start = packed.name as usize + usize::from(packed.path_len);
        &self.record.names[start..start + usize::from(packed.link_len)]
    }

    /// What it is.
    pub fn kind(&self) -> EntryKind {
        self.packed().kind
    }

    /// Permissions with setuid, setgid and sticky bits.
    pub fn mode(&self) -> u16 {
        self.packed().mode
    }

    /// The owner.
    pub fn uid(&self) -> u32 {
        self.packed().uid
    }

    /// The group.
    pub fn gid(&self) -> u32 {
        self.packed().gid
    }

    /// The size of a regular file; of anything else 0.
    pub fn size(&self) -> u64 {
        self.packed().size
    }

    /// Seconds since 1970.
    pub fn mtime(&self) -> i64 {
        self.packed().mtime
    }

    /// Where the entry's header starts in the uncompressed tar.
    pub fn offset(&self) -> u64 {
        self.packed().offset
    }

    /// A 128-bit hash (XXH3) of a regular file's contents: equal contents are found by it, but it does not withstand
    /// somebody who makes collisions. `None` for anything else and for a file that was cut short.
    pub fn content_hash(&self) -> Option<u128> {
        let packed = self.packed();
        let whole = packed.kind == EntryKind::File && packed.flags & CUT == 0;
        whole.then(|| u128::from(packed.hash[0]) << 64 | u128::from(packed.hash[1]))
    }

    /// Whether the name in the tar climbed with `..`.
    pub fn climbed(&self) -> bool {
        self.packed().flags & CLIMBED != 0
    }

    /// Whether the name in the tar was absolute.
    pub fn absolute(&self) -> bool {
        self.packed().flags & ABSOLUTE != 0
    }

    /// Whether the file has holes that the tar does not hold.
    pub fn sparse(&self) -> bool {
        self.packed().flags & SPARSE != 0
    }

    /// Whether the tar ended within the file.
    pub fn cut(&self) -> bool {
        self.packed().flags & CUT != 0
    }

    /// What it takes away, if it is a whiteout.
    pub fn whiteout(&self) -> Option<Whiteout<'a>> {
        let name = split(self.path()).1.strip_prefix(b".wh.")?;
        Some(match name {
            b".wh..opq" => Whiteout::Opaque,
            name if name.starts_with(b".wh.") || name.is_empty() => Whiteout::Reserved,
            name => Whiteout::Name(name),
        })
    }

    /// Extended attributes, such as `security.capability`.
    pub fn xattrs(&self) -> &'a [(Vec<u8>, Vec<u8>)] {
        self.extra().map_or(&[], |extra| &extra.xattrs)
    }

    /// Major and minor number of a device.
    pub fn device(&self) -> Option<(u32, u32)> {
        let is_device = matches!(self.kind(), EntryKind::CharDevice | EntryKind::BlockDevice);
        is_device.then(|| self.extra().map_or((0, 0), |extra| extra.device))
    }

    /// How it starts, if it is executable or an ELF file.
    pub fn program(&self) -> Option<&'a Program> {
        self.extra()?.program.as_ref()
    }

    /// MD5, SHA-1 and SHA-256, where they were computed (see [`crate::Probe::package_digests`]).
    pub fn package_digests(&self) -> Option<&'a PackageDigests> {
        self.extra()?.digests.as_deref()
    }

    /// The contents, if they are kept.
    pub fn content(&self) -> Option<&'a [u8]> {
        self.extra()?.content.as_deref()
    }

    /// The probe's notes.
    pub fn notes(&self) -> &'a [N] {
        self.extra().map_or(&[], |extra| &extra.notes)
    }
}
