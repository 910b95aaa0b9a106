//! What Dockerfiles and compose files take from the environment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_compose::{Disk, Fallback, Project};
use plimsoll_dockerfile::{Body, Source};

use super::input::{names_in, read_beside};
use crate::{FileKind, kind_of};

/// Prefixes of variables that a frontend's build bakes in: an ARG of such a name is set from the environment.
const BAKED_IN: &[&str] =
    &["NEXT_PUBLIC_", "NUXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "GATSBY_", "PUBLIC_"];
/// Variables that a shell or Compose itself gives.
const GIVEN: &[&str] = &[
    "HOME",
    "USER",
    "LOGNAME",
    "PWD",
    "PATH",
    "SHELL",
    "UID",
    "GID",
    "EUID",
    "HOSTNAME",
    "TMPDIR",
    "TERM",
    "LANG",
    "TZ",
    "CI",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "SSH_AUTH_SOCK",
];
/// Beginnings of such names.
const GIVEN_PREFIXES: &[&str] = &["COMPOSE_", "DOCKER_", "BUILDKIT_", "BUILDX_", "XDG_", "LC_"];

/// The variables that the files of one folder use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    /// Those that have to be set, each with the file that insists on it.
    pub(crate) needed: BTreeMap<String, String>,
    /// Those that compose files use without a default, each with its file: Compose takes the empty text.
    pub(crate) without_default: BTreeMap<String, String>,
    /// All of them.
    pub(crate) all: BTreeSet<String>,
    /// Whether a service gets a whole environment file.
    pub(crate) passes_env_files: bool,
    /// Whether there is a compose file.
    pub(crate) has_compose: bool,
}

impl Uses {
    /// Reads the Dockerfiles and compose files directly in a folder.
    pub(crate) fn in_folder(folder: &Path) -> Uses {
        let mut uses = Uses::default();
        let mut set_by_compose = BTreeSet::new();
        let mut arguments = Vec::new();
        for name in names_in(folder) {
            let path = folder.join(&name);
            match kind_of(Path::new(&name)) {
                Some(FileKind::Compose) if path.is_file() => {
                    uses.read_compose(&path, &name, &mut set_by_compose)
                }
                Some(FileKind::Dockerfile) => {
                    if let Some(text) = read_beside(&path) {
                        arguments
                            .extend(uses.read_dockerfile(text).into_iter().map(|arg| (arg, name.clone())));
                    }
                }
                _ => {}
            }
        }
        for (argument, name) in arguments {
            if BAKED_IN.iter().any(|prefix| argument.starts_with(prefix))
                && !set_by_compose.contains(&argument)
            {
                uses.needed.entry(argument).or_insert(name);
            }
        }
        uses
    }

    fn read_compose(&mut self, path: &Path, name: &str, set: &mut BTreeSet<String>) {
        let project = Project::load(&[path.to_owned()], &Disk, &|_| None);
        self.has_compose = true;
        for variable in project.variables() {
            self.all.insert(variable.name.clone());
            let uses = match variable.fallback {
                Fallback::Required { .. } => &mut self.needed,
                Fallback::None => &mut self.without_default,
                Fallback::Default { .. } | Fallback::Alternative { .. } => continue,
            };
            if !is_given(&variable.name) {
                uses.entry(variable.name.clone()).or_insert_with(|| name.to_owned());
            }
        }
        // A default in one place answers for the others.
        for variable in project.variables().filter(|v| matches!(v.fallback, Fallback::Default { .. })) {
            self.without_default.remove(&variable.name);
        }
        for source in project.compose.secrets.iter().filter_map(|secret| secret.environment.as_ref()) {
            self.all.insert(source.value.clone());
            self.needed.entry(source.value.clone()).or_insert_with(|| name.to_owned());
        }
        for service in project.compose.services.iter() {
            self.passes_env_files |= service.env_file.iter().next().is_some();
            let bare = service.environment.iter().filter(|pair| pair.value.is_none());
            self.all.extend(bare.map(|pair| pair.key.clone()));
            for argument in service.build.iter().flat_map(|build| build.args.iter()) {
                set.insert(argument.key.clone());
                if argument.value.is_none() && !is_given(&argument.key) {
                    self.all.insert(argument.key.clone());
                    self.needed.entry(argument.key.clone()).or_insert_with(|| name.to_owned());
                }
            }
        }
    }

    /// The ARGs without a default.
    fn read_dockerfile(&mut self, text: String) -> Vec<String> {
        let source = Source::new(text.into_bytes());
        let tree = plimsoll_dockerfile::parse(&source);
        let mut arguments = Vec::new();
        for instruction in &tree.instructions {
            let Body::Arg(declared) = &instruction.innermost().body else { continue };
            for argument in declared {
                let name = argument.name.as_str().to_owned();
                if argument.default.is_none() && !arguments.contains(&name) {
                    arguments.push(name.clone());
                }
                self.all.insert(name);
            }
        }
        arguments
    }
}

/// Whether a variable has its value from elsewhere than an environment file.
pub(crate) fn is_given(name: &str) -> bool {
    GIVEN.contains(&name) || GIVEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
