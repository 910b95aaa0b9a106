use std::cell::LazyCell;

use plimsoll_shell::Command;
use plimsoll_shell::packages::{self, Cleaned, Manager};

use super::edits::Replacement;
use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, Run};
use crate::Severity;

pub(crate) struct ApkNoCache;

impl DockerfileRule for ApkNoCache {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let mounted = build.keeps_out(run, "/var/cache/apk") || build.keeps_out(run, "/etc/apk/cache");
            let cleaning = LazyCell::new(|| Cleaning::of(build, run));
            for (step, install) in build.installs_of(run) {
                let elsewhere = step.command.has_any_flag(&["--root", "-p"]);
                if install.manager == Manager::Apk && !install.no_cache && !mounted && !elsewhere {
                    judge(build, &step, &cleaning, report);
                }
            }
        }
    }
}

/// How a script gets rid of the index.
struct Cleaning<'b> {
    /// Whether it does.
    is_done: bool,
    /// The removals that fail when there is no index: `rm /var/cache/apk/*`, without `-f`.
    failing: Vec<&'b Command>,
    /// Whether one command alone makes an index.
    of_one: bool,
}

impl<'b> Cleaning<'b> {
    fn of(build: &'b Build<'_>, run: &'b Run) -> Self {
        let fails = |c: &&Command| {
            c.is("rm")
                && !c.has_flag("f", "force")
                && packages::cleans(c).contains(&Cleaned::Apk)
                && c.args_without_flags().any(|word| word.has_glob)
        };
        let fills = |step: &Step<'_>| match packages::installs(step.command) {
            Some(install) => install.manager == Manager::Apk && !install.no_cache,
            None => {
                let updates = matches!(step.command.subcommand(), Some("update" | "upgrade" | "fix"));
                updates && step.command.is("apk")
            }
        };
        Self {
            is_done: build.cleans_up(run, Cleaned::Apk),
            failing: build.steps_of(run).map(|step| step.command).filter(fails).collect(),
            of_one: build.steps_of(run).filter(fills).take(2).count() == 1,
        }
    }
}

/// `--no-cache` put in, and what then fails taken out; whether that keeps the build's meaning.
fn mended(build: &Build<'_>, step: &Step<'_>, cleaning: &Cleaning<'_>) -> Option<(Vec<Replacement>, bool)> {
    let verb = step.command.args_without_flags().next()?;
    let mut edits = vec![build.with_word_behind(step, verb, "--no-cache")?];
    match cleaning.failing.as_slice() {
        [] => Some((edits, true)),
        [removal] if removal.args_without_flags().count() == 1 && cleaning.of_one => {
            edits.push(build.without_command(step.run, removal)?);
            Some((edits, true))
        }
        // What another command leaves there, the removal may still find.
        _ => Some((edits, false)),
    }
}

fn judge(build: &Build<'_>, step: &Step<'_>, cleaning: &Cleaning<'_>, report: &mut Reporter) {
    let run = step.run;
    let removed = cleaning.is_done || step.command.has_any_flag(&["--no-network"]);
    let message = match removed {
        true => "`apk add` without `--no-cache` relies on other words to leave no index behind",
        false => "`apk add` without `--no-cache` leaves the package index in the layer",
    };
    let severity = if removed { Severity::Style } else { build.severity_of_weight(run, Severity::Info) };
    let draft = report.flag(step.head(), message);
    let plain = step.is_in_plain_sight();
    draft
        .severity(severity)
        .help("write `apk add --no-cache`; it needs neither `apk update` nor a removal of /var/cache/apk")
        .also_if(plain, "DL3019")
        .also_if(plain && !run.onbuild, "DS-0025")
        .also("missing-apk-no-cache")
        .also("DKL-DI-0004");
    if let Some((edits, safe)) = mended(build, step, cleaning) {
        draft.mend(edits, safe);
    }
}
