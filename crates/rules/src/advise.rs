//! What to change first: findings turned into edits, each with what it saves and what it risks.

mod diff;
mod missing_source;
mod patch;

use std::collections::BTreeSet;
use std::path::{Component, Path};

use serde::Serialize;

use crate::checklist::{Checklist, Evidence, GivenImage, Surroundings, tick};
use crate::config::Settings;
use crate::context::read_beside;
use crate::{Category, FileEdit, Finding, Fix, ImageSummary, Outcome, Severity};

/// Advice on a project.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AdviceReport {
    /// Why a build would stop, before anything else can be gained.
    pub trouble: Vec<Advice>,
    /// What to change, that of the most effect first.
    pub advice: Vec<Advice>,
    /// The folder in which the diffs apply, where that is not the current one: git takes no path that leads out of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apply_in: Option<String>,
    /// The folder that the advice is on, as it was named.
    #[serde(skip)]
    pub folder: String,
    /// The bytes of the images that were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_size: Option<u64>,
    /// The bytes that the advice saves together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saves: Option<u64>,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct Advice {
    /// The rule that asks for it; none for a fact or a measurement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How grave it is as it stands.
    pub severity: Severity,
    /// What it is about.
    pub category: Category,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The edit as a unified diff, where it can be written for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// The same edit by its places, for those that go together.
    #[serde(skip)]
    pub(crate) changes: Vec<FileEdit>,
    /// Bytes that it takes from the image, measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saves: Option<u64>,
    /// What may go wrong with the change.
    pub risk: &'static str,
}

/// Rules whose finding says that a build stops, or that the container cannot start.
const STOPPING: &[&str] = &[
    "syntax-error",
    "from-first",
    "copy-from-own-stage",
    "copy-from-unknown-stage",
    "copy-ignored-file",
    "copy-to-folder",
    "duplicate-stage",
    "invalid-default-arg",
    "missing-build-file",
    "missing-program",
    "reserved-stage-name",
    "server-not-installed",
    "undefined-arg-in-from",
    "undefined-reference",
];

/// What mending a rule's finding removes from an image, by the causes of its weight.
const REMOVES: &[(&str, &[&str])] = &[
    ("add-dockerignore", &["git"]),
    ("apk-no-cache", &["apk-cache"]),
    ("build-tools-in-final-stage", &["compilers"]),
    ("clean-apt-lists", &["apt-lists", "apt-archives"]),
    ("clean-node-cache", &["npm-cache"]),
    ("clean-rpm-cache", &["rpm-cache"]),
    ("ignore-git-folder", &["git"]),
    ("pip-no-cache", &["pip-cache"]),
];

/// Bytes that advice has been given on: the Dockerfile, the cause, the layer.
type Counted<'a> = BTreeSet<(&'a str, &'static str, usize)>;

/// Fewer bytes are not worth a change.
const NOTICEABLE: u64 = 200_000;

/// Advice from what the rules found in a folder's files (`lint`) and from the images that are built there. Nothing
/// fails: a file that cannot be read again has its advice without a diff.
pub fn advise(
    around: &Surroundings,
    lint: &Outcome,
    images: &[GivenImage],
    settings: &Settings,
) -> AdviceReport {
    let outside = is_outside(&around.folder);
    let mut report = AdviceReport {
        trouble: missing_sources(around, lint, settings),
        apply_in: outside.then(|| around.folder.display().to_string()),
        folder: around.folder.display().to_string(),
        ..AdviceReport::default()
    };
    let summaries: Vec<(&str, &ImageSummary)> = images
        .iter()
        .filter_map(|i| Some((around.apps.get(i.app?)?.shown.as_str(), i.outcome.images.first()?)))
        .collect();
    // Bytes are counted once: for the first finding that speaks of them.
    let mut counted = Counted::new();
    for finding in &lint.findings {
        let mut advice = of_finding(finding, lint, settings);
        if STOPPING.contains(&finding.rule.as_ref()) {
            report.trouble.push(advice);
            continue;
        }
        advice.saves = saved_by(finding, &summaries, &mut counted);
        report.advice.push(advice);
    }
    for (dockerfile, image) in &summaries {
        report.advice.extend(measured(dockerfile, image, &counted));
    }
    for fault in report.trouble.iter_mut().filter(|fault| fault.rule.is_none() && fault.diff.is_none()) {
        leave_credential_out(fault, &report.advice);
    }
    report.advice.sort_by_key(|a| std::cmp::Reverse(effect(a)));
    if outside {
        let diffs = report.trouble.iter_mut().chain(&mut report.advice).filter_map(|a| a.diff.as_mut());
        diffs.for_each(|diff| *diff = diff::seen_from(&around.folder, diff));
    }
    if !summaries.is_empty() {
        report.image_size = Some(summaries.iter().map(|(_, image)| image.size).sum());
        report.saves = Some(report.advice.iter().filter_map(|a| a.saves).sum());
    }
    report
}

