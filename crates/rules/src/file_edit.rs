//! Changes to files beside the one that a finding is in.

use std::path::Path;

use crate::context::read_beside;
use crate::{Edit, FileEdit};

impl FileEdit {
    /// Lines at the end of a file; where there is no such file, one that has only them. Never fails: a file that
    /// cannot be read is one that is not there.
    pub(crate) fn appending(path: &Path, lines: &[String]) -> FileEdit {
        let added: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let file = path.strip_prefix("./").unwrap_or(path).to_string_lossy().into_owned();
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
