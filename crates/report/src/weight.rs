//! What could go of an image, by cause.

use comfy_table::{Attribute, Cell, CellAlignment};
use plimsoll_rules::ImageSummary;
use plimsoll_rules::look::CauseWeight;
use plimsoll_rules::profile::format_size;

use crate::{Options, clean, table};

/// The table, or nothing where nothing is worth the trouble.
pub(crate) fn table(image: &ImageSummary, options: &Options) -> Option<String> {
    let worthwhile: Vec<&CauseWeight> = image.weight.iter().filter(|cause| cause.worthwhile).collect();
    if worthwhile.is_empty() {
        return None;
    }
    let mut table = table::empty(options);
    table.set_header(
        ["could go", "size", "files", "layers", "how"].map(|title| table::header(title, options)),
    );
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    for cause in &worthwhile {
        table.add_row([
            Cell::new(cause.what),
            right(format_size(cause.bytes)),
            right(cause.files.to_string()),
            right(layers(cause)),
            Cell::new(clean::line(cause.remedy)),
        ]);
    }
    let bold = |cell: Cell| if options.colour { cell.add_attribute(Attribute::Bold) } else { cell };
    let bytes = worthwhile.iter().map(|cause| cause.bytes).sum();
    let files: u64 = worthwhile.iter().map(|cause| cause.files).sum();
    let empty = || Cell::new("");
    table.add_row([
        bold(Cell::new("total")),
        bold(right(format_size(bytes))),
        bold(right(files.to_string())),
        empty(),
        empty(),
    ]);
    Some(table.trim_fmt())
}

/// `0, 2, 3`, or `0 to 9` where there are many.
fn layers(cause: &CauseWeight) -> String {
    let numbers: Vec<String> = cause.layers.iter().map(|layer| layer.layer.to_string()).collect();
    match &numbers[..] {
        [first, .., last] if numbers.len() > 4 => format!("{first} to {last}"),
        _ => numbers.join(", "),
    }
}
