//! Runs the compose rules over one project, and turns what they wrote into findings.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use plimsoll_compose::{Disk, Loader, NoFiles, Problem, Project, Span};

use super::lines::Lines;
use super::no_services;
use super::stack::{Beside, Stack};
use crate::config::Settings;
use crate::draft::{Draft, Place, Reporter};
use crate::engine::{redact, unused_name};
use crate::redact::Redactor;
use crate::rule::COMPOSE_RULES;
use crate::suppress::Suppressions;
use crate::{Finding, InputError, Outcome, RuleMeta, all_rules};

/// The files of one project, the base first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeFiles {
    /// What `docker compose` would be given with `-f`, in that order.
    pub files: Vec<PathBuf>,
    /// The only file whose findings are wanted; None wants all.
    pub about: Option<PathBuf>,
}

/// What is read in place of a file: its name and its text.
pub type Given<'a> = Option<(&'a Path, &'a str)>;

/// A compose project that has been read: its files merged as Compose merges them.
#[derive(Debug)]
pub struct ComposeProject {
    files: ComposeFiles,
    parsed: Project,
    from_disk: bool,
}

impl ComposeProject {
    /// Reads the files and what they include and extend. `given` is a text that does not come from the disk: with
    /// it, no other file is read. Fails when one of the named files cannot be read; what Compose would refuse in
    /// them becomes findings.
    pub fn read(files: ComposeFiles, given: Given<'_>) -> Result<Self, InputError> {
        let from_disk = given.is_none();
        let loader = Texts { texts: read(&files, given)?, disk: from_disk };
        let parsed = Project::load(&files.files, &loader, &|_| None);
        Ok(Self { files, parsed, from_disk })
    }

    /// The first of its files.
    pub fn base(&self) -> &Path {
        self.files.files.first().map_or(Path::new(""), PathBuf::as_path)
    }

    /// The Dockerfiles that its services are built from, with the arguments that they give.
    pub fn builds(&self) -> Vec<ComposeBuild> {
        let known = self.parsed.compose.services.iter().filter_map(|service| {
            let build = service.build.as_ref()?;
            let init = service.init.as_ref().is_some_and(|init| init.value);
            let paths = super::built::paths(&self.parsed, build)?;
            let dockerfile = paths.dockerfile?;
            let args = build.args.iter().filter_map(|a| Some((a.key.clone(), a.value.clone()?)));
            let args = args.filter(|(_, value)| !value.contains('$')).collect();
            Some(ComposeBuild { dockerfile, context: paths.context, args, init })
        });
        known.collect()
    }

    /// The env files that its services name and that are there.
    pub fn env_files(&self) -> Vec<PathBuf> {
        let files = self.parsed.compose.services.iter().flat_map(|s| s.env_file.iter());
        let known = files.filter(|file| !file.path.value.contains('$'));
        let paths = known.map(|file| self.parsed.resolve(&file.path.span, &file.path.value));
        paths.filter(|path| path.is_file()).collect()
    }

    /// Checks the project; each finding stands in the file that says it. `settings` are those of the base's folder;
    /// what they say of single paths is applied to each file.
    pub fn lint(&self, settings: &Settings) -> Outcome {
        lint(self, settings)
    }
}

/// A Dockerfile that a service is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeBuild {
    /// Its path.
    pub dockerfile: PathBuf,
    /// The folder that it is built from.
    pub context: PathBuf,
    /// The build arguments whose values are known.
    pub args: BTreeMap<String, String>,
    /// Whether Compose puts an init before what the container starts.
    pub init: bool,
}

/// Reads and checks a project: [`ComposeProject::read`], [`ComposeProject::lint`]. A file that cannot be read is an
/// error in the outcome.
pub fn lint_compose(files: &ComposeFiles, settings: &Settings, given: Given<'_>) -> Outcome {
    match ComposeProject::read(files.clone(), given) {
        Ok(project) => project.lint(settings),
        Err(error) => Outcome { errors: vec![error], ..Outcome::default() },
    }
}

