//! The shell scripts inside a Dockerfile: command lists with spans, and ShellCheck's findings.
//!
//! [`runs()`] gives every script of a Dockerfile: of each RUN, CMD, ENTRYPOINT and HEALTHCHECK, and of the heredocs that
//! are run, in the shell that reads it. A [`Script`] is made once from a text and its [`Dialect`]; it holds every simple
//! command in order of appearance, with its words, redirects, pipeline and place. [`query`] and [`packages`] ask it
//! questions that read like sentences, [`lint()`] gives what ShellCheck would say. All positions are byte offsets into
//! the script text; [`Run::span`] makes them places in the Dockerfile.
//!
//! ```
//! use plimsoll_shell::{Dialect, Script, packages};
//!
//! let script = Script::parse("apt-get update && apt-get install -y curl=7.88.1", Dialect::Sh);
//! let install = script.effective_commands().find_map(packages::installs).expect("an install");
//! assert!(install.assume_yes);
//! assert_eq!(install.packages[0].version.as_deref(), Some("7.88.1"));
//! ```
//!
//! ```
//! use plimsoll_dockerfile::meaning::{BuildOptions, Meaning};
//! use plimsoll_dockerfile::{Source, parse};
//!
//! let source = Source::from("FROM debian\nRUN apt-get update && \\\n# and then\n  apt-get -y install curl\n");
//! let file = parse(&source);
//! let meaning = Meaning::new(&file, &BuildOptions::default());
//! let runs = plimsoll_shell::runs(&meaning);
//! let install = &runs[0].script.commands[1];
//! assert_eq!(source.slice(runs[0].span(install.span)), "apt-get -y install curl");
//! ```

mod command;
mod dialect;
mod lint;
pub mod packages;
pub mod query;
mod runs;
mod script;
mod shuck;
mod split;
mod word;
mod wrappers;

pub use command::{Assignment, Command, Connector, Context, PipelinePlace, Redirect, RedirectKind};
pub use dialect::{Dialect, Shell};
pub use lint::{CodeInfo, Edit, Fix, Level, LintOptions, ShellFinding, codes, hadolints_choice, lint};
pub use runs::{Purpose, Run, runs, shell_before, shell_quoted};
pub use script::{Heredoc, ParsedBy, Pipeline, Problem, Script};
pub use word::{Span, VariableUse, Word};
pub use wrappers::ArgumentScript;
