//! Prints BuildKit's view of every `*.Dockerfile` in a folder, one JSON line per file, by name.
//!
//! usage: ast [--errors] FOLDER
//!
//! With `--errors` each line also has `errors`: the codes of what a build would refuse.

use std::io::Write;
use std::path::PathBuf;

use plimsoll_dockerfile::{Options, Severity, Source, Version, buildkit, parse_with};

fn main() -> std::io::Result<()> {
    let mut args: Vec<_> = std::env::args_os().skip(1).collect();
    let with_errors = args.first().is_some_and(|arg| arg == "--errors");
    if with_errors {
        args.remove(0);
    }
    let [folder] = &args[..] else {
        eprintln!("usage: ast [--errors] FOLDER");
        std::process::exit(2);
    };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "Dockerfile"));
    paths.sort();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = Source::new(std::fs::read(&path)?);
        let mut row = serde_json::to_value(buildkit::ast(&name, &source))?;
        if with_errors {
            let options = Options { version: Version::V0_12, correct: false };
            let file = parse_with(&source, options);
            let errors = file.diagnostics.iter().filter(|d| d.severity == Severity::Error);
            row["errors"] = errors.map(|d| d.code.as_str()).collect();
        }
        writeln!(out, "{row}")?;
    }
    out.flush()
}
