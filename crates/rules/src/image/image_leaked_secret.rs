use std::collections::HashMap;

use plimsoll_image::Fate;
use plimsoll_secrets::Severity as Gravity;

use super::{Audit, ImageRule, Reporter, path_text};
use crate::Severity;
use crate::draft::Place;

pub(crate) struct ImageLeakedSecret;

/// How many further places of the same contents are named.
const NAMED: usize = 3;

impl ImageRule for ImageLeakedSecret {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        // The same contents leak once, however many layers and paths carry them.
        let mut first: HashMap<_, usize> = HashMap::new();
        let mut leaks: Vec<Found> = Vec::new();
        for layer in &audit.image.layers {
            let Some(record) = &layer.record else { continue };
            for (entry, notes) in record.noted() {
                if audit.shipped().has(&entry, layer.index) {
                    continue;
                }
                for note in notes {
                    let path = path_text(entry.path()).into_owned();
                    let key = (entry.content_hash(), note.span.start, note.detector.name.clone());
                    match first.get(&key) {
                        Some(&at) if entry.content_hash().is_some() => {
                            if leaks[at].path != path && !leaks[at].copies.contains(&path) {
                                leaks[at].copies.push(path);
                            }
                        }
                        _ => {
                            first.insert(key, leaks.len());
                            let fate = audit.fs.fate(layer.index, entry.index());
                            leaks.push(Found { layer: layer.index, path, fate, note, copies: Vec::new() });
                        }
                    }
                }
            }
        }
        for found in leaks {
            found.tell(audit, report);
        }
    }
}

struct Found<'n> {
    layer: usize,
    path: String,
    fate: Fate,
    note: &'n plimsoll_secrets::Leak,
    copies: Vec<String>,
}

impl Found<'_> {
    fn tell(self, audit: &Audit<'_>, report: &mut Reporter) {
        let detector = &self.note.detector;
        let mut message = format!(
            "{} ({}) in /{}, put there by {}",
            detector.title,
            self.note.redacted,
            self.path,
            audit.made_by(self.layer)
        );
        match self.fate {
            Fate::Deleted(by) => {
                message.push_str(&format!("; {} deletes it, but the layer keeps it", audit.made_by(by)));
            }
            Fate::Overwritten(by) if by != self.layer => {
                message.push_str(&format!("; {} overwrites it, but the layer keeps it", audit.made_by(by)));
            }
            _ => {}
        }
        if !self.copies.is_empty() {
            let named: Vec<String> = self.copies.iter().take(NAMED).map(|p| format!("/{p}")).collect();
            let more = self.copies.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            message.push_str(&format!("; the same file is at {}{more}", named.join(", ")));
        }
        let place = Place::Path { layer: self.layer, path: self.path, line: Some(self.note.line) };
        report
            .at(place, message)
            .severity(match detector.severity {
                Gravity::Error => Severity::Error,
                Gravity::Warning => Severity::Warning,
                Gravity::Info => Severity::Info,
            })
            .help(super::secret_help(detector))
            .detector(detector.name.clone())
            .also("CIS-DI-0010");
    }
}
