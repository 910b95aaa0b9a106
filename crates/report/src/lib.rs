//! Turns findings into a table, text, JSON, SARIF and what CI systems read.
//!
//! Everything a reporter sees is an [`Outcome`], already selected, suppressed, redacted and sorted.
//! [`write()`] puts it out in one of the [`Format`]s; [`rules_table`] and [`explain`] print the rules
//! themselves. No reporter judges, and none prints a control character that came from an input: see
//! [`clean`].
//!
//! # The JSON format
//!
//! One object, stable; fields that do not apply are left out, there is no null. Lines and columns
//! count from 1, columns in characters, the end is exclusive; `edits` are byte ranges; layers count
//! from 0 without the empty history entries; sizes are bytes.
//!
//! ```json
//! {"version": 1,
//!  "findings": [{"rule": "pin-base-image", "category": "base-image", "severity": "warning",
//!                "message": "...", "help": "...",
//!                "file": "Dockerfile", "line": 3, "column": 6, "end_line": 3, "end_column": 19,
//!                "instruction_line": 2, "also": ["DL3007"], "stage": "builder",
//!                "image": "app:1", "layer": 4, "layer_digest": "sha256:...",
//!                "path": "app/.env", "path_line": 3, "detector": "github-pat",
//!                "fix": {"safe": true, "edits": [{"start": 40, "end": 52, "text": "..."}]}}],
//!  "errors": [{"file": "x", "image": "y", "layer": 2, "offset": 512, "message": "..."}],
//!  "images": [{"name": "app:1", "size": 0, "compressed_size": 0, "wasted_bytes": 0, "efficiency": 1.0,
//!              "budget": {"profile": "backend", "bytes": 200000000, "guessed": false},
//!              "layers": [{"index": 0, "digest": "sha256:...", "diff_id": "sha256:...", "size": 0,
//!                          "compressed_size": 0, "files": 0, "created_by": "...",
//!                          "dockerfile_line": 9, "match": "exact"}]}]}
//! ```
//!
//! * `severity` is `error`, `warning`, `info` or `style`.
//! * `file`, `line` and so on are the source; `instruction_line` is where its instruction starts.
//! * `path` and `path_line` are inside an image.
//! * `match` is `exact` where the history names that very instruction, `likely` where only the order does.
//! * Each finding, error and image stands on a line of its own.

pub mod clean;
mod format;
mod images;
mod json;
mod place;
mod snippet;
mod style;
mod summary;
mod table;
mod text;

use std::io;

pub use format::{Format, UnknownFormat};
pub use plimsoll_rules::Outcome;
pub use table::rules_table;
pub use text::render_error;

/// How to print: what the command knows about the terminal and the user's wishes.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether escape codes for colour may be printed.
    pub colour: bool,
    /// Whether the terminal shows more than ASCII: tables get their lines drawn.
    pub unicode: bool,
    /// How many columns there are.
    pub width: usize,
    /// Whether text and table end with the counts and what to do next.
    pub summary: bool,
    /// The names of all files and images that were read, for formats that list what passed too.
    pub inputs: Vec<String>,
}

impl Default for Options {
    /// Plain ASCII, 80 columns, with a summary: what a pipe gets.
    fn default() -> Self {
        Self { colour: false, unicode: false, width: 80, summary: true, inputs: Vec::new() }
    }
}

/// Writes `outcome` in `format`. Fails only where `out` does.
pub fn write(
    outcome: &Outcome,
    format: Format,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(outcome, options, out),
        Format::Table => table::write(outcome, options, out),
        Format::Json => json::write(outcome, out),
        // The machine formats follow; until then they fail loudly.
        _ => Err(io::Error::other(format!("format {format} is not built yet"))),
    }
}

/// What [`write()`] writes, as a string.
pub fn render(outcome: &Outcome, format: Format, options: &Options) -> String {
    let mut out = Vec::new();
    // A vector takes every byte, and every format writes UTF-8.
    _ = write(outcome, format, options, &mut out);
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
