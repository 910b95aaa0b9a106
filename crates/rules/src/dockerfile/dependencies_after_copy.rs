use plimsoll_dockerfile::{Instruction, Kind};
use plimsoll_shell::Command;
use plimsoll_shell::packages::{self, Manager};

use super::edits::Replacement;
use super::stage_facts::FileCopy;
use super::{Build, DockerfileRule, Reporter, Run, Stage};
use crate::context::read_beside;

pub(crate) struct DependenciesAfterCopy;

impl DockerfileRule for DependenciesAfterCopy {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let Some(copy) = build.copies(stage).find(|c| c.takes_whole_context()) else { continue };
            let found: Vec<_> = build
                .runs_of(stage)
                .filter_map(|run| {
                    let command = run.script.effective_commands().find(|c| dependencies(c).is_some())?;
                    Some((run, command, dependencies(command)?))
                })
                .collect();
            // Installed before as well: what comes after the copy finishes the job.
            if found.iter().any(|(run, _, _)| run.instruction < copy.index) {
                continue;
            }
            let Some((run, command, manifest)) =
                found.into_iter().find(|(run, _, _)| run.instruction > copy.index)
            else {
                continue;
            };
            let line = build.source.line(copy.instruction.span.start);
            report
                .flag(
                    run.span(command.head_span()),
                    format!("line {line} copies the whole project before this, so every edit of any file installs all dependencies again"),
                )
                .help(format!("copy {manifest} first, install, and copy the rest after it"))
                .mend(reordered(build, stage, &copy, run, command).into_iter().flatten(), false);
        }
    }
}

/// The manifest that a command installs from; None where it installs no project's dependencies.
fn dependencies(command: &Command) -> Option<String> {
    if let Some(install) = packages::installs(command) {
        let global = command.has_any_flag(&["-g", "--global"]);
        return match install.manager {
            Manager::Npm if install.from_manifest && !global => {
                Some("`package.json` and `package-lock.json`".into())
            }
            Manager::Yarn if install.from_manifest && !global && install.verb == "install" => {
                Some("`package.json` and `yarn.lock`".into())
            }
            Manager::Pnpm if install.from_manifest && !global => {
                Some("`package.json` and `pnpm-lock.yaml`".into())
            }
            Manager::Bun if install.from_manifest && !global => Some("`package.json` and `bun.lock`".into()),
            Manager::Composer if install.verb == "install" => {
                Some("`composer.json` and `composer.lock`".into())
            }
            Manager::Pip | Manager::Uv => install
                .requirement_files
                .first()
                .filter(|f| !f.contains("://") && !f.starts_with("/tmp") && !f.contains('$'))
                .map(|f| format!("`{f}`")),
            _ => None,
        };
    }
    match (command.name(), command.subcommand()?) {
        ("bundle", "install") => Some("`Gemfile` and `Gemfile.lock`".into()),
        ("poetry", "install") => Some("`pyproject.toml` and `poetry.lock`".into()),
        ("pipenv", "install" | "sync") => Some("`Pipfile` and `Pipfile.lock`".into()),
        ("go", "mod") if command.has_arg("download") => Some("`go.mod` and `go.sum`".into()),
        ("dotnet", "restore") => Some("the project files".into()),
        _ => None,
    }
}

