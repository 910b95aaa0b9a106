use std::cell::LazyCell;

use plimsoll_shell::Assignment;
use plimsoll_shell::packages::{Cleaned, Manager};

use super::steps::Step;
use super::unprivileged::{new_user, number_of};
use super::{Build, DockerfileRule, Reporter, Run};
use crate::Severity;

pub(crate) struct PipNoCache;

impl DockerfileRule for PipNoCache {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let off = LazyCell::new(|| is_off_by_variable(build, run));
            let mounted =
                build.keeps_out_ending(run, "/.cache/pip") || build.keeps_out_ending(run, "/.cache");
            let removed = LazyCell::new(|| build.cleans_up(run, Cleaned::Pip));
            for (step, install) in build.installs_of(run) {
                let command = step.command;
                if install.manager != Manager::Pip
                    || install.no_cache
                    || mounted
                    || command.has_any_flag(&["--no-cache"])
                    || command.flag_values("--cache-dir").any(|folder| build.keeps_out(run, folder))
                    || command.assignments.iter().any(switches_off)
                    || *off
                {
                    continue;
                }
                judge(build, &step, *removed, report);
            }
        }
    }
}

fn judge(build: &Build<'_>, step: &Step<'_>, removed: bool, report: &mut Reporter) {
    let run = step.run;
    let severity = match removed {
        true => Severity::Style,
        false => build.severity_of_weight(run, Severity::Warning),
    };
    let name = step.command.name();
    let draft = report.flag(
        step.head(),
        format!("`{name} install` leaves what it downloaded in a cache that the image never uses"),
    );
    draft
        .severity(severity)
        .help(help(build, run))
        .also_if(step.is_in_plain_sight(), "DL3042")
        .also("missing-pip-no-cache-dir");
    let verb = step.command.args_without_flags().next();
    draft.mend(verb.and_then(|verb| build.with_word_behind(step, verb, "--no-cache-dir")), true);
}

/// What to write; a cache mount is root's unless told otherwise, and lies in the home of who installs.
fn help(build: &Build<'_>, run: &Run) -> String {
    let user = build.unprivileged_user_at(run.instruction);
    match user {
        None => "add `--no-cache-dir`, or mount a cache: `RUN --mount=type=cache,target=/root/.cache/pip`"
            .to_owned(),
        Some(user) => match home(build, user.split(':').next().unwrap_or(&user)) {
            Some((home, number)) => format!(
                "add `--no-cache-dir`, or mount a cache of that user's: `RUN --mount=type=cache,target={home}/.cache/pip,uid={number}`"
            ),
            None => "add `--no-cache-dir`, or set `ENV PIP_NO_CACHE_DIR=1`".to_owned(),
        },
    }
}

/// The home folder and the number of a user that a RUN of the file makes.
fn home(build: &Build<'_>, user: &str) -> Option<(String, String)> {
    if !build.is_short() {
        return None;
    }
    build.steps().find_map(|step| {
        let name = new_user(&step)?;
        let number = number_of(step.command)?;
        let flags = ["-d", "--home", "--home-dir", "-h"];
        let home = flags.iter().find_map(|f| step.command.flag_value(f)).map(str::to_owned);
        (name == user || number == user)
            .then(|| (home.unwrap_or_else(|| format!("/home/{name}")), number.to_owned()))
    })
}

const NAME: &str = "PIP_NO_CACHE_DIR";

/// What pip takes for yes. Others (`off`, `0`) show that somebody thought of it, but not that it works.
fn is_on(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on" | "y" | "t")
}

fn switches_off(assignment: &Assignment) -> bool {
    &*assignment.name == NAME && assignment.value.as_ref().is_some_and(|v| is_on(v.text_lossy()))
}

/// Whether the cache is off for the whole script, by ENV or `export`.
fn is_off_by_variable(build: &Build<'_>, run: &Run) -> bool {
    build.env_before(run, NAME, is_on)
        || run.script.commands.iter().any(|c| c.is("export") && c.assignments.iter().any(switches_off))
}
