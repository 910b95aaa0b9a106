//! What an image's bytes are for: caches, compilers, documentation, what later layers hide.

use std::collections::BTreeMap;

use plimsoll_image::{EntryKind, Fate, Image, MergedFs};

/// Why bytes could go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the words say it
pub enum Cause {
    AptLists,
    AptArchives,
    ApkCache,
    RpmCache,
    PipCache,
    NpmCache,
    OtherCache,
    Hidden,
    Compilers,
    PackageTools,
    Documentation,
    Locales,
    Bytecode,
    SourceMaps,
    Git,
}

impl Cause {
    /// What it is, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AptLists => "apt package lists",
            Self::AptArchives => "downloaded .deb packages",
            Self::ApkCache => "apk cache",
            Self::RpmCache => "yum and dnf caches",
            Self::PipCache => "pip cache",
            Self::NpmCache => "npm and yarn caches",
            Self::OtherCache => "other caches",
            Self::Hidden => "files that a later layer deletes or overwrites",
            Self::Compilers => "compilers and headers",
            Self::PackageTools => "pip, npm and their kin",
            Self::Documentation => "documentation and manual pages",
            Self::Locales => "translations",
            Self::Bytecode => "__pycache__",
            Self::SourceMaps => "source maps",
            Self::Git => ".git folders",
        }
    }

    /// How to be rid of it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::AptLists => "end the RUN with `rm -rf /var/lib/apt/lists/*`",
            Self::AptArchives => "end the RUN with `apt-get clean`",
            Self::ApkCache => "install with `apk add --no-cache`",
            Self::RpmCache => "end the RUN with `dnf clean all`",
            Self::PipCache => "install with `pip install --no-cache-dir`",
            Self::NpmCache => "end the RUN with `npm cache clean --force`, or use a cache mount",
            Self::OtherCache => "delete it in the RUN that makes it, or use a cache mount",
            Self::Hidden => "delete in the RUN that writes, or leave it out of the context",
            Self::Compilers => "build in an earlier stage and copy the result",
            Self::PackageTools => "leave the package manager in the build stage",
            Self::Documentation => "exclude /usr/share/doc and /usr/share/man from the install",
            Self::Locales => "exclude /usr/share/locale from the install",
            Self::Bytecode => "set PYTHONDONTWRITEBYTECODE=1, or keep it for a faster start",
            Self::SourceMaps => "switch source maps off in the production build",
            Self::Git => "name .git in .dockerignore",
        }
    }

    /// Whether it is a package manager's leftover, which nobody wants in any image.
    pub fn is_cache(self) -> bool {
        matches!(
            self,
            Self::AptLists
                | Self::AptArchives
                | Self::ApkCache
                | Self::RpmCache
                | Self::PipCache
                | Self::NpmCache
                | Self::OtherCache
        )
    }

    /// The cause that a path's place says.
    pub fn of_path(path: &[u8]) -> Option<Self> {
        let has = |part: &[u8]| memchr::memmem::find(path, part).is_some();
        let under = |folder: &[u8]| path.starts_with(folder);
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
        Some(if under(b"var/lib/apt/lists/") {
            Self::AptLists
        } else if under(b"var/cache/apt/") {
            Self::AptArchives
        } else if under(b"var/cache/apk/") || under(b"etc/apk/cache/") {
            Self::ApkCache
        } else if under(b"var/cache/yum/")
            || under(b"var/cache/dnf/")
            || under(b"var/cache/libdnf5/")
            || under(b"var/cache/zypp/")
        {
            Self::RpmCache
        } else if has(b"/.cache/pip/") || has(b"/.cache/uv/") || has(b"/.cache/pypoetry/") {
            Self::PipCache
        } else if has(b"/.npm/_cacache/")
            || has(b"/.cache/yarn/")
            || has(b"/.yarn/cache/")
            || has(b"/_cacache/content-v2/")
        {
            Self::NpmCache
        } else if under(b"root/.cache/") || has(b"/.cache/go-build/") || has(b"/.cargo/registry/cache/") {
            Self::OtherCache
        } else if under(b".git/") || has(b"/.git/") {
            Self::Git
        } else if under(b"usr/lib/gcc/")
            || under(b"usr/libexec/gcc/")
            || under(b"usr/include/")
            || under(b"usr/local/go/")
            || has(b"/.rustup/")
            || (under(b"usr/lib/") && name.ends_with(b".a"))
        {
            Self::Compilers
        } else if has(b"/site-packages/pip/")
            || has(b"/dist-packages/pip/")
            || has(b"/node_modules/npm/")
            || has(b"/ensurepip/")
            || has(b"/share/nodejs/npm/")
        {
            Self::PackageTools
        } else if under(b"usr/share/doc/")
            || under(b"usr/share/man/")
            || under(b"usr/share/info/")
            || under(b"usr/local/share/man/")
        {
            Self::Documentation
        } else if under(b"usr/share/locale/") || under(b"usr/share/i18n/") {
            Self::Locales
        } else if has(b"/__pycache__/") {
            Self::Bytecode
        } else if name.ends_with(b".js.map") || name.ends_with(b".css.map") {
            Self::SourceMaps
        } else {
            return None;
        })
    }
}

