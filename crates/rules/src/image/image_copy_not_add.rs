use std::collections::HashMap;

use plimsoll_image::history::Instruction;

use super::{Audit, ImageRule, Reporter};
use crate::dockerfile::added::{is_archive, is_remote};
use crate::draft::Place;

pub(crate) struct ImageCopyNotAdd;

impl ImageRule for ImageCopyNotAdd {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let files: HashMap<usize, usize> = audit.image.layers.iter().map(|l| (l.index, l.files)).collect();
        // The lowest layer is a base image's: a distribution is added as an archive.
        for layer in audit.image.layers.iter().skip(1) {
            let Some(instruction) = audit.instruction(layer.index) else { continue };
            let files = files.get(&layer.index).copied().unwrap_or(0);
            if instruction.keyword.as_deref() == Some("ADD") && only_copies(instruction, files) {
                report
                    .at(
                        Place::Layer(layer.index),
                        format!(
                            "{} adds what COPY would copy: ADD also unpacks and downloads, so the reader cannot tell what it does",
                            audit.made_by(layer.index)
                        ),
                    )
                    .help("write COPY")
                    .also("CIS-DI-0009");
            }
        }
    }
}

/// Whether what the ADD did is what COPY does; `files` is how many its layer holds.
fn only_copies(add: &Instruction, files: usize) -> bool {
    let text = add.arguments.trim();
    // Classic builders write a hash in place of the sources: an archive is one file that became many.
    if let Some((source, _)) = text.split_once(" in ") {
        return match source.split(':').next() {
            Some("dir") => true,
            Some("file") => files == 1,
            _ => false,
        };
    }
    let words: Vec<String> = match serde_json::from_str(text) {
        Ok(words) => words,
        Err(_) => text.split_whitespace().filter(|w| !w.starts_with("--")).map(str::to_owned).collect(),
    };
    let Some((destination, sources)) = words.split_last() else { return false };
    destination != "/" && !sources.is_empty() && !sources.iter().any(|s| is_remote(s) || is_archive(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_and_downloads_are_adds_own() {
        let only_copies = |created_by: &str, files| only_copies(&Instruction::read(created_by), files);
        assert!(only_copies("ADD . /app # buildkit", 9));
        assert!(only_copies("/bin/sh -c #(nop) ADD dir:9f8b in /app ", 9));
        assert!(only_copies("/bin/sh -c #(nop) ADD file:9f8b in /app/x.conf ", 1));
        assert!(!only_copies("/bin/sh -c #(nop) ADD file:9f8b in / ", 3000));
        assert!(!only_copies("ADD alpine-minirootfs-3.22.1-x86_64.tar.gz / # buildkit", 80));
        assert!(!only_copies("ADD https://example.com/x /x # buildkit", 1));
    }
}
