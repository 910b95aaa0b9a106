//! `plimsoll.toml`: what a project wants checked, and how.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobMatcher};
use plimsoll_secrets::Scanner;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Severity;
use crate::data::Date;
use crate::profile::{Profile, ProfileConfig};
use crate::rule::nearest;
use crate::select::Selection;

/// The file as written. Every key may be missing; an unknown key is an error.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// The rules that run, in place of the default set: names, categories, peers' codes, `DEFAULT`, `ALL`.
    pub select: Option<Vec<String>>,
    /// Rules added to what is selected.
    pub extend_select: Vec<String>,
    /// Rules, categories or codes that are never reported.
    pub ignore: Vec<String>,
    /// The least severity that makes the exit status 1, or `never`.
    pub fail_on: Option<FailOn>,
    /// How the findings are printed, where `--format` does not say.
    pub format: Option<String>,
    /// Whether to colour; by default on a terminal.
    pub color: Option<bool>,
    /// Severities by rule, category or code.
    pub severity: BTreeMap<String, Severity>,
    /// The stage that is built, when it is not the last one.
    pub target: Option<String>,
    /// Values that the build gives to ARGs.
    pub build_args: BTreeMap<String, String>,
    /// Registries that base images may come from (`docker.io`, `ghcr.io/acme`, `*.acme.io`). Empty: any.
    pub trusted_registries: Vec<String>,
    /// What labels an image carries.
    pub labels: Labels,
    /// After how many days an image must have been built again; switches `image-rebuild` on.
    pub max_image_age: Option<u32>,
    /// Settings for the files that a glob matches; later ones win.
    pub per_path: Vec<PerPath>,
    /// Which profile an image has, by its name or its Dockerfile.
    pub image: Vec<ImageConfig>,
    /// Profiles of the project's own, and changes to the built-in ones.
    pub profile: BTreeMap<String, ProfileConfig>,
    /// The secret engine's settings.
    pub secrets: Secrets,
    /// Whether ignore comments in files are honoured.
    pub ignore_comments: Option<bool>,
}

/// What makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Any finding.
    Style,
    /// Info and graver.
    Info,
    /// Warnings and errors.
    Warning,
    /// Errors alone.
    Error,
    /// No finding at all.
    Never,
}

impl FailOn {
    /// The name in configuration and on the command line.
    pub fn as_str(self) -> &'static str {
        self.severity().map_or("never", Severity::as_str)
    }

    /// The least severity that counts; none where nothing does.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Style => Some(Severity::Style),
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
            Self::Never => None,
        }
    }
}

impl std::str::FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Style, Self::Info, Self::Warning, Self::Error, Self::Never];
        all.into_iter().find(|f| f.as_str() == text).ok_or_else(|| {
            format!("unknown severity `{text}`: expected error, warning, info, style or never")
        })
    }
}

/// Labels that an image must carry, and whether others are allowed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Labels {
    /// Label name to the form its value must have.
    pub required: BTreeMap<String, LabelForm>,
    /// Whether labels that are not listed are reported.
    pub strict: bool,
}

/// The form of a label's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LabelForm {
    /// Anything that is not empty.
    Text,
    /// A URL.
    Url,
    /// An RFC 3339 time.
    #[serde(alias = "rfc3339")]
    Time,
    /// An SPDX licence expression.
    Spdx,
    /// A git commit hash.
    #[serde(alias = "hash")]
    GitHash,
    /// A semantic version.
    Semver,
    /// An RFC 5322 address.
    Email,
}

impl LabelForm {
    /// The name in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Url => "url",
            Self::Time => "time",
            Self::Spdx => "spdx",
            Self::GitHash => "git-hash",
            Self::Semver => "semver",
            Self::Email => "email",
        }
    }

    /// The form that hadolint calls so.
    pub(crate) fn from_hadolint(name: &str) -> Option<Self> {
        match name {
            "rfc3339" => Some(Self::Time),
            "hash" => Some(Self::GitHash),
            "time" | "git-hash" => None,
            _ => [Self::Text, Self::Url, Self::Spdx, Self::Semver, Self::Email]
                .into_iter()
                .find(|form| form.as_str() == name),
        }
    }
}

/// Settings for some paths.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PerPath {
    /// A glob, relative to the folder of plimsoll.toml.
    pub path: String,
    /// In place of the selected rules.
    pub select: Option<Vec<String>>,
    /// Added to the selected rules.
    pub extend_select: Vec<String>,
    /// Taken away.
    pub ignore: Vec<String>,
    /// Severities by rule, category or code.
    pub severity: BTreeMap<String, Severity>,
    /// The stage that is built.
    pub target: Option<String>,
    /// The profile of the image that is built from it.
    pub profile: Option<String>,
}

