//! The context of a build: a folder and the ignore file that applies to it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::gopath::{BadPattern, clean_path, glob_match};
use crate::ignore::Ignore;
use crate::listing::{Entry, EntryKind, Listing, is_below};

/// A longer ignore file is not one.
const MAX_IGNORE_BYTES: u64 = 4 * 1024 * 1024;
/// Links that are followed for one `COPY` source, as many as Linux follows.
const MAX_LINKS: usize = 40;

/// A folder that is sent to a build, less what its ignore file leaves out.
#[derive(Debug)]
pub struct Context {
    root: PathBuf,
    ignore_file: Option<IgnoreFile>,
    error: Option<ContextError>,
    listing: OnceLock<Listing>,
}

/// The ignore file that applies.
#[derive(Debug)]
pub struct IgnoreFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// What that means.
    pub ignore: Ignore,
}

/// An ignore file that is there and cannot be used; the context counts as having none.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The system would not give it.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The ignore file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is larger than any ignore file is.
    #[error("{}: larger than 4 MiB", path.display())]
    TooLarge {
        /// The ignore file.
        path: PathBuf,
    },
}

/// What a `COPY` source names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// These entries; for a folder the folder alone, see [`Listing::below`]. The context's root is no entry:
    /// it gives an empty list.
    Sent(Vec<&'a Entry>),
    /// It is there, but left out by this pattern.
    Ignored {
        /// The pattern's index.
        pattern: usize,
    },
    /// Nothing by that name is there.
    Missing,
    /// Docker refuses the source's wildcards.
    BadPattern,
}

impl Context {
    /// The context `dir` for a Dockerfile. `Dockerfile.dockerignore` beside the Dockerfile wins over
    /// `.dockerignore` in the folder. Never fails: an ignore file that cannot be read is in [`Self::error`].
    pub fn new(dir: &Path, dockerfile: Option<&Path>) -> Context {
        let own = dockerfile.map(|dockerfile| {
            let mut path = dockerfile.as_os_str().to_owned();
            path.push(".dockerignore");
            PathBuf::from(path)
        });
        let mut context = Context::without_ignore(dir);
        for path in own.into_iter().chain([dir.join(".dockerignore")]) {
            match read(&path) {
                Ok(Some(text)) => {
                    context.ignore_file = Some(IgnoreFile { ignore: Ignore::parse(&text), path, text });
                    break;
                }
                Ok(None) => {}
                Err(error) => {
                    context.error = Some(error);
                    break;
                }
            }
        }
        context
    }

    /// The context `dir` with an ignore file whose text is known.
    pub fn with_ignore(dir: &Path, path: &Path, text: &str) -> Context {
        let file = IgnoreFile { path: path.to_owned(), text: text.to_owned(), ignore: Ignore::parse(text) };
        Context { ignore_file: Some(file), ..Context::without_ignore(dir) }
    }

    /// The context `dir` as if no ignore file were there.
    pub fn without_ignore(dir: &Path) -> Context {
        Context { root: dir.to_owned(), ignore_file: None, error: None, listing: OnceLock::new() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The ignore file that applies.
    pub fn ignore_file(&self) -> Option<&IgnoreFile> {
        self.ignore_file.as_ref()
    }

    /// Why the ignore file that is there does not apply.
    pub fn error(&self) -> Option<&ContextError> {
        self.error.as_ref()
    }

    /// What a build would send. The folder is walked on the first call.
    pub fn walk(&self) -> &Listing {
        self.listing.get_or_init(|| match &self.ignore_file {
            Some(file) => Listing::walk(&self.root, &file.ignore),
            None => Listing::walk(&self.root, &Ignore::default()),
        })
    }

    /// Whether the build has something at `path`, which is written as in `COPY`, without wildcards.
    pub fn contains(&self, path: &str) -> bool {
        let path = relative(path);
        path.is_empty() || self.resolve(&path).is_some()
    }

    /// What a `COPY` or `ADD` source names, wildcards (`*`, `?`, `[...]`) as Go's `filepath.Match` has them.
    pub fn lookup(&self, source: &str) -> Lookup<'_> {
        let path = relative(source);
        if path.is_empty() {
            return Lookup::Sent(Vec::new());
        }
        if !path.contains(['*', '?', '[', '\\']) {
            return self.lookup_path(&path);
        }
        let listing = self.walk();
        let matching: Result<Vec<&Entry>, BadPattern> = listing
            .entries
            .iter()
            .filter_map(|entry| match glob_match(&path, &entry.path) {
                Ok(matches) => matches.then_some(Ok(entry)),
                Err(error) => Some(Err(error)),
            })
            .collect();
        match matching {
            Err(BadPattern) => Lookup::BadPattern,
            Ok(entries) if !entries.is_empty() => Lookup::Sent(entries),
            Ok(_) => match listing.excluded.iter().find(|out| glob_match(&path, &out.path) == Ok(true)) {
                Some(out) => Lookup::Ignored { pattern: out.pattern },
                None => Lookup::Missing,
            },
        }
    }

    fn lookup_path(&self, path: &str) -> Lookup<'_> {
        if let Some(entry) = self.resolve(path) {
            return Lookup::Sent(vec![entry]);
        }
        let there = fs::symlink_metadata(self.root.join(path)).is_ok();
        let found = self.ignore_file.as_ref().map(|file| file.ignore.matches(path)).unwrap_or_default();
        match found.pattern {
            Some(pattern) if there && found.excluded => Lookup::Ignored { pattern },
            _ => Lookup::Missing,
        }
    }

