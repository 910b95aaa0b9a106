//! An ignore file with everything that rules ask of it, worked out once.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plimsoll_context::{Context, Ignore, Listing};
use plimsoll_dockerfile::{Source, Span};

use super::copied::{Copied, Reach};
use super::projects::{Projects, folder_of};
use super::unwanted::{Unwanted, unwanted};
use super::{Reporter, named, span};
use crate::config::Settings;
use crate::draft::Draft;

/// A `.dockerignore`, joined to the folder that it is for and to the Dockerfiles there.
pub struct IgnoreSubject<'s> {
    /// The text, and what positions need.
    pub source: &'s Source,
    /// What the text means.
    pub ignore: Ignore,
    /// What the project's configuration says.
    pub settings: &'s Settings,
    /// What is known of the folders around.
    pub projects: &'s Projects,
    path: Option<&'s Path>,
    folder: OnceLock<Option<Folder>>,
}

/// The folder that an ignore file is for.
pub(crate) struct Folder {
    /// Where it is.
    pub(crate) root: PathBuf,
    /// What the Dockerfiles take out of it.
    pub(crate) copied: Copied,
    /// What of it should not be sent, and is.
    pub(crate) unwanted: Vec<Unwanted>,
    context: Context,
}

impl Folder {
    /// What would be sent.
    pub(crate) fn listing(&self) -> &Listing {
        self.context.walk()
    }

    /// Whether a line of a `.gitignore` in the folder is about that name: then there will be such a thing.
    pub(crate) fn is_gitignored(&self, name: &str) -> bool {
        let text = super::input::read_beside(&self.root.join(".gitignore")).unwrap_or_default();
        let says = |line: &str| {
            let line = line.trim().trim_matches('/').trim_start_matches("**/");
            line == name
                || line == format!("{name}*")
                || line == format!("{name}.*")
                || line == format!("*{name}")
        };
        text.lines().any(says)
    }
}

impl<'s> IgnoreSubject<'s> {
    pub(crate) fn new(
        source: &'s Source,
        path: Option<&'s Path>,
        settings: &'s Settings,
        projects: &'s Projects,
    ) -> Self {
        let ignore = Ignore::parse(source.text());
        Self { source, ignore, settings, projects, path, folder: OnceLock::new() }
    }

    /// The folder, walked once; None where it is not known which one it is.
    pub(crate) fn folder(&self) -> Option<&Folder> {
        self.folder.get_or_init(|| self.find_folder()).as_ref()
    }

    fn find_folder(&self) -> Option<Folder> {
        let path = self.path?;
        let name = path.file_name()?.to_str()?;
        let whose = name.rsplit_once('.').map_or("", |(whose, _)| whose);
        let (root, copied) = if whose.is_empty() {
            let root = folder_of(path).to_owned();
            let copied = Copied::from_folder(&root, self.settings, self.projects);
            (root, copied)
        } else {
            // `NAME.dockerignore` is for NAME, from wherever that is built.
            let dockerfile = path.with_file_name(whose);
            let copied = Copied::from_dockerfile(&dockerfile, self.settings);
            (copied.context_of(&dockerfile)?, copied)
        };
        let context = Context::with_ignore(&root, path, self.source.text());
        let unwanted = unwanted(context.walk());
        Some(Folder { root, copied, unwanted, context })
    }

    /// Whether a build leaves the path out.
    pub(crate) fn keeps_out(&self, path: &str) -> bool {
        self.ignore.matches(path).excluded
    }

    /// Where a reader is sent for a path that is let through: to the exception that takes it back, or else to the
    /// first pattern.
    pub(crate) fn culprit(&self, path: &str) -> Span {
        let patterns = self.ignore.patterns();
        let exception = self.ignore.matches(path).pattern.and_then(|at| patterns.get(at));
        exception.or(patterns.first()).map_or(Span::empty(0), |pattern| span(&pattern.span))
    }

    /// Reports paths that are let through: at what lets the first one through, with lines to add.
    pub(crate) fn flag_let_through<'r>(
        &self,
        paths: &[String],
        lines: &[String],
        why: &str,
        report: &'r mut Reporter,
    ) -> &'r mut Draft {
        let place = paths.first().map_or(Span::empty(0), |path| self.culprit(path));
        let verb = if paths.len() == 1 { "is" } else { "are" };
        let draft = report.flag_file(place, format!("{} {verb} not kept out: {why}", named(paths)));
        let added = lines.join("\n");
        let text = self.source.text();
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let lines: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
        draft.help(format!("add {}", lines.join(", "))).replace(
            Span::empty(end),
            format!("{gap}{added}\n"),
            false,
        )
    }
}

/// `Dockerfile:3 copies it into the image`, or what else becomes of so many things.
pub(crate) fn fate(reach: Reach, place: Option<&str>, count: usize) -> String {
    let it = if count == 1 { "it" } else { "them" };
    match (reach, place) {
        (Reach::Image, Some(place)) => format!("{place} copies {it} into the image"),
        (Reach::BuildStage, Some(place)) => format!("{place} copies {it} into a build stage"),
        _ => format!("a build sends {it} along"),
    }
}
