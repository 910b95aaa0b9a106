//! How two images differ, in every format.

use std::fmt::Write as _;
use std::io;

use plimsoll_rules::look::{
    Change, Compared, Comparison, ConfigDifference, FileDifference, FileDifferences, LayerBytes,
};
use plimsoll_rules::profile::format_size;
use plimsoll_rules::{Finding, ImageSummary, Outcome};

use crate::{Format, Options, clean, json, markdown, place, style, summary, table, text, tree};

/// How many files are named in text and Markdown; JSON has more of them.
const NAMED: usize = 5;

/// Writes a comparison in `format`. With `new_only` the findings that the old image has too are left out, in the
/// formats that list findings as in those for people. Fails only where `out` does.
pub fn write_comparison(
    compared: &Compared,
    new_only: bool,
    format: Format,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let outcome = outcome(compared, new_only);
    let (Some(comparison), Some(old), Some(new)) = (&compared.comparison, &compared.old, &compared.new)
    else {
        // One of them could not be read: there is nothing but the error.
        return crate::write(&outcome, format, options, out);
    };
    match format {
        Format::Json => json::write_with(&outcome, Some(comparison), out),
        Format::Text | Format::Table => {
            write_text(comparison, old, new, options, out)?;
            write_findings(comparison, compared, format, options, out)
        }
        Format::Markdown => out.write_all(as_markdown(comparison, old, new, compared).as_bytes()),
        _ => crate::write(&outcome, format, options, out),
    }
}

/// The findings that count, as other formats want them.
fn outcome(compared: &Compared, new_only: bool) -> Outcome {
    let images: Vec<ImageSummary> = compared.old.iter().chain(&compared.new).cloned().collect();
    let findings = match &compared.comparison {
        Some(comparison) if new_only => comparison.new_findings.clone(),
        _ => compared.findings.clone(),
    };
    Outcome { findings, errors: compared.errors.clone(), checked: images.len(), images, ..Outcome::default() }
}

fn write_text(
    comparison: &Comparison,
    old: &ImageSummary,
    new: &ImageSummary,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let arrow = if options.unicode { "→" } else { "->" };
    let title = format!("{} {arrow} {}", clean::line(&old.name), clean::line(&new.name));
    writeln!(out, "{}", style::paint(&title, style::BOLD, options.colour))?;
    let mut numbers = vec![("size", old.size, new.size)];
    numbers.extend(compressed(old, new));
    for (name, before, after) in numbers {
        let sizes = format!("{} {arrow} {}", format_size(before), format_size(after));
        writeln!(out, "{name:<11} {sizes}  ({})", tree::difference(before, after))?;
    }
    writeln!(out, "{:<11} {}", "layers", layers(comparison))?;
    for (name, differences) in kinds(comparison).into_iter().filter(|(_, kind)| kind.files > 0) {
        writeln!(out, "{name:<11} {}", count(differences))?;
    }
    if !comparison.config.is_empty() {
        writeln!(out, "\n{}", style::paint("configuration", style::BOLD, options.colour))?;
    }
    for difference in &comparison.config {
        writeln!(
            out,
            "  {}",
            place::cut(&clean::line(&in_words(difference, arrow)), options.width.saturating_sub(2))
        )?;
    }
    if !comparison.tree.children.is_empty() {
        writeln!(out, "\n{}", style::paint("where it came and went", style::BOLD, options.colour))?;
        tree::write(&comparison.tree, options, out)?;
    }
    for (name, differences) in kinds(comparison).into_iter().filter(|(_, kind)| !kind.heaviest.is_empty()) {
        writeln!(out, "\n{}", style::paint(&format!("{name}, the heaviest"), style::BOLD, options.colour))?;
        for file in differences.heaviest.iter().take(NAMED) {
            let path = place::cut(&clean::line(&file.path), options.width.saturating_sub(13).max(24));
            writeln!(out, "{:>10}  /{path}", weight(file))?;
        }
    }
    writeln!(out)
}

/// How the compressed sizes differ, where both are compressed: against an archive of `docker save` they say nothing.
fn compressed(old: &ImageSummary, new: &ImageSummary) -> Option<(&'static str, u64, u64)> {
    let both = old.is_compressed() && new.is_compressed();
    both.then_some(("compressed", old.compressed_size, new.compressed_size))
}

