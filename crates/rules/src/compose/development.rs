//! Which services are somebody's workplace: what is for development is meant there.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use plimsoll_compose::{Mount, MountKind, Service, SourceId, Span};

use super::Stack;
use crate::context::{NAMES_OF_PROJECT, few_names_in};
use crate::{FileKind, kind_of};

/// Words that say it of a file, a folder, a service, a stage, a tag or a profile.
const WORDS: &[&str] = &[
    "dev",
    "devel",
    "devcontainer",
    "develop",
    "development",
    "debug",
    "demo",
    "example",
    "examples",
    "hot",
    "local",
    "localdev",
    "override",
    "playground",
    "sandbox",
    "test",
    "testing",
    "tests",
    "watch",
];

/// Which places of a project are somebody's workplace; what is asked of the disk is asked once.
#[derive(Default)]
pub(crate) struct Workplaces {
    files: RefCell<HashMap<SourceId, bool>>,
}

impl Workplaces {
    /// Whether what is for development is meant at a place of a service: by the name of its file, of itself, of its
    /// stage, Dockerfile, tag or profile; because its source is mounted from this machine; or because another file is
    /// there for production.
    pub(crate) fn contain(&self, stack: &Stack<'_>, service: &Service, place: &Span) -> bool {
        let build = service.build.as_ref();
        let texts = [
            Some(service.name.as_str()),
            service.container_name.as_ref().map(|n| n.value.as_str()),
            service.image.as_ref().map(|i| i.value.as_str()),
            build.and_then(|b| b.target.as_ref()).map(|t| t.value.as_str()),
            build.and_then(|b| b.dockerfile.as_ref()).map(|d| d.value.as_str()),
        ];
        // What an override mounts says nothing of the file below it.
        let counts = |mount: &&Mount| mount.span.source == place.source || !self.has_file(stack, &mount.span);
        texts.into_iter().flatten().any(says_so)
            || service.profiles.iter().any(|profile| says_so(&profile.value))
            || service.node.get("develop").is_some()
            || service.volumes.iter().filter(counts).any(is_source)
            || self.has_file(stack, place)
    }

    fn has_file(&self, stack: &Stack<'_>, place: &Span) -> bool {
        let known = self.files.borrow().get(&place.source).copied();
        known.unwrap_or_else(|| {
            let found = is_file_for_it(stack, place);
            self.files.borrow_mut().insert(place.source, found);
            found
        })
    }
}

fn says_so(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

/// What a folder of a project is called that holds no program.
const NO_SOURCE: &[&str] = &[
    "backup",
    "backups",
    "cache",
    "cert",
    "certs",
    "conf",
    "config",
    "configs",
    "data",
    "database",
    "db",
    "letsencrypt",
    "log",
    "logs",
    "media",
    "model",
    "models",
    "nginx",
    "secrets",
    "ssl",
    "state",
    "static",
    "storage",
    "tmp",
    "uploads",
    "volumes",
];

/// Whether a mount brings a folder of the project into the container that is none for what it keeps.
fn is_source(mount: &Mount) -> bool {
    let source = mount.source.as_deref().unwrap_or_default();
    let is_of_project = source.starts_with('.') || source.starts_with("$PWD") || source.starts_with("${PWD");
    let is_named = |path: &str| {
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
        let first = path.trim_start_matches("./").split('/').next().unwrap_or("");
        NO_SOURCE.iter().any(|name| last == *name || first == *name)
    };
    let last = source.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let is_file = last.trim_start_matches('.').contains('.');
    mount.kind == MountKind::Bind && is_of_project && !is_file && !is_named(source)
}

/// Whether a place's file is for development by its name or its folder's, or another one there is for production.
fn is_file_for_it(stack: &Stack<'_>, place: &Span) -> bool {
    let Some(source) = stack.project.source(place) else { return false };
    let path = source.path.as_path();
    let named = |path: &Path| path.file_name().is_some_and(|name| says_so(&name.to_string_lossy()));
    if named(path) || path.parent().is_some_and(named) {
        return true;
    }
    if !stack.beside.is_known() {
        return false;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    few_names_in(folder, NAMES_OF_PROJECT).iter().any(|name| {
        let for_production = name.split(['.', '-', '_']).any(|word| matches!(word, "prod" | "production"));
        for_production && kind_of(Path::new(name)) == Some(FileKind::Compose)
    })
}
