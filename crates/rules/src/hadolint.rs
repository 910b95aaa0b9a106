//! `.hadolint.yaml`: the settings of people who come from hadolint, as a configuration of ours.

use std::fmt::Write as _;
use std::path::Path;

use plimsoll_compose::{Node, SourceId, Yaml};

use crate::Severity;
use crate::config::{Config, ConfigError, FailOn, LabelForm, Labels};
use crate::rule::{find_rules, nearest, normalise_code};
use crate::select::Selection;

/// The names that hadolint looks for in a project's folder; the first that exists counts.
pub const FILE_NAMES: [&str; 2] = [".hadolint.yaml", ".hadolint.yml"];

const KEYS: [&str; 10] = [
    "ignored",
    "override",
    "trustedRegistries",
    "label-schema",
    "strict-labels",
    "failure-threshold",
    "disable-ignore-pragma",
    "no-fail",
    "no-color",
    "format",
];

/// hadolint's formats and ours.
const FORMATS: [(&str, &str); 7] = [
    ("tty", "text"),
    ("json", "json"),
    ("checkstyle", "checkstyle"),
    ("codeclimate", "gitlab"),
    ("gitlab_codeclimate", "gitlab"),
    ("junit", "junit"),
    ("sarif", "sarif"),
];

/// A `.hadolint.yaml`, read.
#[derive(Clone, Debug, Default)]
pub struct Hadolint {
    /// The configuration of ours that says the same.
    pub config: Config,
    /// What has no meaning here, each in one line that begins with the file's name.
    pub notes: Vec<String>,
}

impl Hadolint {
    /// Reads a `.hadolint.yaml`; `file` is for the messages. Fails on what is no YAML, and on a value of the wrong
    /// kind for its key. Keys that hadolint does not know are noted and passed over, as hadolint passes over them.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let yaml = Yaml::parse(text, SourceId(0));
        let mut reader = Reader { file, read: Self::default() };
        if let Some(wrong) = yaml.diagnostics.first() {
            return Err(reader.error(wrong.span.line, &wrong.message));
        }
        // An empty file says nothing.
        let Some(document) = yaml.documents.first().filter(|d| !d.is_null()) else { return Ok(reader.read) };
        let Some(map) = document.as_map() else {
            return Err(reader.error(document.span.line, "not a mapping of settings"));
        };
        for entry in &map.entries {
            let key = entry.key_text().unwrap_or_default();
            if !KEYS.contains(&key) {
                let hint = nearest(key, KEYS).map(|k| format!(": did you mean `{k}`?")).unwrap_or_default();
                reader.note(entry.key.span.line, &format!("unknown key `{key}` is passed over{hint}"));
            }
        }
        reader.settings(&|key| map.get(key).filter(|value| !value.is_null()))?;
        Ok(reader.read)
    }

    /// The text of a `plimsoll.toml` that says the same.
    pub fn to_toml(&self) -> String {
        let config = &self.config;
        let mut text = String::new();
        let mut line = |key: &str, value: String| _ = writeln!(text, "{key} = {value}");
        if !config.extend_select.is_empty() {
            line("extend-select", list(&config.extend_select));
        }
        if !config.ignore.is_empty() {
            line("ignore", list(&config.ignore));
        }
        if let Some(fail_on) = config.fail_on {
            line("fail-on", quoted(fail_on.as_str()));
        }
        if let Some(format) = &config.format {
            line("format", quoted(format));
        }
        if let Some(color) = config.color {
            line("color", color.to_string());
        }
        if let Some(honoured) = config.ignore_comments {
            line("ignore-comments", honoured.to_string());
        }
        if !config.trusted_registries.is_empty() {
            line("trusted-registries", list(&config.trusted_registries));
        }
        if !config.severity.is_empty() {
            text.push_str("\n[severity]\n");
            for (code, severity) in &config.severity {
                _ = writeln!(text, "{} = {}", key(code), quoted(severity.as_str()));
            }
        }
        let Labels { required, strict } = &config.labels;
        if *strict {
            text.push_str("\n[labels]\nstrict = true\n");
        }
        if !required.is_empty() {
            text.push_str("\n[labels.required]\n");
            for (label, form) in required {
                _ = writeln!(text, "{} = {}", key(label), quoted(form.as_str()));
            }
        }
        text
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(", "))
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { name.to_owned() } else { quoted(name) }
}

struct Reader<'a> {
    file: &'a Path,
    read: Hadolint,
}

