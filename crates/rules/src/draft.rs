//! What a rule writes while it checks: findings whose places are still symbolic.

use std::borrow::Cow;

use plimsoll_dockerfile::{Kind, Span};

use crate::{Edit, FileEdit, Finding, Fix, RuleMeta, Severity};

/// Where a draft points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Bytes of the source file that is checked.
    Span(Span),
    /// The source file as a whole; the span is where a reader is sent.
    File(Span),
    /// A place in one of the files of a compose project.
    Compose(plimsoll_compose::Span),
    /// One of the files that a build would send.
    Sent(SentPlace),
    /// The image as a whole: its size, what it lacks.
    Image,
    /// What an instruction set in the image's configuration.
    Setting(Setting),
    /// A layer of the image.
    Layer(usize),
    /// A path in a layer of the image, and the line in it.
    Path {
        /// The layer's index.
        layer: usize,
        /// Without a leading slash.
        path: String,
        /// From 1.
        line: Option<u64>,
    },
}

/// Something in an image's configuration, by what sets it in a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The instruction.
    pub kind: Kind,
    /// Which of the things that such instructions set: the name of a variable or label, a port, a path. None where
    /// the last instruction overrides all before it.
    pub name: Option<String>,
}

impl Setting {
    /// What the last instruction of that kind sets.
    pub fn last(kind: Kind) -> Self {
        Self { kind, name: None }
    }

    /// One of the things that instructions of that kind set.
    pub fn named(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, name: Some(name.into()) }
    }
}

/// A place in a file of a build context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentPlace {
    /// The file's path in the context.
    pub path: String,
    /// The bytes, and the line and column where they begin; None for the file as a whole.
    pub at: Option<(std::ops::Range<u64>, u64, u64)>,
}

/// A finding on its way. The rule fills it in; the engine turns it into a [`crate::Finding`].
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) meta: &'static RuleMeta,
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) also: Vec<Cow<'static, str>>,
    pub(crate) severity: Option<Severity>,
    pub(crate) fix: Option<Fix>,
    pub(crate) secrets: Vec<Span>,
    /// What is masked where it stands, and looked for nowhere else: it may be a word.
    pub(crate) masked: Vec<Span>,
    pub(crate) detector: Option<String>,
    /// The line that peers report, where it is not the place's own.
    pub(crate) instruction_line: Option<usize>,
}

impl Draft {
    /// What it says as a finding, and its place, which each engine tells in its own way.
    pub(crate) fn into_finding(self) -> (Finding, Place) {
        let mut finding = Finding::new(self.meta, self.message);
        finding.severity = self.severity.unwrap_or(self.meta.severity);
        finding.help = self.help;
        finding.also = self.also;
        finding.fix = self.fix;
        finding.detector = self.detector;
        (finding, self.place)
    }

    /// What to write instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// A peer's code whose own condition holds here. The page must list it.
    pub fn also(&mut self, code: &'static str) -> &mut Self {
        if !self.also.iter().any(|c| c == code) {
            self.also.push(Cow::Borrowed(code));
        }
        self
    }

    /// [`Draft::also`] where `holds`.
    pub fn also_if(&mut self, holds: bool, code: &'static str) -> &mut Self {
        if holds { self.also(code) } else { self }
    }

    /// A code that is only known at run time, such as one of ShellCheck's.
    pub fn also_code(&mut self, code: impl Into<String>) -> &mut Self {
        self.also.push(Cow::Owned(code.into()));
        self
    }

    /// A severity other than the page's.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }

    /// One replacement that mends the fault; `safe` when it keeps the build's meaning.
    pub fn replace(&mut self, span: Span, text: impl Into<String>, safe: bool) -> &mut Self {
        self.add_edit(Edit { start: span.start as usize, end: span.end as usize, text: text.into() }, safe)
    }

    /// The same of an edit of the file that the fault is in.
    pub(crate) fn add_edit(&mut self, edit: Edit, safe: bool) -> &mut Self {
        let fix = self.part_of_fix(safe);
        fix.edits.push(edit);
        fix.edits.sort_by_key(|e| e.start);
        self
    }

    /// A change in another file that is part of what mends the fault; the same `safe`.
    pub fn change_file(&mut self, change: FileEdit, safe: bool) -> &mut Self {
        self.part_of_fix(safe).files.push(change);
        self
    }

    /// The fix, with one more part that is as safe as said.
    fn part_of_fix(&mut self, safe: bool) -> &mut Fix {
        let fix = self.fix.get_or_insert_with(|| Fix { safe, edits: Vec::new(), files: Vec::new() });
        fix.safe &= safe;
        fix
    }

    /// Bytes of the source that nobody may see.
    pub fn secret(&mut self, span: Span) -> &mut Self {
        self.secrets.push(span);
        self
    }

    /// Bytes of the source that are masked where they stand, even if they look made up: the value of a variable that is
    /// reported for its name. What a variable is put into is shown, for it shows nothing by itself.
    pub fn mask(&mut self, span: Span) -> &mut Self {
        self.masked.push(span);
        self
    }

    /// The detector that found the credential.
    pub fn detector(&mut self, name: impl Into<String>) -> &mut Self {
        self.detector = Some(name.into());
        self
    }
}

/// Where one rule puts its findings.
#[derive(Debug)]
pub struct Reporter {
    meta: &'static RuleMeta,
    drafts: Vec<Draft>,
}

impl Reporter {
    pub(crate) fn new(meta: &'static RuleMeta) -> Self {
        Self { meta, drafts: Vec::new() }
    }

    /// The next findings are this rule's.
    pub(crate) fn turn_to(&mut self, meta: &'static RuleMeta) {
        self.meta = meta;
    }

    pub(crate) fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }

    /// A fault at these bytes of the source.
    pub fn flag(&mut self, span: Span, message: impl Into<String>) -> &mut Draft {
        self.at(Place::Span(span), message)
    }

    /// A fault of the whole file, shown at `span`: an instruction that is missing.
    pub fn flag_file(&mut self, span: Span, message: impl Into<String>) -> &mut Draft {
        self.at(Place::File(span), message)
    }

    /// A fault at any place.
    pub fn at(&mut self, place: Place, message: impl Into<String>) -> &mut Draft {
        self.drafts.push(Draft {
            meta: self.meta,
            place,
            message: message.into(),
            help: None,
            also: Vec::new(),
            severity: None,
            fix: None,
            secrets: Vec::new(),
            masked: Vec::new(),
            detector: None,
            instruction_line: None,
        });
        self.drafts.last_mut().expect("one was pushed")
    }
}
