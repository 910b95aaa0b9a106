use super::weight::{Cause, is_worthwhile};
use super::{Audit, ImageRule, Reporter, path_text};
use crate::draft::Place;
use crate::profile::format_size;

pub(crate) struct ImageDuplicateFiles;

/// How many of the files are named.
const NAMED: usize = 3;

impl ImageRule for ImageDuplicateFiles {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let weights = audit.weights();
        let (within, across) = (Cause::CopiesInLayer, Cause::CopiesAcrossLayers);
        let total = weights.bytes(within) + weights.bytes(across);
        if !is_worthwhile(total, audit.image.size()) {
            return;
        }
        let named: Vec<String> = weights
            .copies
            .iter()
            .take(NAMED)
            .map(|copies| {
                let paths: Vec<String> =
                    copies.paths.iter().take(2).map(|p| format!("/{}", path_text(p))).collect();
                let more = copies.copies.saturating_sub(1);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!(
                    "{} is also {more_paths}{more} ({})",
                    paths.first().map_or("", String::as_str),
                    format_size(copies.bytes),
                    more_paths = paths.get(1).map_or("", String::as_str)
                )
            })
            .collect();
        let mut help = Vec::new();
        for cause in [within, across] {
            if weights.bytes(cause) > 0 {
                help.push(format!("{}: {}", cause.as_str(), cause.remedy()));
            }
        }
        report
            .at(
                Place::Image,
                format!(
                    "{} of the image are copies of files that are in it already: {}",
                    format_size(total),
                    named.join(", ")
                ),
            )
            .help(help.join("; "));
    }
}
