//! The names of the formats.

use std::fmt;
use std::str::FromStr;

/// A form in which findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Every finding with its source line and a caret: for people.
    Text,
    /// A row for every finding; a table of layers for every image.
    Table,
    /// One JSON object, documented in the crate's documentation.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands that GitHub shows beside the lines.
    Github,
    /// A GitLab Code Quality report.
    Gitlab,
    /// JUnit XML: a test suite for every file or image.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// Markdown for a comment on a pull request.
    Markdown,
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Table,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Markdown,
    ];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Markdown => "markdown",
        }
    }

    /// What it is for, in one line of `--help`.
    pub fn help(self) -> &'static str {
        match self {
            Self::Text => "each finding with its source line and a caret",
            Self::Table => "a row for each finding",
            Self::Json => "one JSON object, stable and documented",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Github => "GitHub workflow commands: annotations beside the lines",
            Self::Gitlab => "GitLab Code Quality report",
            Self::Junit => "JUnit XML",
            Self::Checkstyle => "Checkstyle XML",
            Self::Markdown => "Markdown for a comment on a pull request",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A format that is asked for and does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Format::ALL.iter().map(|format| format.as_str()).collect();
        write!(f, "unknown format `{}`: expected one of {}", crate::clean::line(&self.0), names.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert!("yaml".parse::<Format>().is_err());
    }
}
