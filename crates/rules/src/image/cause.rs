//! Why bytes could go: package caches, compilers, documentation, what later layers hide, copies.

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
    GoCache,
    CargoCache,
    ComposerCache,
    OtherCache,
    Deleted,
    Overwritten,
    CopiesInLayer,
    CopiesAcrossLayers,
    Git,
    Compilers,
    Documentation,
    Locales,
    Tests,
    SourceMaps,
    PackageManagers,
    Bytecode,
}

/// How gladly one parts with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Nobody wants it in any image.
    Waste,
    /// A service does not need it.
    Unneeded,
    /// Without it something is slower or cannot be done in the container any more.
    Useful,
}

impl Cause {
    /// The kebab-case name in JSON; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::AptLists => "apt-lists",
            Self::AptArchives => "apt-archives",
            Self::ApkCache => "apk-cache",
            Self::RpmCache => "rpm-cache",
            Self::PipCache => "pip-cache",
            Self::NpmCache => "npm-cache",
            Self::GoCache => "go-cache",
            Self::CargoCache => "cargo-cache",
            Self::ComposerCache => "composer-cache",
            Self::OtherCache => "other-cache",
            Self::Deleted => "deleted",
            Self::Overwritten => "overwritten",
            Self::CopiesInLayer => "copies-in-layer",
            Self::CopiesAcrossLayers => "copies-across-layers",
            Self::Git => "git",
            Self::Compilers => "compilers",
            Self::Documentation => "documentation",
            Self::Locales => "locales",
            Self::Tests => "tests",
            Self::SourceMaps => "source-maps",
            Self::PackageManagers => "package-managers",
            Self::Bytecode => "bytecode",
        }
    }

    /// What it is, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AptLists => "apt package lists",
            Self::AptArchives => "downloaded .deb packages",
            Self::ApkCache => "apk cache",
            Self::RpmCache => "yum and dnf caches",
            Self::PipCache => "pip cache",
            Self::NpmCache => "npm and yarn caches",
            Self::GoCache => "Go build and module caches",
            Self::CargoCache => "cargo registry",
            Self::ComposerCache => "composer cache",
            Self::OtherCache => "other caches",
            Self::Deleted => "files that a later layer deletes",
            Self::Overwritten => "files that a later layer overwrites",
            Self::CopiesInLayer => "copies of files of the same layer",
            Self::CopiesAcrossLayers => "copies of files of another layer",
            Self::Git => ".git folders",
            Self::Compilers => "compilers and headers",
            Self::Documentation => "documentation and manual pages",
            Self::Locales => "translations",
            Self::Tests => "tests of dependencies",
            Self::SourceMaps => "source maps",
            Self::PackageManagers => "apt, apk, pip, npm themselves",
            Self::Bytecode => "__pycache__",
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
            Self::GoCache => {
                "build in an earlier stage, or mount /root/.cache/go-build and /go/pkg/mod as caches"
            }
            Self::CargoCache => "build in an earlier stage, or mount /usr/local/cargo/registry as a cache",
            Self::ComposerCache => "end the RUN with `composer clear-cache`, or use a cache mount",
            Self::OtherCache => "delete it in the RUN that makes it, or use a cache mount",
            Self::Deleted => "delete in the RUN that writes, or leave it out of the context",
            Self::Overwritten => {
                "write it once: COPY with `--chown` and `--chmod`, change it in the RUN that makes it"
            }
            Self::CopiesInLayer => "keep one and link to it: `ln`",
            Self::CopiesAcrossLayers => "copy it once, or link to the copy that is there: `ln -s`",
            Self::Git => "name .git in .dockerignore",
            Self::Compilers => "build in an earlier stage and copy the result",
            Self::Documentation => "exclude /usr/share/doc and /usr/share/man from the install",
            Self::Locales => "exclude /usr/share/locale from the install",
            Self::Tests => "delete the `tests` folders in the RUN that installs",
            Self::SourceMaps => "switch source maps off in the production build",
            Self::PackageManagers => "copy what was installed into a stage without the package manager",
            Self::Bytecode => "set PYTHONDONTWRITEBYTECODE=1, or keep it for a faster start",
        }
    }

    /// How gladly one parts with it.
    pub fn worth(self) -> Worth {
        match self {
            Self::Compilers | Self::Documentation | Self::Locales | Self::Tests | Self::SourceMaps => {
                Worth::Unneeded
            }
            Self::PackageManagers | Self::Bytecode => Worth::Useful,
            _ => Worth::Waste,
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
                | Self::GoCache
                | Self::CargoCache
                | Self::ComposerCache
                | Self::OtherCache
        )
    }

    /// The cause that a path's place says.
    pub fn of_path(path: &[u8]) -> Option<Self> {
        cache(path).or_else(|| unneeded(path))
    }
}

