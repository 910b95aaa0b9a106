//! A project: compose files read, merged, and followed to the files that they name.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::comments::Comment;
use crate::files::{Loader, NoFiles, resolve};
use crate::interpolation::{Variable, interpolate_known, variables};
use crate::merge::{merge, without_tags};
use crate::model::Compose;
use crate::node::{Map, Node, Value};
use crate::span::{Diagnostic, Problem, SourceId, Span};
use crate::yaml::Yaml;

/// Files of a project, those it includes and extends from counted.
const MAX_FILES: usize = 200;
/// Files that include files that include files, so deep.
const MAX_INCLUDES: usize = 20;

/// A compose project.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// What it says.
    pub compose: Compose,
    /// The merged tree.
    pub root: Option<Node>,
    /// The files it is made of, in the order they were read.
    pub sources: Vec<Source>,
    /// What is wrong, in all files.
    pub diagnostics: Vec<Diagnostic>,
}

/// A file of a project.
#[derive(Clone)]
pub struct Source {
    /// Its path as it was named.
    pub path: PathBuf,
    /// The folder that relative paths in it start from.
    pub base: PathBuf,
    /// Its text.
    pub text: String,
    /// Its comments.
    pub comments: Vec<Comment>,
    /// Every use of a variable in a value.
    pub variables: Vec<Variable>,
    /// Whether it was named, or is there for others' sake.
    pub role: Role,
}

/// Why a file belongs to a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It was named; the first of them is the base that the others override.
    Named,
    /// Another file includes it.
    Included,
    /// A service elsewhere extends one of its services.
    Extended,
}

/// A variable's value, where it is known.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("path", &self.path).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Project {
    /// Reads one text. Variables are replaced by their defaults where they have one and stay otherwise; other
    /// files are not followed. Never fails: what is wrong is in `diagnostics`.
    pub fn parse(path: &Path, text: &str) -> Project {
        struct One<'a>(&'a Path, &'a str);
        impl Loader for One<'_> {
            fn read(&self, path: &Path) -> std::io::Result<String> {
                if path == self.0 { Ok(self.1.to_owned()) } else { NoFiles.read(path) }
            }
        }
        Project::load(&[path.to_owned()], &One(path, text), &|_| None)
    }

    /// Reads files and merges them in order, as `docker compose -f A -f B` does, with what they include and
    /// extend. `environment` gives variables' values; one that it does not know is replaced by its default and
    /// stays as it is written when it has none. Never fails: what is wrong is in `diagnostics`.
    pub fn load(paths: &[PathBuf], loader: &dyn Loader, environment: Environment<'_>) -> Project {
        let mut load = Load {
            loader,
            environment,
            sources: Vec::new(),
            diagnostics: Vec::new(),
            read: HashMap::new(),
            merged: 0,
        };
        let base = paths.first().and_then(|path| path.parent()).unwrap_or(Path::new("")).to_owned();
        let root = load.files(paths, &base, Role::Named, None, &mut Vec::new());
        let Load { sources, mut diagnostics, .. } = load;
        let compose = root.as_ref().map(|root| Compose::read(root, &mut diagnostics)).unwrap_or_default();
        diagnostics.sort_by_key(|diagnostic| (diagnostic.span.source, diagnostic.span.bytes.start));
        diagnostics.dedup();
        Project { compose, root, sources, diagnostics }
    }

    /// The file that a span is in.
    pub fn source(&self, span: &Span) -> Option<&Source> {
        self.sources.get(span.source.0)
    }

    /// The text at a span.
    pub fn text(&self, span: &Span) -> Option<&str> {
        self.source(span)?.text.get(span.bytes.clone())
    }

    /// A path that is written at a span, seen from where its file's paths start.
    pub fn resolve(&self, span: &Span, path: &str) -> PathBuf {
        resolve(self.source(span).map_or(Path::new(""), |source| &source.base), path)
    }

    /// Every use of a variable in all files.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.sources.iter().flat_map(|source| &source.variables)
    }
}

/// A project that is being loaded.
pub(crate) struct Load<'a> {
    pub(crate) loader: &'a dyn Loader,
    environment: Environment<'a>,
    sources: Vec<Source>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Files that have been read, by path and base, and their documents.
    read: HashMap<(PathBuf, PathBuf), Vec<Node>>,
    /// Entries that `extends` has copied.
    pub(crate) merged: usize,
}

