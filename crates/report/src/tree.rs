//! Folders as a tree with bars: of one image, or of the difference between two.

use std::io;

use annotate_snippets::renderer::{AnsiColor, Style};
use plimsoll_rules::look::{TreeNode, TreeRest};
use plimsoll_rules::profile::format_size;
use unicode_width::UnicodeWidthStr;

use crate::{Options, clean, place, style};

/// The narrowest and the widest bar.
const BARS: (usize, usize) = (8, 40);
/// Less than this of a path says nothing.
const NAME_MIN: usize = 20;
/// What is left of a folder has no line of its own where it is less than this part of the whole.
const NEARLY_NOTHING: u64 = 200;
/// How deep a tree is drawn; deeper ones are only made by somebody who wants to see what happens.
const DEEPEST: usize = 64;

const BAR: Style = AnsiColor::Cyan.on_default();
const MORE: Style = AnsiColor::Yellow.on_default();
const LESS: Style = AnsiColor::Green.on_default();
const FAINT: Style = AnsiColor::BrightBlack.on_default();

/// One line of the tree.
struct Row {
    /// Size and share, or difference and size.
    numbers: String,
    branch: String,
    name: String,
    /// How long the bar is, as a part of the longest.
    part: f64,
    bar: Style,
    faint: bool,
}

/// Draws a tree, the heaviest first, in the width that there is.
pub(crate) fn write(tree: &TreeNode, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    let mut rows = Vec::new();
    let drawing = Drawing { whole: longest(tree), options };
    rows.push(drawing.row(String::new(), "/".to_owned(), tree.bytes, tree.old_bytes, false));
    drawing.children(tree, "", 0, &mut rows);
    let bar = (options.width / 5).clamp(BARS.0, BARS.1);
    let numbers = rows.iter().map(|row| row.numbers.len()).max().unwrap_or(0);
    let names = rows.iter().map(|row| row.branch.width() + row.name.width()).max().unwrap_or(0);
    let room = options.width.saturating_sub(numbers + bar + 5).max(NAME_MIN);
    let names = names.min(room);
    for row in rows {
        let name = place::cut(&row.name, names.saturating_sub(row.branch.width()).max(NAME_MIN / 2));
        let gap = " ".repeat(names.saturating_sub(row.branch.width() + name.width()));
        let name = match (row.faint, row.name.ends_with('/')) {
            (true, _) => style::paint(&name, FAINT, options.colour),
            (_, true) => style::paint(&name, style::BOLD, options.colour),
            _ => name,
        };
        let bar = drawn(row.part, bar, options.unicode);
        let line = format!(
            "{:>numbers$}  {}{name}{gap}  {}",
            row.numbers,
            row.branch,
            style::paint(&bar, row.bar, options.colour && !bar.is_empty())
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// What a bar shows: the size, or how much it differs.
fn weight(bytes: u64, old_bytes: Option<u64>) -> u64 {
    old_bytes.map_or(bytes, |old| bytes.abs_diff(old))
}

/// A bar in eighths of a column, or in whole columns where there is nothing but ASCII.
fn drawn(part: f64, width: usize, unicode: bool) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let eighths = (part.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    if !unicode {
        return "#".repeat((eighths + 4) / 8);
    }
    let last = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    format!("{}{last}", "█".repeat(eighths / 8))
}

struct Drawing<'o> {
    whole: u64,
    options: &'o Options,
}

impl Drawing<'_> {
    fn children(&self, node: &TreeNode, indent: &str, depth: usize, rows: &mut Vec<Row>) {
        let (tee, corner, line) = if self.options.unicode {
            ("├── ", "└── ", "│   ")
        } else {
            ("|-- ", "`-- ", "|   ")
        };
        let counts = |rest: &&TreeRest| weight(rest.bytes, rest.old_bytes) >= self.whole / NEARLY_NOTHING;
        let shown_rest = node.rest.as_ref().filter(|_| !node.children.is_empty()).filter(counts);
        for (index, child) in node.children.iter().enumerate() {
            let last = index + 1 == node.children.len() && shown_rest.is_none();
            let slash = if child.folder { "/" } else { "" };
            let name = format!("{}{slash}", clean::line(&child.name));
            let branch = format!("{indent}{}", if last { corner } else { tee });
            rows.push(self.row(branch, name, child.bytes, child.old_bytes, false));
            if depth < DEEPEST {
                let indent = format!("{indent}{}", if last { "    " } else { line });
                self.children(child, &indent, depth + 1, rows);
            }
        }
        if let Some(rest) = shown_rest {
            let name = format!("{} more {}", rest.files, if rest.files == 1 { "file" } else { "files" });
            rows.push(self.row(format!("{indent}{corner}"), name, rest.bytes, rest.old_bytes, true));
        }
    }

    fn row(&self, branch: String, name: String, bytes: u64, old: Option<u64>, faint: bool) -> Row {
        #[allow(clippy::cast_precision_loss)]
        let part = if self.whole == 0 { 0.0 } else { weight(bytes, old) as f64 / self.whole as f64 };
        let (numbers, bar) = match old {
            None => (format!("{:>8}  {:>5.1} %", format_size(bytes), part * 100.0), BAR),
            Some(old) => (
                format!("{:>9}  {:>8}", difference(old, bytes), format_size(bytes)),
                if bytes >= old { MORE } else { LESS },
            ),
        };
        Row { numbers, branch, name, part, bar, faint }
    }
}

/// What the longest bar stands for: the whole; in a comparison, where what came and what went may cancel out, the
/// greatest difference below the root.
fn longest(tree: &TreeNode) -> u64 {
    match tree.old_bytes {
        None => tree.bytes,
        Some(_) => tree.children.iter().map(|child| weight(child.bytes, child.old_bytes)).max().unwrap_or(0),
    }
}

/// `+4.2 MB`, `-1.0 kB`, or `0 B`.
pub(crate) fn difference(old: u64, new: u64) -> String {
    let sign = match new.cmp(&old) {
        std::cmp::Ordering::Less => "-",
        std::cmp::Ordering::Equal => "",
        std::cmp::Ordering::Greater => "+",
    };
    format!("{sign}{}", format_size(new.abs_diff(old)))
}
