//! `# check=skip=NAME,NAME;error=true;experimental=NAME`: how a Dockerfile wants BuildKit's checks.

use plimsoll_dockerfile::{DirectiveKind, Dockerfile, parse_go_bool};

use crate::config::Settings;
use crate::rule::Peer;
use crate::{Finding, Severity};

/// What the directive says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckDirective {
    /// The checks that are skipped.
    pub(crate) skip: Vec<String>,
    /// Whether every check is skipped.
    pub(crate) skip_all: bool,
    /// Whether a finding fails the build.
    error: bool,
    /// Experimental checks that are on.
    experimental: Vec<String>,
}

/// BuildKit's checks that are off unless a Dockerfile asks for them.
const EXPERIMENTAL: [&str; 2] = ["InvalidDefinitionDescription", "CopyIgnoredFile"];

impl CheckDirective {
    /// The file's directive, or one that says nothing.
    pub(crate) fn of(tree: &Dockerfile<'_>) -> Self {
        let directive = tree.directives.iter().find(|d| d.kind == DirectiveKind::Check);
        directive.map(|d| Self::parse(d.value.as_str())).unwrap_or_default()
    }

    fn parse(value: &str) -> Self {
        let mut directive = Self::default();
        for part in value.split(';') {
            let Some((key, value)) = part.split_once('=') else { continue };
            let names = || value.split(',').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned);
            match key.trim() {
                "skip" if value.trim() == "all" => directive.skip_all = true,
                "skip" => directive.skip = names().collect(),
                "error" => directive.error = parse_go_bool(value.trim()) == Some(true),
                "experimental" if value.trim() == "all" => {
                    directive.experimental = EXPERIMENTAL.map(str::to_owned).to_vec();
                }
                "experimental" => directive.experimental = names().collect(),
                _ => {}
            }
        }
        directive
    }

    /// The settings with the experimental checks added that the file asks for; nothing where it asks for none.
    pub(crate) fn widen(&self, settings: &Settings) -> Option<Settings> {
        let known: Vec<&String> =
            self.experimental.iter().filter(|n| EXPERIMENTAL.contains(&n.as_str())).collect();
        if known.is_empty() {
            return None;
        }
        let mut settings = settings.clone();
        // The names are codes of pages of ours.
        let _ = settings.selection.extend(&known);
        Some(settings)
    }

    /// The severity that a finding gets: with `error=true` what BuildKit reports stops the build.
    pub(crate) fn severity(&self, finding: &Finding, severity: Severity) -> Severity {
        let stops = self.error && finding.also.iter().any(|code| Peer::BuildKit.has_code(code));
        if stops { Severity::Error } else { severity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_read() {
        let parsed = CheckDirective::parse("skip=StageNameCasing, FromAsCasing;error=true");
        assert_eq!(parsed.skip, ["StageNameCasing", "FromAsCasing"]);
        assert!(parsed.error && !parsed.skip_all);
        assert!(CheckDirective::parse("skip=all").skip_all);
        assert!(!CheckDirective::parse("error=false").error);
        assert_eq!(CheckDirective::parse("experimental=all").experimental, EXPERIMENTAL);
        assert_eq!(CheckDirective::parse("nonsense"), CheckDirective::default());
    }
}
