//! The last lines: how much was found in how many inputs, and what to do next.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use plimsoll_rules::{Outcome, Severity};

use crate::{Options, clean, style};

const BY_GRAVITY: [Severity; 4] = [Severity::Error, Severity::Warning, Severity::Info, Severity::Style];

pub(crate) fn write(outcome: &Outcome, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    if outcome.findings.is_empty() {
        return match outcome.checked {
            0 => Ok(()),
            _ => writeln!(out, "{}", nothing_found(outcome)),
        };
    }
    let counts = counts(outcome)
        .into_iter()
        .map(|(severity, text)| style::paint(&text, style::of(severity), options.colour));
    writeln!(out, "{} in {}", counts.collect::<Vec<_>>().join(", "), touched(outcome))?;
    if !options.findings {
        return writeln!(out, "Without --tree and --layers they are listed.");
    }
    if let Some(rule) = most_pressing(outcome) {
        let command =
            style::paint(&format!("plimsoll explain {}", clean::line(rule)), style::BOLD, options.colour);
        writeln!(out, "Why it matters, with examples: {command}")?;
    }
    Ok(())
}

/// `3 files checked, nothing found`; with a baseline `3 files checked, no new findings, 15 known`.
pub(crate) fn nothing_found(outcome: &Outcome) -> String {
    if outcome.checked == 0 && !outcome.errors.is_empty() {
        return "nothing could be checked".to_owned();
    }
    let found = match outcome.known {
        0 => "nothing found".to_owned(),
        known => format!("no new findings, {known} known"),
    };
    format!("{} checked, {found}", inputs(outcome, outcome.checked))
}

/// `3 errors`, `1 warning`, `2 info`: each severity that occurs, the gravest first.
pub(crate) fn counts(outcome: &Outcome) -> Vec<(Severity, String)> {
    let count = |severity| outcome.findings.iter().filter(|f| f.severity == severity).count();
    BY_GRAVITY
        .into_iter()
        .map(|severity| (severity, count(severity)))
        .filter(|&(_, count)| count > 0)
        .map(|(severity, count)| {
            let plural = match severity {
                Severity::Error | Severity::Warning if count != 1 => "s",
                _ => "",
            };
            (severity, format!("{count} {severity}{plural}"))
        })
        .collect()
}

/// `4 files`, or `2 of 4 files` where some are clean.
pub(crate) fn touched(outcome: &Outcome) -> String {
    let touched =
        outcome.findings.iter().map(|f| f.image.as_ref().or(f.file.as_ref())).collect::<BTreeSet<_>>().len();
    if outcome.checked > touched {
        format!("{touched} of {}", inputs(outcome, outcome.checked))
    } else {
        inputs(outcome, touched)
    }
}

/// What was read, named by what it was: files, images, or both.
fn inputs(outcome: &Outcome, count: usize) -> String {
    let noun = match outcome.images.len() {
        0 => "file",
        n if n >= outcome.checked => "image",
        _ => "input",
    };
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Of the gravest findings' rules, the one that occurs most.
fn most_pressing(outcome: &Outcome) -> Option<&str> {
    let gravest = outcome.findings.iter().map(|f| f.severity).max()?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in outcome.findings.iter().filter(|f| f.severity == gravest) {
        *counts.entry(&finding.rule).or_default() += 1;
    }
    // Names count backwards so that the first of equals wins.
    counts.into_iter().max_by_key(|&(rule, count)| (count, std::cmp::Reverse(rule))).map(|(rule, _)| rule)
}
