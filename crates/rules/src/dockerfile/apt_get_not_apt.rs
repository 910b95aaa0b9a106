use super::{Build, DockerfileRule, Reporter};

pub(crate) struct AptGetNotApt;

impl DockerfileRule for AptGetNotApt {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps().filter(|s| s.command.is("apt")) {
            let Some(word) = step.command.name_word() else { continue };
            let instead = match step.command.subcommand() {
                Some("search" | "show" | "policy" | "depends" | "rdepends") => "write `apt-cache`",
                Some("list") if step.command.has_any_flag(&["--upgradable"]) => {
                    "write `apt-get --simulate upgrade`"
                }
                Some("list") => {
                    "write `dpkg --list` for what is installed, or `apt-cache pkgnames` for what there is"
                }
                Some("edit-sources") => "write the file in /etc/apt/sources.list.d/ itself",
                Some("full-upgrade") => "write `apt-get dist-upgrade`",
                _ => "write `apt-get`",
            };
            let draft = report.flag(
                step.run.span(word.span),
                "`apt` is for people at a terminal: its options and output may change under a script",
            );
            draft
                .help(instead)
                .also_if(step.is_in_plain_sight(), "DL3027")
                .also("CKV_DOCKER_9")
                .also("prefer-apt-get");
            let has_one = matches!(
                step.command.subcommand(),
                Some(
                    "install"
                        | "update"
                        | "upgrade"
                        | "remove"
                        | "purge"
                        | "autoremove"
                        | "clean"
                        | "build-dep"
                )
            );
            if has_one && step.is_in_plain_sight() && !step.run.exec {
                draft.replace(step.run.span(word.span), "apt-get", true);
            }
        }
    }
}
