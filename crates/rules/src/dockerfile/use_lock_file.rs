use std::path::Path;

use plimsoll_shell::packages::{Install, Manager};

use super::edits::Replacement;
use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct UseLockFile;

/// What keeps the versions of a manifest.
struct Lock {
    manager: Manager,
    manifest: &'static str,
    /// Any of these; the first is what the manager writes.
    files: &'static [&'static str],
    /// What installs exactly what they say.
    exact: &'static str,
}

const LOCKS: &[Lock] = &[
    Lock {
        manager: Manager::Npm,
        manifest: "package.json",
        files: &["package-lock.json", "npm-shrinkwrap.json"],
        exact: "npm ci",
    },
    Lock {
        manager: Manager::Yarn,
        manifest: "package.json",
        files: &["yarn.lock"],
        exact: "yarn install --frozen-lockfile",
    },
    Lock {
        manager: Manager::Pnpm,
        manifest: "package.json",
        files: &["pnpm-lock.yaml"],
        exact: "pnpm install --frozen-lockfile",
    },
    Lock {
        manager: Manager::Composer,
        manifest: "composer.json",
        files: &["composer.lock"],
        exact: "composer install",
    },
];

impl DockerfileRule for UseLockFile {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(folder) = build.around.folder() else { return };
        for (step, install) in build.installs() {
            let Some(lock) = lock_of(&install, folder) else { continue };
            let name = step.command.name();
            let kept = lock.files.iter().find(|file| folder.join(file).is_file());
            let (message, help) = match kept {
                None => (
                    format!(
                        "no {} is beside {}: every build installs other versions than the one before",
                        lock.files[0], lock.manifest
                    ),
                    format!(
                        "run `{name} install` once, commit {}, and install with `{}`",
                        lock.files[0], lock.exact
                    ),
                ),
                Some(_) if install.is_locked || lock.manager == Manager::Composer => continue,
                Some(file) => (
                    format!(
                        "`{name} {}` may change what {file} says, and then installs versions that nobody tested",
                        install.verb
                    ),
                    format!("write `{}`: it installs what {file} says or fails", lock.exact),
                ),
            };
            let draft = report.flag(step.head(), message);
            draft.help(help);
            if kept.is_some() {
                draft.severity(Severity::Info);
                draft.mend(exact(build, &step, lock.manager), false);
            }
        }
    }
}

/// The install in the form that goes by the lock.
fn exact(build: &Build<'_>, step: &Step<'_>, manager: Manager) -> Option<Replacement> {
    let verb = step.command.args_without_flags().next()?;
    match manager {
        Manager::Npm => {
            // `npm ci` takes fewer options than `npm install`.
            let known = [
                "--omit=dev",
                "--production",
                "--only=production",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
            ];
            let plain =
                step.command.args().iter().all(|w| w.span == verb.span || known.contains(&w.text_lossy()));
            let place = build.exactly(step.run, verb.span)?;
            (plain && step.is_in_plain_sight()).then(|| (place, "ci".to_owned()))
        }
        Manager::Yarn | Manager::Pnpm => build.with_word_behind(step, verb, "--frozen-lockfile"),
        _ => None,
    }
}

/// The lock that an install of a manifest beside the Dockerfile should go by.
fn lock_of(install: &Install<'_>, folder: &Path) -> Option<&'static Lock> {
    if !install.from_manifest || install.command.has_any_flag(&["-g", "--global", "--prefix", "-C"]) {
        return None;
    }
    let lock = LOCKS.iter().find(|lock| lock.manager == install.manager)?;
    folder.join(lock.manifest).is_file().then_some(lock)
}
