use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ChangeShellWithShell;

impl DockerfileRule for ChangeShellWithShell {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps().filter(|s| s.command.is_any(&["ln", "mv", "cp"])) {
            let is_sh = |text: &str| matches!(text, "/bin/sh" | "/usr/bin/sh");
            let target = step.command.args_without_flags().last().map_or("", |w| w.text_lossy());
            if !is_sh(target) {
                continue;
            }
            let link = step.command.is("ln");
            report
                .flag(
                    step.whole(),
                    "this replaces /bin/sh for every program of the image, only to change the shell of RUN",
                )
                .help(r#"write `SHELL ["/bin/bash", "-c"]`"#)
                .also_if(link && step.command.has_arg("/bin/sh") && step.is_in_plain_sight(), "DL4005")
                .also_if(link, "use-shell-instruction");
        }
    }
}