impl Load<'_> {
    /// Reads files and merges them in order. `named_at` is where another file names them; `chain` are the files
    /// that are being included.
    fn files(
        &mut self,
        paths: &[PathBuf],
        base: &Path,
        role: Role,
        named_at: Option<&Span>,
        chain: &mut Vec<PathBuf>,
    ) -> Option<Node> {
        let mut root: Option<Node> = None;
        for path in paths {
            if chain.contains(path) {
                self.refuse(named_at, format!("{} includes itself", path.display()));
                continue;
            }
            chain.push(path.clone());
            for document in self.documents(path, base, role, named_at) {
                let document = self.with_includes(document, base, chain);
                let document = self.with_extended_services(&document, path, base, root.as_ref());
                root = match root {
                    None => without_tags(&document),
                    Some(root) => merge(&root, &document, &mut Vec::new(), &mut self.diagnostics),
                };
            }
            chain.pop();
        }
        root
    }

    /// The documents of a file; read once however often it is named.
    pub(crate) fn documents(
        &mut self,
        path: &Path,
        base: &Path,
        role: Role,
        named_at: Option<&Span>,
    ) -> Vec<Node> {
        let key = (path.to_owned(), base.to_owned());
        if let Some(documents) = self.read.get(&key) {
            return documents.clone();
        }
        let documents = self.read_file(path, base, role, named_at).unwrap_or_default();
        self.read.insert(key, documents.clone());
        documents
    }

    fn read_file(
        &mut self,
        path: &Path,
        base: &Path,
        role: Role,
        named_at: Option<&Span>,
    ) -> Option<Vec<Node>> {
        if self.sources.len() >= MAX_FILES {
            self.refuse(named_at, format!("more than {MAX_FILES} files"));
            return None;
        }
        let text = match self.loader.read(path) {
            Ok(text) => text,
            Err(error) => {
                use std::io::ErrorKind;
                let verb = if role == Role::Extended { "extended" } else { "included" };
                let shown = path.display();
                match (named_at, error.kind()) {
                    (Some(place), ErrorKind::NotFound) => {
                        self.miss(place, format!("`{shown}`, which is {verb} here, is not there"));
                    }
                    (Some(place), ErrorKind::Unsupported) => self.miss(place, format!("{shown}: {error}")),
                    _ => self.refuse(named_at, format!("{shown}: {error}")),
                }
                return None;
            }
        };
        let id = SourceId(self.sources.len());
        let environment = self.environment;
        let replace = move |value: &str| {
            if !value.contains('$') {
                return Ok(None);
            }
            let replaced = interpolate_known(value, environment).map_err(|error| error.to_string())?;
            Ok((replaced != value).then_some(replaced))
        };
        let mut yaml = Yaml::parse_with(&text, id, &replace);
        self.diagnostics.append(&mut yaml.diagnostics);
        self.sources.push(Source {
            path: path.to_owned(),
            base: base.to_owned(),
            variables: yaml.scalars.iter().flat_map(|span| variables_at(&text, span)).collect(),
            text,
            comments: yaml.comments,
            role,
        });
        Some(yaml.documents)
    }

    /// Adds what the document's `include` brings; what the document says itself comes on top.
    fn with_includes(&mut self, document: Node, base: &Path, chain: &mut Vec<PathBuf>) -> Node {
        let Some(include) = document.get("include").cloned() else { return document };
        let one = std::slice::from_ref(&include);
        let mut result = document.clone();
        for item in include.as_seq().unwrap_or(one).iter().rev() {
            if chain.len() >= MAX_INCLUDES {
                self.refuse(Some(&item.span), "files are included too deep".to_owned());
                break;
            }
            let Some(listed) = item.get("path").or(item.as_scalar().map(|_| item)) else {
                self.refuse(Some(&item.span), "an include names no path".to_owned());
                continue;
            };
            let one = std::slice::from_ref(listed);
            let texts = listed.as_seq().unwrap_or(one).iter().filter_map(Node::as_text);
            let paths: Vec<PathBuf> = texts.map(|text| resolve(base, text)).collect();
            let directory = item.get("project_directory").and_then(Node::as_text);
            let own_base = match directory {
                Some(directory) => resolve(base, directory),
                None => paths.first().and_then(|path| path.parent()).unwrap_or(base).to_owned(),
            };
            if let Some(included) = self.files(&paths, &own_base, Role::Included, Some(&item.span), chain) {
                let included = without_key(&included, "include");
                let merged = merge(&included, &result, &mut Vec::new(), &mut self.diagnostics);
                result = merged.unwrap_or(result);
            }
        }
        result
    }

    /// Tells of what another file names and what is not there.
    pub(crate) fn miss(&mut self, place: &Span, message: String) {
        self.diagnostics.push(Diagnostic::new(Problem::Missing, place, message));
    }

    pub(crate) fn refuse(&mut self, place: Option<&Span>, message: String) {
        let start = Span { line: 1, column: 1, end_line: 1, end_column: 1, ..Span::default() };
        self.diagnostics.push(Diagnostic::new(Problem::Reference, place.unwrap_or(&start), message));
    }
}

/// The mapping without a key.
pub(crate) fn without_key(node: &Node, key: &str) -> Node {
    let Some(map) = node.as_map() else { return node.clone() };
    let entries = map.entries.iter().filter(|entry| entry.key_text() != Some(key)).cloned().collect();
    Node::new(node.span.clone(), Value::Map(Map { entries }))
}

/// The variables in the source text of a scalar.
fn variables_at(text: &str, scalar: &Span) -> Vec<Variable> {
    let written = text.get(scalar.bytes.clone()).unwrap_or_default();
    if !written.contains('$') {
        return Vec::new();
    }
    let place = |start: usize, end: usize| {
        let (line, column) = advance(scalar.line, scalar.column, written.get(..start).unwrap_or_default());
        let (end_line, end_column) = advance(line, column, written.get(start..end).unwrap_or_default());
        let bytes = scalar.bytes.start + start..scalar.bytes.start + end;
        Span { source: scalar.source, bytes, line, column, end_line, end_column }
    };
    variables(written, &place)
}

/// Where one stands after reading `text` from a place.
fn advance(line: usize, column: usize, text: &str) -> (usize, usize) {
    match text.rsplit_once('\n') {
        Some((before, last)) => (line + before.matches('\n').count() + 1, last.chars().count() + 1),
        None => (line, column + text.chars().count()),
    }
}

#[cfg(test)]
mod tests;