/// Bytes by cause and by folder.
#[derive(Debug, Default)]
pub struct Weights {
    /// What could go: bytes by cause, and by layer within it.
    pub causes: BTreeMap<Cause, BTreeMap<usize, u64>>,
    /// The merged file system's folders three levels deep, the heaviest first.
    pub folders: Vec<(String, u64)>,
}

impl Weights {
    /// Weighs every regular file of every layer once: a file that is hidden counts as hidden, whatever it is.
    pub fn of<N>(image: &Image<N>, fs: &MergedFs<N>) -> Self {
        let mut weights = Self::default();
        let mut folders: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for layer in &image.layers {
            let Some(record) = &layer.record else { continue };
            for entry in record.entries().filter(|e| e.kind() == EntryKind::File && e.size() > 0) {
                let live = matches!(fs.fate(layer.index, entry.index()), Fate::Live);
                let cause = if live { Cause::of_path(entry.path()) } else { Some(Cause::Hidden) };
                if let Some(cause) = cause {
                    *weights.causes.entry(cause).or_default().entry(layer.index).or_default() += entry.size();
                }
                if live {
                    *folders.entry(folder(entry.path()).to_vec()).or_default() += entry.size();
                }
            }
        }
        weights.folders =
            folders.into_iter().map(|(p, size)| (String::from_utf8_lossy(&p).into_owned(), size)).collect();
        weights.folders.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        weights
    }

    /// The causes with their bytes over all layers, the heaviest first.
    pub fn by_cause(&self) -> Vec<(Cause, u64)> {
        let mut causes: Vec<(Cause, u64)> = self.causes.iter().map(|(c, l)| (*c, l.values().sum())).collect();
        causes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        causes
    }
}

/// The first three parts of a path: enough to say what weighs, few enough to read.
fn folder(path: &[u8]) -> &[u8] {
    match path.iter().enumerate().filter(|(_, b)| **b == b'/').nth(2) {
        Some((at, _)) => &path[..at],
        None => path.iter().rposition(|b| *b == b'/').map_or(path, |at| &path[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_say_the_cause() {
        assert_eq!(Cause::of_path(b"var/lib/apt/lists/deb.debian.org_x"), Some(Cause::AptLists));
        assert_eq!(Cause::of_path(b"root/.cache/pip/http/a"), Some(Cause::PipCache));
        assert_eq!(Cause::of_path(b"app/.git/objects/aa"), Some(Cause::Git));
        assert_eq!(Cause::of_path(b"usr/lib/gcc/x86_64-linux-gnu/12/cc1"), Some(Cause::Compilers));
        assert_eq!(Cause::of_path(b"app/main.py"), None);
        // debconf and ldconfig need theirs.
        assert_eq!(Cause::of_path(b"var/cache/debconf/templates.dat"), None);
        assert_eq!(folder(b"usr/lib/python3/dist-packages/x.py"), b"usr/lib/python3");
        assert_eq!(folder(b"app/main.py"), b"app");
        assert_eq!(folder(b"big.bin"), b"big.bin");
    }
}