/// The install moved above the copy of the whole, behind a copy of what it reads. None where something between the two may
/// matter to it, or where it may read more.
fn reordered<'s>(
    build: &Build<'s>,
    stage: &Stage<'s>,
    copy: &FileCopy<'_>,
    run: &Run,
    command: &Command,
) -> Option<Vec<Replacement>> {
    let install = build.tree.instructions.get(run.instruction)?;
    let between = build.tree.instructions.get(copy.index + 1..run.instruction)?;
    let [source] = copy.files.sources.as_slice() else { return None };
    let to = copy.files.destination.as_ref()?.as_str();
    let folder = to.trim_end_matches('/');
    // A list with its whole path is found from anywhere.
    let whole = whole_path(command, folder);
    let harmless = |i: &Instruction<'_>| match i.kind {
        Kind::Expose | Kind::Label | Kind::Cmd | Kind::Entrypoint => true,
        Kind::Workdir => whole.is_some(),
        _ => false,
    };
    let here = matches!(to, "." | "./")
        || build.workdir_at(stage, copy.index).is_some_and(|workdir| workdir == folder);
    let alone = run.script.commands.len() == 1 && install.heredocs.is_empty() && install.comments.is_empty();
    if !alone || !(here || whole.is_some()) || copy.files.json || !between.iter().all(harmless) {
        return None;
    }
    let files = match whole {
        Some(list) => whole_list(build, list)?,
        None => manifests(build, command)?,
    };
    let written = build.source.slice(copy.instruction.span);
    let options = written.get(..(source.text.span.start - copy.instruction.span.start) as usize)?;
    let options = match copy.instruction.kind {
        Kind::Copy => options,
        Kind::Add if copy.instruction.flags.is_empty() => "COPY ",
        _ => return None,
    };
    let newline = build.newline_at(copy.instruction.span.start);
    let lines = format!("{options}{files} {folder}/{newline}{}", build.source.slice(install.span));
    (!options.contains('\n')).then(|| {
        build.without_instruction(install).map(|gone| vec![build.line_above(copy.instruction, &lines), gone])
    })?
}

/// The files that an install reads, as the sources of a COPY: those that are there, or patterns where that is not known.
fn manifests(build: &Build<'_>, command: &Command) -> Option<String> {
    let install = packages::installs(command);
    let (manifest, lock) = match (install.as_ref().map(|i| i.manager), command.name(), command.subcommand()?)
    {
        (Some(Manager::Npm), ..) => ("package.json", "package-lock.json"),
        (Some(Manager::Yarn), ..) => ("package.json", "yarn.lock"),
        (Some(Manager::Pnpm), ..) => ("package.json", "pnpm-lock.yaml"),
        (Some(Manager::Pip), ..) => {
            let install = install?;
            let [file] = install.requirement_files.as_slice() else { return None };
            let only = install.packages.is_empty() && install.constraint_files.is_empty();
            return if only && !file.contains('/') { whole_list(build, file) } else { None };
        }
        (None, "bundle", "install") => ("Gemfile", "Gemfile.lock"),
        (None, "go", "mod") => ("go.mod", "go.sum"),
        _ => return None,
    };
    let folder = build.around.folder().filter(|folder| folder.join(manifest).is_file());
    let Some(folder) = folder else { return Some(format!("{manifest} {lock}*")) };
    // Scripts that run at the install, and packages of the same repository, read more than that.
    let needs_more = [
        "\"workspaces\"",
        "\"postinstall\"",
        "\"preinstall\"",
        "\"prepare\"",
        "\"file:",
        "path:",
        "replace ",
    ];
    let text = read(build, manifest)?;
    if needs_more.iter().any(|word| text.contains(word)) {
        return None;
    }
    Some(if folder.join(lock).is_file() { format!("{manifest} {lock}") } else { manifest.to_owned() })
}

/// The name of pip's one list of requirements, where it is given with its whole path in `folder`.
fn whole_path<'c>(command: &'c Command, folder: &str) -> Option<&'c str> {
    let install = packages::installs(command).filter(|i| i.manager == Manager::Pip)?;
    let [file] = install.requirement_files.as_slice() else { return None };
    let only = install.packages.is_empty() && install.constraint_files.is_empty();
    let words = command.args();
    let word = words.iter().find(|word| word.text() == Some(file))?.text()?;
    word.strip_prefix(folder)?
        .strip_prefix('/')
        .filter(|name| only && word.starts_with('/') && !name.contains('/'))
}

/// A list of requirements that names no other file.
fn whole_list(build: &Build<'_>, file: &str) -> Option<String> {
    let more = |text: String| text.lines().any(|line| line.trim_start().starts_with(['-', '.']));
    (!read(build, file).is_some_and(more)).then(|| file.to_owned())
}

fn read(build: &Build<'_>, name: &str) -> Option<String> {
    read_beside(&build.around.folder()?.join(name))
}
