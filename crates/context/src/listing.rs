//! The walk: what a build would send.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::ignore::{Ignore, ParentMatches};

/// A walk stops after so many entries, sent and excluded together.
pub const MAX_ENTRIES: usize = 1_000_000;

/// What a build would send of a folder, and what it would leave out.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// What is sent, each folder before what is in it, names in order.
    pub entries: Vec<Entry>,
    /// What is left out; of an excluded folder only the folder, unless the walk had to enter it because an
    /// exception could match below.
    pub excluded: Vec<Excluded>,
    /// What could not be read; the walk went on.
    pub errors: Vec<WalkError>,
    /// The walk stopped at [`MAX_ENTRIES`].
    pub truncated: bool,
    /// The patterns that matched nothing, by index; none that could have matched in a folder not entered.
    pub unused_patterns: Vec<usize>,
}

/// Something that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the context's root, with `/`.
    pub path: String,
    /// What it is; links are not followed.
    pub kind: EntryKind,
    /// A file's bytes, else 0.
    pub size: u64,
    /// Where it is on disk, when its name is no UTF-8 and `path` therefore not quite its name.
    pub real_path: Option<PathBuf>,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link, with its target as written.
    Symlink {
        /// What the link says.
        target: String,
    },
    /// A pipe, a device, a socket.
    Other,
}

/// Something that is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// Relative to the context's root, with `/`.
    pub path: String,
    /// Whether it is a folder.
    pub directory: bool,
    /// The deciding pattern's index.
    pub pattern: usize,
}

/// A path that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkError {
    /// Relative to the context's root; empty for the root itself.
    pub path: String,
    /// What the system said.
    pub message: String,
}

impl Listing {
    /// Walks `root`. Never fails: what cannot be read is in `errors`.
    pub(crate) fn walk(root: &Path, ignore: &Ignore) -> Listing {
        let mut walk = Walk {
            ignore,
            listing: Listing::default(),
            unused: vec![true; ignore.patterns().len()],
            folders: Vec::new(),
        };
        walk.enter(String::new(), root, ParentMatches::default(), None);
        walk.run();
        walk.finish()
    }

    /// The entry of that very path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(self.position(path).ok()?)
    }

    /// Everything below the folder `path`; the whole context for an empty path.
    pub fn below(&self, path: &str) -> &[Entry] {
        if path.is_empty() {
            return &self.entries;
        }
        let from = match self.position(path) {
            Ok(at) => at + 1,
            Err(at) => at,
        };
        let rest = self.entries.get(from..).unwrap_or_default();
        let count = rest.partition_point(|entry| is_below(&entry.path, path));
        rest.get(..count).unwrap_or_default()
    }

    /// The bytes of all files that are sent.
    pub fn size(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }

    fn position(&self, path: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.path.split('/').cmp(path.split('/')))
    }
}

pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// A folder being walked.
struct Folder {
    path: String,
    matches: ParentMatches,
    /// What is still to visit, last name first.
    names: Vec<fs::DirEntry>,
    /// The folder is excluded, and entered because something below may be sent: then it is sent as well.
    pending: Option<Entry>,
}

struct Walk<'a> {
    ignore: &'a Ignore,
    listing: Listing,
    unused: Vec<bool>,
    folders: Vec<Folder>,
}

impl Walk<'_> {
    fn run(&mut self) {
        while let Some(folder) = self.folders.last_mut() {
            let Some(name) = folder.names.pop() else {
                self.folders.pop();
                continue;
            };
            if self.listing.entries.len() + self.listing.excluded.len() >= MAX_ENTRIES {
                self.listing.truncated = true;
                return;
            }
            let path = join(&folder.path, &name.file_name().to_string_lossy());
            match entry(path.clone(), &name) {
                Ok(entry) => self.visit(entry, &name.path()),
                Err(error) => self.report(path, &error),
            }
        }
    }

    fn visit(&mut self, entry: Entry, on_disk: &Path) {
        let parents = self.folders.last().map(|folder| folder.matches.clone()).unwrap_or_default();
        let (found, matches) = self.ignore.step(&entry.path, &parents);
        self.note_used(&entry.path);
        let directory = entry.kind == EntryKind::Directory;
        let path = entry.path.clone();
        match found.pattern {
            Some(pattern) if found.excluded => {
                self.listing.excluded.push(Excluded { path: path.clone(), directory, pattern });
                if directory && self.could_be_taken_back(&path) {
                    self.enter(path, on_disk, matches, Some(entry));
                } else if directory {
                    self.note_not_entered(&path);
                }
            }
            _ => {
                self.send_pending();
                self.listing.entries.push(entry);
                if directory {
                    self.enter(path, on_disk, matches, None);
                }
            }
        }
    }

    fn enter(&mut self, path: String, on_disk: &Path, matches: ParentMatches, pending: Option<Entry>) {
        let read = fs::read_dir(on_disk).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        match read {
            Ok(mut names) => {
                names.sort_unstable_by_key(|name| std::cmp::Reverse(name.file_name()));
                self.folders.push(Folder { path, matches, names, pending });
            }
            Err(error) => self.report(path, &error),
        }
    }

    /// Something in these excluded folders is sent, so they are too.
    fn send_pending(&mut self) {
        for folder in &mut self.folders {
            self.listing.entries.extend(folder.pending.take());
        }
    }

    fn could_be_taken_back(&self, dir: &str) -> bool {
        self.ignore.patterns().iter().any(|pattern| pattern.exception && pattern.could_match_below(dir))
    }

    fn note_used(&mut self, path: &str) {
        for (pattern, unused) in self.ignore.patterns().iter().zip(&mut self.unused) {
            *unused = *unused && !pattern.matches(path);
        }
    }

    fn note_not_entered(&mut self, dir: &str) {
        for (pattern, unused) in self.ignore.patterns().iter().zip(&mut self.unused) {
            *unused = *unused && !pattern.could_match_below(dir);
        }
    }

    fn report(&mut self, path: String, error: &io::Error) {
        self.note_not_entered(&path);
        self.listing.errors.push(WalkError { path, message: error.to_string() });
    }

    fn finish(mut self) -> Listing {
        if !self.listing.truncated {
            let unused = self.unused.iter().enumerate().filter(|&(_, &unused)| unused);
            self.listing.unused_patterns = unused.map(|(index, _)| index).collect();
        }
        // An excluded folder that is sent for what is in it is not left out.
        let mut listing = self.listing;
        let mut excluded = std::mem::take(&mut listing.excluded);
        excluded.retain(|left_out| !left_out.directory || listing.get(&left_out.path).is_none());
        listing.excluded = excluded;
        listing
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn entry(path: String, name: &fs::DirEntry) -> io::Result<Entry> {
    let kind = name.file_type()?;
    let (kind, size) = if kind.is_dir() {
        (EntryKind::Directory, 0)
    } else if kind.is_file() {
        (EntryKind::File, name.metadata()?.len())
    } else if kind.is_symlink() {
        (EntryKind::Symlink { target: fs::read_link(name.path())?.to_string_lossy().into_owned() }, 0)
    } else {
        (EntryKind::Other, 0)
    };
    let on_disk = name.path();
    let real_path = on_disk.to_str().is_none().then_some(on_disk);
    Ok(Entry { path, kind, size, real_path })
}
