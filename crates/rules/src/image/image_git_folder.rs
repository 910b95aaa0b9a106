use std::collections::HashSet;

use plimsoll_image::Fate;

use super::inventory::is_vendored;
use super::{Audit, ImageRule, MAX_TOLD, Reporter, path_text};
use crate::Severity;
use crate::draft::Place;

pub(crate) struct ImageGitFolder;

impl ImageRule for ImageGitFolder {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let mut told = HashSet::new();
        for seen in audit.inventory().git_heads.iter().take(MAX_TOLD) {
            let path = seen.entry.path();
            let Some(folder) = path.strip_suffix(b"/HEAD") else { continue };
            if is_vendored(path) || !told.insert(folder) {
                continue;
            }
            // A clone made in the build is somebody else's published history; a copied one is the project's own.
            let keyword = audit.instruction(seen.layer).and_then(|i| i.keyword.as_deref());
            let cloned = keyword == Some("RUN");
            let name = path_text(folder).into_owned();
            let made_by = audit.made_by(seen.layer);
            let mut message = format!(
                "/{name}, put there by {made_by}, holds every version that any file of the repository ever had"
            );
            if let Fate::Deleted(by) = audit.fs.fate(seen.layer, seen.entry.index()) {
                message.push_str(&format!("; {} deletes it, but the layer keeps it", audit.made_by(by)));
            }
            report
                .at(Place::Path { layer: seen.layer, path: name, line: None }, message)
                .severity(if cloned { Severity::Info } else { Severity::Warning })
                .help(match cloned {
                    true => {
                        "clone in an earlier stage and copy the result, or delete the folder in the same RUN"
                    }
                    false => "name .git in .dockerignore",
                });
        }
    }
}
