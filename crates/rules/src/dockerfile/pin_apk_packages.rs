use plimsoll_shell::packages::Manager;

use super::{Build, DockerfileRule, Reporter, pins};

pub(crate) struct PinApkPackages;

impl DockerfileRule for PinApkPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            if install.manager != Manager::Apk {
                continue;
            }
            // `!x` keeps a package from being installed.
            let open: Vec<_> = pins::unpinned(build, &step, &install)
                .into_iter()
                .filter(|p| !p.text.starts_with('!'))
                .collect();
            let Some(first) = open.first() else { continue };
            report
                .flag(step.run.span(first.span), pins::complaint(&open))
                .help(format!("name at least the release line: `{}~=<version>`", first.name))
                .also_if(step.is_in_plain_sight(), "DL3018");
        }
    }
}
