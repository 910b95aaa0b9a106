//! A compose project with everything that rules ask of it, worked out once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use plimsoll_compose::{Diagnostic, Problem, Project, Service, SourceId, Span};
use plimsoll_context::EnvFile;
use plimsoll_secrets::Detector;

use super::built::{BuiltImage, built};
use super::edits::Originals;
use super::lines::Lines;
use super::lookup::Lookup;
use super::start::Started;
use crate::config::Settings;

/// A project, joined to its settings and to the files beside it.
pub struct Stack<'p> {
    /// What its files say, merged.
    pub project: &'p Project,
    /// What the project's configuration says.
    pub settings: &'p Settings,
    /// The files beside it.
    pub beside: Beside,
    /// What it declares, by name.
    pub lookup: Lookup<'p>,
    pub(super) originals: Originals<'p>,
    leaks: OnceLock<Vec<Leak>>,
    built: OnceLock<HashMap<String, BuiltImage>>,
    pub(super) env_files: OnceLock<HashMap<PathBuf, EnvFile>>,
    pub(super) starts: OnceLock<HashMap<&'p str, Started<'p>>>,
}

/// A credential in a file's text.
#[derive(Clone, Debug)]
pub struct Leak {
    /// Which detector found it, and what it says about it.
    pub detector: Arc<Detector>,
    /// Where the credential itself stands.
    pub span: Span,
}

impl<'p> Stack<'p> {
    /// Joins a project to its settings and surroundings.
    pub fn new(project: &'p Project, settings: &'p Settings, beside: Beside) -> Self {
        let lookup = Lookup::new(&project.compose);
        Self {
            project,
            settings,
            beside,
            lookup,
            originals: Originals::default(),
            leaks: OnceLock::new(),
            built: OnceLock::new(),
            env_files: OnceLock::new(),
            starts: OnceLock::new(),
        }
    }

    /// The services.
    pub fn services(&self) -> impl Iterator<Item = &'p Service> {
        self.project.compose.services.iter()
    }

    /// The services that are whole. One without image and build is a piece that is laid over another file's, so that
    /// nothing can be said of what it lacks.
    pub fn whole_services(&self) -> impl Iterator<Item = &'p Service> {
        self.services().filter(|s| s.image.is_some() || s.build.is_some())
    }

    /// Whether a file that the project includes is not there, so that nothing can be said of what it lacks.
    pub(crate) fn lacks_included(&self) -> bool {
        self.missing()
            .any(|d| !self.services().any(|s| s.node.get("extends").is_some_and(|e| e.span == d.span)))
    }

    /// Whether what a service extends is not there, so that nothing can be said of what it lacks.
    pub(crate) fn lacks_base(&self, service: &Service) -> bool {
        let Some(extends) = service.node.get("extends") else { return false };
        // A file that is not there is told of once; and what is missing in another file may be a base's base.
        let file = extends.get("file").and_then(plimsoll_compose::Node::as_text);
        file.is_some_and(|file| self.beside.lacks(&self.project.resolve(&extends.span, file)))
            || self.missing().any(|d| d.span == extends.span || d.span.source != extends.span.source)
    }

    fn missing(&self) -> impl Iterator<Item = &'p Diagnostic> {
        self.project.diagnostics.iter().filter(|d| d.problem == Problem::Missing)
    }

    /// What the Dockerfile of a service says of its image; None when it has none or it cannot be read.
    pub(crate) fn built(&self, service: &Service) -> Option<&BuiltImage> {
        let all = self.built.get_or_init(|| {
            let read =
                |s: &'p Service| Some((s.name.clone(), built(self.project, self.settings, &self.beside, s)?));
            self.services().filter(|s| s.build.is_some()).take(MAX_BUILDS).filter_map(read).collect()
        });
        all.get(&service.name)
    }

    /// The credentials in the files' texts.
    pub fn leaks(&self) -> &[Leak] {
        self.leaks.get_or_init(|| {
            let scan = |(at, source): (usize, &'p plimsoll_compose::Source)| {
                let text = source.text.as_str();
                let found = self.settings.scanner().scan(text.as_bytes(), plimsoll_secrets::Context::Config);
                let lines = Lines::new(text);
                // `${PASSWORD:?}@db` is the end of a variable, and no value behind a colon.
                let cuts_variable = |start: usize, end: usize| {
                    let holds = |v: &plimsoll_compose::Variable| v.span.bytes.contains(&start);
                    source.variables.iter().any(|v| holds(v) && v.span.bytes.end < end)
                };
                let found = found
                    .into_iter()
                    .filter(move |leak| !cuts_variable(leak.span.start as usize, leak.span.end as usize));
                found.into_iter().map(move |leak| {
                    let place = lines.span(leak.span.start as usize..leak.span.end as usize);
                    Leak { detector: leak.detector, span: Span { source: SourceId(at), ..place } }
                })
            };
            self.project.sources.iter().enumerate().flat_map(scan).collect()
        })
    }
}

/// What lies beside a project on disk. A text from elsewhere has nothing beside it, and then nothing is missing.
#[derive(Debug, Default)]
pub struct Beside {
    known: bool,
}

impl Beside {
    /// The disk.
    pub fn disk() -> Self {
        Self { known: true }
    }

    /// Nothing is known.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Whether anything is known of what lies beside it.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// Whether nothing stands at that path; false where that is not known.
    pub fn lacks(&self, path: &Path) -> bool {
        self.known && !here(path).exists()
    }

    /// Whether the path is a file that is there.
    pub fn has_file(&self, path: &Path) -> bool {
        self.known && here(path).is_file()
    }

    /// The bytes of a regular file; None where there is none or where it is too large to be what it should.
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        use std::io::Read;
        if !self.has_file(path) {
            return None;
        }
        let file = std::fs::File::open(here(path)).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_BESIDE + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= MAX_BESIDE).then_some(bytes)
    }
}

/// The Dockerfiles of so many services are read.
const MAX_BUILDS: usize = 200;
/// A Dockerfile or an env file is not larger than this.
const MAX_BESIDE: u64 = 4 * 1024 * 1024;

fn here(path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() }
}
