//! The command line.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use plimsoll_report::Format;
use plimsoll_rules::config::FailOn;
use plimsoll_rules::data::Date;

/// A security linter for Dockerfiles, what surrounds them, and container images.
#[derive(Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit status: 0 nothing at or above --fail-on, 1 findings, 2 an input that could not be read or wrong usage."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Check Dockerfiles and what surrounds them; folders are searched, '-' is standard input
    Lint(Lint),
    /// Audit images: a docker save tarball, an OCI archive or layout folder, '-' for a tarball on standard input
    Image(Image),
    /// Weigh what a build of a folder would send, and search it for credentials
    Context(Context),
    /// Say what to change first in a project, as edits, each with what it saves and what it risks
    Advise(Advise),
    /// Tick the containerization checklist from the files of a folder and the images that are built from them
    Checklist(Checklist),
    /// Compare two images: what grew, what appeared, which findings are new
    Diff(Diff),
    /// Print a rule's page; a peer's code finds it too (DL3008, DS-0002, SC2086)
    Explain {
        /// A rule's name or a peer's code
        rule: String,
    },
    /// Write a starter plimsoll.toml; show a pre-commit entry and a CI step
    Init(Init),
    /// List the rules
    Rules(Rules),
    /// Print the syntax tree, one JSON line per file
    Ast {
        /// Dockerfiles, or folders to search
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Print the JSON schema of plimsoll.toml
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
pub struct Lint {
    /// Files and folders; the current folder when none is given
    pub paths: Vec<PathBuf>,
    /// The name that standard input is reported and configured under
    #[arg(long, value_name = "NAME", default_value = "Dockerfile")]
    pub stdin_filename: PathBuf,
    /// The stage that is built, when it is not the last one
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// A value that the build gives to an ARG
    #[arg(long, value_name = "NAME=VALUE")]
    pub build_arg: Vec<String>,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Args)]
pub struct Image {
    /// Tarballs, layout folders, or '-'
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// What the image is held to: backend (under 200 MB), frontend (under 100 MB), or one of plimsoll.toml
    #[arg(long)]
    pub profile: Option<String>,
    /// The Dockerfile it was built from: findings in a layer name the line that made it
    #[arg(long, value_name = "FILE")]
    pub dockerfile: Option<PathBuf>,
    /// The platform to take from a multi-platform image, such as linux/arm64; the host's by default
    #[arg(long)]
    pub platform: Option<String>,
    /// Show the heaviest folders and files as a tree, and only the number of findings
    #[arg(long)]
    pub tree: bool,
    /// Show what each layer added, changed and removed, and only the number of findings
    #[arg(long)]
    pub layers: bool,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Args)]
pub struct Context {
    /// Folders, as `docker build` takes them; the current folder when none is given
    #[arg(value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// The Dockerfile, when it is not DIR/Dockerfile: an ignore file beside it, named after it, wins
    #[arg(long, value_name = "DOCKERFILE")]
    pub file: Option<PathBuf>,
    /// Take the whole folder, whatever .dockerignore says
    #[arg(long)]
    pub no_ignore: bool,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Args)]
pub struct Advise {
    /// The project; the current folder when none is given
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// An image that was built from it, to measure what a change saves: NAME=TARBALL, or TARBALL alone in a project with
    /// one Dockerfile
    #[arg(long, value_name = "[NAME=]TARBALL")]
    pub image: Vec<String>,
    /// Print all edits that go together as one patch, for git apply; what overlaps comes with the next run
    #[arg(long, conflicts_with = "format")]
    pub patch: bool,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Args)]
pub struct Diff {
    /// The image as it was: a tarball, a layout folder, or '-'
    pub old: PathBuf,
    /// The image as it is
    pub new: PathBuf,
    /// Only findings that the old image does not have are reported and count for the exit status
    #[arg(long)]
    pub new_only: bool,
    /// What the images are held to: backend (under 200 MB), frontend (under 100 MB), or one of plimsoll.toml
    #[arg(long)]
    pub profile: Option<String>,
    /// The platform to take from multi-platform images, such as linux/arm64; the host's by default
    #[arg(long)]
    pub platform: Option<String>,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Args)]
pub struct Checklist {
    /// The project; the current folder when none is given
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// An image that was built, such as backend=backend.tar: a service, a folder or a profile, and its tarball
    #[arg(long, value_name = "NAME=TARBALL")]
    pub image: Vec<String>,
    /// A list of your own, in place of the containerization checklist
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// Print the facts that a list may ask for, and what its commands may name
    #[arg(long)]
    pub facts: bool,
    #[command(flatten)]
    pub check: Check,
}

/// What the commands that check have in common.
#[derive(Args)]
pub struct Check {
    /// How the findings are printed
    #[arg(long, short, value_parser = formats())]
    pub format: Option<Format>,
    /// Write the report to a file
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The rules that run, in place of the default set: names, categories, peers' codes, ALL
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Rules added to the selected ones
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub extend_select: Vec<String>,
    /// Rules, categories or peers' codes that are not reported
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// The least severity that makes the exit status 1: error, warning, info or style; or never [default: warning]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Report only what this file does not know; --write-baseline makes it
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write what is found now into the baseline, and report nothing
    #[arg(long, requires = "baseline")]
    pub write_baseline: bool,
    /// The configuration; plimsoll.toml, or else .hadolint.yaml, is looked for upward from each file by default
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// The day that end-of-life rules take for today, such as 2026-07-11
    #[arg(long, value_name = "DATE")]
    pub today: Option<Date>,
    /// Print secrets whole instead of masked
    #[arg(long, conflicts_with = "baseline")]
    pub show_secrets: bool,
    /// When to colour; on a terminal by default
    #[arg(long, value_enum)]
    pub color: Option<When>,
}

#[derive(Args)]
pub struct Init {
    /// The project's folder
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// Take over a hadolint configuration; the folder's .hadolint.yaml when no file is named
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub from_hadolint: Option<Option<PathBuf>>,
}

#[derive(Args)]
pub struct Rules {
    /// Only these categories, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub category: Vec<String>,
    /// Only what reads this: dockerfile, image, compose, context
    #[arg(long)]
    pub kind: Option<String>,
    /// Only the default set
    #[arg(long)]
    pub default: bool,
    /// How the rules are printed
    #[arg(long, short, value_parser = formats_of(&[Format::Table, Format::Json]))]
    pub format: Option<Format>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    formats_of(&Format::ALL)
}

/// A parser that takes only these.
pub fn formats_of(formats: &[Format]) -> impl TypedValueParser<Value = Format> + use<> {
    PossibleValuesParser::new(formats.iter().map(|f| PossibleValue::new(f.as_str()).help(f.help())))
        .try_map(|name| name.parse::<Format>())
}
