use plimsoll_shell::packages::{self, Manager};

use super::{Audit, ImageRule, Reporter};

pub(crate) struct ImageNoDistUpgrade;

impl ImageRule for ImageNoDistUpgrade {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for run in audit.history_runs() {
            let upgrade = run.script.effective_commands().find_map(|command| {
                let verb = command.subcommand()?;
                let whole = match packages::upgrades(command)? {
                    Manager::Apt => matches!(verb, "dist-upgrade" | "full-upgrade"),
                    Manager::Zypper => matches!(verb, "dist-upgrade" | "dup"),
                    _ => false,
                };
                whole.then(|| (command.name(), verb, packages::manager(command) == Some(Manager::Apt)))
            });
            let Some((name, verb, apt)) = upgrade else { continue };
            report
                .at(
                    run.place(),
                    format!("`{name} {verb}` ran in the build: it turns the base image into another release of itself, and removes packages to get there"),
                )
                .help("build on a newer base image instead; it was built and tested as a whole")
                .also_if(apt, "DKL-DI-0003");
        }
    }
}