/// Which profile an image has.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ImageConfig {
    /// A glob over the image's name.
    pub name: Option<String>,
    /// A glob over the Dockerfile's path.
    pub dockerfile: Option<String>,
    /// The profile's name.
    pub profile: String,
}

/// Settings of the secret engine.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Secrets {
    /// Detectors that are off.
    pub disable: Vec<String>,
    /// Detectors that are on although they are off by default.
    pub enable: Vec<String>,
    /// Detectors of the project's own.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub detector: Vec<plimsoll_secrets::DetectorSpec>,
}

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// What is wrong, in one line.
    pub message: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// With the first line of `text` that has the word that the message names in quotes, where no line is known yet.
    pub fn found_in(mut self, text: &str) -> Self {
        if self.line.is_none()
            && let Some(word) = self.message.split('`').nth(1)
        {
            let quoted = [format!("\"{word}\""), format!("'{word}'")];
            let at = text.lines().position(|line| quoted.iter().any(|quoted| line.contains(quoted)));
            self.line = at.and_then(|at| u32::try_from(at + 1).ok());
        }
        self
    }
}

impl Config {
    /// Reads the text of a `plimsoll.toml`; `file` is only for the error.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|e| {
            let line = e.span().map(|s| {
                1 + text.as_bytes()[..s.start.min(text.len())].iter().filter(|b| **b == b'\n').count()
            });
            let key = line.and_then(|line| key_in(text.lines().nth(line - 1)?));
            ConfigError {
                file: file.to_owned(),
                line: line.and_then(|l| u32::try_from(l).ok()),
                message: in_words(e.message(), key),
            }
        })
    }
}

/// The JSON schema of `plimsoll.toml`, for editors.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Config)
}

/// The key that a line gives a value to.
fn key_in(line: &str) -> Option<&str> {
    let key = line.split_once('=')?.0.trim().trim_matches(['"', '\'']);
    (!key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))).then_some(key)
}

/// What Serde says, as a person would: with the key that it is about, and of all known keys the one that was meant.
fn in_words(message: &str, key: Option<&str>) -> String {
    let first = message.lines().next().unwrap_or(message);
    if let Some((unknown, rest)) = first.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'))
    {
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        return match nearest(unknown, known.iter().copied()) {
            Some(near) => format!("unknown key `{unknown}`: did you mean `{near}`?"),
            None => format!("unknown key `{unknown}`: expected one of {}", known.join(", ")),
        };
    }
    let Some(key) = key else { return first.to_owned() };
    let wrong_type = first.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "));
    match wrong_type {
        Some((given, wanted)) => format!("`{key}` takes {}, not {}", kind(wanted), kind(given)),
        None => format!("`{key}`: {first}"),
    }
}

/// A type of Serde's, as `plimsoll.toml` has it. What it is followed by is the value.
fn kind(serde: &str) -> &str {
    let kinds = [
        ("a sequence", "a list"),
        ("sequence", "a list"),
        ("a map", "a table"),
        ("map", "a table"),
        ("struct", "a table"),
        ("a string", "text"),
        ("string", "text"),
        ("a boolean", "true or false"),
        ("boolean", "true or false"),
        ("integer", "a number"),
        ("floating point", "a number"),
        ("u32", "a number"),
    ];
    kinds.iter().find(|(theirs, _)| serde.starts_with(theirs)).map_or(serde, |(_, ours)| ours)
}

/// A configuration resolved for use: globs compiled, names checked.
#[derive(Clone)]
pub struct Settings {
    /// The folder that globs are relative to.
    pub root: PathBuf,
    /// The rules that are on.
    pub selection: Selection,
    /// The least severity that makes the exit status 1; none: nothing does.
    pub fail_on: Option<Severity>,
    /// How the findings are printed, where the command line does not say.
    pub format: Option<String>,
    /// Whether to colour, where the command line does not say.
    pub color: Option<bool>,
    /// The stage that is built.
    pub target: Option<String>,
    /// Values that the build gives to ARGs.
    pub build_args: BTreeMap<String, String>,
    /// Registries that base images may come from.
    pub trusted_registries: Vec<String>,
    /// What labels an image carries.
    pub labels: Labels,
    /// After how many days an image must have been built again.
    pub max_image_age: Option<u32>,
    /// Whether ignore comments are honoured.
    pub ignore_comments: bool,
    /// The day that end-of-life rules take for today.
    pub today: Date,
    /// Whether secrets are printed whole.
    pub show_secrets: bool,
    /// The profile that was asked for by `--profile`.
    pub profile: Option<Profile>,
    scanner: Scanner,
    per_path: Vec<(GlobMatcher, PerPath)>,
    images: Vec<(Option<GlobMatcher>, Option<GlobMatcher>, Profile)>,
    profiles: BTreeMap<String, Profile>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            root: PathBuf::new(),
            selection: Selection::default(),
            fail_on: Some(Severity::Warning),
            format: None,
            color: None,
            target: None,
            build_args: BTreeMap::new(),
            trusted_registries: Vec::new(),
            labels: Labels::default(),
            max_image_age: None,
            ignore_comments: true,
            today: Date::today(),
            show_secrets: false,
            profile: None,
            scanner: Scanner::default(),
            per_path: Vec::new(),
            images: Vec::new(),
            profiles: Profile::built_in(),
        }
    }
}