impl Reader<'_> {
    fn settings<'n>(&mut self, get: &dyn Fn(&str) -> Option<&'n Node>) -> Result<(), ConfigError> {
        if let Some(value) = get("ignored") {
            self.read.config.ignore = self.codes("ignored", value)?;
        }
        if let Some(value) = get("override") {
            self.overrides(value)?;
        }
        if let Some(value) = get("trustedRegistries") {
            self.read.config.trusted_registries =
                self.words("trustedRegistries", value)?.into_iter().map(|(word, _)| word).collect();
        }
        if let Some(value) = get("label-schema") {
            self.labels(value)?;
        }
        self.read.config.labels.strict = self.flag("strict-labels", get)?;
        if let Some(value) = get("failure-threshold") {
            self.read.config.fail_on = Some(self.threshold(value)?);
        }
        if self.flag("no-fail", get)? {
            self.read.config.fail_on = Some(FailOn::Never);
        }
        if self.flag("disable-ignore-pragma", get)? {
            self.read.config.ignore_comments = Some(false);
        }
        if self.flag("no-color", get)? {
            self.read.config.color = Some(false);
        }
        if let Some(value) = get("format") {
            self.format(value)?;
        }
        Ok(())
    }

    /// The severities that codes get. A code with a severity is wanted, so it is selected too.
    fn overrides(&mut self, value: &Node) -> Result<(), ConfigError> {
        let wrong = "`override` holds lists under `error`, `warning`, `info` and `style`";
        let Some(map) = value.as_map() else { return Err(self.error(value.span.line, wrong)) };
        // Where a code stands in two lists, hadolint takes the graver one.
        let severities = [Severity::Style, Severity::Info, Severity::Warning, Severity::Error];
        for severity in severities {
            let Some(codes) = map.get(severity.as_str()).filter(|v| !v.is_null()) else { continue };
            for code in self.codes(&format!("override.{severity}"), codes)? {
                self.read.config.severity.insert(code, severity);
            }
        }
        // Of a code without a rule there is nothing to select.
        let known = |code: &&String| !find_rules(code).is_empty();
        self.read.config.extend_select = self.read.config.severity.keys().filter(known).cloned().collect();
        for entry in &map.entries {
            let key = entry.key_text().unwrap_or_default();
            if !severities.iter().any(|s| s.as_str() == key) {
                self.note(entry.key.span.line, &format!("unknown severity `{key}` is passed over"));
            }
        }
        Ok(())
    }

    fn labels(&mut self, value: &Node) -> Result<(), ConfigError> {
        let Some(map) = value.as_map() else {
            return Err(self.error(value.span.line, "`label-schema` maps labels to the form of their values"));
        };
        for entry in &map.entries {
            let form = entry.value.as_text().unwrap_or_default();
            let Some(form) = LabelForm::from_hadolint(form) else {
                let message = format!(
                    "unknown form `{form}`: expected one of text, url, rfc3339, spdx, hash, semver, email"
                );
                return Err(self.error(entry.value.span.line, &message));
            };
            let label = entry.key_text().unwrap_or_default().to_owned();
            self.read.config.labels.required.insert(label, form);
        }
        Ok(())
    }

    fn threshold(&self, value: &Node) -> Result<FailOn, ConfigError> {
        match value.as_text() {
            Some("error") => Ok(FailOn::Error),
            Some("warning") => Ok(FailOn::Warning),
            Some("info") => Ok(FailOn::Info),
            // hadolint's two names for a threshold that everything reaches.
            Some("style" | "ignore" | "none") => Ok(FailOn::Style),
            _ => {
                let message =
                    "`failure-threshold` is one of error, warning, info, style, ignore, none, in lower case";
                Err(self.error(value.span.line, message))
            }
        }
    }

    fn format(&mut self, value: &Node) -> Result<(), ConfigError> {
        let name = value.as_text().unwrap_or_default();
        match FORMATS.iter().find(|(theirs, _)| *theirs == name) {
            Some((_, ours)) => self.read.config.format = Some((*ours).to_owned()),
            None if ["gnu", "codacy", "sonarqube"].contains(&name) => {
                self.note(value.span.line, &format!("there is no format `{name}` here; it is passed over"));
            }
            None => return Err(self.error(value.span.line, &format!("unknown format `{name}`"))),
        }
        Ok(())
    }

    /// The codes of a list; a word that is none is noted.
    fn codes(&mut self, key: &str, value: &Node) -> Result<Vec<String>, ConfigError> {
        let mut codes = Vec::new();
        for (word, line) in self.words(key, value)? {
            let code = normalise_code(&word);
            if Selection::default().ignore(&[&code]).is_ok() {
                codes.push(code);
            } else {
                self.note(line, &format!("`{word}` in `{key}` is no code and is passed over"));
            }
        }
        Ok(codes)
    }

    fn words(&self, key: &str, value: &Node) -> Result<Vec<(String, usize)>, ConfigError> {
        let items =
            value.as_seq().ok_or_else(|| self.error(value.span.line, &format!("`{key}` is a list")))?;
        items
            .iter()
            .map(|item| match item.as_text() {
                Some(text) => Ok((text.to_owned(), item.span.line)),
                None => Err(self.error(item.span.line, &format!("`{key}` is a list of words"))),
            })
            .collect()
    }

    fn flag<'n>(&self, key: &str, get: &dyn Fn(&str) -> Option<&'n Node>) -> Result<bool, ConfigError> {
        let Some(value) = get(key) else { return Ok(false) };
        value.as_bool().ok_or_else(|| self.error(value.span.line, &format!("`{key}` is true or false")))
    }

    fn note(&mut self, line: usize, message: &str) {
        self.read.notes.push(format!("{}:{line}: {message}", self.file.display()));
    }

    fn error(&self, line: usize, message: &str) -> ConfigError {
        ConfigError {
            file: self.file.to_owned(),
            line: u32::try_from(line).ok(),
            message: message.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    const FULL: &str = "\
# what a project has
ignored: [DL3008, SC2086]
override:
  error: [DL3015]
  style: [DL3015, DL3059]
  fatal: [DL3009]
trustedRegistries:
  - docker.io
  - '*.acme.io'
label-schema:
  maintainer: text
  org.opencontainers.image.revision: hash
  built: rfc3339
strict-labels: true
failure-threshold: error
disable-ignore-pragma: true
no-color: true
format: codeclimate
verbose: 1
";

    fn read(text: &str) -> Hadolint {
        Hadolint::parse(text, Path::new(".hadolint.yaml")).unwrap_or_else(|e| panic!("{e}"))
    }

    fn error(text: &str) -> String {
        Hadolint::parse(text, Path::new(".hadolint.yaml")).expect_err(text).to_string()
    }

    #[test]
    fn every_setting_has_its_counterpart() {
        insta::assert_snapshot!(read(FULL).to_toml(), @r#"
        extend-select = ["DL3015", "DL3059"]
        ignore = ["DL3008", "SC2086"]
        fail-on = "error"
        format = "gitlab"
        color = false
        ignore-comments = false
        trusted-registries = ["docker.io", "*.acme.io"]

        [severity]
        DL3015 = "error"
        DL3059 = "style"

        [labels]
        strict = true

        [labels.required]
        built = "time"
        maintainer = "text"
        "org.opencontainers.image.revision" = "git-hash"
        "#);
    }

    #[test]
    fn the_toml_says_what_the_yaml_says() {
        for text in [FULL, "", "no-fail: true\n", "ignored: []\nfailure-threshold: none\n"] {
            let (file, yaml) = (Path::new("plimsoll.toml"), read(text));
            let toml = Config::parse(&yaml.to_toml(), file).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(format!("{toml:?}"), format!("{:?}", yaml.config));
            Settings::new(&toml, file).unwrap_or_else(|e| panic!("{e}"));
        }
    }

    #[test]
    fn what_hadolint_passes_over_is_noted() {
        let notes =
            read("foo: 1\nignore: [DL3008]\nignored: [nope]\noverride: {fatal: [DL3008]}\nformat: gnu\n")
                .notes;
        insta::assert_snapshot!(notes.join("\n"), @"
        .hadolint.yaml:1: unknown key `foo` is passed over
        .hadolint.yaml:2: unknown key `ignore` is passed over: did you mean `ignored`?
        .hadolint.yaml:3: `nope` in `ignored` is no code and is passed over
        .hadolint.yaml:4: unknown severity `fatal` is passed over
        .hadolint.yaml:5: there is no format `gnu` here; it is passed over
        ");
    }

    #[test]
    fn what_hadolint_refuses_is_one_line() {
        let all = [
            "ignored: [DL3008",
            "ignored: DL3008",
            "- a",
            "failure-threshold: ERROR",
            "label-schema: {a: rawtext}",
            "no-fail: perhaps",
            "format: yaml",
        ];
        insta::assert_snapshot!(all.map(error).join("\n"), @"
        .hadolint.yaml:2: while parsing a flow sequence, expected ',' or ']'
        .hadolint.yaml:1: `ignored` is a list
        .hadolint.yaml:1: not a mapping of settings
        .hadolint.yaml:1: `failure-threshold` is one of error, warning, info, style, ignore, none, in lower case
        .hadolint.yaml:1: unknown form `rawtext`: expected one of text, url, rfc3339, spdx, hash, semver, email
        .hadolint.yaml:1: `no-fail` is true or false
        .hadolint.yaml:1: unknown format `yaml`
        ");
    }
}
