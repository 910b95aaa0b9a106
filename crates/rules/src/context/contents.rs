//! What is in the files that a build would send: each content scanned once, in parallel, in bounded memory.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use plimsoll_context::{Context, Entry, EntryKind, Listing, MAX_ENTRIES};
use plimsoll_dockerfile::Source;
use plimsoll_secrets::{self as secrets, CredentialFile, Leak, Scanner, credential_file};
use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::shipped::Shipped;
use super::unwanted::unwanted;
use super::weight::ContextSummary;
use crate::config::Settings;
use crate::draft::{Draft, Place, Reporter};
use crate::redact::Redactor;
use crate::rule::CONTEXT_RULES;
use crate::{Finding, InputError, Outcome};

/// A file up to this size is read whole; a larger one streams through a buffer of this size.
const WHOLE: u64 = 1 << 20;
/// Of a larger file only so much is searched.
const MAX_SEARCHED: u64 = 64 << 30;
/// A text that may be shown with its findings, and all such texts together, are no larger.
const MAX_SHOWN: (u64, u64) = (256 << 10, 8 << 20);

/// How a context is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ContextOptions<'a> {
    /// The Dockerfile that is built, when it is not the one in the folder: its own ignore file wins.
    pub dockerfile: Option<&'a Path>,
    /// Whether to take the whole folder, as if there were no ignore file.
    pub no_ignore: bool,
}

/// The contents of a context that rules have something to say about.
pub struct Contents {
    /// Files with credentials in them or in their names, in the order of their paths.
    pub(crate) files: Vec<SentFile>,
}

/// One content, and the paths that it has.
pub(crate) struct SentFile {
    /// The first of its paths.
    pub(crate) path: String,
    /// The others.
    pub(crate) copies: Vec<String>,
    /// The credentials in it.
    pub(crate) leaks: Vec<Leak>,
    /// What it is by its name.
    pub(crate) credential: Option<CredentialFile>,
    /// Where it is, its size, and the hash of its content.
    on_disk: PathBuf,
    size: u64,
    hash: Option<u128>,
}

/// Weighs what a build of `dir` would send and searches it for credentials. `name` is what findings call the folder.
/// What cannot be read becomes an error; the rest is searched.
pub fn audit_context(dir: &Path, name: &str, settings: &Settings, options: &ContextOptions<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if let Err(message) = readable(dir) {
        outcome.errors.push(error(name, message));
        return outcome;
    }
    let default = dir.join("Dockerfile");
    let context = if options.no_ignore {
        Context::without_ignore(dir)
    } else {
        Context::new(dir, Some(options.dockerfile.unwrap_or(&default)))
    };
    // The error names the ignore file itself.
    outcome.errors.extend(context.error().map(|e| InputError { file: None, ..error(name, e.to_string()) }));
    let listing = context.walk();
    for failed in &listing.errors {
        outcome.errors.push(error(&joined(name, &failed.path), in_words(&failed.message)));
    }
    if listing.truncated {
        let message = format!("more than {MAX_ENTRIES} files and folders: the rest was not looked at");
        outcome.errors.push(error(name, message));
    }
    let (contents, errors) = read(dir, listing, settings.scanner());
    outcome.errors.extend(errors.iter().map(|(path, message)| error(&joined(name, path), in_words(message))));

    let drafts = drafts(&contents, settings);
    let by_path = contents.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut shown = Shown { name, settings, by_path, texts: HashMap::new(), room: MAX_SHOWN.1 };
    for draft in drafts {
        let mut finding = shown.place(draft);
        let settings = settings.for_path(Path::new(finding.file.as_deref().unwrap_or_default()));
        if settings.selection.keeps(&finding) {
            finding.severity = settings.selection.severity_of(&finding);
            outcome.findings.push(finding);
        }
    }
    outcome.sources = shown.texts.into_iter().filter_map(|(file, text)| Some((file, text?.masked))).collect();
    let ignore_file = context.ignore_file().map(|file| plain(&file.path));
    let summary = ContextSummary::new(name, ignore_file, listing, &unwanted(listing));
    outcome.checked = usize::try_from(summary.files).unwrap_or(usize::MAX);
    outcome.contexts.push(summary);
    outcome.sort();
    outcome
}

/// What the system says, without the number that only programmers read.
fn in_words(message: &str) -> String {
    let words = message.split(" (os error").next().unwrap_or(message);
    let mut chars = words.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// Why a folder cannot be walked, in words.
fn readable(dir: &Path) -> Result<(), String> {
    let words = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "no such folder".to_owned(),
        _ => in_words(&error.to_string()),
    };
    if !std::fs::metadata(dir).map_err(words)?.is_dir() {
        return Err("is no folder: a build context is one".to_owned());
    }
    std::fs::read_dir(dir).map(drop).map_err(words)
}

