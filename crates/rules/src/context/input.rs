//! Files that are read beside the one that is checked.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A larger file is none that a person wrote.
const MAX_BYTES: u64 = 4 << 20;

/// The text of a file that may or may not be there. None too for what is no regular file, or too large.
pub(crate) fn read_beside(path: &Path) -> Option<String> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_BYTES).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// The names of what is directly in a folder, sorted; none for one that cannot be read.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// A folder with more in it is no project's alone.
pub(crate) const NAMES_OF_PROJECT: usize = 1_000;

/// The names of what is directly in a folder, sorted; none of a folder with more in it than `most`.
pub(crate) fn few_names_in(folder: &Path, most: usize) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.take(most + 1).filter_map(|e| e.file_name().into_string().ok()).collect();
    if names.len() > most {
        return Vec::new();
    }
    names.sort_unstable();
    names
}
