use plimsoll_shell::packages::Manager;

use super::{Build, DockerfileRule, Reporter, pins};

pub(crate) struct PinAptPackages;

impl DockerfileRule for PinAptPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            if install.manager != Manager::Apt || install.verb != "install" {
                continue;
            }
            let open = pins::unpinned(build, &step, &install);
            let Some(first) = open.first() else { continue };
            report
                .flag(step.run.span(first.span), pins::complaint(&open))
                .help(format!(
                    "name the version: `{}=<version>`, as `apt-cache madison {}` lists it",
                    first.name, first.name
                ))
                .also_if(step.command.is("apt-get") && step.is_in_plain_sight(), "DL3008");
        }
    }
}
