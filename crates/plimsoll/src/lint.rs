//! `plimsoll lint`.

use std::collections::{BTreeSet, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use plimsoll_rules::config::Settings;
use plimsoll_rules::dockerfile::Around;
use plimsoll_rules::rule::nearest;
use plimsoll_rules::{
    ComposeFiles, ComposeProject, InputError, Outcome, Projects, TargetSearch, compose_projects,
    lint_compose, lint_dockerfile, lint_dockerignore, lint_env,
};
use rayon::prelude::*;

use crate::args::Lint;
use crate::baseline;
use crate::builds::Builds;
use crate::discover::{FileKind, Walk, kind_of_named, walk};
use crate::output;
use crate::settings::SettingsFinder;

/// One thing to read.
enum Input {
    File {
        path: PathBuf,
        kind: FileKind,
    },
    Stdin {
        name: PathBuf,
    },
    /// Compose files that make one project.
    Compose(Box<ComposeProject>),
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
    let here = finder.for_folder(Path::new("."))?;
    let mut outcome = check_paths(&args.paths, &args.stdin_filename, &finder);
    outcome.errors.extend(args.target.as_deref().and_then(|target| missed_target(target, &outcome.target)));
    baseline::apply(&mut outcome, &args.check)?;
    output::print(&outcome, &args.check, &here)?;
    Ok(output::exit_code(&outcome, here.fail_on))
}

/// Checks files and folders. What lies under a configuration that cannot be used is not checked, and that is an error
/// in the outcome.
pub fn check_paths(paths: &[PathBuf], stdin_filename: &Path, finder: &SettingsFinder<'_>) -> Outcome {
    let (inputs, builds, mut outcome) = inputs(paths, stdin_filename);
    let projects = Arc::new(Projects::with_builds(builds.files()));
    let results: Vec<Result<Outcome, String>> =
        inputs.par_iter().map(|input| check(input, &builds, finder, &projects)).collect();
    let mut unusable = BTreeSet::new();
    for result in results {
        match result {
            Ok(checked) => outcome.absorb(checked),
            Err(message) => _ = unusable.insert(message),
        }
    }
    outcome.errors.extend(unusable.into_iter().map(output::input_error));
    outcome.sort();
    // What one compose file says is found again in every project that includes it.
    outcome.findings.dedup();
    outcome
}

/// That no Dockerfile has the stage that was asked for, where that is so.
fn missed_target(target: &str, search: &TargetSearch) -> Option<InputError> {
    if search.found || !search.missed {
        return None;
    }
    let known = || search.stages.iter().map(String::as_str);
    let hint = match (nearest(target, known()), search.stages.is_empty()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, true) => "none of the stages has a name".to_owned(),
        (None, false) => format!("there is {}", known().collect::<Vec<_>>().join(", ")),
    };
    Some(output::input_error(format!("--target {target}: no Dockerfile here has that stage: {hint}")))
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

impl Input {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Stdin { .. } | Self::Compose(_) => None,
        }
    }
}

fn inputs(paths: &[PathBuf], stdin_filename: &Path) -> (Vec<Input>, Builds, Outcome) {
    let mut inputs = Vec::new();
    let mut outcome = Outcome::default();
    let mut compose = Vec::new();
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input::Stdin { name: stdin_filename.to_owned() });
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
                for (path, kind) in files {
                    match kind {
                        FileKind::Compose => compose.push(path),
                        kind => inputs.push(Input::File { path, kind }),
                    }
                }
            }
            // A file named outright is read whatever its name: a Dockerfile may have any.
            Ok(_) => match kind_of_named(path, || std::fs::read(path).ok()).unwrap_or(FileKind::Dockerfile) {
                FileKind::Compose => compose.push(path.clone()),
                kind => inputs.push(Input::File { path: path.clone(), kind }),
            },
            Err(error) => outcome.errors.push(unreadable(path, output::io_message(&error))),
        }
    }
    let mut projects = Vec::new();
    for files in compose_projects(&compose) {
        match ComposeProject::read(files, None) {
            Ok(project) => projects.push(project),
            Err(error) => outcome.errors.push(error),
        }
    }
    let builds = Builds::of(&projects);
    let listed: Vec<&Path> = inputs.iter().filter_map(Input::path).collect();
    let named = builds.beyond(&listed);
    inputs.extend(named.into_iter().map(|path| Input::File { path, kind: FileKind::Dockerfile }));
    inputs.extend(
        env_files(&projects, &inputs).into_iter().map(|path| Input::File { path, kind: FileKind::Env }),
    );
    inputs.extend(projects.into_iter().map(|project| Input::Compose(Box::new(project))));
    (inputs, builds, outcome)
}

/// The env files of services that are not among the inputs, whatever their names.
fn env_files(projects: &[ComposeProject], inputs: &[Input]) -> Vec<PathBuf> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let mut named = projects.iter().flat_map(ComposeProject::env_files).peekable();
    if named.peek().is_none() {
        return Vec::new();
    }
    let mut known: HashSet<PathBuf> = inputs.iter().filter_map(|input| real(input.path()?)).collect();
    named.filter(|path| real(path).is_some_and(|file| known.insert(file))).collect()
}

fn check(
    input: &Input,
    builds: &Builds,
    finder: &SettingsFinder<'_>,
    projects: &Arc<Projects>,
) -> Result<Outcome, String> {
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
            let kind = kind_of_named(name, || Some(bytes.clone()));
            if kind == Some(FileKind::Compose) {
                let project = ComposeFiles { files: vec![name.clone()], about: None };
                let text = String::from_utf8_lossy(&bytes);
                return Ok(lint_compose(&project, &settings, Some((name, &text))));
            }
            let settings = settings.for_path(name);
            let shown = display(name);
            Ok(match kind {
                Some(FileKind::Dockerignore) => lint_dockerignore(&shown, bytes, None, &settings, projects),
                Some(FileKind::Env) => lint_env(&shown, bytes, None, &settings, projects),
                _ => lint_dockerfile(&shown, bytes, &settings, &Around::nowhere()),
            })
        }
        Input::Compose(project) => {
            let settings = finder.for_folder(project.base().parent().unwrap_or(Path::new("")))?;
            Ok(project.lint(&settings))
        }
        Input::File { path, kind } => {
            let settings = finder.for_folder(path.parent().unwrap_or(Path::new("")))?;
            let mut settings = settings.for_path(path);
            builds.add_args(path, &mut settings);
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
                FileKind::Dockerignore => lint_dockerignore(&name, bytes, Some(path), &settings, projects),
                FileKind::Env => lint_env(&name, bytes, Some(path), &settings, projects),
                FileKind::Dockerfile | FileKind::Compose => {
                    let around = Around::among(path, projects).built_from(builds.context_of(path));
                    lint_dockerfile(&name, bytes, &settings, &around)
                }
            })
        }
    }
}

/// The path as findings name it: without the `./` that a walk from the current folder puts before it.
fn display(path: &Path) -> String {
    let plain = path.strip_prefix("./").ok().filter(|rest| !rest.as_os_str().is_empty());
    plain.unwrap_or(path).to_string_lossy().into_owned()
}

fn unreadable(path: &Path, message: String) -> InputError {
    InputError { file: Some(display(path)), image: None, layer: None, offset: None, message }
}
