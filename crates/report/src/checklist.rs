//! A ticked checklist: a table, Markdown with boxes to tick, JSON, and its failed items for every other format.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use comfy_table::{Attribute, Cell, Color};
use plimsoll_rules::checklist::{Checklist, ChecklistReport, Evidence, ItemResult, Status};
use plimsoll_rules::{Category, Finding, InputError, Outcome, Severity};

use crate::{Format, Options, clean, json, markdown, style, table, text};

/// Of more evidence only the number is told.
const SHOWN: usize = 3;

/// Writes a ticked checklist. `errors` is what could not be read. A format that knows only findings gets the failed
/// items as findings. Fails only where `out` does.
pub fn write_checklist(
    report: &ChecklistReport,
    errors: &[InputError],
    format: Format,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    match format {
        Format::Table | Format::Text => as_table(report, options, out),
        Format::Markdown => out.write_all(as_markdown(report, errors).as_bytes()),
        Format::Json => json::write_report(report, errors, out),
        _ => crate::write(&as_outcome(report, errors), format, options, out),
    }
}

/// `52 passed, 2 failed, 80 not checked, 3 not applicable`.
fn counts(report: &ChecklistReport) -> String {
    let c = &report.counts;
    let again = report.items().filter(|i| i.status == Status::Failed && i.repeated).count();
    let again = if again > 0 { format!(" ({again} of them listed again)") } else { String::new() };
    format!(
        "{} passed, {} failed{again}, {} not checked, {} not applicable",
        c.passed, c.failed, c.not_checked, c.not_applicable
    )
}

fn as_table(report: &ChecklistReport, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "{}", style::paint(&clean::line(&report.title), style::BOLD, options.colour))?;
    for app in &report.applications {
        writeln!(out, "{}", clean::line(app))?;
    }
    for section in &report.sections {
        writeln!(out, "\n{}", style::paint(&clean::line(&section.title), style::BOLD, options.colour))?;
        let mut rows = table::empty(options);
        rows.set_header(["", "item", "evidence"].map(|title| table::header(title, options)));
        for item in &section.items {
            let mut status = Cell::new(item.status.as_str());
            if options.colour {
                status = status.fg(colour(item.status));
                if item.status == Status::Failed {
                    status = status.add_attribute(Attribute::Bold);
                }
            }
            rows.add_row([status, Cell::new(clean::text(&item.text)), Cell::new(told(item))]);
        }
        table::fit(&mut rows, options, [Some(14), Some(options.width * 3 / 10), Some(usize::MAX)]);
        writeln!(out, "{}", rows.trim_fmt())?;
    }
    writeln!(out, "\n{}", counts(report))?;
    out.write_all(next(report, options).as_bytes())
}

/// What to do now, each command on a line of its own where it would not fit.
fn next(report: &ChecklistReport, options: &Options) -> String {
    let folder = clean::line(&report.folder);
    let mut lines = String::new();
    let mut tell = |words: &str, command: String| {
        let one = format!("{words}: {command}");
        match one.chars().count() <= options.width {
            true => _ = writeln!(lines, "{one}"),
            false => _ = writeln!(lines, "{words}:\n  {command}"),
        }
    };
    let failed = || report.items().filter(|item| item.status == Status::Failed);
    let rules: BTreeSet<&str> =
        failed().flat_map(|item| &item.evidence).filter_map(|seen| seen.rule.as_deref()).collect();
    if report.counts.failed > 0 {
        // Those that the advice looks for by itself need not be asked for.
        let own = Checklist::containerization().rules();
        let is_quiet = |name: &str| plimsoll_rules::all_rules().any(|m| m.name == name && !m.default);
        let more: Vec<&str> =
            rules.iter().copied().filter(|name| is_quiet(name) && !own.contains(name)).collect();
        let more = match more.is_empty() {
            true => String::new(),
            false => format!(" --extend-select {}", more.join(",")),
        };
        tell("What to change first, as edits", format!("plimsoll advise {folder}{more}"));
    }
    if let Some(rule) = failed().flat_map(|item| &item.evidence).find_map(|seen| seen.rule.as_deref()) {
        tell("Why it matters, with examples", format!("plimsoll explain {}", clean::line(rule)));
    }
    if !report.without_image.is_empty() {
        let images: Vec<String> =
            report.without_image.iter().map(|name| format!("--image {name}={name}.tar")).collect();
        tell(
            "With the built images it checks more",
            format!("plimsoll checklist {folder} {}", clean::line(&images.join(" "))),
        );
    }
    lines
}

fn colour(status: Status) -> Color {
    match status {
        Status::Passed => Color::Green,
        Status::Failed => Color::Red,
        Status::NotChecked => Color::DarkYellow,
        Status::NotApplicable => Color::DarkGrey,
    }
}

