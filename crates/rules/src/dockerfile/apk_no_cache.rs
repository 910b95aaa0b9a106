use std::cell::LazyCell;

use plimsoll_shell::packages::{Cleaned, Manager};

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct ApkNoCache;

impl DockerfileRule for ApkNoCache {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let mounted = build.keeps_out(run, "/var/cache/apk") || build.keeps_out(run, "/etc/apk/cache");
            let removed = LazyCell::new(|| build.cleans_up(run, Cleaned::Apk));
            for (step, install) in build.installs_of(run) {
                let elsewhere = step.command.has_any_flag(&["--root", "-p"]);
                if install.manager == Manager::Apk && !install.no_cache && !mounted && !elsewhere {
                    let offline = step.command.has_any_flag(&["--no-network"]);
                    judge(build, &step, offline || *removed, report);
                }
            }
        }
    }
}

fn judge(build: &Build<'_>, step: &Step<'_>, removed: bool, report: &mut Reporter) {
    let run = step.run;
    let message = match removed {
        true => "`apk add` without `--no-cache` relies on other words to leave no index behind",
        false => "`apk add` without `--no-cache` leaves the package index in the layer",
    };
    let severity = if removed { Severity::Style } else { build.severity_of_weight(run, Severity::Info) };
    let draft = report.flag(step.head(), message);
    let plain = step.is_in_plain_sight();
    draft
        .severity(severity)
        .help("write `apk add --no-cache`; it needs neither `apk update` nor a removal of /var/cache/apk")
        .also_if(plain, "DL3019")
        .also_if(plain && !run.onbuild, "DS-0025")
        .also("missing-apk-no-cache")
        .also("DKL-DI-0004");
    let verb = step.command.args_without_flags().next();
    draft.mend(verb.and_then(|verb| build.with_word_behind(step, verb, "--no-cache")), true);
}
