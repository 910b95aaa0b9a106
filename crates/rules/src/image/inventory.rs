//! What rules look for among all entries, found in one pass over the layers.

use plimsoll_image::{Entry, EntryKind, Fate, Image, MergedFs};
use plimsoll_secrets::Leak;

use super::runtimes;

/// An entry that a container sees.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'i> {
    /// The layer that holds it.
    pub layer: usize,
    /// The entry there.
    pub entry: Entry<'i, Leak>,
}

/// The entries that rules ask for; of all but `setuid` and `git_heads` only what a container sees.
#[derive(Debug, Default)]
pub struct Inventory<'i> {
    /// Regular files with the setuid or setgid bit, in every layer.
    pub setuid: Vec<Seen<'i>>,
    /// Files that anybody may write, and folders without sticky bit in which anybody may.
    pub world_writable: Vec<Seen<'i>>,
    /// `.git/HEAD` in every layer, also where a later one deletes it.
    pub git_heads: Vec<Seen<'i>>,
    /// Files of the project that only building needs.
    pub build_files: Vec<Seen<'i>>,
    /// Files that tell a language runtime's version.
    pub runtimes: Vec<Seen<'i>>,
}

impl<'i> Inventory<'i> {
    /// Looks at every entry of every layer once.
    pub fn of(image: &'i Image<Leak>, fs: &MergedFs<Leak>) -> Self {
        let mut inventory = Self::default();
        for layer in &image.layers {
            let Some(record) = &layer.record else { continue };
            for entry in record.entries() {
                inventory.take(Seen { layer: layer.index, entry }, fs);
            }
        }
        inventory
    }

    fn take(&mut self, seen: Seen<'i>, fs: &MergedFs<Leak>) {
        let Seen { layer, entry } = seen;
        let is_live = || matches!(fs.fate(layer, entry.index()), Fate::Live);
        let mode = entry.mode();
        match entry.kind() {
            EntryKind::Directory if mode & 0o1002 == 0o002 && is_live() => self.world_writable.push(seen),
            EntryKind::File => {
                let path = entry.path();
                if mode & 0o6000 != 0 {
                    self.setuid.push(seen);
                }
                if path.ends_with(b"/HEAD") && is_git_head(path) {
                    self.git_heads.push(seen);
                }
                // Most files are none of these, and what became of them need not be asked.
                let writable = mode & 0o002 != 0;
                let build_file = is_build_file(path);
                let runtime = runtimes::is_evidence(path);
                if !(writable || build_file || runtime) || !is_live() {
                    return;
                }
                for (holds, list) in [
                    (writable, &mut self.world_writable),
                    (build_file, &mut self.build_files),
                    (runtime, &mut self.runtimes),
                ] {
                    if holds {
                        list.push(seen);
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_git_head(path: &[u8]) -> bool {
    path == b".git/HEAD" || path.ends_with(b"/.git/HEAD")
}

/// Folders of other people's code, where such files came along with a package.
const VENDORED: [&[u8]; 8] = [
    b"node_modules/",
    b"site-packages/",
    b"dist-packages/",
    b"vendor/",
    b"gems/",
    b"pkg/mod/",
    b".cargo/registry/",
    b"usr/src/",
];

/// Whether a path lies where packages put other people's code.
pub(crate) fn is_vendored(path: &[u8]) -> bool {
    VENDORED.iter().any(|part| memchr::memmem::find(path, part).is_some())
        || [&b"usr/share/"[..], b"usr/lib/", b"usr/local/lib/", b"usr/local/share/", b"usr/local/go/"]
            .iter()
            .any(|folder| path.starts_with(folder))
}

fn is_build_file(path: &[u8]) -> bool {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
    let known = match name.first() {
        Some(b'D') => name == b"Dockerfile" || name.starts_with(b"Dockerfile."),
        Some(b'C') => name == b"Containerfile" || name.starts_with(b"Containerfile."),
        Some(b'J') => name == b"Jenkinsfile",
        Some(b'V') => name == b"Vagrantfile",
        Some(b'c') => matches!(name, b"compose.yml" | b"compose.yaml"),
        Some(b'd') => {
            name.starts_with(b"docker-compose.") && (name.ends_with(b".yml") || name.ends_with(b".yaml"))
        }
        Some(b'.') => matches!(
            name,
            b".dockerignore" | b".gitignore" | b".gitlab-ci.yml" | b".travis.yml" | b".DS_Store" | b".vimrc"
        ),
        _ => name.ends_with(b".Dockerfile") || name.ends_with(b".dockerfile"),
    };
    known && !is_vendored(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_files_are_the_projects_own() {
        for path in ["app/Dockerfile", "Dockerfile.dev", "srv/docker-compose.prod.yml", "app/.dockerignore"] {
            assert!(is_build_file(path.as_bytes()), "{path}");
        }
        for path in [
            "app/node_modules/x/Dockerfile",
            "usr/lib/python3/dist-packages/docker/Dockerfile",
            "app/dockerfile.py",
            "app/compose.ts",
        ] {
            assert!(!is_build_file(path.as_bytes()), "{path}");
        }
        assert!(is_git_head(b"app/.git/HEAD") && is_git_head(b".git/HEAD"));
        assert!(!is_git_head(b"app/x.git/HEAD"));
    }
}
