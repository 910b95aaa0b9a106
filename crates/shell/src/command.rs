//! Simple commands and where they stand.

use std::sync::OnceLock;

use crate::packages::Installed;
use crate::word::{Span, Word};

/// What stands between a command and the one before it in the same list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Connector {
    /// First of its list (the script, a branch, a loop body, a substitution).
    #[default]
    Start,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;` or a line end.
    Seq,
    /// `|` or `|&`
    Pipe,
    /// `&`: the command before runs in the background.
    Background,
}

/// The compound commands around a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Context {
    /// In `( ... )`.
    pub subshell: bool,
    /// In the condition of an `if`, `while` or `until`.
    pub condition: bool,
    /// In a branch of an `if`, so it may not run.
    pub branch: bool,
    /// In the body of a loop.
    pub loop_body: bool,
    /// In an arm of a `case`.
    pub case_arm: bool,
    /// In the body of a function, so it runs only when called.
    pub function: bool,
    /// In `$( ... )`, backticks or `<( ... )`.
    pub substitution: bool,
    /// Sent to the background with `&`.
    pub background: bool,
    /// How many compound commands and substitutions are around it.
    pub depth: u16,
}

impl Context {
    /// Whether the command always runs when the script comes to it: no branch, arm, loop body or function around it.
    pub fn is_unconditional(self) -> bool {
        !(self.branch || self.loop_body || self.case_arm || self.function)
    }

    /// This context when the script it belongs to stands in `outer`.
    pub(crate) fn within(self, outer: Self) -> Self {
        Self {
            subshell: self.subshell || outer.subshell,
            condition: self.condition || outer.condition,
            branch: self.branch || outer.branch,
            loop_body: self.loop_body || outer.loop_body,
            case_arm: self.case_arm || outer.case_arm,
            function: self.function || outer.function,
            substitution: self.substitution || outer.substitution,
            background: self.background || outer.background,
            depth: self.depth.saturating_add(outer.depth),
        }
    }
}

/// The place of a command in a pipeline of two or more elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PipelinePlace {
    /// Index into [`crate::Script::pipelines`].
    pub pipeline: usize,
    /// Which element, from 0.
    pub position: usize,
    /// How many elements.
    pub length: usize,
}

impl PipelinePlace {
    /// Whether the output of an earlier element comes in.
    pub fn is_piped_from(self) -> bool {
        self.position > 0
    }

    /// Whether the output goes to a later element.
    pub fn pipes_into(self) -> bool {
        self.position + 1 < self.length
    }
}

/// `NAME=value` in front of a command or alone, `NAME+=value`, `NAME=(...)`, and the operands of `export` and the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The variable, without a subscript.
    pub name: Box<str>,
    /// The value; none for an array, and for an operand without `=`.
    pub value: Option<Word>,
    /// The whole assignment.
    pub span: Span,
    /// Whether it is `+=`.
    pub append: bool,
}

/// How a redirect redirects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RedirectKind {
    /// `>` or `>|`
    Output,
    /// `>>`
    Append,
    /// `<`
    Input,
    /// `<>`
    ReadWrite,
    /// `<<` or `<<-`; the body is in [`crate::Script::heredocs`].
    Heredoc,
    /// `<<<`
    HereString,
    /// `>&`
    DupOutput,
    /// `<&`
    DupInput,
    /// `&>`
    OutputBoth,
}

/// A redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The descriptor, when written.
    pub fd: Option<i32>,
    /// How.
    pub kind: RedirectKind,
    /// The file, the descriptor, the string, or the heredoc's delimiter.
    pub target: Word,
    /// Index into [`crate::Script::heredocs`] for a heredoc.
    pub heredoc: Option<usize>,
    /// The whole redirect.
    pub span: Span,
}

impl Redirect {
    /// The path written to by `>`, `>>` or `&>`, expansions kept as text.
    pub fn written_path(&self) -> Option<&str> {
        use RedirectKind::{Append, Output, OutputBoth, ReadWrite};
        matches!(self.kind, Output | Append | OutputBoth | ReadWrite).then(|| self.target.text_lossy())
    }
}

/// A simple command: words, assignments and redirects, and where it stands.
///
/// The questions rules ask of it are in [`crate::query`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// From its first word or assignment to its last word or redirect.
    pub span: Span,
    /// The name first, then the arguments; empty for assignments or redirects alone.
    pub words: Vec<Word>,
    /// Assignments in front of it, or the operands of `export`, `local`, `readonly`, `declare`.
    pub assignments: Vec<Assignment>,
    /// Its redirects (those of a compound command around it are in [`crate::Script::compound_redirects`]).
    pub redirects: Vec<Redirect>,
    /// What connects it to the command before.
    pub connector: Connector,
    /// Its place in the innermost pipeline around it, if that has more than one element.
    pub pipeline: Option<PipelinePlace>,
    /// The compound commands around it.
    pub context: Context,
    /// Whether `!` stands in front of it or of its pipeline.
    pub negated: bool,
    /// Its index in [`crate::Script::commands`]; a command that a wrapper runs has the wrapper's index.
    pub index: usize,
    /// What it runs when it is a wrapper (`sudo`, `env`, `xargs`, `sh -c`...) whose command could be read.
    pub(crate) inner: Vec<Command>,
    /// What it installs, when somebody has asked.
    pub(crate) installed: OnceLock<Option<Box<Installed>>>,
}
