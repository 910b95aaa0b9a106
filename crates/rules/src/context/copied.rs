//! What the Dockerfiles of a context take out of it.

use std::path::{Path, PathBuf};

use plimsoll_context::{clean_path, glob_match};
use plimsoll_dockerfile::Source;

use super::input::{names_in, read_beside};
use super::projects::Projects;
use crate::config::Settings;
use crate::dockerfile::{Around, Build};
use crate::{FileKind, kind_of};

/// How far something of the context gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// No Dockerfile is known that would say.
    Unknown,
    /// Into a stage whose layers stay with the builder.
    BuildStage,
    /// Into the image.
    Image,
}

/// The sources of all COPY and ADD instructions of a context's Dockerfiles.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    known: bool,
    sources: Vec<Copy>,
}

#[derive(Debug)]
struct Copy {
    /// As the context names it; empty for the whole of it.
    source: String,
    shipped: bool,
    /// The Dockerfile and the line, for messages.
    place: String,
}

impl Copied {
    /// Reads the Dockerfiles that are built from the folder `root` with its own ignore file: those in it, and those that a
    /// compose file builds from it, that have no ignore file of their own.
    pub(crate) fn from_folder(root: &Path, settings: &Settings, projects: &Projects) -> Copied {
        let names = names_in(root);
        let own = |name: &str| names.binary_search(&format!("{name}.dockerignore")).is_ok();
        let dockerfiles =
            names.iter().filter(|n| kind_of(Path::new(n)) == Some(FileKind::Dockerfile) && !own(n));
        let mut copied = Copied::default();
        for name in dockerfiles {
            let path = root.join(name);
            if !projects.is_built_elsewhere(&path, root) {
                copied.read(&path, settings);
            }
        }
        for path in projects.built_from(root) {
            let mut own = path.as_os_str().to_owned();
            own.push(".dockerignore");
            if !Path::new(&own).is_file() {
                copied.read(path, settings);
            }
        }
        copied
    }

    /// Reads one Dockerfile.
    pub(crate) fn from_dockerfile(path: &Path, settings: &Settings) -> Copied {
        let mut copied = Copied::default();
        copied.read(path, settings);
        copied
    }

    fn read(&mut self, path: &Path, settings: &Settings) {
        let Some(text) = read_beside(path) else { return };
        let source = Source::new(text.into_bytes());
        let tree = plimsoll_dockerfile::parse(&source);
        let around = Around::nowhere();
        let build = Build::new(&source, &tree, settings, &around);
        // Without a FROM it is something else that is called so.
        if build.stages().is_empty() {
            return;
        }
        self.known = true;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        for stage in build.stages() {
            let shipped = build.is_shipped(stage);
            for copy in build.copies(stage).filter(|c| c.files.from.is_none()) {
                let place = format!("{name}:{}", copy.instruction.start_line);
                for source in copy.files.sources.iter().filter(|s| s.heredoc.is_none()) {
                    let Some(text) = build.expand_at(copy.index, &build.unquoted(&source.text)) else {
                        continue;
                    };
                    if text.contains("://") || text.is_empty() {
                        continue;
                    }
                    let source = clean_path(&format!("/{text}")).trim_start_matches('/').to_owned();
                    self.sources.push(Copy { source, shipped, place: place.clone() });
                }
            }
        }
    }

    /// How far the path gets, and the instruction that takes it; None when every Dockerfile leaves it where it is.
    pub(crate) fn reach(&self, path: &str) -> Option<(Reach, Option<&str>)> {
        if !self.known {
            return Some((Reach::Unknown, None));
        }
        let takes = self.sources.iter().filter(|copy| copy.takes(path));
        // The gravest, and of these the first.
        let copy = takes.max_by_key(|copy| (copy.shipped, std::cmp::Reverse(&copy.place)))?;
        let reach = if copy.shipped { Reach::Image } else { Reach::BuildStage };
        Some((reach, Some(&copy.place)))
    }

    /// Whether some instruction takes that very path, by its name.
    pub(crate) fn names(&self, path: &str) -> bool {
        self.sources.iter().any(|copy| copy.source == path)
    }

    /// Whether every source that names a file or folder without wildcards is there under `root`.
    fn fits(&self, root: &Path) -> bool {
        let plain = self.sources.iter().filter(|c| !c.source.contains(['*', '?', '[']));
        let mut named = plain.filter(|c| !c.source.is_empty()).peekable();
        named.peek().is_some() && named.all(|c| root.join(&c.source).exists())
    }

    /// The folder that the Dockerfile is built from: the nearest, upward to the repository's root, that has all it
    /// copies. None when none has.
    pub(crate) fn context_of(&self, dockerfile: &Path) -> Option<PathBuf> {
        let start = super::projects::folder_of(dockerfile);
        let absolute = std::path::absolute(start).ok()?;
        for (up, folder) in absolute.ancestors().enumerate() {
            if self.fits(folder) {
                return Some((0..up).fold(start.to_owned(), |path, _| path.join("..")));
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        None
    }
}

impl Copy {
    fn takes(&self, path: &str) -> bool {
        if self.source.is_empty() {
            return true;
        }
        let mut above = path.match_indices('/').filter_map(|(at, _)| path.get(..at)).chain([path]);
        if self.source.contains(['*', '?', '[', '\\']) {
            above.any(|folder| glob_match(&self.source, folder) == Ok(true))
        } else {
            above.any(|folder| folder == self.source)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_by_its_folders_and_wildcards() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            "FROM a AS build\nCOPY src ./\nCOPY *.toml /\nFROM b\nCOPY --from=build /x /\nCOPY web/app /\n";
        std::fs::write(folder.path().join("Dockerfile"), text).unwrap();
        let copied = Copied::from_folder(folder.path(), &Settings::default(), &Projects::default());
        assert_eq!(copied.reach("src/.env"), Some((Reach::BuildStage, Some("Dockerfile:2"))));
        assert_eq!(copied.reach("a.toml"), Some((Reach::BuildStage, Some("Dockerfile:3"))));
        assert_eq!(copied.reach("web/app/x/y"), Some((Reach::Image, Some("Dockerfile:6"))));
        assert_eq!(copied.reach("web/.env"), None);
        assert_eq!(copied.reach(".env"), None);
        assert!(copied.names("src") && !copied.names("src/.env"));
        assert_eq!(Copied::default().reach("x"), Some((Reach::Unknown, None)));
    }
}
