//! The command line as it is read, and what is said of a slip in it.

use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error, FromArgMatches};

use crate::args::{Cli, Format, formats_of};

/// What was asked for. Ends the process where that is help or a version, or cannot be understood.
pub fn parse() -> Cli {
    let matches = command().try_get_matches().unwrap_or_else(|error| hinted(error).exit());
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The command with everything below it; `plimsoll lint --version` is plimsoll's version.
pub fn command() -> clap::Command {
    let advice = formats_of(&[Format::Text, Format::Markdown, Format::Json]);
    Cli::command()
        .mut_subcommands(|command| command.display_name("plimsoll"))
        .mut_subcommand("advise", |advise| advise.mut_arg("format", |format| format.value_parser(advice)))
}

/// Puts what was likely meant under an error.
fn hinted(mut error: Error) -> Error {
    let Some(hint) = hint(&error) else { return error };
    // They are near in letters alone.
    let near = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    near.into_iter().chain([ContextKind::Usage]).for_each(|kind| _ = error.remove(kind));
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(hint)]));
    error
}

fn hint(error: &Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let path = text(ContextKind::InvalidSubcommand).filter(|word| is_path(word))?;
            let command = if is_archive(path) { "image" } else { "lint" };
            Some(format!("to check it: plimsoll {command} {path}"))
        }
        ErrorKind::InvalidValue => {
            let argument = text(ContextKind::InvalidArg)?;
            let path = text(ContextKind::InvalidValue).filter(|word| is_path(word))?;
            let hint =
                format!("`-f` is `--format` here; files are named without a flag: plimsoll lint {path}");
            argument.starts_with("--format").then_some(hint)
        }
        ErrorKind::UnknownArgument => {
            let is_file = text(ContextKind::InvalidArg)? == "--file";
            is_file.then(|| "files are named without a flag: plimsoll lint FILE".to_owned())
        }
        _ => None,
    }
}

fn is_path(word: &str) -> bool {
    word.contains('/') || Path::new(word).exists()
}

fn is_archive(path: &str) -> bool {
    [".tar", ".tgz", ".tar.gz", ".tar.zst"].iter().any(|end| path.ends_with(end))
}
