//! A script: its commands, pipelines, heredocs, comments and problems.

use crate::command::{Command, Redirect};
use crate::dialect::Dialect;
use crate::word::{Span, VariableUse, Word};
use crate::{shuck, split, wrappers};

/// Who read the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParsedBy {
    /// The shell parser.
    Parser,
    /// The tolerant splitter, because the parser could not read the script or would have needed too much for it.
    Splitter,
    /// Nobody: the dialect is not a shell that this crate reads. There are no commands.
    Nobody,
}

/// A pipeline of two or more elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// From the first element to the last.
    pub span: Span,
    /// The commands of each element as ranges of [`Script::commands`]; an element that is a compound command has many.
    pub elements: Vec<std::ops::Range<usize>>,
    /// Whether `set -o pipefail` stands before it.
    pub pipefail: bool,
}

/// A heredoc inside the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The delimiter without quotes.
    pub name: Box<str>,
    /// The body, without the line of the delimiter.
    pub body: Span,
    /// Whether the shell expands variables in the body (the delimiter is not quoted).
    pub expands: bool,
    /// Whether it is `<<-`, which drops leading tabs.
    pub strips_tabs: bool,
}

/// A place where the script could not be read as shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// A parsed script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub(crate) text: Box<str>,
    pub(crate) dialect: Dialect,
    pub(crate) parsed_by: ParsedBy,
    /// Every simple command in order of appearance, those in compound commands, functions and substitutions included.
    pub commands: Vec<Command>,
    /// Every pipeline of two or more elements, in the order of their ends.
    pub pipelines: Vec<Pipeline>,
    /// Every heredoc.
    pub heredocs: Vec<Heredoc>,
    /// Every comment, from its `#`.
    pub comments: Vec<Span>,
    /// Redirects of compound commands: `{ ...; } > file`.
    pub compound_redirects: Vec<Redirect>,
    /// Every variable that is expanded, in order of appearance.
    pub variables: Vec<VariableUse>,
    /// The words that `for` loops go over.
    pub loop_words: Vec<Word>,
    /// The functions that the script defines.
    pub functions: Vec<Box<str>>,
    /// What kept the parser from reading the script cleanly.
    pub problems: Vec<Problem>,
}

impl Script {
    /// Reads a script. Never fails: what cannot be parsed is split tolerantly and [`Script::problems`] says why; a
    /// dialect that is not a POSIX-like shell gives a script without commands.
    pub fn parse(text: &str, dialect: Dialect) -> Self {
        let mut script = Self::parse_flat(text, dialect);
        wrappers::unwrap_commands(&mut script, wrappers::MAX_DEPTH);
        script
    }

    /// Reads a script without looking into wrappers.
    pub(crate) fn parse_flat(text: &str, dialect: Dialect) -> Self {
        if !dialect.is_posix_like() {
            return Self::empty(text, dialect, ParsedBy::Nobody);
        }
        let mut script = match shuck::parse(text, dialect) {
            Ok(script) => script,
            Err(problem) => {
                let mut script = split::split(text, dialect);
                script.problems.push(problem);
                script
            }
        };
        script.finish();
        script
    }

    pub(crate) fn empty(text: &str, dialect: Dialect, parsed_by: ParsedBy) -> Self {
        Self {
            text: text.into(),
            dialect,
            parsed_by,
            commands: Vec::new(),
            pipelines: Vec::new(),
            heredocs: Vec::new(),
            comments: Vec::new(),
            compound_redirects: Vec::new(),
            variables: Vec::new(),
            loop_words: Vec::new(),
            functions: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Numbers the commands, and tells every pipeline whether pipefail is on when it runs.
    fn finish(&mut self) {
        for (index, command) in self.commands.iter_mut().enumerate() {
            command.index = index;
        }
        let mut switches =
            self.commands.iter().filter_map(|c| Some((c.span.start, c.sets_option("pipefail")?)));
        let (mut on, mut next) = (false, switches.next());
        self.pipelines.sort_by_key(|p| p.span.start);
        for pipeline in &mut self.pipelines {
            while let Some((_, value)) = next.filter(|(at, _)| *at < pipeline.span.start) {
                on = value;
                next = switches.next();
            }
            pipeline.pipefail = on;
        }
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The dialect it was parsed in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Who parsed it.
    pub fn parsed_by(&self) -> ParsedBy {
        self.parsed_by
    }

    /// Whether it is in a language that this crate does not read (PowerShell, cmd, python), so nothing is known of it.
    pub fn is_opaque(&self) -> bool {
        self.parsed_by == ParsedBy::Nobody
    }

    /// The text of a span as it is written; empty when the span is not of this script.
    pub fn raw(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The body of a redirect's heredoc as it is written.
    pub fn heredoc_body(&self, redirect: &Redirect) -> Option<&str> {
        redirect.heredoc.and_then(|i| self.heredocs.get(i)).map(|heredoc| self.raw(heredoc.body))
    }
}
