//! Advice: text for people, Markdown for a pull request, JSON for programs.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;

use plimsoll_rules::InputError;
use plimsoll_rules::advise::{Advice, AdviceReport};
use plimsoll_rules::profile::format_size;

use crate::{Format, Options, clean, json, markdown, style};

/// Writes advice as text, Markdown or JSON; any other format is written as text. Fails only where `out` does.
pub fn write_advice(
    report: &AdviceReport,
    errors: &[InputError],
    format: Format,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    match format {
        Format::Json => json::write_report(report, errors, out),
        Format::Markdown => out.write_all(as_markdown(report, errors).as_bytes()),
        _ => out.write_all(as_text(report, errors, options).as_bytes()),
    }
}

/// `3 faults that stop the build or the container; 12 changes, 9 with a diff; 184.9 MB of 595.5 MB less`.
fn summary(report: &AdviceReport, errors: &[InputError]) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut parts = Vec::new();
    if !report.trouble.is_empty() {
        let stop = if report.trouble.len() == 1 { "stops" } else { "stop" };
        parts
            .push(format!("{} that {stop} the build or the container", count(report.trouble.len(), "fault")));
    }
    parts.push(match report.advice.len() {
        0 if errors.is_empty() => "nothing to change".to_owned(),
        0 => "nothing to change in what could be read".to_owned(),
        n => {
            let diffs = report.advice.iter().filter(|advice| advice.diff.is_some()).count();
            let diffs =
                if diffs == n { "each with a diff".to_owned() } else { format!("{diffs} with a diff") };
            format!("{}, {diffs}", count(n, "change"))
        }
    });
    if let (Some(saves), Some(size)) = (report.saves, report.image_size) {
        parts.push(format!("{} of {} less, as measured", format_size(saves), format_size(size)));
    }
    parts.join("; ")
}

fn place(advice: &Advice) -> String {
    match (&advice.file, advice.line) {
        (Some(file), Some(line)) => format!("{}:{line}", clean::line(file)),
        (Some(file), None) => clean::line(file).into_owned(),
        (None, _) => String::new(),
    }
}

fn as_text(report: &AdviceReport, errors: &[InputError], options: &Options) -> String {
    let mut out = String::new();
    let parts = [
        ("What stops the build or the container", &report.trouble),
        ("What to change, that of the most effect first", &report.advice),
    ];
    for (title, list) in parts.into_iter().filter(|(_, list)| !list.is_empty()) {
        _ = writeln!(out, "{}\n", style::paint(title, style::BOLD, options.colour));
        let mut shown = Shown::default();
        for (number, advice) in (1..).zip(list) {
            one(&mut out, number, advice, &mut shown, options);
        }
    }
    out + &summary(report, errors) + "\n" + &next(report)
}

/// What to do with it.
fn next(report: &AdviceReport) -> String {
    let mut lines = String::new();
    if report.trouble.iter().chain(&report.advice).any(|advice| advice.diff.is_some()) {
        let folder = clean::line(&report.folder);
        let git =
            if report.apply_in.is_some() { format!("git -C {folder} apply") } else { "git apply".to_owned() };
        _ = writeln!(lines, "To apply all that go together: plimsoll advise {folder} --patch | {git}");
        lines += "What overlaps one of them comes with the next run of plimsoll advise\n";
        let place = report.apply_in.as_ref().map(|folder| format!(" in {}", clean::line(folder)));
        let place = place.unwrap_or_default();
        _ = writeln!(lines, "To apply one: run `git apply`{place}, paste it, and end it with Ctrl-D");
    }
    if report.image_size.is_none() && !report.advice.is_empty() {
        lines += "What each saves is measured where the built image is given: --image NAME=TARBALL\n";
    }
    lines
}

/// The diffs that were shown, and with which number: one edit often mends what several pieces of advice are on.
#[derive(Default)]
struct Shown<'a>(HashMap<&'a str, usize>);

impl<'a> Shown<'a> {
    /// The number with which a diff was shown before; else it is shown now.
    fn before(&mut self, diff: &'a str, number: usize) -> Option<usize> {
        let first = *self.0.entry(diff).or_insert(number);
        (first != number).then_some(first)
    }
}

fn one<'a>(out: &mut String, number: usize, advice: &'a Advice, shown: &mut Shown<'a>, options: &Options) {
    let severity = style::paint(advice.severity.as_str(), style::of(advice.severity), options.colour);
    let rule = advice.rule.as_ref().map(|rule| format!(" [{}]", clean::line(rule))).unwrap_or_default();
    let saves = advice.saves.map(|bytes| format!(", saves {}", format_size(bytes))).unwrap_or_default();
    _ = writeln!(out, "{number}. {} {severity}{rule}{saves}", place(advice));
    let width = options.width.saturating_sub(3);
    let mut indented = |text: &str| {
        for line in style::wrap(&clean::text(text), width).lines() {
            _ = writeln!(out, "   {line}");
        }
    };
    indented(&advice.message);
    if let Some(help) = &advice.help {
        indented(&format!("do: {help}"));
    }
    if let Some(diff) = &advice.diff
        && let Some(first) = shown.before(diff, number)
    {
        indented(&format!("edit: that of number {first}"));
        out.push('\n');
        return;
    }
    indented(&format!("risk: {}", advice.risk));
    // From the first column, so that it can be copied as it is.
    for line in advice.diff.iter().flat_map(|diff| diff.lines()) {
        let colour = match line.as_bytes().first() {
            Some(b'+') => style::ADDED,
            Some(b'-') => style::REMOVED,
            _ => style::PLAIN,
        };
        _ = writeln!(out, "{}", style::paint(&clean::line(line), colour, options.colour));
    }
    out.push('\n');
}

fn as_markdown(report: &AdviceReport, errors: &[InputError]) -> String {
    let mut out = format!("### plimsoll advise: {}\n", summary(report, errors));
    let parts =
        [("What stops the build or the container", &report.trouble), ("What to change", &report.advice)];
    for (title, list) in parts.into_iter().filter(|(_, list)| !list.is_empty()) {
        _ = writeln!(out, "\n#### {title}\n");
        let mut shown = Shown::default();
        for (number, advice) in (1..).zip(list) {
            let saves = advice.saves.map(|b| format!(" (saves {})", format_size(b))).unwrap_or_default();
            let rule = advice.rule.as_ref().map(|r| format!(" <code>{}</code>", markdown::escape(r)));
            _ = writeln!(
                out,
                "{number}. **{}**{}{saves}: {}",
                markdown::escape(&place(advice)),
                rule.unwrap_or_default(),
                markdown::prose(&advice.message)
            );
            if let Some(diff) = &advice.diff
                && let Some(first) = shown.before(diff, number)
            {
                _ = writeln!(out, "   - edit: that of number {first}");
                continue;
            }
            if let Some(help) = &advice.help {
                _ = writeln!(out, "   - {}", markdown::prose(help));
            }
            _ = writeln!(out, "   - risk: {}", markdown::escape(advice.risk));
            if let Some(diff) = &advice.diff {
                // Longer than any run of backticks in it.
                let fence = "`".repeat(longest_run(diff).max(2) + 1);
                _ = writeln!(out, "\n   {fence}diff");
                diff.lines().for_each(|line| _ = writeln!(out, "   {}", clean::line(line)));
                _ = writeln!(out, "   {fence}\n");
            }
        }
    }
    out
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
