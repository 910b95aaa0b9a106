//! `plimsoll ast`: the view of the official BuildKit parser, one JSON line per file.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::discover::{FileKind, walk};
use crate::output;

/// Prints the syntax tree of every file; exit status 2 when one could not be read.
pub fn run(paths: &[PathBuf]) -> Result<ExitCode, String> {
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    for path in paths {
        let files = if path.is_dir() {
            let walk = walk(path);
            for message in walk.errors {
                output::complain(&format!("{}: {message}", path.display()));
                failed = true;
            }
            let is_dockerfile = |(path, kind)| (kind == FileKind::Dockerfile).then_some(path);
            let files: Vec<PathBuf> = walk.files.into_iter().filter_map(is_dockerfile).collect();
            if files.is_empty() {
                output::complain(&format!("{}: no Dockerfile in this folder", path.display()));
                failed = true;
            }
            files
        } else {
            vec![path.clone()]
        };
        for file in files {
            match std::fs::read(&file) {
                Ok(bytes) => {
                    let source = plimsoll_dockerfile::Source::new(bytes);
                    let name = file.to_string_lossy();
                    let view = plimsoll_dockerfile::buildkit::ast(&name, &source);
                    let line = serde_json::to_string(&view).map_err(|e| e.to_string())?;
                    if writeln!(stdout, "{line}").is_err() {
                        return Ok(ExitCode::SUCCESS);
                    }
                }
                Err(error) => {
                    output::complain(&format!("{}: {}", file.display(), output::io_message(&error)));
                    failed = true;
                }
            }
        }
    }
    Ok(if failed { ExitCode::from(output::UNREADABLE) } else { ExitCode::SUCCESS })
}
