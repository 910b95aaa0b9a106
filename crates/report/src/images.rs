//! What an image is made of: a table of its layers, its weight, its budget.

use std::io;

use comfy_table::{Attribute, Cell, CellAlignment};
use plimsoll_rules::profile::format_size;
use plimsoll_rules::{Budget, ImageSummary, Outcome};

use crate::{Options, clean, layers, place, style, table, tree, weight};

/// Columns that the table takes besides the command.
const COMMAND_MIN: usize = 24;

/// Every image of the outcome, a blank line after each.
pub(crate) fn write(outcome: &Outcome, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    for image in &outcome.images {
        writeln!(out, "{}", style::paint(&clean::line(&image.name), style::BOLD, options.colour))?;
        match image.layers.iter().any(|layer| layer.changes.is_some()) {
            true => layers::write(image, options, out)?,
            false if image.tree.is_some() => {}
            false => writeln!(out, "{}", table_of_layers(image, options))?,
        }
        if let Some(tree) = &image.tree {
            tree::write(tree, options, out)?;
        }
        if let Some(table) = weight::table(image, options) {
            writeln!(out, "{table}")?;
        }
        writeln!(out, "{}", efficiency(image))?;
        if let Some(budget) = &image.budget {
            writeln!(out, "{}", budget_line(image, budget, options))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn table_of_layers(image: &ImageSummary, options: &Options) -> String {
    let lines_known = image.layers.iter().any(|layer| layer.dockerfile_line.is_some());
    let mut table = table::empty(options);
    let mut header = vec!["layer", "size", "compressed", "files", "created by"];
    header.extend(lines_known.then_some("line"));
    table.set_header(header.iter().map(|title| table::header(title, options)));

    let rows: Vec<[String; 4]> = image
        .layers
        .iter()
        .map(|layer| {
            [
                layer.index.to_string(),
                format_size(layer.size),
                stored(layer.compressed_size, layer.compressed),
                layer.files.to_string(),
            ]
        })
        .collect();
    let files: u64 = image.layers.iter().map(|layer| layer.files).sum();
    let compressed = stored(image.compressed_size, image.is_compressed());
    let total = ["total".to_owned(), format_size(image.size), compressed, files.to_string()];
    let width = |column: usize| {
        let cells = rows.iter().chain([&total]).map(|row| row[column].len());
        cells.chain([header[column].len()]).max().unwrap_or(0)
    };
    // A border or a separator and two spaces of padding stand at each cell.
    let taken: usize =
        (0..4).map(width).sum::<usize>() + header.len() * 3 + 1 + if lines_known { 4 } else { 0 };
    let for_command = options.width.saturating_sub(taken).max(COMMAND_MIN);

    for (layer, row) in image.layers.iter().zip(&rows) {
        let mut cells: Vec<Cell> = row.iter().map(right).collect();
        cells.push(Cell::new(place::cut(&clean::line(&layer.created_by), for_command)));
        if lines_known {
            cells.push(right(layer.dockerfile_line.map(|line| line.to_string()).unwrap_or_default()));
        }
        table.add_row(cells);
    }
    let bold = |text: &String| {
        let cell = right(text);
        if options.colour { cell.add_attribute(Attribute::Bold) } else { cell }
    };
    let mut cells: Vec<Cell> = total.iter().map(bold).collect();
    cells.extend((4..header.len()).map(|_| Cell::new("")));
    table.add_row(cells);
    table.trim_fmt()
}

/// A size as it is stored, where that is compressed: the tar of a small layer is greater than its files.
fn stored(bytes: u64, compressed: bool) -> String {
    if compressed { format_size(bytes) } else { "-".to_owned() }
}

fn right(text: impl ToString) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// `efficiency 98.1 %, 3.4 MB wasted`.
fn efficiency(image: &ImageSummary) -> String {
    let percent = (image.efficiency * 100.0).clamp(0.0, 100.0);
    match image.wasted_bytes {
        0 => format!("efficiency {percent:.1} %, nothing is overwritten or deleted by a later layer"),
        bytes => format!(
            "efficiency {percent:.1} %, {} overwritten or deleted by later layers",
            format_size(bytes)
        ),
    }
}

/// `204.1 MB of 200.0 MB (backend, asked for)`.
fn budget_line(image: &ImageSummary, budget: &Budget, options: &Options) -> String {
    let how = if budget.guessed { "guessed" } else { "asked for" };
    let weight = format!("{} of {}", format_size(image.size), round_size(budget.bytes));
    let over = image.size > budget.bytes;
    let severity = match (over, budget.guessed) {
        (true, false) => Some(plimsoll_rules::Severity::Error),
        (true, true) => Some(plimsoll_rules::Severity::Warning),
        (false, _) => None,
    };
    let weight = severity.map_or(weight.clone(), |s| style::paint(&weight, style::of(s), options.colour));
    let excess = match image.size.checked_sub(budget.bytes) {
        Some(excess) if excess > 0 => format!(", {} too much", format_size(excess)),
        _ => String::new(),
    };
    format!("budget {weight} ({}, {how}){excess}", clean::line(&budget.profile))
}

/// A size as somebody would write a limit: `200 MB`, not `200.0 MB`.
fn round_size(bytes: u64) -> String {
    let text = format_size(bytes);
    match text.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}
