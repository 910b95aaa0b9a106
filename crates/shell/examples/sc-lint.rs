//! Lints scripts for a comparison with ShellCheck itself (see `scripts/shellcheck-oracle.py`).
//!
//! Reads one JSON object a line from standard input, `{"text": "...", "shell": "bash", "variables": ["X"]}`, and prints
//! one array a line, `[["SC2086", start, end, "info"]...]`, offsets in bytes of the text.

use std::io::{BufRead, Write};

use plimsoll_shell::{Dialect, LintOptions, Script, lint};
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().unwrap_or_default();
        let script = Script::parse(text, Dialect::from_name(row["shell"].as_str().unwrap_or("sh")));
        let variables: Vec<&str> =
            row["variables"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let options = LintOptions { declared_variables: &variables, ..LintOptions::default() };
        let findings: Vec<Value> = lint(&script, &options)
            .iter()
            .map(|f| json!([f.code, f.span.start, f.span.end, format!("{:?}", f.level).to_lowercase()]))
            .collect();
        writeln!(out, "{}", Value::from(findings))?;
    }
    Ok(())
}
