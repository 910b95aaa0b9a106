//! Changes to files beside the one that a finding is in.

use std::path::Path;

use crate::context::read_beside;
use crate::{Edit, FileEdit};

impl FileEdit {
    /// Lines at the end of a file; where there is no such file, one that has only them. Never fails: a file that
    /// cannot be read is one that is not there.
    pub(crate) fn appending(path: &Path, lines: &[String]) -> FileEdit {
        let added: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let file = name_of(path);
        match read_beside(path) {
            None => FileEdit { file, new: true, edits: vec![Edit { start: 0, end: 0, text: added }] },
            Some(text) => {
                let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
                let edit = Edit { start: text.len(), end: text.len(), text: format!("{gap}{added}") };
                FileEdit { file, new: false, edits: vec![edit] }
            }
        }
    }
}

/// A file as findings name it: from the current folder where it is below that.
fn name_of(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let plain = path.strip_prefix("./").or_else(|_| path.strip_prefix(&here)).unwrap_or(path);
    plain.to_string_lossy().into_owned()
}
