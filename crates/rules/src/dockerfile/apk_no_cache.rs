use plimsoll_shell::packages::{self, Cleaned, Manager};

use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct ApkNoCache;

impl DockerfileRule for ApkNoCache {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            let run = step.run;
            if install.manager != Manager::Apk
                || install.no_cache
                || build.keeps_out(run, "/var/cache/apk")
                || build.keeps_out(run, "/etc/apk/cache")
                || step.command.has_any_flag(&["--root", "-p"])
            {
                continue;
            }
            let offline = step.command.has_any_flag(&["--no-network"]);
            let removed =
                offline || build.steps_of(run).any(|s| packages::cleans(s.command).contains(&Cleaned::Apk));
            let message = match removed {
                true => "`apk add` without `--no-cache` relies on other words to leave no index behind",
                false => "`apk add` without `--no-cache` leaves the package index in the layer",
            };
            let severity =
                if removed { Severity::Style } else { build.severity_of_weight(run, Severity::Info) };
            let draft = report.flag(step.head(), message);
            let plain = step.is_in_plain_sight();
            draft
                .severity(severity)
                .help("write `apk add --no-cache`; it needs neither `apk update` nor a removal of /var/cache/apk")
                .also_if(plain, "DL3019")
                .also_if(plain && !run.onbuild, "DS-0025")
                .also("missing-apk-no-cache")
                .also("DKL-DI-0004");
            if let Some(behind) = step.after_subcommand() {
                draft.replace(behind, " --no-cache", true);
            }
        }
    }
}
