use std::collections::HashSet;

use plimsoll_image::{EntryKind, Fate};
use plimsoll_secrets::{Certainty, credential_file};

use super::inventory::is_vendored;
use super::{Audit, ImageRule, Reporter, path_text};
use crate::Severity;
use crate::draft::Place;

pub(crate) struct ImageCredentialFile;

impl ImageRule for ImageCredentialFile {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let mut seen = HashSet::new();
        for layer in &audit.image.layers {
            let Some(record) = &layer.record else { continue };
            for entry in record.entries().filter(|e| e.kind() == EntryKind::File && e.size() > 0) {
                let path = path_text(entry.path());
                let Some(kind) = credential_file(&path) else { continue };
                // What was recognised inside is told as a leak; what packages ship is no secret of the builder's.
                let certain = kind.certainty == Certainty::Certain;
                if !certain && is_systems_place(entry.path())
                    || !entry.notes().is_empty()
                    || audit.shipped().has(&entry, layer.index)
                {
                    continue;
                }
                if !seen.insert(path.clone().into_owned()) {
                    continue;
                }
                let mut message =
                    format!("/{path} is {}, put there by {}", kind.what, audit.made_by(layer.index));
                if let Fate::Deleted(by) = audit.fs.fate(layer.index, entry.index()) {
                    message.push_str(&format!("; {} deletes it, but the layer keeps it", audit.made_by(by)));
                }
                let place = Place::Path { layer: layer.index, path: path.into_owned(), line: None };
                let environment = folderless(entry.path()).starts_with(b".env");
                report
                    .at(place, message)
                    .severity(if certain || environment { Severity::Warning } else { Severity::Info })
                    .help("name it in .dockerignore and copy what the service needs by name; mount credentials with `RUN --mount=type=secret,id=...`")
                    .also("CIS-DI-0010");
            }
        }
    }
}

/// Where distributions and language packages keep files of such names that are no secrets: certificates of authorities,
/// keys of tests.
fn is_systems_place(path: &[u8]) -> bool {
    is_vendored(path)
        || [&b"etc/"[..], b"usr/", b"lib/", b"var/", b"opt/", b"nix/"].iter().any(|f| path.starts_with(f))
}

fn folderless(path: &[u8]) -> &[u8] {
    plimsoll_image::split_path(path).1
}
