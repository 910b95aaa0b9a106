//! Whether git ignores a file, by the rules of git: a folder's own list before those above it, and nothing below an
//! ignored folder comes back.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The ignore lists of one repository, each read once.
#[derive(Debug, Default)]
pub(crate) struct GitIgnore {
    lists: HashMap<PathBuf, Gitignore>,
}

impl GitIgnore {
    /// Whether git ignores the file. `root` is the repository's folder, `git` its `.git`, `file` in it and absolute.
    pub(crate) fn ignores(&mut self, root: &Path, git: &Path, file: &Path) -> bool {
        let Ok(relative) = file.strip_prefix(root) else { return false };
        let mut path = root.to_owned();
        let count = relative.components().count();
        for (at, part) in relative.components().enumerate() {
            path.push(part);
            if self.matches(root, git, &path, at + 1 < count) {
                return true;
            }
        }
        false
    }

    /// What the lists say of one path; the nearest list that says anything wins.
    fn matches(&mut self, root: &Path, git: &Path, path: &Path, is_folder: bool) -> bool {
        let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        for folder in folders {
            match self.list(folder, &folder.join(".gitignore")).matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        match self.list(root, &git.join("info/exclude")).matched(path, is_folder) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None => {}
        }
        let global = self.lists.entry(PathBuf::new()).or_insert_with(|| Gitignore::global().0);
        global.matched(path.strip_prefix(root).unwrap_or(path), is_folder).is_ignore()
    }

    fn list(&mut self, folder: &Path, file: &Path) -> &Gitignore {
        self.lists.entry(file.to_owned()).or_insert_with(|| {
            if !file.is_file() {
                return Gitignore::empty();
            }
            let mut builder = GitignoreBuilder::new(folder);
            // A list that cannot be read ignores nothing.
            let _ = builder.add(file);
            builder.build().unwrap_or_else(|_| Gitignore::empty())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_list_wins_and_a_folder_keeps_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (name, text) in [
            (".gitignore", ".env\n/out/\n*.secret\n"),
            ("kept/.gitignore", "!.env\n"),
            ("out/.gitignore", "!.env\n"),
            (".git/info/exclude", "local.env\n"),
        ] {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut lists = GitIgnore::default();
        for (name, expected) in [
            (".env", true),
            ("a/b/.env", true),
            ("kept/.env", false),
            ("out/.env", true),
            ("local.env", true),
            ("a/x.secret", true),
            (".env.production", false),
        ] {
            assert_eq!(lists.ignores(root, &root.join(".git"), &root.join(name)), expected, "{name}");
        }
    }
}
