use std::cell::LazyCell;
use std::collections::BTreeMap;

use plimsoll_shell::Command;
use plimsoll_shell::packages::{self, Manager};

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, Run, peers};
use crate::Severity;

pub(crate) struct UpdateAlone;

impl DockerfileRule for UpdateAlone {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let last_uses = LastUses::of(build);
        let checkovs = LazyCell::new(|| peers::checkov_counts_more_updates(build));
        for run in build.run_scripts() {
            let Some((step, manager)) =
                build.steps_of(run).filter_map(|s| Some((s, refreshed(s.command)?))).last()
            else {
                continue;
            };
            if build
                .steps_of(run)
                .any(|s| s.command.span.start > step.command.span.start && uses(s.command, manager))
            {
                continue;
            }
            let used_later = last_uses.is_used_after(run, manager);
            let name = step.command.name();
            let message = match used_later {
                true => format!(
                    "`{name} update` in a RUN of its own is cached, so a later install works from an old list and fails or installs old packages"
                ),
                false => format!("`{name} update` fetches a list that no install in the same RUN uses"),
            };
            report
                .flag(step.head(), message)
                .severity(if used_later { Severity::Warning } else { Severity::Info })
                .help(match manager {
                    Manager::Apk => {
                        "leave it out, and write `apk add --no-cache`, which fetches the list itself"
                            .to_owned()
                    }
                    _ => format!("join the two: `RUN {name} update && {name} install ...`"),
                })
                .also_if(is_seen_by_trivy(&step), "DS-0017")
                .also_if(*checkovs, "CKV_DOCKER_5")
                .also("CIS-DI-0007");
        }
    }
}

/// The last instruction of each stage that uses each manager's list.
struct LastUses(BTreeMap<(usize, bool), usize>);

impl LastUses {
    fn of(build: &Build<'_>) -> Self {
        let mut last = BTreeMap::new();
        for step in build.steps() {
            // `apk add --no-cache` fetches a list of its own.
            let fetches =
                packages::installs(step.command).is_some_and(|i| i.manager == Manager::Apk && i.no_cache);
            let managers =
                [Manager::Apt, Manager::Apk].into_iter().filter(|m| !fetches && uses(step.command, *m));
            for manager in managers {
                last.insert((step.run.stage, manager == Manager::Apt), step.run.instruction);
            }
        }
        Self(last)
    }

    fn is_used_after(&self, run: &Run, manager: Manager) -> bool {
        self.0.get(&(run.stage, manager == Manager::Apt)).is_some_and(|at| *at > run.instruction)
    }
}

/// The manager whose list this command refreshes and does nothing else.
pub(crate) fn refreshed(command: &Command) -> Option<Manager> {
    let manager = packages::updates(command)?;
    (matches!(manager, Manager::Apt | Manager::Apk) && command.subcommand() == Some("update"))
        .then_some(manager)
}

/// Whether a command uses the fresh list, or is a script of which that cannot be told.
pub(crate) fn uses(command: &Command, manager: Manager) -> bool {
    let own = packages::manager(command) == Some(manager)
        && (packages::installs(command).is_some()
            || packages::upgrades(command).is_some()
            || command.is("aptitude")
            || matches!(command.subcommand(), Some("satisfy" | "source" | "download" | "fetch")));
    let unknown = command.name_word().is_some_and(|w| w.text_lossy().contains('/') || w.has_expansion)
        || command.is_any(&[
            "make",
            "ansible-playbook",
            "npx",
            "playwright",
            "rosdep",
            "apt-fast",
            "mk-build-deps",
            "gdebi",
        ]);
    own || unknown
}

/// Trivy sees an update that stands in the RUN itself or behind `sudo`, not in a branch or inside `sh -c`.
fn is_seen_by_trivy(step: &Step<'_>) -> bool {
    let outer = step.run.script.commands.get(step.command.index);
    !step.run.onbuild
        && outer.is_some_and(|o| o.context.depth == 0 && (o.is("sudo") || o.span == step.command.span))
}
