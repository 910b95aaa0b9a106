use std::cell::LazyCell;
use std::collections::BTreeMap;

use plimsoll_dockerfile::Span;
use plimsoll_shell::Command;
use plimsoll_shell::packages::{self, Manager};

use super::edits::Replacement;
use super::steps::Step;
use super::{Build, DockerfileRule, Purpose, Reporter, Run, peers};
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
            let draft = report.flag(step.head(), message);
            draft
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
            let edits = moved(build, &step, manager, &last_uses).map(|(edits, _)| edits);
            draft.mend(edits.into_iter().flatten(), false);
        }
    }
}

/// The update taken out, and put before the next command of the stage that needs it, where there is one: that is given, too.
/// apk needs no update: it fetches the list itself.
pub(super) fn moved<'b>(
    build: &'b Build<'_>,
    step: &Step<'_>,
    manager: Manager,
    last: &LastUses,
) -> Option<(Vec<Replacement>, Option<Step<'b>>)> {
    let mut edits = vec![build.without_command(step.run, step.command)?];
    if !last.is_used_after(step.run, manager) {
        return Some((edits, None));
    }
    let runs = build.runs();
    let later = runs.get(runs.partition_point(|r| r.instruction <= step.run.instruction)..)?;
    // What is used far below has had other updates; and each is looked for again.
    let near = later.iter().take(MOST_RUNS).take_while(|r| r.stage == step.run.stage);
    let next = near
        .filter(|r| r.purpose == Purpose::Run)
        .flat_map(|r| build.steps_of(r))
        .find(|s| uses(s.command, manager) || refreshed(s.command) == Some(manager))?;
    let install = packages::installs(next.command).filter(|i| i.manager == manager)?;
    if manager == Manager::Apk {
        let verb = next.command.args_without_flags().next()?;
        let only = last.of_stage(step.run) == Some(next.run.instruction);
        edits.extend(
            (!install.no_cache && only).then(|| build.with_word_behind(&next, verb, "--no-cache")).flatten(),
        );
        return (edits.len() == 2).then_some((edits, Some(next)));
    }
    let outer = next.run.script.commands.get(next.command.index)?;
    let plain = outer.context.depth == 0 && outer.pipeline.is_none() && !outer.negated && !next.run.onbuild;
    let own = step.run.script.commands.get(step.command.index)?;
    let update = step.run.script.raw(own.span);
    if !plain || update.contains(['\n', '\\', '>']) {
        return None;
    }
    let first = plimsoll_shell::Span::new(outer.span.start, outer.span.start + 1);
    let place = build.exactly(next.run, first)?;
    edits.push((Span::empty(place.start), format!("{update} && ")));
    Some((edits, Some(next)))
}

/// A command that needs an update stands at most so many scripts below it.
const MOST_RUNS: usize = 20;

/// The last instruction of each stage that uses each manager's list.
pub(super) struct LastUses(BTreeMap<(usize, bool), usize>);

impl LastUses {
    pub(super) fn of(build: &Build<'_>) -> Self {
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

    fn of_stage(&self, run: &Run) -> Option<usize> {
        self.0.get(&(run.stage, false)).copied()
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