impl Settings {
    /// Checks a configuration's names and compiles its globs. `file` is where it was found.
    pub fn new(config: &Config, file: &Path) -> Result<Self, ConfigError> {
        let fail = |message: String| ConfigError { file: file.to_owned(), line: None, message };
        let mut settings =
            Self { root: file.parent().unwrap_or(Path::new("")).to_owned(), ..Self::default() };
        apply(
            &mut settings.selection,
            config.select.as_deref(),
            &config.extend_select,
            &config.ignore,
            &config.severity,
        )
        .map_err(|e| fail(e.to_string()))?;
        settings.fail_on = config.fail_on.map_or(settings.fail_on, FailOn::severity);
        settings.format.clone_from(&config.format);
        settings.color = config.color;
        settings.target.clone_from(&config.target);
        settings.build_args.clone_from(&config.build_args);
        settings.trusted_registries.clone_from(&config.trusted_registries);
        settings.labels = config.labels.clone();
        settings.max_image_age = config.max_image_age;
        if config.max_image_age.is_some() {
            settings.selection.extend(&["image-rebuild"]).map_err(|e| fail(e.to_string()))?;
        }
        settings.scanner = scanner(&config.secrets).map_err(&fail)?;
        settings.ignore_comments = config.ignore_comments.unwrap_or(true);
        for (name, changes) in &config.profile {
            let base = settings.profiles.get(name).cloned().unwrap_or_else(|| Profile::named(name));
            settings.profiles.insert(name.clone(), base.changed(changes).map_err(&fail)?);
        }
        for per_path in &config.per_path {
            let glob = glob(&per_path.path).map_err(&fail)?;
            let mut trial = Selection::default();
            apply(
                &mut trial,
                per_path.select.as_deref(),
                &per_path.extend_select,
                &per_path.ignore,
                &per_path.severity,
            )
            .map_err(|e| fail(e.to_string()))?;
            if let Some(name) = &per_path.profile {
                settings.profile_named(name).map_err(&fail)?;
            }
            settings.per_path.push((glob, per_path.clone()));
        }
        for image in &config.image {
            if image.name.is_none() && image.dockerfile.is_none() {
                return Err(fail("[[image]] needs a `name` or a `dockerfile`".into()));
            }
            let name = image.name.as_deref().map(glob).transpose().map_err(&fail)?;
            let dockerfile = image.dockerfile.as_deref().map(glob).transpose().map_err(&fail)?;
            let profile = settings.profile_named(&image.profile).map_err(&fail)?;
            settings.images.push((name, dockerfile, profile));
        }
        Ok(settings)
    }

    /// The secret engine, with the project's own detectors.
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// The profile of that name, or a message that lists the known ones.
    pub fn profile_named(&self, name: &str) -> Result<Profile, String> {
        self.profiles.get(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            format!("unknown profile `{name}`: known are {}", known.join(", "))
        })
    }

    /// Every profile, for guessing one from evidence.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.values()
    }

    /// The settings for one file: the `per-path` tables that match it laid over these.
    pub fn for_path(&self, path: &Path) -> std::borrow::Cow<'_, Self> {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        let relative = relative.strip_prefix(".").unwrap_or(relative);
        let mut settings = std::borrow::Cow::Borrowed(self);
        for (glob, table) in &self.per_path {
            if !glob.is_match(relative) {
                continue;
            }
            let settings = settings.to_mut();
            // The words were checked when the configuration was read.
            let _ = apply(
                &mut settings.selection,
                table.select.as_deref(),
                &table.extend_select,
                &table.ignore,
                &table.severity,
            );
            if table.target.is_some() {
                settings.target.clone_from(&table.target);
            }
        }
        settings
    }

    /// The profile that was asked for: on the command line, or by the image's names or Dockerfile in `plimsoll.toml`.
    pub fn asked_profile<S: AsRef<str>>(
        &self,
        image_names: &[S],
        dockerfile: Option<&Path>,
    ) -> Option<Profile> {
        if let Some(profile) = &self.profile {
            return Some(profile.clone());
        }
        let relative = dockerfile.map(|p| p.strip_prefix(&self.root).unwrap_or(p));
        let by_image = self.images.iter().rev().find(|(name, file, _)| {
            let named = name.as_ref().is_some_and(|g| image_names.iter().any(|n| g.is_match(n.as_ref())));
            let built = file.as_ref().is_some_and(|g| relative.is_some_and(|p| g.is_match(p)));
            named || built
        });
        if let Some((_, _, profile)) = by_image {
            return Some(profile.clone());
        }
        let relative = relative?;
        let by_path =
            self.per_path.iter().rev().find(|(g, t)| t.profile.is_some() && g.is_match(relative))?;
        self.profiles.get(by_path.1.profile.as_deref()?).cloned()
    }
}

