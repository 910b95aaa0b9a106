use plimsoll_shell::packages::{self, Manager};

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct NoPackageUpgrade;

impl DockerfileRule for NoPackageUpgrade {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps() {
            let command = step.command;
            let Some(manager) = packages::upgrades(command).filter(|m| m.is_system()) else { continue };
            let verb = command.subcommand().unwrap_or("");
            if matches!(verb, "dist-upgrade" | "full-upgrade" | "dup") {
                continue;
            }
            let alone = !build
                .steps_of(step.run)
                .any(|s| s.command.span.start > command.span.start && is_install(&s, manager));
            let updates = matches!(verb, "update" | "up");
            report
                .flag(
                    step.head(),
                    format!("`{} {verb}` makes the image depend on the day it is built", command.name()),
                )
                .help("take a newer base image, pinned by its digest, and rebuild when it changes")
                .also_if(
                    updates
                        && alone
                        && manager != Manager::Microdnf
                        && manager != Manager::Tdnf
                        && !step.run.onbuild,
                    "DS-0017",
                )
                .also_if(command.is("apt-get"), "avoid-apt-get-upgrade")
                .also_if(manager == Manager::Apk, "avoid-apk-upgrade")
                .also_if(manager == Manager::Dnf, "avoid-dnf-update")
                .also_if(manager == Manager::Yum, "avoid-yum-update")
                .also_if(manager == Manager::Zypper, "avoid-zypper-update");
        }
    }
}

fn is_install(step: &Step<'_>, manager: Manager) -> bool {
    packages::installs(step.command).is_some_and(|install| install.manager == manager)
}