fn kinds(comparison: &Comparison) -> [(&'static str, &FileDifferences); 6] {
    let Comparison { appeared, vanished, grew, shrank, changed, rights, .. } = comparison;
    [
        ("appeared", appeared),
        ("vanished", vanished),
        ("grew", grew),
        ("shrank", shrank),
        ("changed", changed),
        ("new rights", rights),
    ]
}

/// `12 files, +4.2 MB`.
fn count(differences: &FileDifferences) -> String {
    let FileDifferences { files, old_bytes, new_bytes, .. } = differences;
    let noun = if *files == 1 { "file" } else { "files" };
    let bytes = if old_bytes == new_bytes {
        format_size(*new_bytes)
    } else {
        tree::difference(*old_bytes, *new_bytes)
    };
    format!("{files} {noun}, {bytes}")
}

/// What a file's line starts with: the difference, or the size where that is the same.
fn weight(file: &FileDifference) -> String {
    let (old, new) = (file.old_bytes.unwrap_or(0), file.new_bytes.unwrap_or(0));
    if old == new { format_size(new) } else { tree::difference(old, new) }
}

/// `3 shared (120.0 MB), 1 new (4.0 MB), 2 gone (3.0 MB)`.
fn layers(comparison: &Comparison) -> String {
    let part = |word: &str, layers: &[LayerBytes]| {
        let bytes = layers.iter().map(|layer| layer.bytes).sum();
        (!layers.is_empty()).then(|| format!("{} {word} ({})", layers.len(), format_size(bytes)))
    };
    let parts = [
        part("shared", &comparison.shared_layers),
        part("new", &comparison.new_layers),
        part("gone", &comparison.gone_layers),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// `user: root -> 10001`, `env: + TOKEN`.
fn in_words(difference: &ConfigDifference, arrow: &str) -> String {
    let ConfigDifference { field, name, change, old, new } = difference;
    let mut out = format!("{field}: ");
    let sign = match change {
        Change::Added => "+ ",
        Change::Removed => "- ",
        Change::Changed => "",
    };
    out.push_str(sign);
    if let Some(name) = name {
        out.push_str(name);
    }
    let values = match (old, new) {
        (Some(old), Some(new)) => format!("{old} {arrow} {new}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) if *change == Change::Changed => "has another value".to_owned(),
        (None, None) => String::new(),
    };
    if name.is_some() && !values.is_empty() {
        out.push(' ');
    }
    out + &values
}

fn write_findings(
    comparison: &Comparison,
    compared: &Compared,
    format: Format,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let heading = |text: String| style::paint(&text, style::BOLD, options.colour);
    let images = compared.new.iter().cloned().collect();
    let new = Outcome { findings: comparison.new_findings.clone(), images, checked: 1, ..Outcome::default() };
    if !new.findings.is_empty() {
        writeln!(out, "{}\n", heading(format!("new: {}", numbers(&new.findings))))?;
        match format {
            Format::Table => writeln!(out, "{}\n", table::findings(&new, options))?,
            _ => text::write_findings(&new, options, out)?,
        }
    }
    if !comparison.gone_findings.is_empty() {
        writeln!(out, "{}", heading(format!("gone: {}", numbers(&comparison.gone_findings))))?;
        for finding in &comparison.gone_findings {
            writeln!(out, "  {}", place::cut(&one_line(finding), options.width.saturating_sub(2)))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", in_both(comparison, compared))
}

/// `2 errors, 1 warning`.
fn numbers(findings: &[Finding]) -> String {
    let outcome = Outcome { findings: findings.to_vec(), ..Outcome::default() };
    let counts: Vec<String> = summary::counts(&outcome).into_iter().map(|(_, count)| count).collect();
    if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }
}

fn one_line(finding: &Finding) -> String {
    let path = place::image_path(finding).map(|path| format!(" {path}")).unwrap_or_default();
    format!("{}[{}]{path} {}", finding.severity, clean::line(&finding.rule), clean::line(&finding.message))
}

/// The last line: what the new image has in all, and how much of it is new.
fn in_both(comparison: &Comparison, compared: &Compared) -> String {
    format!(
        "{} in the new image; new are {}, gone {}",
        numbers(&compared.findings),
        numbers(&comparison.new_findings),
        numbers(&comparison.gone_findings)
    )
}

fn as_markdown(
    comparison: &Comparison,
    old: &ImageSummary,
    new: &ImageSummary,
    compared: &Compared,
) -> String {
    let escape = markdown::escape;
    let mut out = format!("### plimsoll: {} → {}\n\n", escape(&old.name), escape(&new.name));
    for error in &compared.errors {
        _ = writeln!(out, "- not everything could be read: {}", escape(&text::error_line(error)));
    }
    out.push_str("| | old | new | difference |\n|---|--:|--:|--:|\n");
    let mut sizes = vec![("size", old.size, new.size)];
    sizes.extend(compressed(old, new));
    sizes.push(("could go", old.removable_bytes, new.removable_bytes));
    for (name, before, after) in sizes {
        let (old, new) = (format_size(before), format_size(after));
        _ = writeln!(out, "| {name} | {old} | {new} | {} |", tree::difference(before, after));
    }
    let (new_count, gone_count) = (numbers(&comparison.new_findings), numbers(&comparison.gone_findings));
    _ = writeln!(out, "\nFindings: {new_count} new, {gone_count} gone. Layers: {}.", layers(comparison));
    if !comparison.config.is_empty() {
        out.push_str("\n**Configuration**\n\n");
    }
    for difference in &comparison.config {
        _ = writeln!(out, "- {}", escape(&in_words(difference, "→")));
    }
    if !comparison.new_findings.is_empty() {
        let findings: Vec<&Finding> = comparison.new_findings.iter().collect();
        let mut left_out = 0;
        out.push_str(&markdown::group("new findings", &findings, markdown::LONGEST / 2, &mut left_out));
        if left_out > 0 {
            _ = writeln!(out, "\n{left_out} more do not fit into one comment.");
        }
    }
    if !comparison.gone_findings.is_empty() {
        out.push_str("\n<details><summary>gone findings</summary>\n\n");
        for finding in comparison.gone_findings.iter().take(50) {
            _ = writeln!(out, "- {}", escape(&one_line(finding)));
        }
        out.push_str("\n</details>\n");
    }
    if !comparison.tree.children.is_empty() {
        out.push_str("\n<details><summary>where it came and went</summary>\n");
        out.push_str(&markdown::drawn(&comparison.tree));
        for (name, kind) in kinds(comparison).into_iter().filter(|(_, kind)| !kind.heaviest.is_empty()) {
            _ = writeln!(out, "\n{name}: {}\n", count(kind));
            for file in kind.heaviest.iter().take(NAMED) {
                _ = writeln!(out, "- {} /{}", weight(file), escape(&file.path));
            }
        }
        out.push_str("\n</details>\n");
    }
    out
}
