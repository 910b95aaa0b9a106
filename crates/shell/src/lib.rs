//! The shell scripts inside a Dockerfile: command lists with spans, and ShellCheck's findings.
//!
//! A [`Script`] is made once from the text of a RUN (or CMD, ENTRYPOINT, HEALTHCHECK in shell form, or a heredoc
//! body) and its [`Dialect`]; it holds every simple command in order of appearance, with its words, redirects,
//! pipeline and place. [`query`] and [`packages`] ask it questions that read like sentences, [`lint()`] gives what
//! ShellCheck would say. All positions are byte offsets into the script text.
//!
//! ```
//! use plimsoll_shell::{Dialect, Script, packages};
//!
//! let script = Script::parse("apt-get update && apt-get install -y curl=7.88.1", Dialect::Sh);
//! let install = script.effective_commands().find_map(packages::installs).expect("an install");
//! assert!(install.assume_yes);
//! assert_eq!(install.packages[0].version.as_deref(), Some("7.88.1"));
//! ```

mod command;
mod dialect;
mod lint;
pub mod packages;
pub mod query;
mod script;
mod shuck;
mod split;
mod word;
mod wrappers;

pub use command::{Assignment, Command, Connector, Context, PipelinePlace, Redirect, RedirectKind};
pub use dialect::{Dialect, Shell};
pub use lint::{CodeInfo, Edit, Fix, Level, LintOptions, ShellFinding, codes, hadolints_choice, lint};
pub use script::{Heredoc, ParsedBy, Pipeline, Problem, Script};
pub use word::{Span, VariableUse, Word};
