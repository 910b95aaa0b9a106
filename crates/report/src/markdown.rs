//! Markdown for a comment on a pull request.

use std::fmt::Write as _;
use std::io;

use plimsoll_rules::look::TreeNode;
use plimsoll_rules::profile::format_size;
use plimsoll_rules::{Finding, ImageSummary, Outcome, Severity};

use crate::{Options, clean, contexts, place, summary, text, tree};

/// Longer lists are folded.
const OPEN_ROWS: usize = 10;
/// GitHub refuses a comment of more than 65,536 characters, GitLab one of more than a million.
pub(crate) const LONGEST: usize = 60_000;

pub(crate) fn write(outcome: &Outcome, out: &mut impl io::Write) -> io::Result<()> {
    let mut comment = format!("### plimsoll: {}\n", heading(outcome));
    if !outcome.errors.is_empty() {
        comment.push_str("\nNot everything could be read:\n\n");
        for error in &outcome.errors {
            _ = writeln!(comment, "- {}", escape(&text::error_line(error)));
        }
    }
    for image in &outcome.images {
        comment.push_str(&layers(image));
    }
    for context in &outcome.contexts {
        comment.push_str(&contexts::markdown(context));
    }
    let mut left_out = 0;
    for (name, findings) in place::groups(outcome) {
        let part = group(&name, &findings, LONGEST.saturating_sub(comment.len()), &mut left_out);
        comment.push_str(&part);
    }
    if left_out > 0 {
        _ = writeln!(comment, "\n{left_out} more findings do not fit into one comment.");
    }
    out.write_all(comment.as_bytes())
}

fn heading(outcome: &Outcome) -> String {
    if outcome.findings.is_empty() {
        return summary::nothing_found(outcome);
    }
    let counts: Vec<_> = summary::counts(outcome).into_iter().map(|(_, count)| count).collect();
    format!("{} in {}", counts.join(", "), summary::touched(outcome))
}

/// The findings of one file or image as a table, no longer than `room`; counts what it leaves out.
pub(crate) fn group(name: &str, findings: &[&Finding], room: usize, left_out: &mut usize) -> String {
    let mut rows = String::new();
    let mut shown = 0;
    for finding in findings {
        let row = row(finding);
        // What stands around the rows is short beside the names.
        if rows.len() + row.len() + 4 * name.len() + 400 > room {
            break;
        }
        rows.push_str(&row);
        shown += 1;
    }
    *left_out += findings.len() - shown;
    if shown == 0 {
        return String::new();
    }
    let count = format!("{} finding{}", findings.len(), if findings.len() == 1 { "" } else { "s" });
    let table = format!("| | where | what | what to do |\n|---|---|---|---|\n{rows}");
    let name = escape(name);
    if findings.len() > OPEN_ROWS {
        format!("\n<details><summary><b>{name}</b>: {count}</summary>\n\n{table}\n</details>\n")
    } else {
        format!("\n**{name}**\n\n{table}")
    }
}

fn row(finding: &Finding) -> String {
    let sign = match finding.severity {
        Severity::Error => "🔴 error",
        Severity::Warning => "🟠 warning",
        Severity::Info => "🔵 info",
        Severity::Style => "⚪ style",
    };
    let mut codes = vec![format!("<code>{}</code>", escape(&finding.rule))];
    codes.extend(finding.also.iter().map(|code| escape(code)));
    format!(
        "| {sign} | {} | {}<br>{} | {} |\n",
        escape(&place::within(finding)),
        prose(&finding.message),
        codes.join(", "),
        finding.help.as_deref().map(prose).unwrap_or_default(),
    )
}

/// An image's layers, folded.
fn layers(image: &ImageSummary) -> String {
    let mut out = format!(
        "\n<details><summary><b>{}</b>: {} in {} layer{}{}</summary>\n\n\
         | layer | size | files | created by |\n|--:|--:|--:|---|\n",
        escape(&image.name),
        format_size(image.size),
        image.layers.len(),
        if image.layers.len() == 1 { "" } else { "s" },
        match image.is_compressed() {
            true => format!(", {} compressed", format_size(image.compressed_size)),
            false => String::new(),
        },
    );
    for layer in &image.layers {
        _ = writeln!(
            out,
            "| {} | {} | {} | <code>{}</code> |",
            layer.index,
            format_size(layer.size),
            layer.files,
            escape(&place::cut(&clean::line(&layer.created_by), 120)),
        );
    }
    let worthwhile: Vec<_> = image.weight.iter().filter(|cause| cause.worthwhile).collect();
    if !worthwhile.is_empty() {
        out.push_str("\n| could go | size | how |\n|---|--:|---|\n");
    }
    for cause in worthwhile {
        _ = writeln!(
            out,
            "| {} | {} | {} |",
            escape(cause.what),
            format_size(cause.bytes),
            prose(cause.remedy)
        );
    }
    if let Some(tree) = &image.tree {
        out.push_str(&drawn(tree));
    }
    out.push_str("\n</details>\n");
    out
}

/// A tree as text that keeps its columns.
pub(crate) fn drawn(tree: &TreeNode) -> String {
    let options = Options { unicode: true, width: 110, ..Options::default() };
    let mut text = Vec::new();
    // A vector takes every byte.
    _ = tree::write(tree, &options, &mut text);
    let text = String::from_utf8_lossy(&text);
    // A fence that no name in it can close.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n{fence}text\n{}{fence}\n", text)
}

/// Words of a rule: what stands between backticks is code, the rest is text.
pub(crate) fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    let last = pieces.len() - 1;
    let mut out = String::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        match index % 2 {
            0 => out.push_str(&escape(piece)),
            // A backtick that is never closed is only a backtick.
            _ if index == last => _ = write!(out, "&#96;{}", escape(piece)),
            _ => _ = write!(out, "<code>{}</code>", escape(piece)),
        }
    }
    out
}

/// Text that Markdown, HTML and the hosts' own extensions leave as it is, fit for a cell of a table.
///
/// Code is marked by a tag, not by backticks: what is quoted may hold backticks, and there is no
/// escaping them.
pub(crate) fn escape(text: &str) -> String {
    let text = clean::text(text);
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br>"),
            // An entity is never syntax.
            '&' | '<' | '>' | '`' | '|' | '*' | '_' | '~' | '[' | ']' | '\\' | '$' => {
                _ = write!(out, "&#{};", u32::from(c));
            }
            // Nobody is called and no issue is linked by what an input says.
            '@' | '#' => _ = write!(out, "{c}<!-- -->"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_cannot_become_syntax() {
        assert_eq!(prose("a `b|c` d"), "a <code>b&#124;c</code> d");
        assert_eq!(prose("open ` <img>"), "open &#96; &#60;img&#62;");
        assert_eq!(prose("`x``<b>`"), "<code>x</code><code>&#60;b&#62;</code>");
        assert_eq!(escape("@all #1\n| x"), "@<!-- -->all #<!-- -->1<br>&#124; x");
    }
}
