//! GitHub workflow commands: each finding becomes an annotation beside its line.

use std::io;

use plimsoll_rules::{Finding, Outcome, Severity};

use crate::place::Images;
use crate::{clean, text};

/// Long enough for any command; GitHub cuts what is longer than a few lines anyway.
const PLACE_WIDTH: usize = 200;

pub(crate) fn write(outcome: &Outcome, out: &mut impl io::Write) -> io::Result<()> {
    let images = Images::of(outcome);
    for finding in &outcome.findings {
        writeln!(out, "{}", command(finding, &images))?;
    }
    for error in &outcome.errors {
        writeln!(out, "::error title=plimsoll::{}", data(&text::error_line(error)))?;
    }
    Ok(())
}

fn command(finding: &Finding, images: &Images<'_>) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Style => "notice",
    };
    let mut properties = Vec::new();
    if let Some(file) = &finding.file {
        properties.push(format!("file={}", property(&clean::line(file.trim_start_matches("./")))));
        let mut number = |name: &str, value: Option<u32>| {
            properties.extend(value.map(|value| format!("{name}={value}")));
        };
        number("line", finding.line);
        number("endLine", finding.end_line);
        // GitHub refuses columns for what spans several lines.
        if finding.end_line.is_none() || finding.end_line == finding.line {
            number("col", finding.column);
            number("endColumn", finding.end_column);
        }
    }
    properties.push(format!("title={}", property(&clean::line(&finding.rule))));

    let mut lines = Vec::new();
    lines.extend(images.describe(finding, PLACE_WIDTH));
    lines.push(clean::text(&finding.message).into_owned());
    lines.extend(finding.help.as_deref().map(|help| clean::text(help).into_owned()));
    if !finding.also.is_empty() {
        lines.push(format!("also: {}", clean::line(&finding.also.join(", "))));
    }
    format!("::{name} {}::{}", properties.join(","), data(&lines.join("\n")))
}

/// Escapes what would end a command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes what would end a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
