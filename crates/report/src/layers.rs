//! What each layer added, changed and removed, for people.

use std::io;

use plimsoll_rules::look::Part;
use plimsoll_rules::profile::format_size;
use plimsoll_rules::{ImageSummary, LayerSummary};

use crate::{Options, clean, place, style};

/// Each layer with the numbers and the heaviest paths of what it did.
pub(crate) fn write(image: &ImageSummary, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    for layer in &image.layers {
        writeln!(out, "{}", heading(layer, options))?;
        let Some(changes) = &layer.changes else { continue };
        let parts = [
            ("added", &changes.added),
            ("changed", &changes.changed),
            ("  rewritten", &changes.rewritten),
            ("removed", &changes.removed),
        ];
        if parts.iter().all(|(_, part)| part.files == 0) {
            writeln!(out, "  nothing but folders")?;
        }
        for (name, part) in parts.into_iter().filter(|(_, part)| part.files > 0) {
            write_part(name, part, options, out)?;
        }
    }
    let rewritten = image.layers.iter().any(|l| l.changes.as_ref().is_some_and(|c| c.rewritten.files > 0));
    if rewritten {
        writeln!(out, "rewritten: the contents are as before, only owner, mode or time are new")?;
    }
    Ok(())
}

fn heading(layer: &LayerSummary, options: &Options) -> String {
    let mut sizes = format!("layer {:>2}  {:>8}  ", layer.index, format_size(layer.size));
    if layer.compressed {
        sizes += &format!("{:>8} compressed  ", format_size(layer.compressed_size));
    }
    let line = layer.dockerfile_line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let command = format!("{line}{}", clean::line(&layer.created_by));
    let command = place::cut(&command, options.width.saturating_sub(sizes.len()).max(24));
    style::paint(format!("{sizes}{command}").trim_end(), style::BOLD, options.colour)
}

fn write_part(name: &str, part: &Part, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    let files = if part.files == 1 { "file " } else { "files" };
    let numbers = format!("  {name:<12}{:>7} {files}  {:>8}  ", part.files, format_size(part.bytes));
    let indent = numbers.len();
    let mut lines = part.heaviest.iter().map(|heavy| {
        let size = format_size(heavy.bytes);
        let room = options.width.saturating_sub(indent + size.len() + 1).max(24);
        format!("/{} {size}", place::cut(&clean::line(&heavy.path), room.saturating_sub(1)))
    });
    writeln!(out, "{}", format!("{numbers}{}", lines.next().unwrap_or_default()).trim_end())?;
    lines.try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
}
