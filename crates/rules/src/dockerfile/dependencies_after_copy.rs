use plimsoll_shell::Command;
use plimsoll_shell::packages::{self, Manager};

use super::{Build, DockerfileRule, Reporter};

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
                .help(format!("copy {manifest} first, install, and copy the rest after it"));
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
