//! What a process of the container finds: PATH, the working folder, the files, links followed inside the image.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use plimsoll_image::{EntryKind, FsNode, MergedFs};
use plimsoll_secrets::Leak;

use super::runner::{Right, Runner};
use crate::draft::Place;
use crate::image::{Audit, path_text};

/// PATH where the image sets none, as Docker does.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How many folders of PATH and of LD_LIBRARY_PATH are searched, and how long their names may be.
const MAX_FOLDERS: usize = 64;
const MAX_NAME: usize = 4_096;
/// How many paths are looked up for one image: far more than any needs.
const MAX_LOOKUPS: u32 = 300_000;

/// What only a running container has.
const AT_RUN_TIME: [&str; 4] = ["/dev", "/proc", "/run/secrets", "/sys"];

pub(crate) type Node<'i> = FsNode<'i, Leak>;

/// The image as its first process sees it.
pub(crate) struct World<'i> {
    pub(crate) fs: &'i MergedFs<Leak>,
    /// None where the image does not know its own user.
    pub(crate) runner: Option<Runner>,
    pub(crate) architecture: String,
    path: Vec<String>,
    working_dir: String,
    library_path: Vec<String>,
    volumes: Vec<String>,
    lookups_left: Rc<Cell<u32>>,
}

/// What looking for a program comes to.
pub(crate) enum Search<'i> {
    Found(Node<'i>),
    /// It is there, and the user may not start it.
    Denied(Node<'i>),
    /// A folder has that name.
    Folder(Node<'i>),
    Missing,
    /// What is mounted at run time may hold it.
    Unknown,
}

impl<'i> World<'i> {
    pub(crate) fn of(audit: &Audit<'i>) -> Self {
        let config = &audit.image.config;
        let variable = |name: &str| {
            let values = config.env().iter().filter_map(|e| e.split_once('='));
            values.filter(|(n, _)| *n == name).map(|(_, value)| value).next_back()
        };
        let folders = |list: &str| {
            let folders = list.split(':').filter(|p| !p.is_empty() && p.len() <= MAX_NAME);
            folders.take(MAX_FOLDERS).map(str::to_owned).collect()
        };
        Self {
            fs: audit.fs,
            runner: Runner::of(audit),
            architecture: config.platform().architecture,
            path: folders(variable("PATH").unwrap_or(DEFAULT_PATH)),
            working_dir: match config.working_dir() {
                Some(dir) if dir.starts_with('/') => dir.to_owned(),
                Some(dir) => format!("/{dir}"),
                None => "/".to_owned(),
            },
            library_path: variable("LD_LIBRARY_PATH").map(folders).unwrap_or_default(),
            volumes: config.volumes().into_iter().take(MAX_FOLDERS).map(str::to_owned).collect(),
            lookups_left: Rc::new(Cell::new(MAX_LOOKUPS)),
        }
    }

    /// The same for a user that may be anybody: what runs after a program that changes the user.
    pub(crate) fn for_anybody(&self) -> Self {
        Self {
            fs: self.fs,
            runner: None,
            architecture: self.architecture.clone(),
            path: self.path.clone(),
            working_dir: self.working_dir.clone(),
            library_path: self.library_path.clone(),
            volumes: self.volumes.clone(),
            lookups_left: Rc::clone(&self.lookups_left),
        }
    }

    pub(crate) fn working_dir(&self) -> &str {
        &self.working_dir
    }

    /// The folders of LD_LIBRARY_PATH.
    pub(crate) fn library_path(&self) -> &[String] {
        &self.library_path
    }

    /// PATH, for messages.
    pub(crate) fn path(&self) -> String {
        self.path.join(":")
    }

    /// A path as the process means it.
    pub(crate) fn absolute<'p>(&self, path: &'p str) -> Cow<'p, str> {
        match path.starts_with('/') {
            true => Cow::Borrowed(path),
            false => Cow::Owned(format!("{}/{path}", self.working_dir.trim_end_matches('/'))),
        }
    }

    /// Whether what lies at an absolute path is only known when the container runs.
    pub(crate) fn is_mounted(&self, path: &str) -> bool {
        let below = |folder: &str| {
            let folder = folder.trim_end_matches('/');
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        AT_RUN_TIME.iter().any(|f| below(f)) || self.volumes.iter().any(|v| below(v))
    }

    /// Whether so much was looked up that the rest is not: then what was not found says nothing.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.lookups_left.get() == 0
    }

    /// What a path leads to.
    pub(crate) fn lookup(&self, path: &str) -> Option<Node<'i>> {
        let left = self.lookups_left.get().checked_sub(1)?;
        self.lookups_left.set(left);
        self.fs.resolve(self.absolute(path).as_bytes()).ok()
    }

    /// The file that a program's name or path means.
    pub(crate) fn find(&self, program: &str) -> Search<'i> {
        if program.len() > MAX_NAME {
            return Search::Unknown;
        }
        if program.contains('/') {
            let path = self.absolute(program);
            return match self.lookup(&path) {
                Some(node) => self.judge(node),
                None if self.is_mounted(&path) => Search::Unknown,
                None => Search::Missing,
            };
        }
        let mut seen = Search::Missing;
        for folder in &self.path {
            let path = format!("{}/{program}", self.absolute(folder).trim_end_matches('/'));
            match self.lookup(&path).map(|node| self.judge(node)) {
                Some(Search::Found(node)) => return Search::Found(node),
                Some(Search::Denied(node)) if matches!(seen, Search::Missing) => seen = Search::Denied(node),
                None if self.is_mounted(&path) => seen = Search::Unknown,
                _ => {}
            }
        }
        seen
    }

    fn judge(&self, node: Node<'i>) -> Search<'i> {
        match node.kind() {
            EntryKind::Directory => Search::Folder(node),
            EntryKind::File if !self.may(Right::Execute, node) => Search::Denied(node),
            _ => Search::Found(node),
        }
    }

    /// Whether the user may do this to a place and get to it; true where the user is not known.
    pub(crate) fn may(&self, right: Right, node: Node<'_>) -> bool {
        match &self.runner {
            Some(runner) => runner.may(right, node) && runner.stopped_at(node).is_none(),
            None => right != Right::Execute || node.mode() & 0o111 != 0,
        }
    }
}

/// A place for messages: `/app/run.sh`.
pub(crate) fn shown(node: Node<'_>) -> String {
    format!("/{}", path_text(&node.path()))
}

/// Where a finding on a file points.
pub(crate) fn place(node: Node<'_>) -> Place {
    match node.content_layer() {
        Some(layer) => Place::Path { layer, path: path_text(&node.path()).into_owned(), line: None },
        None => Place::Image,
    }
}
