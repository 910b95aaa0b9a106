use super::{Build, DockerfileRule, Reporter};

pub(crate) struct AptGetNotApt;

impl DockerfileRule for AptGetNotApt {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps().filter(|s| s.command.is("apt")) {
            let Some(word) = step.command.name_word() else { continue };
            let instead = match step.command.subcommand() {
                Some("list" | "search" | "show" | "policy" | "depends") => "apt-cache",
                _ => "apt-get",
            };
            let draft = report.flag(
                step.run.span(word.span),
                "`apt` is for people at a terminal: its options and output may change under a script",
            );
            draft
                .help(format!("write `{instead}`"))
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
