//! What is wrong with a file, where, and what was expected.

use std::fmt;

use crate::source::Span;

/// Whether a build would refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The build goes on, but not as the author meant.
    Warning,
    /// The build stops.
    Error,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What kind of fault it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// Its name in kebab-case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// The first word of an instruction is no instruction.
    UnknownInstruction = "unknown-instruction",
    /// A flag that this instruction does not have.
    UnknownFlag = "unknown-flag",
    /// The same flag twice where it may stand once.
    DuplicateFlag = "duplicate-flag",
    /// A flag without the value it needs.
    MissingFlagValue = "missing-flag-value",
    /// A flag whose value is not one it takes.
    InvalidFlagValue = "invalid-flag-value",
    /// Too few arguments.
    MissingArguments = "missing-arguments",
    /// Too many arguments.
    TooManyArguments = "too-many-arguments",
    /// An argument that is not what this instruction takes.
    InvalidArgument = "invalid-argument",
    /// A quote that is never closed.
    UnterminatedQuote = "unterminated-quote",
    /// A heredoc whose end never comes.
    UnterminatedHeredoc = "unterminated-heredoc",
    /// A heredoc word that cannot be read.
    InvalidHeredoc = "invalid-heredoc",
    /// A JSON array with something else than strings in it.
    JsonNotStrings = "json-not-strings",
    /// A blank line inside a continued instruction.
    EmptyContinuationLine = "empty-continuation-line",
    /// A parser directive given twice.
    DuplicateDirective = "duplicate-directive",
    /// A parser directive whose value is not one it takes.
    InvalidDirective = "invalid-directive",
    /// An instruction before the first FROM that may not stand there.
    InstructionBeforeFrom = "instruction-before-from",
    /// No instruction at all.
    NoInstructions = "no-instructions",
    /// An instruction that ONBUILD may not hold.
    InvalidTrigger = "invalid-trigger",
    /// A variable expression that cannot be read.
    InvalidExpansion = "invalid-expansion",
    /// A line longer than BuildKit reads.
    LineTooLong = "line-too-long",
    /// Bytes that are not UTF-8.
    InvalidUtf8 = "invalid-utf8",
    /// A file longer than can be addressed.
    FileTooLong = "file-too-long",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// What kind.
    pub code: Code,
    /// Whether a build would refuse it.
    pub severity: Severity,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What would be right, where that can be said.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { span, code, severity: Severity::Error, message: message.into(), help: None }
    }

    pub(crate) fn warning(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean", where something is near.
    pub(crate) fn nearest(self, nearest: Option<&str>) -> Diagnostic {
        match nearest {
            Some(name) => self.help(format!("did you mean {name}?")),
            None => self,
        }
    }
}