    /// The entry at a path, through links to folders that are in the context.
    fn resolve(&self, path: &str) -> Option<&Entry> {
        let listing = self.walk();
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            if let Some(entry) = listing.get(&path) {
                return Some(entry);
            }
            let (link, target) = path.match_indices('/').find_map(|(slash, _)| {
                let folder = path.get(..slash)?;
                match &listing.get(folder)?.kind {
                    EntryKind::Symlink { target } => Some((folder, target)),
                    _ => None,
                }
            })?;
            debug_assert!(is_below(&path, link));
            let rest = path.get(link.len()..)?;
            // A link cannot leave the context: an absolute target starts at its root, as does too much `..`.
            path = if target.starts_with('/') {
                relative(&format!("{target}{rest}"))
            } else {
                let folder = link.rsplit_once('/').map_or("", |(folder, _)| folder);
                relative(&format!("{folder}/{target}{rest}"))
            };
        }
        None
    }
}

/// A path as the context knows it: relative to the root, which `..` cannot leave.
fn relative(path: &str) -> String {
    clean_path(&format!("/{path}")).trim_start_matches('/').to_owned()
}

/// The text, nothing when there is no such file.
fn read(path: &Path) -> Result<Option<String>, ContextError> {
    let unreadable = |source| ContextError::Unreadable { path: path.to_owned(), source };
    match fs::metadata(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(unreadable(error)),
        Ok(metadata) if !metadata.is_file() => {
            Err(unreadable(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")))
        }
        Ok(metadata) if metadata.len() > MAX_IGNORE_BYTES => {
            Err(ContextError::TooLarge { path: path.to_owned() })
        }
        Ok(_) => {
            let bytes = fs::read(path).map_err(unreadable)?;
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "12345").unwrap();
        }
        dir
    }

    fn sent(context: &Context) -> Vec<&str> {
        context.walk().entries.iter().map(|entry| entry.path.as_str()).collect()
    }

    #[test]
    fn sends_all_without_an_ignore_file() {
        let dir = folder(&["a", "b/c", "b.txt", "b-/x"]);
        let context = Context::new(dir.path(), None);
        assert_eq!(sent(&context), ["a", "b", "b/c", "b-", "b-/x", "b.txt"]);
        assert_eq!(context.walk().size(), 20);
        assert_eq!(context.walk().get("b/c").map(|entry| entry.size), Some(5));
        assert_eq!(context.walk().below("b").len(), 1);
        assert_eq!(context.walk().below("b-").len(), 1);
        assert!(context.ignore_file().is_none());
    }

    #[test]
    fn does_not_enter_an_excluded_folder() {
        let dir = folder(&["node_modules/a/b", "src/x"]);
        fs::write(dir.path().join(".dockerignore"), "node_modules\n.dockerignore\n").unwrap();
        let context = Context::new(dir.path(), None);
        assert_eq!(sent(&context), ["src", "src/x"]);
        let left_out: Vec<_> =
            context.walk().excluded.iter().map(|out| (out.path.as_str(), out.pattern)).collect();
        assert_eq!(left_out, [(".dockerignore", 1), ("node_modules", 0)]);
    }

    #[test]
    fn enters_an_excluded_folder_for_an_exception() {
        let dir = folder(&["a/b/keep", "a/b/x", "a/c/x", "d/x"]);
        fs::write(dir.path().join(".dockerignore"), "*\n!a/b/keep\n").unwrap();
        let context = Context::new(dir.path(), None);
        assert_eq!(sent(&context), ["a", "a/b", "a/b/keep"]);
        let left_out: Vec<_> = context.walk().excluded.iter().map(|out| out.path.as_str()).collect();
        assert_eq!(left_out, [".dockerignore", "a/b/x", "a/c", "d"]);
    }

    #[test]
    fn the_dockerfiles_own_ignore_file_wins() {
        let dir = folder(&["x", "y", "docker/Dockerfile"]);
        fs::write(dir.path().join(".dockerignore"), "x").unwrap();
        let dockerfile = dir.path().join("docker/Dockerfile");
        assert!(!Context::new(dir.path(), Some(&dockerfile)).contains("x"));
        fs::write(dir.path().join("docker/Dockerfile.dockerignore"), "y").unwrap();
        let context = Context::new(dir.path(), Some(&dockerfile));
        assert!(context.contains("x"));
        assert!(!context.contains("y"));
        assert!(context.ignore_file().unwrap().path.ends_with("docker/Dockerfile.dockerignore"));
        assert!(Context::without_ignore(dir.path()).contains("y"));
    }

    #[test]
    fn names_the_patterns_that_match_nothing() {
        let dir = folder(&["a.log", "node_modules/x", "src/y"]);
        let text = "*.log\nnode_modules\nnode_modules/cache\n*.tmp\n!b.log\n**/z\nsrc/z";
        fs::write(dir.path().join(".dockerignore"), text).unwrap();
        let context = Context::new(dir.path(), None);
        // `node_modules/cache` and `**/z` could match in the folder that was not entered.
        assert_eq!(context.walk().unused_patterns, [3, 4, 6]);
    }

    #[test]
    fn looks_up_copy_sources() {
        let dir = folder(&["package.json", "package-lock.json", "src/a.js", "secret/key", ".env"]);
        fs::write(dir.path().join(".dockerignore"), "secret\n.env*\n").unwrap();
        let context = Context::new(dir.path(), None);
        let paths = |source: &str| match context.lookup(source) {
            Lookup::Sent(entries) => entries.iter().map(|entry| entry.path.clone()).collect(),
            other => vec![format!("{other:?}")],
        };
        assert_eq!(paths("package*.json"), ["package-lock.json", "package.json"]);
        assert_eq!(paths("./src/"), ["src"]);
        assert_eq!(paths("/src/a.js"), ["src/a.js"]);
        assert_eq!(paths("../src/*"), ["src/a.js"]);
        assert_eq!(paths("."), Vec::<String>::new());
        assert_eq!(context.lookup(".env"), Lookup::Ignored { pattern: 1 });
        assert_eq!(context.lookup(".en?"), Lookup::Ignored { pattern: 1 });
        assert_eq!(context.lookup("secret/key"), Lookup::Ignored { pattern: 0 });
        assert_eq!(context.lookup("secret/nothing"), Lookup::Missing);
        assert_eq!(context.lookup("go.mod"), Lookup::Missing);
        assert_eq!(context.lookup("[a"), Lookup::BadPattern);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_listed_and_not_walked() {
        use std::os::unix::fs::symlink;
        let dir = folder(&["real/file"]);
        symlink("real", dir.path().join("link")).unwrap();
        symlink("loop", dir.path().join("loop")).unwrap();
        symlink("/etc", dir.path().join("out")).unwrap();
        let context = Context::new(dir.path(), None);
        assert_eq!(sent(&context), ["link", "loop", "out", "real", "real/file"]);
        assert_eq!(
            context.walk().get("link").unwrap().kind,
            EntryKind::Symlink { target: "real".to_owned() }
        );
        assert!(context.contains("link/file"));
        assert!(!context.contains("loop/x"));
        assert!(!context.contains("out/passwd"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_no_utf8_are_walked() {
        use std::os::unix::ffi::OsStrExt;
        let dir = folder(&[]);
        let odd = dir.path().join(std::ffi::OsStr::from_bytes(b"d\xff"));
        fs::create_dir(&odd).unwrap();
        fs::write(odd.join("x"), "123").unwrap();
        let context = Context::new(dir.path(), None);
        assert_eq!(sent(&context), ["d\u{fffd}", "d\u{fffd}/x"]);
        assert_eq!(context.walk().size(), 3);
        assert_eq!(
            context.walk().entries.last().and_then(|entry| entry.real_path.clone()),
            Some(odd.join("x"))
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_in_the_listing() {
        let context = Context::new(Path::new("/nonexistent/folder"), None);
        assert_eq!(context.walk().errors.len(), 1);
        assert!(context.error().is_none());
    }

    #[test]
    fn an_ignore_file_that_cannot_be_read_is_an_error() {
        let dir = folder(&[".dockerignore/x"]);
        let context = Context::new(dir.path(), None);
        assert!(context.error().unwrap().to_string().ends_with("not a regular file"));
    }
}