fn scanner(secrets: &Secrets) -> Result<Scanner, String> {
    for name in secrets.disable.iter().chain(&secrets.enable) {
        known_detector(name, &secrets.detector)?;
    }
    let mut builder = Scanner::builder();
    for name in &secrets.disable {
        builder = builder.disable(name);
    }
    for name in &secrets.enable {
        builder = builder.enable(name);
    }
    for spec in &secrets.detector {
        builder = builder.with(spec.clone());
    }
    builder.build().map_err(|e| e.to_string())
}

/// Fails where the name, or what its `*` stands for, is no detector's.
fn known_detector(name: &str, own: &[plimsoll_secrets::DetectorSpec]) -> Result<(), String> {
    let built_in = plimsoll_secrets::built_in().iter().map(|d| &*d.name);
    let known = built_in.chain(own.iter().map(|d| d.name.as_str()));
    let meant =
        |known: &str| known == name || name.strip_suffix('*').is_some_and(|start| known.starts_with(start));
    if known.clone().any(meant) {
        return Ok(());
    }
    let near = nearest(name, known).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
    Err(format!("unknown detector `{name}` under [secrets]{near}"))
}

fn apply(
    selection: &mut Selection,
    select: Option<&[String]>,
    extend: &[String],
    ignore: &[String],
    severity: &BTreeMap<String, Severity>,
) -> Result<(), crate::select::SelectError> {
    if let Some(select) = select {
        selection.select(select)?;
    }
    selection.extend(extend)?;
    selection.ignore(ignore)?;
    for (word, severity) in severity {
        selection.severity(word, *severity)?;
    }
    Ok(())
}

fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    Glob::new(pattern)
        .map(|g| g.compile_matcher())
        .map_err(|e| format!("`{pattern}` is not a glob: {}", e.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let file = Path::new("plimsoll.toml");
        match Config::parse(text, file) {
            Err(e) => e.to_string(),
            Ok(config) => Settings::new(&config, file).map(drop).unwrap_err().to_string(),
        }
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        assert_eq!(error("\nselct = []\n"), "plimsoll.toml:2: unknown key `selct`: did you mean `select`?");
        assert!(error("[labels]\nrequierd = {}\n").contains("did you mean `required`?"));
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        assert!(error("ignore = ['no-such-thing-at-all']").contains("unknown rule, category or code"));
        assert_eq!(
            error("[secrets]\ndisable = ['jwt', 'aws-*', 'github-pta']"),
            "plimsoll.toml: unknown detector `github-pta` under [secrets]: did you mean `github-pat`?"
        );
        assert!(
            error("[secrets]\nenable = ['qqqqqqqqqqqq*']")
                .ends_with("unknown detector `qqqqqqqqqqqq*` under [secrets]")
        );
        assert!(error("[[image]]\nname = 'x'\nprofile = 'nope'").contains("known are backend, frontend"));
        assert!(error("[[image]]\nprofile = 'backend'").contains("needs a `name` or a `dockerfile`"));
        assert!(
            error("fail-on = 'loud'").contains("fail-on")
                || error("fail-on = 'loud'").contains("unknown variant")
        );
    }

    #[test]
    fn images_find_their_profile() {
        let text =
            "[[image]]\nname = 'shop-api*'\nprofile = 'backend'\n[profile.backend]\nbudget = '150 MB'\n";
        let file = Path::new("plimsoll.toml");
        let settings = Settings::new(&Config::parse(text, file).unwrap(), file).unwrap();
        assert_eq!(settings.asked_profile(&["shop-api:1"], None).unwrap().budget, Some(150_000_000));
        assert!(settings.asked_profile(&["other:1"], None).is_none());
    }
}
