//! What a rule says about one place, and how serious it is.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How serious a finding is. The order is the order of gravity: `Error` is the greatest.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A matter of taste or consistency.
    Style,
    /// Worth knowing; nothing is wrong yet.
    Info,
    /// A careful reviewer would ask for a change.
    Warning,
    /// Exploitable, leaking, or the build or the container breaks.
    Error,
}

impl Severity {
    /// The lower-case name that is written in configuration and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Style => "style",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "style" => Ok(Self::Style),
            "info" => Ok(Self::Info),
            "warning" => Ok(Self::Warning),
            "error" => Ok(Self::Error),
            _ => Err(format!("unknown severity `{text}`: expected error, warning, info or style")),
        }
    }
}

/// What a rule is about. Every rule belongs to exactly one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the names are the documentation
pub enum Category {
    User,
    Secrets,
    BaseImage,
    Size,
    Packages,
    SupplyChain,
    Reliability,
    Correctness,
    Caching,
    Shell,
    Style,
    Compose,
    Context,
}

impl Category {
    /// Every category, in the order in which reports list them.
    pub const ALL: [Self; 13] = [
        Self::User,
        Self::Secrets,
        Self::BaseImage,
        Self::Size,
        Self::Packages,
        Self::SupplyChain,
        Self::Reliability,
        Self::Correctness,
        Self::Caching,
        Self::Shell,
        Self::Style,
        Self::Compose,
        Self::Context,
    ];

    /// The kebab-case name that is written in configuration and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Secrets => "secrets",
            Self::BaseImage => "base-image",
            Self::Size => "size",
            Self::Packages => "packages",
            Self::SupplyChain => "supply-chain",
            Self::Reliability => "reliability",
            Self::Correctness => "correctness",
            Self::Caching => "caching",
            Self::Shell => "shell",
            Self::Style => "style",
            Self::Compose => "compose",
            Self::Context => "context",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Category {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or(())
    }
}

/// A change to the source text that mends the fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Whether the edit keeps the meaning of the build, so that it may be made unseen.
    pub safe: bool,
    /// The edits of the finding's own file, in order and not overlapping.
    pub edits: Vec<Edit>,
    /// What is changed in files beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileEdit>,
}

/// A change to another file than the one that a finding is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileEdit {
    /// The file, named as findings name theirs.
    pub file: String,
    /// Whether there is no such file yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// The edits, in order and not overlapping.
    pub edits: Vec<Edit>,
}

/// One replacement: the bytes `start..end` of the source become `text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// First byte that is replaced.
    pub start: usize,
    /// The byte after the last one that is replaced.
    pub end: usize,
    /// What stands there afterwards.
    pub text: String,
}

/// One fault at one place.
///
/// The order and the names of the fields are the order and the names of the JSON output; what is
/// absent is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's kebab-case name.
    pub rule: Cow<'static, str>,
    /// What the rule is about.
    pub category: Category,
    /// How serious it is here.
    pub severity: Severity,
    /// What is wrong here, with the names from the file, and why it matters.
    pub message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The source file: a Dockerfile, a compose file, a scanned file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// First line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// First column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// The column after the last character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// Where the instruction starts that holds the place: the line that peers report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction_line: Option<u32>,
    /// The peers' codes that mean this very fault here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Cow<'static, str>>,
    /// The build stage, by its name or else its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The image, as the user named it or as its tag says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The layer's index, from 0, without the history's empty entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// The digest of the layer's blob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer_digest: Option<String>,
    /// The path inside the image, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The line inside that file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_line: Option<u64>,
    /// Which detector found the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detector: Option<String>,
    /// A change that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// The byte range in `file`, for snippets; lines and columns say the same in the output.
    #[serde(skip)]
    pub span: Option<std::ops::Range<usize>>,
}

impl Finding {
    /// A finding of `rule` with nothing but its words: the caller says where.
    pub fn new(meta: &crate::RuleMeta, message: impl Into<String>) -> Self {
        Self::named(meta.name, meta.category, meta.severity, message)
    }

    /// The same for what is no rule of the registry.
    pub fn named(
        rule: impl Into<Cow<'static, str>>,
        category: Category,
        severity: Severity,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            category,
            severity,
            message: message.into(),
            help: None,
            file: None,
            line: None,
            column: None,
            end_line: None,
            end_column: None,
            instruction_line: None,
            also: Vec::new(),
            stage: None,
            image: None,
            layer: None,
            layer_digest: None,
            path: None,
            path_line: None,
            detector: None,
            fix: None,
            span: None,
        }
    }
}

/// Something that could not be read. It is not a finding: the exit status is 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputError {
    /// The file that could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The image that could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The layer, where one is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// The byte offset, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// What is wrong, in one line.
    pub message: String,
}
