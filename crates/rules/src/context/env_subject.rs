//! An environment file with everything that rules ask of it, worked out once.

use std::path::Path;
use std::sync::OnceLock;

use plimsoll_context::{EnvEntry, EnvFile};
use plimsoll_dockerfile::{Source, Span};
use plimsoll_secrets::{Certainty, Context, Leak, Scanner, credential_file, placeholder, secret_name};

use super::input::{names_in, read_beside};
use super::projects::{Projects, folder_of};
use super::span;
use crate::config::Settings;
use crate::{FileKind, kind_of};

/// Words in a file's name that make it an example to copy from.
const EXAMPLE: &[&str] =
    &["example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema"];

/// A `.env` or `.env.example`, joined to what stands around it.
pub struct EnvSubject<'s> {
    /// The text, and what positions need.
    pub source: &'s Source,
    /// What the text means.
    pub file: EnvFile,
    /// What the project's configuration says.
    pub settings: &'s Settings,
    /// What is known of the folders around.
    pub projects: &'s Projects,
    /// The file's own name.
    pub name: &'s str,
    path: Option<&'s Path>,
    secrets: OnceLock<Vec<EnvSecret>>,
}

/// A credential in an environment file.
pub(crate) struct EnvSecret {
    /// The variable; None for what stands elsewhere in the file.
    pub(crate) key: Option<String>,
    /// The credential's bytes.
    pub(crate) span: Span,
    /// What the detector says; None where only the variable's name makes it one.
    pub(crate) leak: Option<Leak>,
}

impl<'s> EnvSubject<'s> {
    pub(crate) fn new(
        source: &'s Source,
        name: &'s str,
        path: Option<&'s Path>,
        settings: &'s Settings,
        projects: &'s Projects,
    ) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let file = EnvFile::parse(source.text());
        Self { source, file, settings, projects, name, path, secrets: OnceLock::new() }
    }

    /// Whether the file is there to copy from: `.env.example`.
    pub(crate) fn is_example(&self) -> bool {
        is_example(self.name)
    }

    /// Whether it is the one example of its folder, not that of a stage or a service.
    pub(crate) fn is_main_example(&self) -> bool {
        let rest = self.name.strip_prefix(".env").unwrap_or_default();
        rest.strip_prefix(['.', '-', '_']).is_some_and(|word| EXAMPLE.contains(&word))
    }

    /// The folder that it is in; None for standard input.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.path.map(folder_of)
    }

    /// Whether git tracks it; None where that is not known.
    pub(crate) fn is_tracked(&self) -> Option<bool> {
        self.projects.is_tracked(self.path?)
    }

    /// Whether it would go into git with everything else: in a repository, neither tracked nor ignored. None where
    /// that is not known.
    pub(crate) fn is_open_to_git(&self) -> Option<bool> {
        let path = self.path?;
        Some(!self.projects.is_tracked(path)? && !self.projects.is_ignored(path)?)
    }

    /// The credentials in it, in their order.
    pub(crate) fn secrets(&self) -> &[EnvSecret] {
        self.secrets.get_or_init(|| secrets(self.source, &self.file, self.settings.scanner()))
    }

    /// Everything that could be a credential, for masking: in an example what is one, else every value, and what stands
    /// on lines that are none.
    pub(crate) fn hidden(&self) -> Vec<Span> {
        let mut hidden: Vec<Span> = self.secrets().iter().map(|s| s.span).collect();
        if !self.is_example() {
            hidden.extend(self.file.entries.iter().map(|entry| span(&entry.value_span)));
            let lines = self.file.diagnostics.iter().filter_map(|d| {
                let line = self.source.line_span(u32::try_from(d.span.line).ok()?)?;
                let text = self.source.slice(line);
                let from = text.find(['=', ':', ' ']).map_or(0, |at| at + 1);
                Some(Span::new(line.start + u32::try_from(from).ok()?, line.end))
            });
            hidden.extend(lines);
        }
        hidden
    }
}

fn secrets(source: &Source, file: &EnvFile, scanner: &Scanner) -> Vec<EnvSecret> {
    let offset = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
    let leaks = scanner.scan(source.text().as_bytes(), Context::Environment);
    let mut found: Vec<EnvSecret> = leaks
        .into_iter()
        .map(|leak| {
            let place = Span::new(offset(leak.span.start), offset(leak.span.end));
            let inside = |entry: &&EnvEntry| {
                let value = span(&entry.value_span);
                value.start <= place.start && place.start < value.end.max(value.start + 1)
            };
            let key = file.entries.iter().find(inside).map(|entry| entry.key.clone());
            EnvSecret { key, span: place, leak: Some(leak) }
        })
        .collect();
    for entry in file.entries.iter().filter(|e| secret_name(&e.key)) {
        let place = span(&entry.value_span);
        let value = entry.value.as_deref().unwrap_or_default();
        let known = found.iter().any(|s| s.span.start < place.end && place.start < s.span.end);
        if !known && !placeholder(value) && !value.is_empty() {
            found.push(EnvSecret { key: Some(entry.key.clone()), span: place, leak: None });
        }
    }
    found.sort_by_key(|secret| secret.span.start);
    found
}

/// Whether an environment file's name says that it is there to copy from.
pub(crate) fn is_example(name: &str) -> bool {
    name.split(['.', '-', '_']).any(|word| EXAMPLE.contains(&word))
}

/// The examples in a folder, also `env.example` and `example.env`.
pub(crate) fn examples_in(folder: &Path) -> Vec<String> {
    let mut names = names_in(folder);
    let word = |name: &str, word: &str| name.split(['.', '-', '_']).any(|part| part == word);
    names.retain(|name| is_example(name) && word(name, "env"));
    names
}

/// Whether the text of an environment file holds a credential, or a value for a variable that is named like one.
pub(crate) fn holds_secret(text: &str, scanner: &Scanner) -> bool {
    let source = Source::new(text.as_bytes().to_vec());
    !secrets(&source, &EnvFile::parse(source.text()), scanner).is_empty()
}

/// Whether a file that is a credential by its name is one by what is in it: settings that hold none are not.
pub(crate) fn is_credential(path: &Path, name: &str, scanner: &Scanner) -> bool {
    let environment = kind_of(Path::new(name)) == Some(FileKind::Env) || name.ends_with(".env");
    match credential_file(name) {
        _ if environment && is_example(name) => false,
        None => false,
        Some(file) if file.certainty == Certainty::Certain => {
            std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() > 0)
        }
        Some(_) => read_beside(path).is_some_and(|text| match environment {
            true => holds_secret(&text, scanner),
            false => !scanner.scan(text.as_bytes(), Context::of_path(name)).is_empty(),
        }),
    }
}

/// The credentials that lie openly in a folder, those of its subfolders aside.
pub(crate) fn top_level_credentials(folder: &Path, settings: &Settings) -> Vec<String> {
    let mut names = names_in(folder);
    names.retain(|name| is_credential(&folder.join(name), name, settings.scanner()));
    names
}