fn error(file: &str, message: String) -> InputError {
    InputError { file: Some(file.to_owned()), image: None, layer: None, offset: None, message }
}

/// A path of the context as a person would write it.
fn joined(name: &str, path: &str) -> String {
    match name.trim_end_matches('/') {
        "." => path.to_owned(),
        "" if name.is_empty() => path.to_owned(),
        name => format!("{name}/{path}").trim_end_matches('/').to_owned(),
    }
}

fn plain(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).to_string_lossy().into_owned()
}

fn drafts(contents: &Contents, settings: &Settings) -> Vec<Draft> {
    let mut reporter = None::<Reporter>;
    for entry in CONTEXT_RULES.iter().filter(|e| settings.selection.runs(e.meta)) {
        let reporter = reporter.get_or_insert_with(|| Reporter::new(entry.meta));
        reporter.turn_to(entry.meta);
        entry.rule.check_contents(contents, reporter);
    }
    reporter.map(Reporter::into_drafts).unwrap_or_default()
}

/// A content, and how bytes stand in it as far as detectors care.
type Content = (u128, secrets::Context);

/// What came out of one file.
enum Searched {
    /// The content, its hash where it was needed, and what is in it.
    New(Option<Content>, Vec<Leak>),
    /// The same content under another name is being searched, or has been.
    Again(Content),
}

fn read(dir: &Path, listing: &Listing, scanner: &Scanner) -> (Contents, Vec<(String, String)>) {
    let files: Vec<&Entry> =
        listing.entries.iter().filter(|e| e.kind == EntryKind::File && e.size > 0).collect();
    let mut sizes: HashMap<u64, u32> = HashMap::new();
    for file in files.iter().filter(|f| f.size > WHOLE) {
        *sizes.entry(file.size).or_default() += 1;
    }
    let search = Search { scanner, claimed: Mutex::default(), sizes };
    let on_disk = |entry: &Entry| entry.real_path.clone().unwrap_or_else(|| dir.join(&entry.path));
    // Small chunks: one core must not be left with all the large files.
    let searched: Vec<io::Result<Searched>> = files
        .par_iter()
        .with_max_len(32)
        .map_init(Vec::new, |buffer, entry| search.file(&on_disk(entry), entry, buffer))
        .collect();

    let mut errors = Vec::new();
    let mut leaking: HashMap<Content, Vec<Leak>> = HashMap::new();
    let mut results = Vec::with_capacity(files.len());
    for (entry, searched) in files.iter().zip(searched) {
        match searched {
            Ok(Searched::New(Some(content), leaks)) => {
                if !leaks.is_empty() {
                    leaking.insert(content, leaks);
                }
                results.push((*entry, Some(content), Vec::new()));
            }
            Ok(Searched::New(None, leaks)) => results.push((*entry, None, leaks)),
            Ok(Searched::Again(content)) => results.push((*entry, Some(content), Vec::new())),
            Err(error) => errors.push((entry.path.clone(), error.to_string())),
        }
    }
    // Which of equal files was searched is left to chance; the first by its path is told of.
    let mut first: HashMap<Content, usize> = HashMap::new();
    let mut found: Vec<SentFile> = Vec::new();
    let mut shipped = None;
    for (entry, content, leaks) in results {
        let leaks = content.and_then(|c| leaking.get(&c).cloned()).unwrap_or(leaks);
        let credential = credential_file(&entry.path);
        if leaks.is_empty() && credential.is_none() {
            continue;
        }
        // A root file system: what its packages shipped is everybody's.
        if shipped.get_or_insert_with(|| Shipped::read(listing, &on_disk)).has(entry, &on_disk(entry)) {
            continue;
        }
        if let Some(content) = content.filter(|_| !leaks.is_empty()) {
            if let Some(file) = first.get(&content).and_then(|at| found.get_mut(*at)) {
                file.copies.push(entry.path.clone());
                continue;
            }
            first.insert(content, found.len());
        }
        found.push(SentFile {
            path: entry.path.clone(),
            copies: Vec::new(),
            leaks,
            credential,
            on_disk: on_disk(entry),
            size: entry.size,
            hash: content.map(|(hash, _)| hash),
        });
    }
    (Contents { files: found }, errors)
}

struct Search<'s> {
    scanner: &'s Scanner,
    /// Contents that somebody searches.
    claimed: Mutex<std::collections::HashSet<Content>>,
    /// How many large files have a size.
    sizes: HashMap<u64, u32>,
}

