//! The three places blobs come from: a tarball with random access, a folder, a stream.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{LayerProblemKind, ProblemKind};
use crate::limits::{MAX_OUTER_ENTRIES, MAX_OUTER_NAME_BYTES};
use crate::path::{cleaned, split};
use crate::plan::{Store, check_json_size};
use crate::record::LayerRecord;
use crate::tar::{EntryKind, Input, Member, TarReader};

/// How many links of an outer tarball lead to one blob; podman writes one, old Docker too.
const MAX_BLOB_LINKS: usize = 8;

/// The clean name of an entry of the outer tarball.
pub(crate) fn blob_name(raw: &[u8]) -> String {
    String::from_utf8_lossy(&cleaned(raw)).into_owned()
}

/// Where a link in the outer tarball leads, as a clean name.
pub(crate) fn link_target(member: &Member) -> Option<String> {
    match member.kind? {
        EntryKind::HardLink => Some(blob_name(&member.link)),
        EntryKind::Symlink => {
            let path = cleaned(&member.path);
            let mut target = split(&path).0.to_vec();
            target.push(b'/');
            target.extend_from_slice(&member.link);
            Some(blob_name(&target))
        }
        _ => None,
    }
}

/// Names of an outer tarball, bounded.
pub(crate) struct Names<T> {
    slots: HashMap<String, Slot<T>>,
    bytes: usize,
}

enum Slot<T> {
    Blob(T),
    Link(String),
}

impl<T> Names<T> {
    pub(crate) fn new() -> Self {
        Names { slots: HashMap::new(), bytes: 0 }
    }

    /// Whether another name of this length may come.
    fn has_room(&mut self, name: &str) -> bool {
        self.bytes += name.len();
        self.slots.len() < MAX_OUTER_ENTRIES && self.bytes <= MAX_OUTER_NAME_BYTES
    }

    /// Adds a blob; the last of a name counts, as when it is unpacked. False if there is no room.
    pub(crate) fn insert(&mut self, name: String, blob: T) -> bool {
        let room = self.has_room(&name);
        if room {
            self.slots.insert(name, Slot::Blob(blob));
        }
        room
    }

    pub(crate) fn insert_link(&mut self, name: String, target: String) -> bool {
        let room = self.has_room(&name) && self.has_room(&target);
        if room {
            self.slots.insert(name, Slot::Link(target));
        }
        room
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        match self.slots.get(name)? {
            Slot::Blob(blob) => Some(blob),
            Slot::Link(_) => None,
        }
    }

    /// The blobs themselves, links left out.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = (&str, &T)> {
        self.slots.iter().filter_map(|(name, slot)| match slot {
            Slot::Blob(blob) => Some((name.as_str(), blob)),
            Slot::Link(_) => None,
        })
    }

    fn find(&self, name: &str) -> Option<String> {
        let mut name = blob_name(name.as_bytes());
        for _ in 0..MAX_BLOB_LINKS {
            match self.slots.get(&name)? {
                Slot::Blob(_) => return Some(name),
                Slot::Link(target) => name.clone_from(target),
            }
        }
        None
    }

    fn all(&self) -> Vec<&str> {
        self.slots.keys().map(String::as_str).collect()
    }
}

/// Reads a part of a file without moving anybody's position.
pub(crate) struct FilePart {
    file: Arc<File>,
    position: u64,
    end: u64,
}

impl FilePart {
    pub(crate) fn new(file: Arc<File>, start: u64, len: u64) -> Self {
        FilePart { file, position: start, end: start.saturating_add(len) }
    }
}

impl Read for FilePart {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
        let len = out.len().min(left);
        if len == 0 {
            return Ok(0);
        }
        let n = read_at(&self.file, &mut out[..len], self.position)?;
        self.position += n as u64;
        Ok(n)
    }
}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, out, offset)
}

#[cfg(windows)]
fn read_at(file: &File, out: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, out, offset)
}

/// An input for headers alone: data is passed over without being read.
struct Headers {
    part: FilePart,
    /// Headers lie far apart, so little is read around each.
    buffer: [u8; 4096],
    start: usize,
    end: usize,
}

impl Read for Headers {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Headers {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = self.part.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
    }
}

impl Input for Headers {
    fn skip(&mut self, n: u64) -> io::Result<u64> {
        let buffered = n.min((self.end - self.start) as u64);
        self.start += buffered as usize;
        let beyond = (n - buffered).min(self.part.end - self.part.position);
        self.part.position += beyond;
        Ok(buffered + beyond)
    }
}

/// Where a blob lies in a tarball.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

