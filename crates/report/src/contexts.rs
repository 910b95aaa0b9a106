//! What a build context weighs: a table of its heaviest parts, and what its ignore file should keep out.

use std::fmt::Write as _;
use std::io;

use comfy_table::{Attribute, Cell, CellAlignment};
use plimsoll_rules::profile::format_size;
use plimsoll_rules::{ContextPart, ContextSummary, Outcome};

use crate::{Options, clean, markdown, place, style, table};

/// Columns that a path has at least.
const PATH_MIN: usize = 24;

/// Every context of the outcome, a blank line after each.
pub(crate) fn write(outcome: &Outcome, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    for context in &outcome.contexts {
        let heading = format!("build context {}", clean::line(&context.name));
        writeln!(out, "{}{}", style::paint(&heading, style::BOLD, options.colour), applied(context))?;
        if context.files == 0 {
            writeln!(out, "no file would be sent\n")?;
            continue;
        }
        writeln!(out, "{}\n", parts(context, options))?;
        if !context.savings.is_empty() {
            writeln!(out, "{}", advice(context))?;
            writeln!(out, "{}\n", savings(context, options))?;
        }
    }
    Ok(())
}

/// ` (less what .dockerignore leaves out)`.
fn applied(context: &ContextSummary) -> String {
    match &context.ignore_file {
        Some(file) => format!(" (less what {} leaves out)", clean::line(file)),
        None => " (the whole folder)".to_owned(),
    }
}

fn advice(context: &ContextSummary) -> String {
    let bytes: u64 = context.savings.iter().map(|saving| saving.size).sum();
    let file = context.ignore_file.as_deref().unwrap_or(".dockerignore");
    format!("{} less with these lines in {}:", format_size(bytes), clean::line(file))
}

/// A part's path; a folder's ends with a slash.
fn path(part: &ContextPart) -> String {
    format!("{}{}", clean::line(&part.path), if part.directory { "/" } else { "" })
}

/// What is not among the heaviest parts, as bytes and files.
fn others(context: &ContextSummary) -> (u64, u64) {
    let shown = |of: fn(&ContextPart) -> u64| context.heaviest.iter().map(of).sum::<u64>();
    (context.size.saturating_sub(shown(|p| p.size)), context.files.saturating_sub(shown(|p| p.files)))
}

fn parts(context: &ContextSummary, options: &Options) -> String {
    let header = ["size", "share", "files", "heaviest parts"];
    let share = |size: u64| {
        #[allow(clippy::cast_precision_loss)]
        let percent = size as f64 / context.size.max(1) as f64 * 100.0;
        if size > 0 && percent < 0.5 { "< 1 %".to_owned() } else { format!("{percent:.0} %") }
    };
    let mut rows: Vec<[String; 4]> = Vec::new();
    for part in &context.heaviest {
        rows.push([format_size(part.size), share(part.size), part.files.to_string(), path(part)]);
    }
    let (size, files) = others(context);
    if files > 0 {
        rows.push([format_size(size), share(size), files.to_string(), "everything else".to_owned()]);
    }
    let total = [format_size(context.size), String::new(), context.files.to_string(), "total".to_owned()];
    build(&header, rows, Some(total), 3, options)
}

fn savings(context: &ContextSummary, options: &Options) -> String {
    let header = ["saves", "files", "what it is", "line"];
    let rows = context.savings.iter().map(|saving| {
        [
            format_size(saving.size),
            saving.files.to_string(),
            clean::line(&saving.what).into_owned(),
            clean::line(&saving.pattern).into_owned(),
        ]
    });
    build(&header, rows.collect(), None, 2, options)
}

/// A table whose first `numbers` columns are numbers, and whose last is a path that gets what is left of the width.
fn build(
    header: &[&str; 4],
    rows: Vec<[String; 4]>,
    total: Option<[String; 4]>,
    numbers: usize,
    options: &Options,
) -> String {
    let mut table = table::empty(options);
    table.set_header(header.iter().map(|title| table::header(title, options)));
    let width = |column: usize| {
        let cells = rows.iter().chain(&total).map(|row| row[column].chars().count());
        cells.chain([header[column].len()]).max().unwrap_or(0)
    };
    // A border or a separator and two spaces of padding stand at each cell.
    let taken: usize = (0..3).map(width).sum::<usize>() + header.len() * 3 + 1;
    let room = options.width.saturating_sub(taken).max(PATH_MIN);
    let cells = |row: &[String; 4], bold: bool| -> Vec<Cell> {
        let cell = |(column, text): (usize, &String)| {
            let text = if column == 3 { cut_left(text, room) } else { text.clone() };
            let cell = Cell::new(text);
            let cell = if column < numbers { cell.set_alignment(CellAlignment::Right) } else { cell };
            if bold && options.colour { cell.add_attribute(Attribute::Bold) } else { cell }
        };
        row.iter().enumerate().map(cell).collect()
    };
    for row in &rows {
        table.add_row(cells(row, false));
    }
    if let Some(total) = &total {
        table.add_row(cells(total, true));
    }
    table.trim_fmt()
}

/// A path's end, where it is wider than the room: what it names stands there.
fn cut_left(path: &str, room: usize) -> String {
    let count = path.chars().count();
    if count <= room {
        return place::cut(path, room);
    }
    let end: String = path.chars().skip(count - room.saturating_sub(3)).collect();
    place::cut(&format!("...{end}"), room)
}

/// A context for a comment on a pull request.
pub(crate) fn markdown(context: &ContextSummary) -> String {
    let mut out = format!(
        "\n<details><summary><b>build context {}</b>: {} in {} files</summary>\n\n| size | files | part |\n|---:|---:|---|\n",
        markdown::escape(&context.name),
        format_size(context.size),
        context.files
    );
    for part in &context.heaviest {
        _ = writeln!(
            out,
            "| {} | {} | {} |",
            format_size(part.size),
            part.files,
            markdown::escape(&path(part))
        );
    }
    let (size, files) = others(context);
    if files > 0 {
        _ = writeln!(out, "| {} | {files} | everything else |", format_size(size));
    }
    if !context.savings.is_empty() {
        _ = writeln!(out, "\n{}\n", markdown::escape(&advice(context)));
        for saving in &context.savings {
            let line = markdown::escape(&saving.pattern);
            let what = markdown::escape(&saving.what);
            _ = writeln!(out, "- <code>{line}</code>: {}, {what}", format_size(saving.size));
        }
    }
    out + "\n</details>\n"
}
