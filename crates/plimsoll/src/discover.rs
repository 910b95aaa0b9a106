//! Which files a path stands for.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
pub use plimsoll_rules::{FileKind, kind_of, kind_of_named};

/// What a folder holds for plimsoll.
#[derive(Default)]
pub struct Walk {
    /// The files that it reads, sorted.
    pub files: Vec<(PathBuf, FileKind)>,
    /// What could not be searched.
    pub errors: Vec<String>,
}

/// The files under a folder that plimsoll reads, what git ignores aside. Environment files are what git should ignore,
/// and are judged all the same.
pub fn walk(folder: &Path) -> Walk {
    let mut walk = Walk::default();
    let walker = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .filter_entry(|e| {
            let name = e.file_name();
            !(e.file_type().is_some_and(|t| t.is_dir()) && (name == ".git" || name == "node_modules"))
        })
        .build();
    for entry in walker {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|t| t.is_file()) => {
                if let Some(kind) = kind_of(entry.path()).filter(|kind| *kind != FileKind::Env) {
                    walk.files.push((entry.into_path(), kind));
                }
            }
            Ok(entry) if entry.file_type().is_some_and(|t| t.is_dir()) => {
                walk.files.extend(env_files(entry.path()).map(|path| (path, FileKind::Env)));
            }
            Ok(_) => {}
            Err(error) => walk.errors.push(error.to_string()),
        }
    }
    walk.files.sort();
    walk
}

/// The environment files directly in a folder. One that cannot be read was told of by the walk.
fn env_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| kind_of(Path::new(&entry.file_name())) == Some(FileKind::Env))
        .filter(|entry| entry.file_type().is_ok_and(|t| t.is_file()))
        .map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_files_are_found_where_git_ignores_them() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            (".gitignore", ".env*\n/out\nDockerfile.local\n"),
            (".env", "A=1\n"),
            (".env.example", "A=\n"),
            ("api/.env.local", "A=1\n"),
            ("out/.env", "A=1\n"),
            ("node_modules/x/.env", "A=1\n"),
            ("Dockerfile", "FROM x\n"),
            ("Dockerfile.local", "FROM x\n"),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let found = walk(folder.path());
        let names: Vec<_> = found
            .files
            .iter()
            .map(|(path, _)| path.strip_prefix(folder.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, [".env", ".env.example", "Dockerfile", "api/.env.local"]);
    }
}
