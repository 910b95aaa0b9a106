//! What stands around a Dockerfile on disk: the build context, as far as it can be told from here.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::config::Settings;
use crate::context::Projects;

/// The surroundings of one Dockerfile. Each question is asked of the disk once, and only when a rule asks it.
#[derive(Debug, Default)]
pub struct Around {
    dockerfile: Option<PathBuf>,
    context: Option<PathBuf>,
    projects: Arc<Projects>,
    ignore_file: OnceLock<Option<PathBuf>>,
}

impl Around {
    /// For standard input: nothing is known.
    pub fn nowhere() -> Self {
        Self::default()
    }

    /// For a Dockerfile on disk.
    pub fn of(dockerfile: &Path) -> Self {
        Self { dockerfile: Some(dockerfile.to_owned()), ..Self::default() }
    }

    /// For a Dockerfile on disk that is one of many: what they have in common is asked of the disk once.
    pub fn among(dockerfile: &Path, projects: &Arc<Projects>) -> Self {
        Self { projects: Arc::clone(projects), ..Self::of(dockerfile) }
    }

    /// The same where somebody, such as a compose file, says which folder it is built from.
    #[must_use]
    pub fn built_from(self, context: Option<PathBuf>) -> Self {
        Self { context, ..self }
    }

    /// The names of the credentials that lie openly in the build context.
    pub(crate) fn credentials(&self, settings: &Settings) -> Arc<[String]> {
        self.folder().map(|folder| self.projects.credentials_in(folder, settings)).unwrap_or_default()
    }

    /// What is known of the folders around.
    pub(crate) fn projects(&self) -> &Projects {
        &self.projects
    }

    /// The Dockerfile; None for standard input.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.dockerfile.as_deref()
    }

    /// The build context: the Dockerfile's folder unless somebody says otherwise.
    pub fn folder(&self) -> Option<&Path> {
        if let Some(context) = &self.context {
            return Some(if context.as_os_str().is_empty() { Path::new(".") } else { context });
        }
        let folder = self.dockerfile.as_deref()?.parent()?;
        Some(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    }

    /// The ignore file that a build of this Dockerfile would read: `NAME.dockerignore` beside it, or `.dockerignore`
    /// in the build context, or, where nobody says which that is, in its folder or one above (a Dockerfile in a
    /// subfolder is usually built from the project's root).
    /// The outer None is "not known", the inner "there is none".
    pub fn ignore_file(&self) -> Option<Option<&Path>> {
        let dockerfile = self.dockerfile.as_deref()?;
        let found = self.ignore_file.get_or_init(|| {
            let mut own = dockerfile.as_os_str().to_owned();
            own.push(".dockerignore");
            let own = PathBuf::from(own);
            if own.is_file() {
                return Some(own);
            }
            let beside = self.folder()?.join(".dockerignore");
            if beside.is_file() {
                return Some(beside);
            }
            if self.context.is_some() {
                return None;
            }
            let folder = std::path::absolute(dockerfile).ok()?;
            for folder in folder.ancestors().skip(1) {
                let candidate = folder.join(".dockerignore");
                if candidate.is_file() {
                    // Named as the Dockerfile is: from the current folder where it is below that.
                    let here = std::env::current_dir().ok().filter(|_| dockerfile.is_relative());
                    let named = here.and_then(|here| candidate.strip_prefix(here).ok().map(Path::to_owned));
                    return Some(named.unwrap_or(candidate));
                }
                if folder.join(".git").exists() {
                    break;
                }
            }
            None
        });
        Some(found.as_deref())
    }
}
