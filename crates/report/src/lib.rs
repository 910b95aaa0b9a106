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
//!                "fix": {"safe": true, "edits": [{"start": 40, "end": 52, "text": "..."}],
//!                        "files": [{"file": ".dockerignore", "new": true,
//!                                   "edits": [{"start": 0, "end": 0, "text": "..."}]}]}}],
//!  "errors": [{"file": "x", "image": "y", "layer": 2, "offset": 512, "message": "..."}],
//!  "images": [{"name": "app:1", "size": 0, "compressed_size": 0, "wasted_bytes": 0, "efficiency": 1.0,
//!              "budget": {"profile": "backend", "bytes": 200000000, "guessed": false},
//!              "layers": [{"index": 0, "digest": "sha256:...", "diff_id": "sha256:...", "size": 0,
//!                          "compressed_size": 0, "files": 0, "created_by": "...",
//!                          "dockerfile_line": 9, "match": "exact", "changes": {...}}],
//!              "removable_bytes": 0,
//!              "weight": [{"cause": "apt-archives", "what": "downloaded .deb packages", "bytes": 0, "files": 0,
//!                          "worthwhile": true, "remedy": "...", "layers": [{"layer": 1, "bytes": 0}],
//!                          "heaviest": [{"path": "...", "bytes": 0}]}],
//!              "tree": {...}}],
//!  "contexts": [{"name": "api", "size": 0, "files": 0, "ignore_file": "api/.dockerignore",
//!                "heaviest": [{"path": "node_modules", "directory": true, "size": 0, "files": 0}],
//!                "savings": [{"pattern": "**/node_modules", "what": "...", "size": 0, "files": 0}]}]}
//! ```
//!
//! * `severity` is `error`, `warning`, `info` or `style`.
//! * `file`, `line` and so on are the source; `instruction_line` is where its instruction starts.
//! * `path` and `path_line` are inside an image.
//! * `match` is `exact` where the history names that very instruction, `likely` where only the order does.
//! * `contexts` is there where build contexts were weighed: what would be sent, `heaviest` the parts that weigh most,
//!   none inside of another, and `savings` the lines that the ignore file should have.
//! * Each finding, error, image and context stands on a line of its own.
//! * `weight` is what could go, by cause ([`plimsoll_rules::look::CauseWeight`]); a file has one cause at most, so the
//!   bytes add up to `removable_bytes`. `worthwhile` is false where it is too little to be worth the trouble.
//! * `tree`, with `--tree`: `{"name": "", "folder": true, "bytes": 0, "files": 0, "children": [...], "rest": {"bytes": 0,
//!   "files": 0}}`, the heaviest folders and files that a container sees; `rest` is what is not shown one by one.
//! * `changes`, with `--layers`: `{"added": PART, "changed": PART, "rewritten": PART, "removed": PART}`, a PART being
//!   `{"files": 0, "bytes": 0, "heaviest": [{"path": "...", "bytes": 0}]}`. `rewritten` are those of the changed files
//!   whose contents are as before.
//!
//! `plimsoll diff` writes the same object; `findings` are those that decide about the exit status, `images` the old one
//! and the new one, and `diff` says how they differ:
//!
//! ```json
//! {"size_difference": -5, "shared_layers": [{"layer": 0, "bytes": 0}], "new_layers": [], "gone_layers": [],
//!  "tree": {"name": "", "folder": true, "bytes": 0, "old_bytes": 0, "files": 0, "children": []},
//!  "appeared": {"files": 1, "old_bytes": 0, "new_bytes": 9, "heaviest": [{"path": "app/x", "new_bytes": 9}]},
//!  "vanished": {}, "grew": {}, "shrank": {}, "changed": {}, "rights": {},
//!  "config": [{"field": "user", "change": "changed", "old": "root", "new": "10001"},
//!             {"field": "env", "name": "TOKEN", "change": "added"}],
//!  "new_findings": [], "gone_findings": []}
//! ```
//!
//! `plimsoll checklist` writes
//!
//! ```json
//! {"version": 1, "title": "...", "counts": {"passed": 0, "failed": 0, "not_checked": 0, "not_applicable": 0},
//!  "applications": ["backend/Dockerfile: backend (requirements.txt names `fastapi`)"],
//!  "sections": [{"title": "...", "items": [
//!    {"text": "...", "id": "backend-user", "status": "failed", "repeated": false, "same_as": [], "why": "...",
//!     "command": "...", "evidence": [{"text": "...", "file": "backend/Dockerfile", "line": 9,
//!                                     "image": "app:1", "layer": 4, "path": "app/.env", "rule": "run-as-non-root"}]}]}],
//!  "errors": []}
//! ```
//!
//! where `status` is `passed`, `failed`, `not-checked` or `not-applicable`, and `repeated` says that the item stands so
//! only because one of `same_as` does. `plimsoll advise` writes
//!
//! ```json
//! {"version": 1, "trouble": [ADVICE], "advice": [ADVICE], "image_size": 0, "saves": 0, "errors": []}
//! ```
//!
//! an ADVICE being `{"rule", "severity", "category", "message", "help", "file", "line", "diff", "saves", "risk"}`.

mod advice;
mod baseline;
mod checklist;
mod checkstyle;
pub mod clean;
mod contexts;
mod diff;
mod explain;
mod fingerprint;
mod format;
mod github;
mod gitlab;
mod images;
mod json;
mod junit;
mod layers;
mod markdown;
mod place;
mod sarif;
mod snippet;
mod style;
mod summary;
mod table;
mod text;
mod tree;
mod uri;
mod weight;

use std::io;

use plimsoll_rules::{RuleMeta, Severity};

pub use advice::write_advice;
pub use baseline::{Baseline, BaselineError, Taken};
pub use checklist::{failed_items, write_checklist};
pub use diff::write_comparison;
pub use explain::explain;
pub use fingerprint::{Fingerprint, fingerprints};
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
    /// Whether text and table list the findings; their counts are told all the same.
    pub findings: bool,
    /// The least severity that fails a run; none: nothing does. For formats that tell what fails from what is said.
    pub fails_from: Option<Severity>,
    /// The names of all files and images that were read, for formats that list what passed too.
    pub inputs: Vec<String>,
    /// Where the pages of the rules that are used are looked up, by the rule's name.
    pub rules: fn(&str) -> Option<&'static RuleMeta>,
}

impl Default for Options {
    /// Plain ASCII, 80 columns, with a summary: what a pipe gets.
    fn default() -> Self {
        Self {
            colour: false,
            unicode: false,
            width: 80,
            summary: true,
            findings: true,
            fails_from: Some(Severity::Style),
            inputs: Vec::new(),
            rules: known_rule,
        }
    }
}

/// The rule of that name among those that come with plimsoll.
fn known_rule(name: &str) -> Option<&'static RuleMeta> {
    plimsoll_rules::all_rules().find(|rule| rule.name == name)
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
        Format::Sarif => sarif::write(outcome, options, out),
        Format::Github => github::write(outcome, out),
        Format::Gitlab => gitlab::write(outcome, out),
        Format::Junit => junit::write(outcome, options, out),
        Format::Checkstyle => checkstyle::write(outcome, out),
        Format::Markdown => markdown::write(outcome, out),
    }
}

/// What [`write()`] writes, as a string.
pub fn render(outcome: &Outcome, format: Format, options: &Options) -> String {
    let mut out = Vec::new();
    // A vector takes every byte, and every format writes UTF-8.
    _ = write(outcome, format, options, &mut out);
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
