//! `plimsoll lint`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_rules::config::Settings;
use plimsoll_rules::dockerfile::Around;
use plimsoll_rules::{InputError, Outcome, Projects, lint_dockerfile, lint_dockerignore, lint_env};
use rayon::prelude::*;

use crate::args::{Format, Lint};
use crate::discover::{FileKind, Walk, kind_of, walk};
use crate::output;
use crate::settings::SettingsFinder;

/// One thing to read.
enum Input {
    File { path: PathBuf, kind: FileKind },
    Stdin { name: PathBuf },
}

/// Checks what the arguments name and prints the report. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Lint) -> Result<ExitCode, String> {
    let build_args = build_args(&args.build_arg)?;
    let finder = SettingsFinder::new(&args.check, |settings: &mut Settings| {
        if args.target.is_some() {
            settings.target.clone_from(&args.target);
        }
        settings.build_args.extend(build_args.iter().cloned());
        Ok(())
    });
    let (inputs, mut outcome) = inputs(args);
    let fail_on = finder.for_folder(Path::new("."))?.fail_on;
    let projects = Projects::default();
    let results: Vec<Result<Outcome, String>> =
        inputs.par_iter().map(|input| check(input, &finder, &projects)).collect();
    for result in results {
        outcome.absorb(result?);
    }
    outcome.sort();
    output::print(&outcome, &args.check, Format::Text)?;
    Ok(output::exit_code(&outcome, fail_on))
}

fn build_args(given: &[String]) -> Result<Vec<(String, String)>, String> {
    given
        .iter()
        .map(|arg| match arg.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            // Like docker build: a bare name takes the value from the environment.
            _ => match std::env::var(arg) {
                Ok(value) => Ok((arg.clone(), value)),
                Err(_) => Err(format!("--build-arg {arg}: write it as NAME=VALUE")),
            },
        })
        .collect()
}

fn inputs(args: &Lint) -> (Vec<Input>, Outcome) {
    let mut inputs = Vec::new();
    let mut outcome = Outcome::default();
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input::Stdin { name: args.stdin_filename.clone() });
            continue;
        }
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                let Walk { files, errors } = walk(path);
                outcome.errors.extend(errors.into_iter().map(|message| unreadable(path, message)));
                if files.is_empty() {
                    let message = "no Dockerfile, compose file, .dockerignore or .env in this folder: name the file, or another folder";
                    outcome.errors.push(unreadable(path, message.to_owned()));
                }
                inputs.extend(files.into_iter().map(|(path, kind)| Input::File { path, kind }));
            }
            // A file named outright is read whatever its name: as what its name says, or else as a Dockerfile.
            Ok(_) => {
                let kind = kind_of(path).unwrap_or(FileKind::Dockerfile);
                inputs.push(Input::File { path: path.clone(), kind });
            }
            Err(error) => outcome.errors.push(unreadable(path, output::io_message(&error))),
        }
    }
    (inputs, outcome)
}

fn check(input: &Input, finder: &SettingsFinder<'_>, projects: &Projects) -> Result<Outcome, String> {
    match input {
        Input::Stdin { name } => {
            let mut bytes = Vec::new();
            if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
                return Ok(Outcome {
                    errors: vec![unreadable(Path::new("-"), output::io_message(&error))],
                    ..Outcome::default()
                });
            }
            let settings = finder.for_folder(name.parent().unwrap_or(Path::new("")))?;
            let settings = settings.for_path(name);
            let shown = display(name);
            Ok(match kind_of(name) {
                Some(FileKind::Dockerignore) => lint_dockerignore(&shown, bytes, None, &settings, projects),
                Some(FileKind::Env) => lint_env(&shown, bytes, None, &settings, projects),
                _ => lint_dockerfile(&shown, bytes, &settings, &Around::nowhere()),
            })
        }
        Input::File { path, kind } => {
            let settings = finder.for_folder(path.parent().unwrap_or(Path::new("")))?;
            let settings = settings.for_path(path);
            let bytes = match std::fs::read(path) {
                Ok(bytes) => bytes,
                Err(error) => {
                    return Ok(Outcome {
                        errors: vec![unreadable(path, output::io_message(&error))],
                        ..Outcome::default()
                    });
                }
            };
            let name = display(path);
            Ok(match kind {
                FileKind::Dockerfile => lint_dockerfile(&name, bytes, &settings, &Around::of(path)),
                FileKind::Dockerignore => lint_dockerignore(&name, bytes, Some(path), &settings, projects),
                FileKind::Env => lint_env(&name, bytes, Some(path), &settings, projects),
                // Their rules come with their own crate's issue; the files are found already.
                FileKind::Compose => Outcome::default(),
            })
        }
    }
}

/// The path as findings name it: without the `./` that a walk from the current folder puts before it.
fn display(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).to_string_lossy().into_owned()
}

fn unreadable(path: &Path, message: String) -> InputError {
    InputError { file: Some(display(path)), image: None, layer: None, offset: None, message }
}
