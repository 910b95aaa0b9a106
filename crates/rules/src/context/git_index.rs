//! The list of files that git tracks, read from its index.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// No index that people work with is larger; one that is says nothing.
const MAX_INDEX: u64 = 256 << 20;
/// An entry's times, numbers, mode and size, before its object's name.
const STAT: usize = 40;
/// Flags say that two more bytes of them follow.
const EXTENDED: u16 = 0x4000;

/// The files of a repository that are tracked, as far as somebody asks for them.
#[derive(Debug)]
pub(crate) struct Tracked {
    root: PathBuf,
    paths: HashSet<Vec<u8>>,
}

impl Tracked {
    /// The tracked files of the repository that `folder` is in, those whose file name `wanted` takes. None outside of a
    /// repository, and where the index cannot be read.
    pub(crate) fn of(folder: &Path, wanted: impl Fn(&[u8]) -> bool) -> Option<Tracked> {
        let root = folder.ancestors().find(|f| f.join(".git").exists())?;
        let git = git_folder(root)?;
        let index = git.join("index");
        // Before the first `git add` there is no index, and nothing is tracked.
        if git.join("HEAD").is_file() && !index.exists() {
            return Some(Tracked { root: root.to_owned(), paths: HashSet::new() });
        }
        if fs::metadata(&index).ok()?.len() > MAX_INDEX {
            return None;
        }
        let bytes = fs::read(index).ok()?;
        let paths = paths(&bytes, object_name_length(&git), wanted)?;
        Some(Tracked { root: root.to_owned(), paths })
    }

    /// Whether the file is tracked; `file` is absolute.
    pub(crate) fn has(&self, file: &Path) -> bool {
        let Ok(relative) = file.strip_prefix(&self.root) else { return false };
        let names: Vec<_> = relative.components().map(|c| c.as_os_str().as_encoded_bytes()).collect();
        self.paths.contains(&names.join(&b'/'))
    }
}

/// The repository's own folder: `.git`, or what a `.git` file of a worktree or submodule points to.
pub(crate) fn git_folder(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    if fs::metadata(&git).ok()?.len() > 4096 {
        return None;
    }
    let text = fs::read_to_string(&git).ok()?;
    let path = text.strip_prefix("gitdir:")?.trim();
    Some(root.join(path))
}

/// 20 bytes, or 32 in a repository that names its objects with SHA-256.
fn object_name_length(git: &Path) -> usize {
    // A worktree has its configuration where the repository has it.
    let common = fs::read_to_string(git.join("commondir")).map(|c| git.join(c.trim()));
    let config = common.unwrap_or_else(|_| git.to_owned()).join("config");
    let sha256 = fs::read_to_string(config).is_ok_and(|text| {
        text.lines().any(|line| {
            let line = line.trim().to_ascii_lowercase();
            line.strip_prefix("objectformat").is_some_and(|rest| rest.contains("sha256"))
        })
    });
    if sha256 { 32 } else { 20 }
}

/// The paths of an index (versions 2 to 4). None when it is cut short or of another kind.
fn paths(bytes: &[u8], object_name: usize, wanted: impl Fn(&[u8]) -> bool) -> Option<HashSet<Vec<u8>>> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if bytes.get(..4)? != b"DIRC" {
        return None;
    }
    let version = number(4).filter(|version| (2..=4).contains(version))?;
    let count = number(8)?;
    let mut found = HashSet::new();
    let mut path: Vec<u8> = Vec::new();
    let mut at = 12;
    for _ in 0..count {
        let start = at;
        at += STAT + object_name;
        let flags = u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?);
        at += if version >= 3 && flags & EXTENDED != 0 { 4 } else { 2 };
        if version == 4 {
            let (cut, length) = variable_number(bytes.get(at..)?)?;
            at += length;
            path.truncate(path.len().checked_sub(cut)?);
        } else {
            path.clear();
        }
        let rest = bytes.get(at..)?;
        let name = rest.get(..memchr::memchr(0, rest)?)?;
        path.extend_from_slice(name);
        at += name.len() + 1;
        if version < 4 {
            // Entries are padded with zeros to a multiple of eight bytes.
            at = start + (at - start).next_multiple_of(8);
        }
        if wanted(path.rsplit(|b| *b == b'/').next().unwrap_or_default()) {
            found.insert(path.clone());
        }
    }
    Some(found)
}

/// A number as git packs it into bytes, and how many they are.
fn variable_number(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        value = value.checked_mul(128)?.checked_add(usize::from(byte & 127))?;
        if byte & 128 == 0 {
            return Some((value, at + 1));
        }
        value = value.checked_add(1)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Indexes that git wrote, of a folder with `.env`, `a/.env.local`, `a/b.txt` and a name of 200 letters.
    const WRITTEN_BY_GIT: [(&[u8], usize); 4] = [
        (include_bytes!("testdata/index-v2"), 20),
        (include_bytes!("testdata/index-v3"), 20),
        (include_bytes!("testdata/index-v4"), 20),
        (include_bytes!("testdata/index-sha256"), 32),
    ];

    #[test]
    fn what_git_wrote_is_read() {
        for (bytes, object_name) in WRITTEN_BY_GIT {
            let all = paths(bytes, object_name, |_| true).unwrap();
            assert_eq!(all.len(), 4);
            assert!(all.contains(&b"n".repeat(200)));
            let env = paths(bytes, object_name, |name| name.starts_with(b".env")).unwrap();
            assert_eq!(env, HashSet::from([b".env".to_vec(), b"a/.env.local".to_vec()]));
        }
    }

    #[test]
    fn what_is_cut_short_is_no_index() {
        for (bytes, object_name) in WRITTEN_BY_GIT {
            assert_eq!(paths(&bytes[..200], object_name, |_| true), None);
        }
        assert_eq!(paths(b"", 20, |_| true), None);
        assert_eq!(paths(b"DIRC\0\0\0\x09\0\0\0\0", 20, |_| true), None);
    }

    proptest! {
        #[test]
        fn never_panics(version in 2u8..5, count in any::<u8>(), body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut bytes = [b'D', b'I', b'R', b'C', 0, 0, 0, version, 0, 0, 0, count].to_vec();
            bytes.extend(body);
            let _ = paths(&bytes, 20, |_| true);
        }
    }
}