fn lint(read: &ComposeProject, settings: &Settings) -> Outcome {
    let ComposeProject { files: project, parsed, from_disk } = read;
    let beside = if *from_disk { Beside::disk() } else { Beside::nothing() };
    let stack = Stack::new(parsed, settings, beside);
    let mut files: Vec<Checked<'_>> = parsed.sources.iter().map(|s| Checked::new(s, settings)).collect();

    let mut outcome = Outcome::default();
    for source in &parsed.sources {
        if is_about(project, &source.path) && project.files.contains(&source.path) {
            outcome.checked += 1;
            outcome.inputs.push(shown(&source.path));
        }
    }
    // By the file that they stand in.
    let mut findings: Vec<Vec<Finding>> = vec![Vec::new(); files.len()];
    let mut drafts = drafts(&stack, &files);
    // What is only about a file that is laid over others is not the whole of it.
    if project.about.is_none() {
        drafts.extend(syntax_error(&files, || no_services::fault(&stack)));
    }
    for draft in drafts {
        let Place::Compose(span) = &draft.place else { continue };
        let Some(file) = files.get_mut(span.source.0) else { continue };
        file.secrets.extend(draft.secrets.iter().map(|s| s.range()));
        let source = span.source.0;
        let mut finding = finish(draft, &file.name);
        if file.settings.selection.keeps(&finding) && !file.suppressions.silence(&finding, false) {
            finding.severity = file.settings.selection.severity_of(&finding);
            findings[source].push(finding);
        }
    }
    for (file, findings) in files.iter().zip(&mut findings) {
        findings.extend(file.unused_ignores());
    }
    if !settings.show_secrets {
        hide_credentials(&stack, &mut files);
    }
    for ((file, source), mut findings) in files.iter().zip(&parsed.sources).zip(findings) {
        if findings.is_empty() || !is_about(project, &source.path) {
            continue;
        }
        let secrets = if settings.show_secrets { Vec::new() } else { file.secrets.clone() };
        let redactor = Redactor::new(file.text, secrets);
        if !redactor.is_empty() {
            findings.iter_mut().for_each(|finding| redact(finding, &redactor));
        }
        outcome.sources.insert(file.name.clone(), redactor.source(file.text));
        outcome.findings.extend(findings);
    }
    merge_repeated(&mut outcome.findings);
    outcome.sort();
    outcome
}

/// A source's name as findings give it.
pub(super) fn shown(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).to_string_lossy().into_owned()
}

fn is_about(project: &ComposeFiles, path: &Path) -> bool {
    project.about.as_deref().is_none_or(|about| about == path)
}

fn read(project: &ComposeFiles, given: Given<'_>) -> Result<HashMap<PathBuf, String>, InputError> {
    let mut texts = HashMap::new();
    for path in &project.files {
        let text = match given {
            Some((name, text)) if name == path => Ok(text.to_owned()),
            _ => Disk.read(path),
        };
        let text = text.map_err(|error| InputError {
            file: Some(shown(path)),
            image: None,
            layer: None,
            offset: None,
            message: match error.kind() {
                io::ErrorKind::NotFound => "no such file".to_owned(),
                io::ErrorKind::InvalidData => "not UTF-8 text".to_owned(),
                _ => error.to_string(),
            },
        })?;
        texts.insert(path.clone(), text);
    }
    Ok(texts)
}

/// The named files, which have been read; the disk for what they name.
struct Texts {
    texts: HashMap<PathBuf, String>,
    disk: bool,
}

impl Loader for Texts {
    fn read(&self, path: &Path) -> io::Result<String> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone()),
            None if self.disk => Disk.read(path),
            None => NoFiles.read(path),
        }
    }
}

/// One file of the project, with what holds for it.
struct Checked<'p> {
    name: String,
    text: &'p str,
    settings: Cow<'p, Settings>,
    suppressions: Suppressions,
    secrets: Vec<std::ops::Range<usize>>,
}

impl<'p> Checked<'p> {
    fn new(source: &'p plimsoll_compose::Source, settings: &'p Settings) -> Self {
        let settings = settings.for_path(&source.path);
        let suppressions = match settings.ignore_comments {
            true => Suppressions::of_yaml(&source.comments, &source.text, settings.today),
            false => Suppressions::default(),
        };
        Self { name: shown(&source.path), text: &source.text, settings, suppressions, secrets: Vec::new() }
    }

    /// Our own ignore comments that silenced nothing.
    fn unused_ignores(&self) -> Vec<Finding> {
        let selection = &self.settings.selection;
        let Some(meta) = all_rules().find(|m| m.name == "unused-ignore") else { return Vec::new() };
        if !selection.runs(meta) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        let lines = Lines::new(self.text);
        for (span, names) in self.suppressions.unused() {
            for (message, help) in names.iter().filter_map(|word| unused_name(word, selection)) {
                let mut finding = Finding::new(meta, message);
                finding.help = Some(help.to_owned());
                finding.file = Some(self.name.clone());
                place(&mut finding, &lines.span(span.range()));
                finding.severity = selection.severity_of(&finding);
                findings.push(finding);
            }
        }
        findings
    }
}

