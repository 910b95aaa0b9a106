//! Where the report goes, and what the process says with its exit status.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use plimsoll_rules::{InputError, Outcome, Severity};

use crate::args::{Check, Format, When};

/// The exit status when something could not be read, or the usage was wrong.
pub const UNREADABLE: u8 = 2;

/// Prints the report where the arguments want it, and the input errors to standard error.
pub fn print(outcome: &Outcome, check: &Check, default: Format) -> Result<(), String> {
    write(check, default, &outcome.inputs, &outcome.errors, |format, options, text| {
        plimsoll_report::write(outcome, format, options, text)
    })
}

/// [`print`] for whatever `report` writes.
pub fn write(
    check: &Check,
    default: Format,
    inputs: &[String],
    errors: &[InputError],
    report: impl FnOnce(plimsoll_report::Format, &plimsoll_report::Options, &mut Vec<u8>) -> std::io::Result<()>,
) -> Result<(), String> {
    let terminal = std::io::stdout().is_terminal();
    let to_file = check.output.is_some();
    let options = plimsoll_report::Options {
        colour: colour(check.color, terminal && !to_file),
        width: if terminal && !to_file { terminal_width() } else { 100 },
        unicode: unicode(),
        inputs: inputs.to_vec(),
        ..plimsoll_report::Options::default()
    };
    let colour_errors = colour(check.color, std::io::stderr().is_terminal());
    let format = report_format(check.format.unwrap_or(default));
    let mut text = Vec::new();
    report(format, &options, &mut text).map_err(|e| e.to_string())?;
    match &check.output {
        Some(file) => {
            std::fs::write(file, text).map_err(|e| format!("{}: {}", file.display(), io_message(&e)))?
        }
        None => match std::io::stdout().lock().write_all(&text) {
            // Whoever reads may stop reading: `plimsoll ... | head`.
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => {}
            result => result.map_err(|e| io_message(&e))?,
        },
    }
    for error in errors {
        eprintln!("{}", plimsoll_report::render_error(error, colour_errors));
    }
    Ok(())
}

/// 0 nothing at or above `fail_on`, 1 findings, 2 an input that could not be read.
pub fn exit_code(outcome: &Outcome, fail_on: Severity) -> ExitCode {
    if !outcome.errors.is_empty() {
        ExitCode::from(UNREADABLE)
    } else if outcome.findings.iter().any(|f| f.severity >= fail_on) {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

/// A one-line error on standard error.
pub fn complain(message: &str) {
    eprintln!("error: {message}");
}

/// An I/O error in words, without the number that only programmers read.
pub fn io_message(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder".to_owned(),
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

/// The terminal's width in columns, 100 where it is not known.
pub fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}

/// Whether the locale's character set has more than ASCII.
pub fn unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
    // Nothing set says nothing: CI systems set none, and read UTF-8.
    locale.is_none_or(|l| l.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

fn report_format(format: Format) -> plimsoll_report::Format {
    match format {
        Format::Table => plimsoll_report::Format::Table,
        Format::Text => plimsoll_report::Format::Text,
        Format::Json => plimsoll_report::Format::Json,
        Format::Sarif => plimsoll_report::Format::Sarif,
        Format::Github => plimsoll_report::Format::Github,
        Format::Gitlab => plimsoll_report::Format::Gitlab,
        Format::Junit => plimsoll_report::Format::Junit,
        Format::Checkstyle => plimsoll_report::Format::Checkstyle,
        Format::Markdown => plimsoll_report::Format::Markdown,
    }
}
