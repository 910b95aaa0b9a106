//! Rules on build contexts: ignore files, environment files, and what a build would send.
//!
//! A rule reads one of three things, each with what stands around it: a `.dockerignore` ([`IgnoreSubject`]), a `.env`
//! or `.env.example` ([`EnvSubject`]), or the contents that would be sent ([`Contents`]).

mod contents;
mod copied;
mod env_subject;
mod git_ignore;
mod git_index;
mod ignore_subject;
mod input;
mod lint;
mod projects;
mod shipped;
mod unwanted;
mod uses;
mod weight;

pub(crate) mod add_env_example;
pub(crate) mod context_credential_file;
pub(crate) mod context_leaked_secret;
pub(crate) mod describe_env_variables;
pub(crate) mod dockerignore_inline_comment;
pub(crate) mod dockerignore_syntax_error;
pub(crate) mod dockerignore_unused_pattern;
pub(crate) mod dockerignore_useless_exception;
pub(crate) mod env_example_missing_variable;
pub(crate) mod env_example_secret;
pub(crate) mod env_example_unused_variable;
pub(crate) mod env_file_in_git;
pub(crate) mod env_plain_text_connection;
pub(crate) mod env_public_localhost;
pub(crate) mod env_public_secret;
pub(crate) mod env_syntax_error;
pub(crate) mod env_unignored;
pub(crate) mod ignore_caches;
pub(crate) mod ignore_credential_files;
pub(crate) mod ignore_dockerfile;
pub(crate) mod ignore_git_folder;
pub(crate) mod ignore_installed_packages;

pub use contents::{ContextOptions, audit_context};
pub use env_subject::EnvSubject;
pub use ignore_subject::IgnoreSubject;
pub use lint::{lint_dockerignore, lint_env};
pub use projects::{BuiltFile, Projects};
pub use weight::{ContextPart, ContextSummary, Saving};

pub(crate) use crate::draft::Reporter;
pub(crate) use contents::Contents;
pub(crate) use input::{NAMES_OF_PROJECT, few_names_in, names_in, read_beside};
pub(crate) use uses::{Uses, is_given};

/// A rule on what surrounds a build. Each overrides the check of what it reads.
pub trait ContextRule: Sync {
    /// Judges an ignore file.
    fn check_ignore(&self, _file: &IgnoreSubject<'_>, _report: &mut Reporter) {}

    /// Judges an environment file.
    fn check_env(&self, _file: &EnvSubject<'_>, _report: &mut Reporter) {}

    /// Judges the contents that a build would send.
    fn check_contents(&self, _contents: &Contents, _report: &mut Reporter) {}
}

/// A span of the context crate as the engine has it.
fn span(span: &plimsoll_context::Span) -> plimsoll_dockerfile::Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    plimsoll_dockerfile::Span::new(offset(span.bytes.start), offset(span.bytes.end))
}

/// The lines that bytes of a text stand on, the last one's end included.
fn lines_of(text: &str, span: plimsoll_dockerfile::Span) -> plimsoll_dockerfile::Span {
    let range = span.range();
    let start = text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let rest = text.get(range.end..).unwrap_or_default();
    let end = range.end + rest.find('\n').map_or(rest.len(), |at| at + 1);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    plimsoll_dockerfile::Span::new(offset(start), offset(end))
}

/// `a`, `a and b`, `a, b and c`, `a, b, c and 2 more`, each in backquotes.
fn named(names: &[impl AsRef<str>]) -> String {
    const SHOWN: usize = 3;
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|n| format!("`{}`", n.as_ref())).collect();
    match names.len() {
        0 => String::new(),
        1 => shown.swap_remove(0),
        n if n <= SHOWN => {
            let last = shown.pop().unwrap_or_default();
            format!("{} and {last}", shown.join(", "))
        }
        n => format!("{} and {} more", shown.join(", "), n - SHOWN),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_listed_as_people_do() {
        assert_eq!(super::named(&["a"]), "`a`");
        assert_eq!(super::named(&["a", "b"]), "`a` and `b`");
        assert_eq!(super::named(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(super::named(&["a", "b", "c", "d"]), "`a`, `b`, `c` and 1 more");
    }
}
