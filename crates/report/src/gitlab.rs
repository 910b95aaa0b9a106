//! A GitLab Code Quality report: the part of the Code Climate format that GitLab reads.

use std::io;

use plimsoll_rules::{Category, Finding, Outcome, Severity};
use serde::Serialize;

use crate::fingerprint::fingerprints;
use crate::place::Images;
use crate::{clean, json};

const PLACE_WIDTH: usize = 200;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
    categories: [&'static str; 1],
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
}

pub(crate) fn write(outcome: &Outcome, out: &mut impl io::Write) -> io::Result<()> {
    let images = Images::of(outcome);
    let issues: Vec<Issue> = outcome
        .findings
        .iter()
        .zip(fingerprints(outcome))
        .map(|(finding, fingerprint)| Issue {
            description: description(finding, &images),
            check_name: clean::line(&finding.rule).into_owned(),
            fingerprint: fingerprint.unique(),
            severity: severity(finding),
            location: location(finding),
            categories: [category(finding.category)],
        })
        .collect();
    json::write_value(&issues, out)
}

/// GitLab shows nothing but this beside the line.
fn description(finding: &Finding, images: &Images<'_>) -> String {
    let mut parts = Vec::new();
    parts.extend(images.describe(finding, PLACE_WIDTH));
    parts.push(clean::line(&finding.message).into_owned());
    let mut out = parts.join(": ");
    if let Some(help) = &finding.help {
        out.push_str(". ");
        out.push_str(&clean::line(help));
    }
    out
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.severity, finding.category) {
        (Severity::Error, Category::Secrets) => "blocker",
        (Severity::Error, _) => "critical",
        (Severity::Warning, _) => "major",
        (Severity::Info, _) => "minor",
        (Severity::Style, _) => "info",
    }
}

/// Code Climate's own list of categories.
fn category(category: Category) -> &'static str {
    match category {
        Category::User
        | Category::Secrets
        | Category::BaseImage
        | Category::SupplyChain
        | Category::Compose
        | Category::Context => "Security",
        Category::Size | Category::Packages | Category::Caching => "Performance",
        Category::Reliability | Category::Correctness | Category::Shell => "Bug Risk",
        Category::Style => "Style",
    }
}

fn location(finding: &Finding) -> Location {
    if let Some(file) = &finding.file {
        return Location {
            path: clean::line(file.trim_start_matches("./")).into_owned(),
            lines: Lines {
                begin: finding.line.map_or(1, u64::from),
                end: finding.end_line.filter(|end| Some(*end) != finding.line).map(u64::from),
            },
        };
    }
    let path = finding.path.as_deref().or(finding.image.as_deref()).unwrap_or("");
    Location {
        path: clean::line(path.trim_start_matches('/')).into_owned(),
        lines: Lines { begin: finding.path_line.unwrap_or(1), end: None },
    }
}