impl Search<'_> {
    fn file(&self, path: &Path, entry: &Entry, buffer: &mut Vec<u8>) -> io::Result<Searched> {
        let mut file = open(path)?;
        let context = secrets::Context::of_path(&entry.path);
        buffer.clear();
        if entry.size <= WHOLE {
            Read::by_ref(&mut file).take(WHOLE + 1).read_to_end(buffer)?;
            if buffer.len() as u64 <= WHOLE {
                let content = (xxh3_128(buffer), context);
                if !self.claim(content) {
                    return Ok(Searched::Again(content));
                }
                return Ok(Searched::New(Some(content), self.scanner.scan(buffer, context)));
            }
            // It has grown since the walk.
        } else if self.sizes.get(&entry.size).is_some_and(|n| *n > 1) {
            // Reading twice is cheaper than searching twice.
            let mut hasher = Xxh3::new();
            pump(open(path)?, buffer, |bytes| hasher.update(bytes))?;
            let content = (hasher.digest128(), context);
            if !self.claim(content) {
                return Ok(Searched::Again(content));
            }
            buffer.clear();
            return Ok(Searched::New(Some(content), self.stream(file, context, buffer)?));
        }
        Ok(Searched::New(None, self.stream(file, context, buffer)?))
    }

    fn claim(&self, content: Content) -> bool {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner).insert(content)
    }

    /// Searches what is in the buffer and then what is left of the file.
    fn stream(&self, file: File, context: secrets::Context, buffer: &mut Vec<u8>) -> io::Result<Vec<Leak>> {
        let mut stream = self.scanner.stream(context);
        stream.push(buffer);
        pump(file, buffer, |bytes| stream.push(bytes))?;
        Ok(stream.finish())
    }
}

/// Opens what is a regular file still.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // Opening a pipe would wait for a writer.
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "was changed while it was read"));
    }
    File::open(path)
}

/// Reads a file through the buffer.
pub(super) fn pump(file: File, buffer: &mut Vec<u8>, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    buffer.resize(usize::try_from(WHOLE).unwrap_or(1 << 20), 0);
    let mut file = file.take(MAX_SEARCHED);
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => take(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Turns drafts into findings, and reads again the texts that are shown with them.
struct Shown<'s> {
    name: &'s str,
    settings: &'s Settings,
    by_path: HashMap<&'s str, &'s SentFile>,
    /// By the file's name in findings; None for what is not shown.
    texts: HashMap<String, Option<ShownText>>,
    room: u64,
}

struct ShownText {
    source: Source,
    masked: String,
}

impl Shown<'_> {
    fn place(&mut self, draft: Draft) -> Finding {
        let (mut finding, place) = draft.into_finding();
        let Place::Sent(place) = place else { return finding };
        let file = joined(self.name, &place.path);
        if let Some((bytes, line, column)) = place.at {
            finding.line = u32::try_from(line).ok();
            finding.column = u32::try_from(column).ok();
            if let Some(text) = self.text(&file, &place.path)
                && let (Ok(start), Ok(end)) = (u32::try_from(bytes.start), u32::try_from(bytes.end))
            {
                let end_position = text.source.position(end);
                finding.end_line = Some(end_position.line);
                finding.end_column = Some(end_position.column);
                finding.span = Some(start as usize..end as usize);
            }
        }
        finding.file = Some(file);
        finding
    }

    /// The text of a file with credentials, where it is small and still what it was when it was searched.
    fn text(&mut self, file: &str, path: &str) -> Option<&ShownText> {
        if !self.texts.contains_key(file) {
            let sent = self.by_path.get(path).copied();
            let text = sent.and_then(|sent| self.read_text(sent));
            self.texts.insert(file.to_owned(), text);
        }
        self.texts.get(file)?.as_ref()
    }

    fn read_text(&mut self, sent: &SentFile) -> Option<ShownText> {
        if sent.size > MAX_SHOWN.0 || sent.size > self.room {
            return None;
        }
        let mut bytes = Vec::new();
        open(&sent.on_disk).ok()?.take(sent.size + 1).read_to_end(&mut bytes).ok()?;
        // The places hold for the very bytes that were searched.
        if Some(xxh3_128(&bytes)) != sent.hash || std::str::from_utf8(&bytes).is_err() || bytes.contains(&0) {
            return None;
        }
        self.room -= sent.size;
        let source = Source::new(bytes);
        let spans = sent.leaks.iter().filter(|_| !self.settings.show_secrets).filter_map(|leak| {
            Some(usize::try_from(leak.span.start).ok()?..usize::try_from(leak.span.end).ok()?)
        });
        let masked = Redactor::new(source.text(), spans).source(source.text());
        Some(ShownText { source, masked })
    }
}

#[cfg(test)]
mod tests;