/// A plain tarball with random access.
pub(crate) struct TarStore {
    pub(crate) file: Arc<File>,
    pub(crate) names: Names<Span>,
}

impl TarStore {
    /// Reads the headers of the outer tarball. What comes before a fault is kept, and the fault is returned beside it.
    pub(crate) fn index(file: Arc<File>, len: u64) -> (Self, Option<(u64, LayerProblemKind)>) {
        let part = FilePart::new(Arc::clone(&file), 0, len);
        let mut tar = TarReader::new(Headers { part, buffer: [0; 4096], start: 0, end: 0 });
        let mut names = Names::new();
        let fault = loop {
            match tar.advance() {
                Ok(true) => {}
                Ok(false) => break None,
                Err(error) => {
                    let problem = crate::error::LayerProblem::from(error);
                    break Some((problem.offset, problem.kind));
                }
            }
            let member = tar.member();
            if member.fault.is_some() {
                continue;
            }
            let name = blob_name(&member.path);
            let room = if member.kind == Some(EntryKind::File) {
                // The last blob of a cut archive is read as far as it goes.
                let span = Span { offset: tar.offset(), len: tar.left() };
                names.insert(name, span)
            } else if let Some(target) = link_target(member) {
                names.insert_link(name, target)
            } else {
                true
            };
            if !room {
                break Some((tar.offset(), LayerProblemKind::TooMany("entries")));
            }
        };
        (TarStore { file, names }, fault)
    }

    pub(crate) fn open(&self, span: Span) -> FilePart {
        FilePart::new(Arc::clone(&self.file), span.offset, span.len)
    }
}

impl Store for TarStore {
    fn find(&self, name: &str) -> Option<String> {
        self.names.find(name)
    }

    fn json(&self, name: &str) -> Result<Cow<'_, [u8]>, ProblemKind> {
        let span = *self.names.get(name).ok_or(ProblemKind::Missing { what: "JSON" })?;
        check_json_size(span.len)?;
        read_small(self.open(span)).map(Cow::Owned)
    }

    fn names(&self) -> Vec<&str> {
        self.names.all()
    }
}

fn read_small(mut input: impl Read) -> Result<Vec<u8>, ProblemKind> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|error| ProblemKind::Io(error.to_string()))?;
    Ok(bytes)
}

/// An OCI layout folder.
pub(crate) struct DirStore {
    root: PathBuf,
}

impl DirStore {
    pub(crate) fn new(root: &Path) -> Self {
        DirStore { root: root.to_owned() }
    }

    /// The file of a blob; links are not followed, since a layout may come from anywhere.
    pub(crate) fn open(&self, name: &str) -> io::Result<(File, u64)> {
        let path = self.root.join(name);
        if !path.symlink_metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok((file, len))
    }
}

impl Store for DirStore {
    fn find(&self, name: &str) -> Option<String> {
        let name = blob_name(name.as_bytes());
        // The layout's own names and nothing else: a manifest may not lead elsewhere.
        let known = matches!(name.as_str(), "index.json" | "oci-layout") || name.starts_with("blobs/");
        (known && self.root.join(&name).symlink_metadata().ok()?.is_file()).then_some(name)
    }

    fn json(&self, name: &str) -> Result<Cow<'_, [u8]>, ProblemKind> {
        let (file, len) = self.open(name).map_err(|error| ProblemKind::Io(error.to_string()))?;
        check_json_size(len)?;
        read_small(file.take(len)).map(Cow::Owned)
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// What a stream's blob turned out to be; its bytes are gone.
pub(crate) enum Passed<N> {
    Json(Vec<u8>),
    Layer(Arc<LayerRecord<N>>),
    TooLarge(u64),
}

/// The blobs of a stream.
pub(crate) struct StreamStore<N> {
    pub(crate) names: Names<Passed<N>>,
}

impl<N> Store for StreamStore<N> {
    fn find(&self, name: &str) -> Option<String> {
        self.names.find(name)
    }

    fn json(&self, name: &str) -> Result<Cow<'_, [u8]>, ProblemKind> {
        match self.names.get(name) {
            Some(Passed::Json(bytes)) => Ok(Cow::Borrowed(bytes)),
            Some(Passed::TooLarge(size)) => Err(ProblemKind::JsonTooLarge { what: "JSON", size: *size }),
            Some(Passed::Layer(_)) => {
                Err(ProblemKind::Json { what: "JSON", message: "not JSON but other data".into() })
            }
            None => Err(ProblemKind::Missing { what: "JSON" }),
        }
    }

    fn names(&self) -> Vec<&str> {
        self.names.all()
    }
}
