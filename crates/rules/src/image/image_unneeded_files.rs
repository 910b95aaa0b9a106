use std::collections::BTreeMap;

use super::{Audit, ImageRule, MAX_TOLD, Reporter, path_text, place_of};

pub(crate) struct ImageUnneededFiles;

/// How many files of a layer are named.
const NAMED: usize = 3;

impl ImageRule for ImageUnneededFiles {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let mut by_layer: BTreeMap<usize, Vec<_>> = BTreeMap::new();
        for seen in &audit.inventory().build_files {
            if !audit.shipped().has(&seen.entry, seen.layer) {
                by_layer.entry(seen.layer).or_default().push(seen);
            }
        }
        for (layer, files) in by_layer.into_iter().take(MAX_TOLD) {
            let Some(first) = files.first() else { continue };
            let named: Vec<String> =
                files.iter().take(NAMED).map(|s| format!("/{}", path_text(s.entry.path()))).collect();
            let more = match files.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            report
                .at(
                    place_of(first),
                    format!(
                        "{} brings {}{more} along: no service reads such files, and they tell how the image is built",
                        audit.made_by(layer),
                        named.join(", ")
                    ),
                )
                .help("name them in .dockerignore, or copy what the service needs by name")
                .also("DKL-LI-0003");
        }
    }
}