impl AdviceReport {
    /// The edits that go together, in one patch; what overlaps is left for the next run. What is given is what the advice
    /// was made from.
    pub fn patch(&self, around: &Surroundings, lint: &Outcome, settings: &Settings) -> String {
        let patch = patch::of(self.trouble.iter().chain(&self.advice), lint, settings);
        if self.apply_in.is_some() { diff::seen_from(&around.folder, &patch) } else { patch }
    }
}

/// A credential that is not in the context is not to be brought there: what mends its COPY mends the build, too.
fn leave_credential_out(fault: &mut Advice, advice: &[Advice]) {
    let Some(path) = fault.message.split('`').nth(1).map(|path| format!("`{path}`")) else { return };
    let same = |a: &&Advice| {
        a.rule.as_deref() == Some("copy-credential-file")
            && (&a.file, a.line) == (&fault.file, fault.line)
            && a.message.contains(&path)
    };
    if let Some(Advice { diff: Some(diff), changes, help, risk, .. }) = advice.iter().find(same) {
        (fault.diff, fault.help, fault.risk) = (Some(diff.clone()), help.clone(), risk);
        fault.changes.clone_from(changes);
    }
}

/// Whether a folder is not below the current one, as its path is written.
fn is_outside(folder: &Path) -> bool {
    folder.is_absolute() || folder.components().any(|part| part == Component::ParentDir)
}

/// Gravity first; a hundred megabytes weigh as much as a step of it.
fn effect(advice: &Advice) -> u64 {
    let gravity = match advice.severity {
        Severity::Error => 300,
        Severity::Warning => 200,
        Severity::Info => 100,
        Severity::Style => 0,
    };
    // A leak cannot be taken back; taste can wait.
    let about = match advice.category {
        Category::Secrets => 50,
        Category::Style => 0,
        _ => 20,
    };
    // An edit that is ready comes before one of the same effect that is not.
    (gravity + about + advice.saves.unwrap_or(0) / 1_000_000) * 2 + u64::from(advice.diff.is_some())
}

/// The diff of all files that a fix changes. None where one of them has none.
fn diff_of(fix: &Fix, file: &str, lint: &Outcome, settings: &Settings) -> Option<String> {
    let mut diffs = String::new();
    if !fix.edits.is_empty() {
        // The text as reports show it: secrets are masked in it.
        let shown = lint.sources.get(file)?;
        diffs += &diff::unified(file, shown, &fix.edits, &masked_lines(file, shown))?;
    }
    for change in &fix.files {
        let edits = change.edits.as_slice();
        diffs += &match (change.new, edits) {
            (true, [whole]) => diff::new_file(&change.file, &whole.text),
            (true, _) => return None,
            (false, _) => {
                let text = read_beside(Path::new(&change.file))?;
                diff::unified(&change.file, &text, edits, &lines_with_secrets(&text, settings))?
            }
        };
    }
    (!diffs.is_empty()).then_some(diffs)
}

/// The lines, from 0, of a file that is not among those checked, in which there is a credential.
fn lines_with_secrets(text: &str, settings: &Settings) -> Vec<usize> {
    let leaks = settings.scanner().scan(text.as_bytes(), plimsoll_secrets::Context::Config);
    let line_at = |at: u64| {
        let before = text.as_bytes().iter().take(usize::try_from(at).unwrap_or(usize::MAX));
        before.filter(|byte| **byte == b'\n').count()
    };
    let leaked = leaks.iter().flat_map(|leak| line_at(leak.span.start)..=line_at(leak.span.end));
    let named = text.lines().enumerate().filter(|(_, line)| {
        line.split_once('=').is_some_and(|(name, value)| {
            plimsoll_secrets::secret_name(name.trim())
                && !value.is_empty()
                && !plimsoll_secrets::placeholder(value)
        })
    });
    leaked.chain(named.map(|(at, _)| at)).collect()
}

