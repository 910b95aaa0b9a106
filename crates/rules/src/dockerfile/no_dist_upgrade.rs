use plimsoll_shell::packages::{self, Manager};

use super::edits::Replacement;
use super::steps::Step;
use super::update_alone::uses;
use super::{Build, DockerfileRule, Reporter, Run};

pub(crate) struct NoDistUpgrade;

impl DockerfileRule for NoDistUpgrade {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps() {
            let command = step.command;
            let verb = command.subcommand().unwrap_or("");
            let apt = match packages::upgrades(command) {
                Some(Manager::Apt) if matches!(verb, "dist-upgrade" | "full-upgrade") => true,
                Some(Manager::Zypper) if matches!(verb, "dist-upgrade" | "dup") => false,
                _ => continue,
            };
            report
                .flag(
                    step.head(),
                    format!("`{} {verb}` replaces the whole base image by what the repositories have today, and removes packages to get there", command.name()),
                )
                .help("name a newer base image instead; it was built and tested as a whole")
                .also_if(!apt && step.is_in_plain_sight(), "DL3035")
                .also_if(apt && is_seen_by_trivy(step.run), "DS-0024")
                .also_if(apt, "DKL-DI-0003")
                .also_if(command.is("apt-get"), "avoid-apt-get-upgrade")
                .also_if(!apt, "avoid-zypper-update")
                    .mend(without_upgrade(build, &step), false);
        }
    }
}

/// Trivy looks for `apt` or `apt-get`, something, and `dist-upgrade`.
fn is_seen_by_trivy(run: &Run) -> bool {
    let text = run.script.text();
    let rest = text.find("apt").and_then(|at| text.get(at..)).map(|rest| rest.trim_start_matches("apt-get"));
    let rest = rest.map_or("", |rest| rest.strip_prefix("apt").unwrap_or(rest));
    !run.onbuild && rest.find(" dist-upgrade").is_some_and(|at| at > 0)
}

/// Longer scripts are not looked through for each of their upgrades.
const MOST_COMMANDS: usize = 200;

/// The upgrade taken out, unless only the update for it would stay.
pub(super) fn without_upgrade(build: &Build<'_>, step: &Step<'_>) -> Option<Replacement> {
    let manager = packages::upgrades(step.command)?;
    let run = step.run;
    if run.script.commands.len() > MOST_COMMANDS {
        return None;
    }
    let updates = build.steps_of(run).any(|s| packages::updates(s.command) == Some(manager));
    let others =
        || build.steps_of(run).any(|s| s.command.span != step.command.span && uses(s.command, manager));
    (!updates || others()).then(|| build.without_command(run, step.command))?
}
