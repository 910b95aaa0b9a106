//! What compose files say of the Dockerfiles that they build.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use plimsoll_rules::config::Settings;
use plimsoll_rules::{BuiltFile, ComposeProject};

/// The Dockerfiles that compose projects name, each with what every service that is built from it agrees on.
#[derive(Default)]
pub struct Builds {
    /// By the path on this disk without links and detours.
    by_file: BTreeMap<PathBuf, Named>,
}

struct Named {
    path: PathBuf,
    /// An argument that services give different values has none.
    args: BTreeMap<String, Option<String>>,
    /// Services that are built from different folders have none.
    context: Option<PathBuf>,
    /// Whether all of them start it with an init.
    init: bool,
}

impl Builds {
    /// From the projects that are checked. What is not there is left to their rules.
    pub fn of(projects: &[ComposeProject]) -> Self {
        let mut builds = Self::default();
        for build in projects.iter().flat_map(ComposeProject::builds) {
            let Some(file) = real(&build.dockerfile) else { continue };
            let empty = || Named {
                path: build.dockerfile.clone(),
                args: BTreeMap::new(),
                context: Some(build.context.clone()),
                init: true,
            };
            let named = builds.by_file.entry(file).or_insert_with(empty);
            if named.context.as_ref() != Some(&build.context) {
                named.context = None;
            }
            named.init &= build.init;
            for (name, value) in build.args {
                let agreed = named.args.entry(name).or_insert_with(|| Some(value.clone()));
                if agreed.as_ref() != Some(&value) {
                    *agreed = None;
                }
            }
        }
        builds
    }

    /// The Dockerfiles that are not among those listed, whatever their names.
    pub fn beyond(&self, listed: &[&Path]) -> Vec<PathBuf> {
        if self.by_file.is_empty() {
            return Vec::new();
        }
        let listed: HashSet<PathBuf> = listed.iter().filter_map(|path| real(path)).collect();
        let beyond = self.by_file.iter().filter(|(file, _)| !listed.contains(*file));
        beyond.map(|(_, named)| named.path.clone()).collect()
    }

    /// The folder that a Dockerfile is built from.
    pub fn context_of(&self, dockerfile: &Path) -> Option<PathBuf> {
        if self.by_file.is_empty() {
            return None;
        }
        self.by_file.get(&real(dockerfile)?)?.context.clone()
    }

    /// The Dockerfiles, each with what all services that are built from it agree on.
    pub fn files(&self) -> impl Iterator<Item = BuiltFile> {
        self.by_file.values().map(|named| BuiltFile {
            dockerfile: named.path.clone(),
            context: named.context.clone(),
            init: named.init,
        })
    }

    /// Gives a Dockerfile's settings the build arguments that only the compose file knows.
    pub fn add_args(&self, dockerfile: &Path, settings: &mut Cow<'_, Settings>) {
        if self.by_file.is_empty() {
            return;
        }
        let Some(named) = real(dockerfile).and_then(|file| self.by_file.get(&file)) else { return };
        for (name, value) in &named.args {
            if let Some(value) = value
                && !settings.build_args.contains_key(name)
            {
                settings.to_mut().build_args.insert(name.clone(), value.clone());
            }
        }
    }
}

fn real(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(path).ok().filter(|path| path.is_file())
}