fn has(path: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(path, part).is_some()
}

/// Whether a folder, given with a slash on both sides, is on the way of the path.
fn has_folder(path: &[u8], folder: &[u8]) -> bool {
    has(path, folder) || path.starts_with(&folder[1..])
}

fn under_any(path: &[u8], folders: &[&[u8]]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

fn has_any(path: &[u8], folders: &[&[u8]]) -> bool {
    folders.iter().any(|folder| has_folder(path, folder))
}

fn cache(path: &[u8]) -> Option<Cause> {
    if under_any(path, &[b"var/"]) {
        return if path.starts_with(b"var/lib/apt/lists/") {
            Some(Cause::AptLists)
        } else if path.starts_with(b"var/cache/apt/") {
            Some(Cause::AptArchives)
        } else if path.starts_with(b"var/cache/apk/") {
            Some(Cause::ApkCache)
        } else if under_any(
            path,
            &[b"var/cache/yum/", b"var/cache/dnf/", b"var/cache/libdnf5/", b"var/cache/zypp/"],
        ) {
            Some(Cause::RpmCache)
        } else {
            None
        };
    }
    // Nearly every path of a system stands in /usr, and most caches have a dot in front.
    if path.starts_with(b"etc/apk/cache/") {
        Some(Cause::ApkCache)
    } else if has_any(path, &[b"/.cache/pip/", b"/.cache/uv/", b"/.cache/pypoetry/", b"/.cache/pipenv/"]) {
        Some(Cause::PipCache)
    } else if has_any(
        path,
        &[
            b"/.npm/_cacache/",
            b"/.cache/yarn/",
            b"/.yarn/cache/",
            b"/.yarn/berry/cache/",
            b"/_cacache/content-v2/",
            b"/.local/share/pnpm/store/",
            b"/usr/local/share/.cache/yarn/",
        ],
    ) {
        Some(Cause::NpmCache)
    } else if has_any(path, &[b"/.cache/go-build/", b"/go/pkg/mod/", b"/go/pkg/sumdb/"]) {
        Some(Cause::GoCache)
    } else if has_any(
        path,
        &[
            b"/.cargo/registry/",
            b"/.cargo/git/db/",
            b"/usr/local/cargo/registry/",
            b"/usr/local/cargo/git/db/",
        ],
    ) {
        Some(Cause::CargoCache)
    } else if has_any(path, &[b"/.composer/cache/", b"/.cache/composer/"]) {
        Some(Cause::ComposerCache)
    } else if path.starts_with(b"root/.cache/") || has_any(path, &[b"/.gradle/caches/", b"/.m2/repository/"])
    {
        Some(Cause::OtherCache)
    } else {
        None
    }
}

fn unneeded(path: &[u8]) -> Option<Cause> {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
    let ends = |ending: &[u8]| name.ends_with(ending);
    Some(if has_folder(path, b"/.git/") {
        Cause::Git
    } else if under_any(
        path,
        &[
            b"usr/lib/gcc/",
            b"usr/libexec/gcc/",
            b"usr/include/",
            b"usr/local/include/",
            b"usr/local/go/",
            b"usr/lib/go/",
            b"usr/lib/rustlib/",
            b"usr/local/rustup/",
        ],
    ) || has_folder(path, b"/.rustup/")
        || (path.starts_with(b"usr/l") && ends(b".a"))
        // gcc, ld and their kin under their full names; the short ones are links.
        || (path.starts_with(b"usr/bin/") && has(path, b"-linux-gnu-"))
    {
        Cause::Compilers
    } else if is_package_manager(path) {
        Cause::PackageManagers
    } else if is_test(path) {
        Cause::Tests
    } else if under_any(
        path,
        &[
            b"usr/share/doc/",
            b"usr/share/man/",
            b"usr/share/info/",
            b"usr/share/gtk-doc/",
            b"usr/local/share/man/",
            b"usr/local/share/doc/",
        ],
    ) && !name.to_ascii_lowercase().starts_with(b"copyright")
        && !name.to_ascii_lowercase().starts_with(b"licen")
    {
        // Licences have to go with what they are for.
        Cause::Documentation
    } else if under_any(path, &[b"usr/share/locale/", b"usr/share/i18n/"]) {
        Cause::Locales
    } else if has_folder(path, b"/__pycache__/") {
        Cause::Bytecode
    } else if [&b".js.map"[..], b".css.map", b".mjs.map", b".cjs.map", b".d.ts.map"].iter().any(|e| ends(e)) {
        Cause::SourceMaps
    } else {
        return None;
    })
}

fn is_package_manager(path: &[u8]) -> bool {
    has_any(
        path,
        &[
            b"/site-packages/pip/",
            b"/dist-packages/pip/",
            b"/ensurepip/",
            b"/share/python-wheels/",
            b"/lib/node_modules/npm/",
            b"/lib/node_modules/corepack/",
            b"/share/nodejs/npm/",
        ],
    ) || under_any(path, &[b"opt/yarn-v", b"usr/lib/apt/", b"sbin/apk", b"usr/bin/apt"])
        || (path.starts_with(b"usr/lib/") && has(path, b"/libapt-p"))
}

/// Whether it is in the tests that a dependency brings: the interpreter's own, or below a package's folder. The
/// project's own tests are not judged here, nor `django/test`, which is code that others import.
fn is_test(path: &[u8]) -> bool {
    let after = |marker: &[u8]| memchr::memmem::find(path, marker).map(|at| &path[at + marker.len()..]);
    if let Some(inside) = after(b"/node_modules/") {
        // The last node_modules on the way is the package's own.
        let inside = memchr::memmem::rfind(inside, b"/node_modules/").map_or(inside, |at| &inside[at + 14..]);
        let package_parts = if inside.starts_with(b"@") { 2 } else { 1 };
        return folders_below(inside, package_parts)
            .any(|part| matches!(part, b"test" | b"tests" | b"__tests__"));
    }
    if let Some(inside) = after(b"/site-packages/").or_else(|| after(b"/dist-packages/")) {
        return folders_below(inside, 1).any(|part| part == b"tests");
    }
    path.starts_with(b"usr/")
        && after(b"/lib/python3.").is_some_and(|inside| folders_below(inside, 1).next() == Some(b"test"))
}

/// The folders of a path after its first ones; the file's name is none.
fn folders_below(path: &[u8], skipped: usize) -> impl Iterator<Item = &[u8]> {
    let folders = path.iter().rposition(|b| *b == b'/').map_or(&[][..], |end| &path[..end]);
    folders.split(|b| *b == b'/').skip(skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_say_the_cause() {
        for (path, cause) in [
            ("var/lib/apt/lists/deb.debian.org_x", Some(Cause::AptLists)),
            ("var/cache/apt/archives/x.deb", Some(Cause::AptArchives)),
            // debconf and ldconfig need theirs.
            ("var/cache/debconf/templates.dat", None),
            ("root/.cache/pip/http/a", Some(Cause::PipCache)),
            ("home/app/.cache/pip/http/a", Some(Cause::PipCache)),
            ("root/.npm/_cacache/index-v5/a", Some(Cause::NpmCache)),
            ("go/pkg/mod/github.com/x/y@v1/z.go", Some(Cause::GoCache)),
            ("usr/local/cargo/registry/src/x/lib.rs", Some(Cause::CargoCache)),
            ("root/.composer/cache/files/x.zip", Some(Cause::ComposerCache)),
            ("root/.cache/huggingface/model.bin", Some(Cause::OtherCache)),
            (".git/objects/aa", Some(Cause::Git)),
            ("app/.git/objects/aa", Some(Cause::Git)),
            ("usr/lib/gcc/x86_64-linux-gnu/12/cc1", Some(Cause::Compilers)),
            ("usr/lib/x86_64-linux-gnu/libc.a", Some(Cause::Compilers)),
            ("usr/bin/x86_64-linux-gnu-lto-dump-12", Some(Cause::Compilers)),
            ("usr/bin/python3.13", None),
            ("usr/local/lib/python3.13/site-packages/pip/x.py", Some(Cause::PackageManagers)),
            ("usr/local/lib/node_modules/npm/index.js", Some(Cause::PackageManagers)),
            ("usr/share/doc/bash/README.gz", Some(Cause::Documentation)),
            ("usr/share/doc/bash/copyright", None),
            ("usr/share/locale/de/LC_MESSAGES/bash.mo", Some(Cause::Locales)),
            ("usr/local/lib/python3.13/test/test_os.py", Some(Cause::Tests)),
            ("usr/local/lib/python3.13/unittest/main.py", None),
            ("usr/local/lib/python3.13/site-packages/numpy/core/tests/x.npy", Some(Cause::Tests)),
            ("usr/local/lib/python3.13/site-packages/django/test/client.py", None),
            ("usr/local/lib/python3.13/site-packages/tests/x.py", None),
            ("app/node_modules/left-pad/test/x.js", Some(Cause::Tests)),
            ("app/node_modules/test/index.js", None),
            ("app/node_modules/@a/test/index.js", None),
            ("app/node_modules/@a/b/test/index.js", Some(Cause::Tests)),
            ("app/node_modules/a/test.js", None),
            ("app/tests/x.py", None),
            ("app/__pycache__/x.pyc", Some(Cause::Bytecode)),
            ("app/static/main.js.map", Some(Cause::SourceMaps)),
            ("app/world.map", None),
            ("app/main.py", None),
        ] {
            assert_eq!(Cause::of_path(path.as_bytes()), cause, "{path}");
        }
    }
}
