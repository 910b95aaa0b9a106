use std::cell::LazyCell;
use std::collections::HashMap;

use plimsoll_shell::packages::{self, Manager};

use super::no_dist_upgrade::without_upgrade;
use super::{Build, DockerfileRule, Reporter, peers};

pub(crate) struct NoPackageUpgrade;

impl DockerfileRule for NoPackageUpgrade {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let checkovs = LazyCell::new(|| peers::checkov_counts_more_updates(build));
        for run in build.run_scripts() {
            // Where the last install of each manager stands.
            let last = LazyCell::new(|| {
                let installs = build.installs_of(run);
                installs.map(|(s, i)| (i.manager, s.command.span.start)).collect::<HashMap<_, _>>()
            });
            for step in build.steps_of(run) {
                let command = step.command;
                let Some(manager) = packages::upgrades(command).filter(|m| m.is_system()) else { continue };
                let verb = command.subcommand().unwrap_or("");
                if matches!(verb, "dist-upgrade" | "full-upgrade" | "dup") {
                    continue;
                }
                let alone = last.get(&manager).is_none_or(|at| *at < command.span.start);
                let updates = matches!(verb, "update" | "up");
                let refreshes = updates
                    && alone
                    && manager != Manager::Microdnf
                    && manager != Manager::Tdnf
                    && !step.run.onbuild;
                report
                    .flag(
                        step.head(),
                        format!("`{} {verb}` makes the image depend on the day it is built", command.name()),
                    )
                    .help("take a newer base image, pinned by its digest, and rebuild when it changes")
                    .also_if(refreshes, "DS-0017")
                    .also_if(refreshes && *checkovs, "CKV_DOCKER_5")
                    .also_if(command.is("apt-get"), "avoid-apt-get-upgrade")
                    .also_if(manager == Manager::Apk, "avoid-apk-upgrade")
                    .also_if(manager == Manager::Dnf, "avoid-dnf-update")
                    .also_if(manager == Manager::Yum, "avoid-yum-update")
                    .also_if(manager == Manager::Zypper, "avoid-zypper-update")
                    .mend(without_upgrade(build, &step), false);
            }
        }
    }
}