/// What is told beside an item, in lines.
fn told(item: &ItemResult) -> String {
    let mut lines = Vec::new();
    if item.repeated {
        lines.push(format!("as: {}", clean::line(&item.same_as.join("; "))));
        return lines.join("\n");
    }
    let evidence = item.evidence.iter().take(SHOWN).map(|e| {
        let place = e.place();
        let place = if place.is_empty() { String::new() } else { format!("{}: ", clean::line(&place)) };
        format!("{place}{}{}", clean::text(&e.text), rule_of(e))
    });
    lines.extend(evidence);
    lines.extend(more(item));
    lines.extend(item.why.as_deref().map(|why| clean::text(why).into_owned()));
    lines.extend(item.command.as_deref().map(|command| format!("$ {}", clean::text(command))));
    lines.join("\n")
}

fn rule_of(evidence: &Evidence) -> String {
    evidence.rule.as_ref().map(|rule| format!(" ({})", clean::line(rule))).unwrap_or_default()
}

fn more(item: &ItemResult) -> Option<String> {
    let left = item.evidence.len().saturating_sub(SHOWN);
    (left > 0).then(|| format!("and {left} more"))
}

fn as_markdown(report: &ChecklistReport, errors: &[InputError]) -> String {
    let mut out = format!("# {}\n\n{}\n", markdown::escape(&report.title), counts(report));
    if !report.applications.is_empty() {
        out.push('\n');
        for app in &report.applications {
            _ = writeln!(out, "- {}", markdown::escape(app));
        }
    }
    if !errors.is_empty() {
        out.push_str("\nNot everything could be read:\n\n");
        for error in errors {
            _ = writeln!(out, "- {}", markdown::escape(&text::error_line(error)));
        }
    }
    for section in &report.sections {
        _ = writeln!(out, "\n## {}\n", markdown::escape(&section.title));
        for item in &section.items {
            out.push_str(&box_of(item));
        }
    }
    out
}

/// A line with its box; below it what was seen, where something failed.
fn box_of(item: &ItemResult) -> String {
    let text = markdown::escape(&item.text);
    let same = || format!(" (as: {})", markdown::escape(&item.same_as.join("; ")));
    let evidence: Vec<String> = item.evidence.iter().take(SHOWN).map(in_markdown).chain(more(item)).collect();
    match item.status {
        Status::Passed if item.repeated => format!("- [x] {text}{}\n", same()),
        Status::Passed => format!("- [x] {text}: {}\n", evidence.join("; ")),
        Status::Failed if item.repeated => format!("- [ ] {text}: **failed**{}\n", same()),
        Status::Failed => {
            let lines: String = evidence.iter().map(|e| format!("  - {e}\n")).collect();
            format!("- [ ] {text}: **failed**\n{lines}")
        }
        Status::NotChecked | Status::NotApplicable => {
            let why = if item.repeated {
                same()
            } else {
                item.why.as_deref().map(|why| format!(": {}", markdown::escape(why))).unwrap_or_default()
            };
            let command = item.command.as_deref().filter(|_| !item.repeated);
            let command =
                command.map(|c| format!(": <code>{}</code>", markdown::escape(c))).unwrap_or_default();
            format!("- [ ] {text}: *{}*{why}{command}\n", item.status.as_str())
        }
    }
}

fn in_markdown(evidence: &Evidence) -> String {
    let place = evidence.place();
    let place =
        if place.is_empty() { String::new() } else { format!("<code>{}</code> ", markdown::escape(&place)) };
    format!("{place}{}{}", markdown::prose(&evidence.text), markdown::escape(&rule_of(evidence)))
}

fn as_outcome(report: &ChecklistReport, errors: &[InputError]) -> Outcome {
    let mut outcome =
        Outcome { errors: errors.to_vec(), findings: failed_items(report), ..Outcome::default() };
    outcome.sort();
    outcome
}

/// The failed items as findings: one for each thing seen, items that only repeat others left out. None is less grave
/// than a warning.
pub fn failed_items(report: &ChecklistReport) -> Vec<Finding> {
    let failed = report.items().filter(|i| i.status == Status::Failed && !i.repeated);
    let mut findings = Vec::new();
    for item in failed {
        let nothing = [Evidence::default()];
        let evidence = if item.evidence.is_empty() { &nothing[..] } else { &item.evidence };
        findings.extend(evidence.iter().map(|seen| finding(item, seen, report.main_file.as_deref())));
    }
    findings
}

fn finding(item: &ItemResult, seen: &Evidence, main_file: Option<&str>) -> Finding {
    let known = seen.rule.as_deref().and_then(|rule| plimsoll_rules::all_rules().find(|m| m.name == rule));
    let id = item.id.as_deref().unwrap_or("item");
    let message = match seen.text.as_str() {
        "" => item.text.clone(),
        text => format!("{}: {text}", item.text),
    };
    let category = known.map_or(Category::Reliability, |m| m.category);
    let severity = seen.severity.map_or(Severity::Warning, |severity| severity.max(Severity::Warning));
    // Code scanning shows nothing that has no place.
    let elsewhere = main_file.filter(|_| seen.image.is_none()).map(str::to_owned);
    let file = seen.file.clone().or(elsewhere);
    Finding {
        help: seen.rule.as_ref().map(|rule| format!("plimsoll explain {rule}")),
        line: seen.line.or(file.as_ref().map(|_| 1)),
        file,
        image: seen.image.clone(),
        layer: seen.layer,
        path: seen.path.clone(),
        ..Finding::named(format!("checklist/{id}"), category, severity, message)
    }
}
