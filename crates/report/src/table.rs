//! Tables: of findings, and of the rules.

use std::io;

use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Table, Width, presets};
use plimsoll_rules::{Outcome, RuleMeta};

use crate::{Options, clean, contexts, images, place, style, summary};

/// Below this a table is only letters under each other; it may run over the edge then.
const NARROWEST: usize = 60;
/// From this width on the rules' table shows all that there is.
const ROOMY: usize = 110;
/// No column is made narrower for another one's sake.
const LEAST: usize = 8;
/// The last one has so much at least, as far as it has that much to say.
const LEAST_OF_LAST: usize = 16;

pub(crate) fn write(outcome: &Outcome, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    images::write(outcome, options, out)?;
    contexts::write(outcome, options, out)?;
    if options.findings && !outcome.findings.is_empty() {
        writeln!(out, "{}\n", findings(outcome, options))?;
    }
    if options.summary {
        summary::write(outcome, options, out)?;
    }
    Ok(())
}

/// A row for each finding.
pub(crate) fn findings(outcome: &Outcome, options: &Options) -> String {
    let mut table = empty(options);
    table.set_header(["severity", "rule", "place", "message"].map(|title| header(title, options)));
    for finding in &outcome.findings {
        let mut severity = Cell::new(finding.severity.as_str());
        if options.colour {
            severity = severity.fg(style::cell_colour(finding.severity)).add_attribute(Attribute::Bold);
        }
        table.add_row([
            severity,
            Cell::new(clean::line(&finding.rule)),
            Cell::new(place::full(finding)),
            Cell::new(clean::text(&finding.message)),
        ]);
    }
    fit(&mut table, options, [None, Some(30), Some(options.width / 4), Some(usize::MAX)]);
    table.trim_fmt()
}

/// Fixes the widths of columns: as wide as their content, those with a limit no wider than it, and the
/// last one what is left.
pub(crate) fn fit<const N: usize>(table: &mut Table, options: &Options, limits: [Option<usize>; N]) {
    // A border and two spaces of padding stand at each cell, and a border at the end.
    let room = options.width.saturating_sub(N * 3 + 1);
    let contents = table.column_max_content_widths().into_iter().map(usize::from);
    let mut widths: Vec<usize> = limits
        .into_iter()
        .zip(contents)
        .map(|(limit, content)| limit.map_or(content, |limit| content.min(limit.max(LEAST))))
        .collect();
    let Some((last, others)) = widths.split_last_mut() else { return };
    // Where nothing is left for the last column, the widest of the others gives way.
    let least = (*last).min(LEAST_OF_LAST);
    while others.iter().sum::<usize>() + least > room {
        let Some(widest) = others.iter_mut().max().filter(|width| **width > LEAST) else { break };
        *widest -= 1;
    }
    *last = (*last).min(room.saturating_sub(others.iter().sum()).max(least));
    for (index, width) in widths.into_iter().enumerate() {
        if let Some(column) = table.column_mut(index) {
            let width = u16::try_from(width + 2).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
}

/// The rules as a table: name, severity, whether it is on by default, what it finds; where there is
/// room also the category and the peers' codes. What is piped into a search wants a great width.
pub fn rules_table<'r>(rules: impl IntoIterator<Item = &'r RuleMeta>, options: &Options) -> String {
    let roomy = options.width >= ROOMY;
    let mut table = empty(options);
    let mut titles = vec!["rule", "severity", "set"];
    titles.extend(roomy.then_some(["category", "also"]).into_iter().flatten());
    titles.push("what it finds");
    table.set_header(titles.into_iter().map(|title| header(title, options)));
    for rule in rules {
        let mut severity = Cell::new(rule.severity.as_str());
        if options.colour {
            severity = severity.fg(style::cell_colour(rule.severity));
        }
        let set = if rule.default { "default" } else { "opt-in" };
        let mut cells = vec![Cell::new(rule.name), severity, Cell::new(set)];
        if roomy {
            cells.extend([Cell::new(rule.category.as_str()), Cell::new(rule.also.join(" "))]);
        }
        cells.push(Cell::new(rule.title));
        table.add_row(cells);
    }
    if roomy {
        let codes = Some(options.width / 4);
        fit(&mut table, options, [Some(40), None, None, None, codes, Some(usize::MAX)]);
    } else {
        fit(&mut table, options, [Some(32), None, None, Some(usize::MAX)]);
    }
    table.trim_fmt()
}

/// A table without rows in the look that all tables share.
pub(crate) fn empty(options: &Options) -> Table {
    let mut table = Table::new();
    let look = if options.unicode {
        presets::UTF8_FULL_CONDENSED.with_rounded_corners()
    } else {
        presets::ASCII_FULL_CONDENSED
    };
    table.load_style(look).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(options.width.max(NARROWEST)).unwrap_or(u16::MAX));
    if options.colour {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table
}

/// The cell of a heading.
pub(crate) fn header(title: &str, options: &Options) -> Cell {
    let cell = Cell::new(title);
    if options.colour { cell.add_attribute(Attribute::Bold) } else { cell }
}
