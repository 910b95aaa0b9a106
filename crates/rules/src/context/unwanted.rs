//! What no build wants: version history, installed packages, caches.

use std::collections::BTreeMap;

use plimsoll_context::{Entry, EntryKind, Listing};

/// What a folder or file of a context is that should stay out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// `.git` and the like.
    History,
    /// `node_modules`.
    NodeModules,
    /// A Python virtual environment.
    VirtualEnvironment,
    /// What a tool keeps to be faster the next time.
    Cache,
}

impl What {
    /// In words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::History => "version history",
            Self::NodeModules => "packages installed on this machine",
            Self::VirtualEnvironment => "virtual environment of this machine",
            Self::Cache => "cache",
        }
    }
}

/// Something that should stay out, with all that is in it.
#[derive(Clone, Debug)]
pub(crate) struct Unwanted {
    /// Where it is in the context.
    pub(crate) path: String,
    /// What it is.
    pub(crate) what: What,
    /// The bytes in it.
    pub(crate) size: u64,
    /// The files in it.
    pub(crate) files: u64,
    /// Whether every folder of its name is one.
    known_by_name: bool,
}

/// Folders that are what they are by their name.
const FOLDERS: &[(&str, What)] = &[
    (".git", What::History),
    (".hg", What::History),
    (".svn", What::History),
    ("node_modules", What::NodeModules),
    ("bower_components", What::NodeModules),
    ("__pycache__", What::Cache),
    (".pytest_cache", What::Cache),
    (".mypy_cache", What::Cache),
    (".ruff_cache", What::Cache),
    (".hypothesis", What::Cache),
    (".ipynb_checkpoints", What::Cache),
    (".tox", What::Cache),
    (".nox", What::Cache),
    (".npm", What::Cache),
    (".pnpm-store", What::Cache),
    (".turbo", What::Cache),
    (".parcel-cache", What::Cache),
    (".nyc_output", What::Cache),
    (".gradle", What::Cache),
    (".terraform", What::Cache),
    (".eslintcache", What::Cache),
];

/// Caches that are one only below a folder of that name.
const NESTED: &[(&str, &str)] = &[(".next", "cache"), (".yarn", "unplugged"), (".angular", "cache")];

/// Everything in the listing that should stay out, in its order; nothing inside of another.
pub(crate) fn unwanted(listing: &Listing) -> Vec<Unwanted> {
    let mut found: Vec<Unwanted> = Vec::new();
    // Entries come with each folder before what is in it.
    let mut inside: Option<String> = None;
    for entry in &listing.entries {
        if let Some(folder) = &inside {
            if entry.path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')) {
                if let Some(last) = found.last_mut() {
                    last.size += entry.size;
                    last.files += u64::from(entry.kind == EntryKind::File);
                }
                continue;
            }
            inside = None;
        }
        if entry.kind != EntryKind::Directory {
            continue;
        }
        if let Some((what, known_by_name)) = judge(entry, listing) {
            inside = Some(entry.path.clone());
            found.push(Unwanted { path: entry.path.clone(), what, size: 0, files: 0, known_by_name });
        }
    }
    found.retain(|u| u.files > 0);
    found
}

/// What a folder is, and whether its name says so.
fn judge(folder: &Entry, listing: &Listing) -> Option<(What, bool)> {
    let (above, name) = folder.path.rsplit_once('/').unwrap_or(("", &folder.path));
    if let Some((_, what)) = FOLDERS.iter().find(|(known, _)| *known == name) {
        return Some((*what, true));
    }
    let parent = above.rsplit('/').next().unwrap_or(above);
    if NESTED.contains(&(parent, name)) {
        return Some((What::Cache, false));
    }
    let holds = |file: &str| listing.get(&format!("{}/{file}", folder.path)).is_some();
    if holds("pyvenv.cfg") {
        return Some((What::VirtualEnvironment, false));
    }
    // A tag that tools put into what they can make again, for backup programs to pass over.
    holds("CACHEDIR.TAG").then_some((What::Cache, false))
}

/// Patterns for an ignore file that keep these things out, each with what it keeps out.
pub(crate) fn patterns<'u>(unwanted: &[&'u Unwanted]) -> Vec<(String, Vec<&'u Unwanted>)> {
    let mut groups: BTreeMap<&str, Vec<&Unwanted>> = BTreeMap::new();
    let name = |u: &'u Unwanted| u.path.rsplit('/').next().unwrap_or(&u.path);
    for one in unwanted {
        groups.entry(if one.known_by_name { name(one) } else { &one.path }).or_default().push(one);
    }
    let mut patterns: Vec<(String, Vec<&Unwanted>)> = groups
        .into_iter()
        .map(|(key, group)| {
            let at_root = group.iter().all(|u| u.path == key);
            (if at_root { key.to_owned() } else { format!("**/{key}") }, group)
        })
        .collect();
    patterns.sort_by_key(|(_, group)| std::cmp::Reverse(group.iter().map(|u| u.size).sum::<u64>()));
    patterns
}

#[cfg(test)]
mod tests {
    use plimsoll_context::Context;

    use super::*;

    #[test]
    fn parts_are_known_by_name_or_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            ".git/config",
            "node_modules/a/node_modules/b/x",
            "web/node_modules/y",
            "env/pyvenv.cfg",
            "env/bin/python",
            "target/CACHEDIR.TAG",
            "target/debug/app",
            "src/cache/mod.rs",
            "src/.next/cache/z",
            "src/__pycache__/m.pyc",
            "env.py",
        ] {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "12345").unwrap();
        }
        let context = Context::new(folder.path(), None);
        let found = unwanted(context.walk());
        let seen: Vec<_> = found.iter().map(|u| (u.path.as_str(), u.what, u.files)).collect();
        assert_eq!(
            seen,
            [
                (".git", What::History, 1),
                ("env", What::VirtualEnvironment, 2),
                ("node_modules", What::NodeModules, 1),
                ("src/.next/cache", What::Cache, 1),
                ("src/__pycache__", What::Cache, 1),
                ("target", What::Cache, 2),
                ("web/node_modules", What::NodeModules, 1),
            ]
        );
        let patterns = patterns(&found.iter().collect::<Vec<_>>());
        let names: Vec<_> = patterns.iter().map(|(pattern, _)| pattern.as_str()).collect();
        assert_eq!(names, ["env", "**/node_modules", "target", ".git", "**/__pycache__", "src/.next/cache"]);
    }
}
