use plimsoll_context::EntryKind;
use plimsoll_secrets::{Certainty, credential_file};

use super::copied::Reach;
use super::env_subject::{examples_in, is_credential, is_example};
use super::ignore_subject::{Folder, fate};
use super::input::read_beside;
use super::unwanted::What;
use super::{ContextRule, IgnoreSubject, Reporter};
use crate::Severity;

pub(crate) struct IgnoreCredentialFiles;

/// How many files that may be credentials by their names are looked into.
const LOOKED_INTO: usize = 200;

impl ContextRule for IgnoreCredentialFiles {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        let Some(folder) = file.folder() else { return };
        let there = there(file, folder);
        if let Some((_, reach)) = there.iter().max_by_key(|(_, reach)| *reach) {
            let paths: Vec<String> = there.iter().map(|(path, _)| path.clone()).collect();
            let place = paths.first().and_then(|path| folder.copied.reach(path)?.1);
            let lines: Vec<String> = paths
                .iter()
                .map(|path| line_for(path))
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect();
            let severity = if *reach == Reach::Image { Severity::Error } else { Severity::Warning };
            let why =
                format!("{}, and whoever has that has the credentials", fate(*reach, place, paths.len()));
            file.flag_let_through(&paths, &lines, &why, report).severity(severity);
        } else if let Some(place) = expected(file, folder) {
            let why = format!("as soon as there is one, {place} copies it");
            file.flag_let_through(&[".env".to_owned()], &[".env".to_owned()], &why, report)
                .severity(Severity::Warning);
        }
    }
}

/// The credential files that are sent and copied.
fn there(file: &IgnoreSubject<'_>, folder: &Folder) -> Vec<(String, Reach)> {
    let elsewhere = |path: &str| {
        let inside = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        folder.unwanted.iter().any(|u| u.what != What::Cache && inside(&u.path))
    };
    let entries = folder.listing().entries.iter().filter(|e| e.kind == EntryKind::File && e.size > 0);
    entries
        .filter(|entry| credential_file(&entry.path).is_some() && !elsewhere(&entry.path))
        // What the Dockerfile copies by name, a rule on Dockerfiles tells.
        .filter(|entry| !folder.copied.names(&entry.path))
        .take(LOOKED_INTO)
        .filter_map(|entry| {
            let (reach, _) = folder.copied.reach(&entry.path)?;
            let certain = credential_file(&entry.path).is_some_and(|f| f.certainty == Certainty::Certain);
            if !certain
                && !is_environment(&entry.path)
                && (reach == Reach::Unknown || is_for_tests(&entry.path))
            {
                return None;
            }
            let path = folder.root.join(&entry.path);
            let credential = is_credential(&path, &entry.path, file.settings.scanner())
                || is_local_environment(file, folder, &entry.path);
            credential.then(|| (entry.path.clone(), reach))
        })
        .collect()
}

/// Whether the file is an environment file, examples aside.
fn is_environment(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == ".env" || name.starts_with(".env.") && !is_example(name)
}

/// Whether the file is among tests, which have keys of their own that open nothing.
fn is_for_tests(path: &str) -> bool {
    path.split('/')
        .any(|part| ["test", "tests", "__tests__", "testdata", "fixtures", "testing"].contains(&part))
}

/// An environment file with values that git does not track: it is this machine's own.
fn is_local_environment(file: &IgnoreSubject<'_>, folder: &Folder, path: &str) -> bool {
    if !is_environment(path) || file.projects.is_tracked(&folder.root.join(path)) != Some(false) {
        return false;
    }
    let text = read_beside(&folder.root.join(path)).unwrap_or_default();
    let parsed = plimsoll_context::EnvFile::parse(&text);
    parsed.entries.iter().any(|entry| entry.value.as_deref().is_some_and(|value| !value.is_empty()))
}

/// Whether a `.env` that is not there yet will be, and is copied then: by what.
fn expected<'f>(file: &IgnoreSubject<'_>, folder: &'f Folder) -> Option<&'f str> {
    let (reach, place) = folder.copied.reach(".env")?;
    let comes = reach != Reach::Unknown
        && !file.keeps_out(".env")
        && !folder.copied.names(".env")
        && folder.listing().get(".env").is_none()
        && (folder.is_gitignored(".env")
            || examples_in(&folder.root).iter().any(|name| name.starts_with(".env")));
    place.filter(|_| comes)
}

/// The line that keeps a file out, and others of its kind.
fn line_for(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.starts_with(".env") {
        true if path == name => name.to_owned(),
        true => format!("**/{name}"),
        false => path.to_owned(),
    }
}
