//! What is asked of the disk once for all files of a run.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::env_subject::top_level_credentials;
use super::git_ignore::GitIgnore;
use super::git_index::{Tracked, git_folder};
use super::uses::Uses;
use crate::config::Settings;

/// An ignore file that is not there: its path and its text.
type ProposedFile = (PathBuf, String);

/// What is known of the folders around the files of one run.
#[derive(Debug, Default)]
pub struct Projects {
    ignored: Mutex<HashMap<PathBuf, GitIgnore>>,
    tracked: Mutex<HashMap<PathBuf, Option<Arc<Tracked>>>>,
    uses: Mutex<HashMap<PathBuf, Arc<Uses>>>,
    credentials: Mutex<HashMap<PathBuf, Arc<[String]>>>,
    asked: Mutex<HashMap<ProposedFile, Arc<[String]>>>,
    builds: Vec<KnownBuild>,
    /// Dockerfiles, without links and detours, whose containers Compose starts with an init.
    with_init: HashSet<PathBuf>,
}

/// A build that a compose file tells of.
#[derive(Debug)]
struct KnownBuild {
    dockerfile: PathBuf,
    /// Without links and detours.
    real_dockerfile: PathBuf,
    real_context: PathBuf,
}

/// A Dockerfile that compose files build.
#[derive(Clone, Debug)]
pub struct BuiltFile {
    /// Its path.
    pub dockerfile: PathBuf,
    /// The folder that it is built from; None where services differ.
    pub context: Option<PathBuf>,
    /// Whether every service that is built from it has Compose put an init before what it starts.
    pub init: bool,
}

impl Projects {
    /// With the Dockerfiles that compose files build.
    pub fn with_builds(builds: impl IntoIterator<Item = BuiltFile>) -> Self {
        let mut projects = Self::default();
        for build in builds {
            let Ok(real_dockerfile) = std::fs::canonicalize(&build.dockerfile) else { continue };
            if build.init {
                projects.with_init.insert(real_dockerfile.clone());
            }
            let context = build.context.and_then(|c| std::fs::canonicalize(folder_or_here(&c)).ok());
            projects.builds.extend(context.map(|real_context| KnownBuild {
                dockerfile: build.dockerfile,
                real_dockerfile,
                real_context,
            }));
        }
        projects
    }

    /// Whether Compose puts an init before whatever containers of this Dockerfile start.
    pub(crate) fn gives_init(&self, dockerfile: &Path) -> bool {
        !self.with_init.is_empty()
            && std::fs::canonicalize(dockerfile).is_ok_and(|real| self.with_init.contains(&real))
    }

    /// The Dockerfiles elsewhere that are built from a folder.
    pub(crate) fn built_from(&self, folder: &Path) -> Vec<&Path> {
        let Ok(real) = std::fs::canonicalize(folder) else { return Vec::new() };
        let from = self.builds.iter().filter(|build| build.real_context == real);
        let elsewhere = from.filter(|build| build.real_dockerfile.parent() != Some(real.as_path()));
        elsewhere.map(|build| build.dockerfile.as_path()).collect()
    }

    /// Whether a Dockerfile is built from another folder than this one.
    pub(crate) fn is_built_elsewhere(&self, dockerfile: &Path, folder: &Path) -> bool {
        if self.builds.is_empty() {
            return false;
        }
        let real = std::fs::canonicalize(dockerfile).ok().zip(std::fs::canonicalize(folder).ok());
        real.is_some_and(|(dockerfile, folder)| {
            self.builds.iter().any(|b| b.real_dockerfile == dockerfile && b.real_context != folder)
        })
    }

    /// Whether git tracks an environment file. None outside of a repository, and where its index cannot be read.
    pub(crate) fn is_tracked(&self, file: &Path) -> Option<bool> {
        let folder = std::fs::canonicalize(folder_of(file)).ok()?;
        let root = folder.ancestors().find(|f| f.join(".git").exists())?;
        let name = file.file_name()?;
        let path = folder.join(name);
        // An env_file may have any name.
        if !is_env_name(name.as_encoded_bytes()) {
            return Some(Tracked::of(root, |other| other == name.as_encoded_bytes())?.has(&path));
        }
        let mut known = self.tracked.lock().unwrap_or_else(PoisonError::into_inner);
        let tracked = known
            .entry(root.to_owned())
            .or_insert_with(|| Tracked::of(root, is_env_name).map(Arc::new))
            .clone()?;
        drop(known);
        Some(tracked.has(&path))
    }

    /// Whether git ignores a file. None outside of a repository.
    pub(crate) fn is_ignored(&self, file: &Path) -> Option<bool> {
        let folder = std::fs::canonicalize(folder_of(file)).ok()?;
        let root = folder.ancestors().find(|f| f.join(".git").exists())?;
        let git = git_folder(root)?;
        let mut known = self.ignored.lock().unwrap_or_else(PoisonError::into_inner);
        let lists = known.entry(root.to_owned()).or_default();
        Some(lists.ignores(root, &git, &folder.join(file.file_name()?)))
    }

    /// The names of the credentials that lie openly in a folder, those of its subfolders aside.
    pub(crate) fn credentials_in(&self, folder: &Path, settings: &Settings) -> Arc<[String]> {
        once(&self.credentials, folder.to_owned(), |folder| top_level_credentials(folder, settings).into())
    }

    /// What an ignore file at this path with this text would be asked for, found out once by `ask`.
    pub(crate) fn asked_of(
        &self,
        path: &Path,
        text: String,
        ask: impl FnOnce(&str) -> Vec<String>,
    ) -> Arc<[String]> {
        once(&self.asked, (path.to_owned(), text), |(_, text)| ask(text).into())
    }

    /// What the Dockerfiles and compose files of a folder take from their environment.
    pub(crate) fn uses_in(&self, folder: &Path) -> Arc<Uses> {
        once(&self.uses, folder.to_owned(), |folder| Arc::new(Uses::in_folder(folder)))
    }
}

/// What is known of `key`, found out where nothing is yet. Nobody waits meanwhile: two that ask at once both find out.
fn once<K: Eq + Hash, V: ?Sized>(
    known: &Mutex<HashMap<K, Arc<V>>>,
    key: K,
    find_out: impl FnOnce(&K) -> Arc<V>,
) -> Arc<V> {
    let known = || known.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known().get(&key).cloned();
    found.unwrap_or_else(|| {
        let new = find_out(&key);
        Arc::clone(known().entry(key).or_insert(new))
    })
}

/// `.env`, `.env.local`, `api.env`.
fn is_env_name(name: &[u8]) -> bool {
    name.starts_with(b".env") || name.ends_with(b".env")
}

fn folder_or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
