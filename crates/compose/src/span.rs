//! Where something is written, and what is wrong there.

use std::ops::Range;

/// One of the files of a project, by its index in [`crate::Project::sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SourceId(pub usize);

/// A place in a file. Lines and columns count from 1, columns in characters, the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// The bytes.
    pub bytes: Range<usize>,
    /// The line of the first character.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// The line of the end.
    pub end_line: usize,
    /// The column of the end.
    pub end_column: usize,
}

impl Span {
    /// From the start of this span to the end of `last`.
    pub(crate) fn through(&self, last: &Span) -> Span {
        Span {
            bytes: self.bytes.start..last.bytes.end.max(self.bytes.start),
            end_line: last.end_line,
            end_column: last.end_column,
            ..self.clone()
        }
    }

    /// The empty span at the end.
    pub(crate) fn at_end(&self) -> Span {
        Span {
            bytes: self.bytes.end..self.bytes.end,
            line: self.end_line,
            column: self.end_column,
            ..self.clone()
        }
    }
}

/// What a diagnostic is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Problem {
    /// The text is not YAML, or more than the reader takes.
    Syntax,
    /// A key occurs twice in one mapping; Compose refuses the file.
    DuplicateKey,
    /// An alias or a merge key that leads nowhere or to the wrong thing.
    Alias,
    /// A value of a kind that its key does not take.
    Type,
    /// A `$` that Compose cannot read, or a required variable that is not set.
    Interpolation,
    /// An `extends` or `include` that cannot be followed.
    Reference,
    /// An `extends` or `include` of a file or a service that is not there.
    Missing,
    /// Two files say things that cannot be merged.
    Merge,
}

/// Something wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What it is about.
    pub problem: Problem,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl Diagnostic {
    pub(crate) fn new(problem: Problem, span: &Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { problem, message: message.into(), span: span.clone() }
    }
}
