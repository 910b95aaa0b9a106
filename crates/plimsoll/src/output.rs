//! Where the report goes, and what the process says with its exit status.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use plimsoll_report::UnknownFormat;
use plimsoll_rules::config::Settings;
use plimsoll_rules::{Finding, InputError, Outcome, Severity};

use crate::args::{Check, Format, When};

/// The exit status when something could not be read, or the usage was wrong.
pub const UNREADABLE: u8 = 2;

/// Prints the report where the arguments want it, or else the settings, and the input errors to standard error.
pub fn print(outcome: &Outcome, check: &Check, settings: &Settings) -> Result<(), String> {
    print_with(check, settings, &outcome.errors, outcome.inputs.clone(), |format, options, out| {
        plimsoll_report::write(outcome, format, options, out)
    })
}

/// [`print`] for what `write` puts out.
pub fn print_with(
    check: &Check,
    settings: &Settings,
    errors: &[InputError],
    inputs: Vec<String>,
    write: impl FnOnce(Format, &plimsoll_report::Options, &mut Vec<u8>) -> std::io::Result<()>,
) -> Result<(), String> {
    let configured = settings.format.as_deref().map(str::parse).transpose();
    let configured: Option<Format> = configured.map_err(|e: UnknownFormat| e.to_string())?;
    let format = check.format.or(configured).unwrap_or(Format::Text);
    let when = check.color.unwrap_or(match settings.color {
        Some(true) => When::Always,
        Some(false) => When::Never,
        None => When::Auto,
    });
    let terminal = std::io::stdout().is_terminal();
    let to_file = check.output.is_some();
    let options = plimsoll_report::Options {
        colour: colour(when, terminal && !to_file),
        width: match (to_file, terminal) {
            (false, true) => terminal_width(),
            (false, false) => asked_width().unwrap_or_else(|| terminal_width().min(PIPE_WIDTH)),
            (true, _) => asked_width().unwrap_or(PIPE_WIDTH),
        },
        fails_from: settings.fail_on,
        unicode: unicode(),
        inputs,
        ..plimsoll_report::Options::default()
    };
    let colour_errors = colour(when, std::io::stderr().is_terminal());
    let mut text = Vec::new();
    write(format, &options, &mut text).map_err(|e| e.to_string())?;
    put(check, &text)?;
    errors.iter().for_each(|error| remark(&plimsoll_report::render_error(error, colour_errors)));
    Ok(())
}

/// Prints what is for programs as it is, and the input errors to standard error.
pub fn print_text(check: &Check, text: &str, errors: &[InputError]) -> Result<(), String> {
    put(check, text.as_bytes())?;
    errors.iter().for_each(|error| remark(&plimsoll_report::render_error(error, false)));
    Ok(())
}

/// Puts a report where the arguments want it.
fn put(check: &Check, text: &[u8]) -> Result<(), String> {
    match &check.output {
        Some(file) => {
            std::fs::write(file, text).map_err(|e| format!("{}: {}", file.display(), io_message(&e)))
        }
        None => show(text),
    }
}

/// 0 nothing at or above `fail_on`, 1 findings, 2 an input that could not be read. Without `fail_on` no finding counts.
pub fn exit_code(outcome: &Outcome, fail_on: Option<Severity>) -> ExitCode {
    status(&outcome.errors, &outcome.findings, fail_on)
}

/// [`exit_code`] where only some of the findings count.
pub fn status(errors: &[InputError], findings: &[Finding], fail_on: Option<Severity>) -> ExitCode {
    if !errors.is_empty() {
        ExitCode::from(UNREADABLE)
    } else if findings.iter().any(|f| fail_on.is_some_and(|least| f.severity >= least)) {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

/// A one-line remark on standard error.
pub fn note(message: &str) {
    remark(&format!("note: {message}"));
}

/// Whether a format shows more than findings.
pub fn is_for_people(format: Option<Format>) -> bool {
    matches!(format, None | Some(Format::Text | Format::Table | Format::Json | Format::Markdown))
}

/// A one-line error on standard error.
pub fn complain(message: &str) {
    remark(&format!("error: {message}"));
}

/// A line on standard error; whoever reads it may have stopped reading.
fn remark(line: &str) {
    _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Prints what is for people or programs as it is. Fails where it cannot be written, unless nobody reads any more:
/// `plimsoll ... | head`.
pub fn show(text: &[u8]) -> Result<(), String> {
    match std::io::stdout().lock().write_all(text) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|e| io_message(&e)),
    }
}

/// An error about something that is no single input, such as a configuration.
pub fn input_error(message: String) -> InputError {
    InputError { file: None, image: None, layer: None, offset: None, message }
}

/// An I/O error in words, without the number that only programmers read.
pub fn io_message(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder".to_owned(),
        std::io::ErrorKind::InvalidData => "not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether to colour what goes to a terminal or not; `NO_COLOR` holds unless `--color always` was said.
pub fn colour(when: When, terminal: bool) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
            terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
        }
    }
}

/// The width of what is no terminal's, where nothing else is asked for.
const PIPE_WIDTH: usize = 100;

/// The width in columns of the terminal that any of the standard streams is, 100 where none is: what goes through a
/// pipe to `less` is seen on it all the same.
pub fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(PIPE_WIDTH, |(width, _)| usize::from(width.0))
}

/// The width that the environment asks for: `COLUMNS`.
fn asked_width() -> Option<usize> {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    asked.filter(|columns| (40..=1_000).contains(columns))
}

/// Whether the locale's character set has more than ASCII.
pub fn unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
    // Nothing set says nothing: CI systems set none, and read UTF-8.
    locale.is_none_or(|l| l.to_ascii_lowercase().replace('-', "").contains("utf8"))
}