fn of_finding(finding: &Finding, lint: &Outcome, settings: &Settings) -> Advice {
    let diff = finding.fix.as_ref().and_then(|fix| diff_of(fix, finding.file.as_deref()?, lint, settings));
    let by_hand = finding.fix.is_some() && diff.is_none() && finding.help.is_none();
    let by_hand = by_hand.then(|| "change it by hand: the edit would show a credential".to_owned());
    Advice {
        rule: Some(finding.rule.to_string()),
        severity: finding.severity,
        category: finding.category,
        message: finding.message.clone(),
        help: finding.help.clone().or(by_hand),
        file: finding.file.clone(),
        line: finding.line,
        changes: if diff.is_some() { changes_of(finding) } else { Vec::new() },
        diff,
        saves: None,
        risk: risk(finding),
    }
}

/// All that a finding's fix changes.
fn changes_of(finding: &Finding) -> Vec<FileEdit> {
    let Some(fix) = &finding.fix else { return Vec::new() };
    let own = finding.file.clone().filter(|_| !fix.edits.is_empty());
    let own = own.map(|file| FileEdit { file, new: false, edits: fix.edits.clone() });
    own.into_iter().chain(fix.files.iter().cloned()).collect()
}

/// The lines, from 0, that are shown otherwise than they are.
fn masked_lines(file: &str, shown: &str) -> Vec<usize> {
    let text = read_beside(Path::new(file)).unwrap_or_default();
    let pairs = text.split_inclusive('\n').zip(shown.split_inclusive('\n')).enumerate();
    pairs.filter(|(_, (own, shown))| own != shown).map(|(at, _)| at).collect()
}

/// What may go wrong with what single rules ask for.
const RISKS: &[(&str, &str)] = &[
    (
        "add-healthcheck",
        "an orchestrator stops what does not answer: see that it does, and when it has started",
    ),
    (
        "copy-credential-file",
        "what needs the file no longer finds it, and what was built before still has it",
    ),
    ("database-without-password", "those who ask the database need the password too: set it in .env first"),
    ("database-without-volume", "the volume begins empty: what the container holds now is not copied to it"),
    (
        "end-of-life-service",
        "a new release may not read the data of the old one: dump it before, restore it after",
    ),
    ("limit-resources", "a service that needs more is killed: size the limits by what it uses under load"),
    ("named-volume-for-data", "the volume begins empty: what the folder holds now is not copied to it"),
    ("no-setuid", "what relied on the other user's rights fails: start the image and test it"),
    ("no-ssh-port", "none for the container: whoever logged in through it needs another way"),
    ("no-sudo", "a script that calls it fails: start the image and test it"),
    ("omit-dev-dependencies", "a build that needs them fails: build and test"),
    (
        "pin-service-image",
        "it may be another release than the one that runs now: for a database, look which that is",
    ),
    ("package-signatures-off", "the build stops where a signature is not good: build once"),
    ("pipefail", "what failed unseen now stops the build: build once"),
    (
        "secret-in-environment",
        "it no longer starts without the variable, and its old value is known: set a new one in .env",
    ),
    ("state-without-volume", "the volume begins empty: what the container holds now is not copied to it"),
    ("tls-verification-off", "the build stops where a certificate is not good: build once"),
    ("unset-variable", "Compose stops where the variable is not set"),
    ("use-secrets", "the program has to read the file: start it and test it"),
];

/// What may go wrong with the change.
fn risk(finding: &Finding) -> &'static str {
    if finding.fix.as_ref().is_some_and(|fix| fix.safe) {
        return "none: the build keeps its meaning";
    }
    if let Some((_, risk)) = RISKS.iter().find(|(rule, _)| *rule == finding.rule) {
        return risk;
    }
    match finding.category {
        Category::User => "what the process writes must belong to the new user",
        Category::Secrets => "what was built before still has it: give out a new credential",
        Category::BaseImage => "the new base may have other packages: run the tests on it",
        Category::Size | Category::Packages => "something may use what goes: start the image and test it",
        Category::SupplyChain => "what is fixed no longer moves by itself: let a bot raise it",
        Category::Reliability => "the container starts or stops in another way: try both",
        Category::Caching | Category::Correctness | Category::Shell => {
            "the build may make something else: build and test"
        }
        Category::Style => "none for the image",
        Category::Compose => "the service runs under other rules: start it and test it",
        Category::Context => "a build may lack a file that it copies: build once",
    }
}

