//! Where files come from.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::yaml::MAX_BYTES;

/// Gives the files that a project names, so that tests and editors need no disk.
pub trait Loader {
    /// The text of a file. Fails when it is not there, is no UTF-8, or is too large.
    fn read(&self, path: &Path) -> io::Result<String>;
}

/// Reads from the disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Loader for Disk {
    fn read(&self, path: &Path) -> io::Result<String> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut text = String::new();
        // One byte more than is taken, so that the reader sees that it is too much.
        file.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
        Ok(text)
    }
}

/// Has no files: what a single text names elsewhere cannot be followed.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl Loader for NoFiles {
    fn read(&self, _: &Path) -> io::Result<String> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "other files are not read here"))
    }
}

/// The files that Compose takes in a folder when it is told none: the first of `compose.yaml`, `compose.yml`,
/// `docker-compose.yml`, `docker-compose.yaml`, and the override beside it. Empty when there is none.
pub fn default_files(dir: &Path) -> Vec<PathBuf> {
    let first = |names: [&str; 4]| names.iter().map(|name| dir.join(name)).find(|path| path.is_file());
    let main = first(["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]);
    let over = first([
        "compose.override.yml",
        "compose.override.yaml",
        "docker-compose.override.yml",
        "docker-compose.override.yaml",
    ]);
    main.into_iter().flat_map(|main| [Some(main), over.clone()]).flatten().collect()
}

/// `path` seen from the folder `base`, without `.` and needless `..`; purely textual.
pub(crate) fn resolve(base: &Path, path: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in base.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match resolved.components().next_back() {
                Some(Component::Normal(_)) => {
                    resolved.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => resolved.push(".."),
            },
            other => resolved.push(other),
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_as_text() {
        for (base, path, resolved) in [
            ("a", "b", "a/b"),
            ("a", "./b/../c", "a/c"),
            ("a", "../b", "b"),
            ("", "../../b", "../../b"),
            ("/a", "../../b", "/b"),
            ("a", "/b", "/b"),
        ] {
            assert_eq!(resolve(Path::new(base), path), Path::new(resolved), "{base} {path}");
        }
    }
}