/// What Compose itself would refuse, where that is wanted.
fn syntax_error<I>(files: &[Checked<'_>], faults: impl FnOnce() -> I) -> Vec<Draft>
where
    I: IntoIterator<Item = (Span, String)>,
{
    let meta = all_rules().find(|m| m.name == "syntax-error");
    let runs = |meta: &&RuleMeta| files.iter().any(|f| f.settings.selection.runs(meta));
    let Some(meta) = meta.filter(runs) else { return Vec::new() };
    let mut reporter = Reporter::new(meta);
    for (span, message) in faults() {
        reporter.flag_compose(&span, message);
    }
    reporter.into_drafts()
}

/// What the rules say, and what Compose itself would refuse.
fn drafts(stack: &Stack<'_>, files: &[Checked<'_>]) -> Vec<Draft> {
    let runs = |meta: &RuleMeta| files.iter().any(|f| f.settings.selection.runs(meta));
    // What is not there is `undefined-reference`'s.
    let wrong = stack.project.diagnostics.iter().filter(|d| d.problem != Problem::Missing);
    let mut drafts = syntax_error(files, || wrong.map(|d| (d.span.clone(), d.message.clone())));
    let mut reporter = None::<Reporter>;
    for entry in COMPOSE_RULES.iter().filter(|e| runs(e.meta)) {
        let reporter = reporter.get_or_insert_with(|| Reporter::new(entry.meta));
        reporter.turn_to(entry.meta);
        entry.rule.check(stack, reporter);
    }
    drafts.extend(reporter.map(Reporter::into_drafts).unwrap_or_default());
    // What a service lacks is told at its name; of one whose base is not there it may lack nothing.
    let unknown: Vec<&Span> =
        stack.services().filter(|s| stack.lacks_base(s)).map(|s| &s.name_span).collect();
    if !unknown.is_empty() {
        drafts.retain(|draft| !matches!(&draft.place, Place::Compose(span) if unknown.contains(&span)));
    }
    drafts
}

/// Marks every credential of the project, whether a rule speaks of it or not: a neighbour's snippet may show it. A
/// password that is a name in the project is no secret, and hiding it would make messages unreadable.
fn hide_credentials(stack: &Stack<'_>, files: &mut [Checked<'_>]) {
    let is_name = |secret: &str| stack.lookup.is_name(secret);
    for leak in stack.leaks() {
        if let Some(file) = files.get_mut(leak.span.source.0)
            && !file.text.get(leak.span.bytes.clone()).is_some_and(is_name)
        {
            file.secrets.push(leak.span.bytes.clone());
        }
    }
    for variable in stack.services().flat_map(|service| &service.environment) {
        let secret = variable.value.as_deref().is_some_and(|value| {
            plimsoll_secrets::secret_name(&variable.key)
                && !plimsoll_secrets::placeholder(value)
                && !is_name(value)
        });
        if secret && let Some(file) = files.get_mut(variable.value_span.source.0) {
            file.secrets.push(variable.value_span.bytes.clone());
        }
    }
}

fn finish(draft: Draft, name: &str) -> Finding {
    let instruction_line = draft.instruction_line.and_then(|line| u32::try_from(line).ok());
    let (mut finding, at) = draft.into_finding();
    finding.instruction_line = instruction_line;
    finding.file = Some(name.to_owned());
    if let Place::Compose(span) = &at {
        place(&mut finding, span);
    }
    finding
}

fn place(finding: &mut Finding, span: &Span) {
    let number = |n: usize| Some(u32::try_from(n).unwrap_or(u32::MAX));
    finding.line = number(span.line);
    finding.column = number(span.column);
    finding.end_line = number(span.end_line);
    finding.end_column = number(span.end_column);
    finding.span = Some(span.bytes.clone());
}

/// What an anchor says is said once, however many services use it.
fn merge_repeated(findings: &mut Vec<Finding>) {
    type Key = (String, Option<String>, Option<std::ops::Range<usize>>);
    let mut seen: HashMap<Key, usize> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings.drain(..) {
        let key = (finding.rule.to_string(), finding.file.clone(), finding.span.clone());
        // Two faults of one rule at one place differ in what is to be done.
        match seen.get(&key).and_then(|&at| kept.get_mut(at)).filter(|first| first.help == finding.help) {
            Some(first) => {
                let more: Vec<_> = finding.also.into_iter().filter(|c| !first.also.contains(c)).collect();
                first.also.extend(more);
                first.severity = first.severity.max(finding.severity);
            }
            None => {
                seen.insert(key, kept.len());
                kept.push(finding);
            }
        }
    }
    *findings = kept;
}