/// The bytes that mending a finding takes from the images of its Dockerfile.
fn saved_by<'a>(
    finding: &Finding,
    images: &[(&'a str, &ImageSummary)],
    counted: &mut Counted<'a>,
) -> Option<u64> {
    let causes = REMOVES.iter().find(|(rule, _)| *rule == finding.rule)?.1;
    let mut saved = 0;
    for (dockerfile, image) in images {
        let beside =
            Path::new(dockerfile).parent() == finding.file.as_deref().map(Path::new).and_then(Path::parent);
        if finding.file.as_deref() != Some(dockerfile) && !(finding.category == Category::Context && beside) {
            continue;
        }
        for weight in image.weight.iter().filter(|w| causes.contains(&w.cause)) {
            for part in &weight.layers {
                // A layer whose line is not known is the base's; one whose line is known belongs to that line.
                let line = image.layers.get(part.layer).and_then(|l| l.dockerfile_line);
                let elsewhere = line != finding.instruction_line && finding.category != Category::Context;
                if line.is_some() && !elsewhere && counted.insert((dockerfile, weight.cause, part.layer)) {
                    saved += part.bytes;
                }
            }
        }
    }
    (saved > 0).then_some(saved)
}

/// What an image carries that no finding in its Dockerfile accounts for. What its base brings is not the user's.
fn measured(dockerfile: &str, image: &ImageSummary, counted: &Counted<'_>) -> Vec<Advice> {
    let mut advice = Vec::new();
    for weight in image.weight.iter().filter(|w| w.worthwhile) {
        for part in weight.layers.iter().filter(|p| p.bytes >= NOTICEABLE) {
            let Some(line) = image.layers.get(part.layer).and_then(|l| l.dockerfile_line) else { continue };
            if counted.contains(&(dockerfile, weight.cause, part.layer)) {
                continue;
            }
            advice.push(Advice {
                rule: None,
                severity: Severity::Info,
                category: Category::Size,
                message: format!("layer {} of {} holds {}", part.layer, image.name, weight.what),
                help: Some(weight.remedy.to_owned()),
                file: Some(dockerfile.to_owned()),
                line: Some(line),
                diff: None,
                changes: Vec::new(),
                saves: Some(part.bytes),
                risk: "something may use what goes: start the image and test it",
            });
        }
    }
    advice
}

/// COPY of what is not in the context stops a build.
fn missing_sources(around: &Surroundings, lint: &Outcome, settings: &Settings) -> Vec<Advice> {
    const LIST: &str =
        "title = ''\n[[section]]\ntitle = ''\n[[section.item]]\ntext = 'sources'\nfacts = ['copy-sources']\n";
    let Ok(list) = Checklist::parse(LIST, Path::new("")) else { return Vec::new() };
    let report = tick(&list, around, lint, &[], settings);
    let failed = report.items().filter(|item| item.status == crate::checklist::Status::Failed);
    let seen = failed.flat_map(|item| &item.evidence);
    let meant = |seen: &Evidence| {
        let app = around.apps.iter().find(|app| Some(&app.shown) == seen.file.as_ref())?;
        let source = seen.text.strip_prefix('`')?.split('`').next()?;
        missing_source::meant(app, seen.line?, source, lint, settings)
    };
    seen.map(|seen| (seen, meant(seen)))
        .map(|(seen, meant)| Advice {
            rule: None,
            severity: Severity::Error,
            category: Category::Correctness,
            message: format!("the build stops here: {}", seen.text),
            help: Some(match &meant {
                Some(meant) => format!("did you mean `{}`? The path starts at the build context", meant.path),
                None => {
                    "correct the path, which starts at the build context, or make the file before the build"
                        .to_owned()
                }
            }),
            file: seen.file.clone(),
            line: seen.line,
            changes: meant.as_ref().and_then(|meant| meant.change.clone()).into_iter().collect(),
            diff: meant.and_then(|meant| meant.diff),
            saves: None,
            risk: "none: it does not build as it is",
        })
        .collect()
}
