use super::bin_sh::replaces_by_bash;
use super::edits::Replacement;
use super::steps::Step;
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
                .also_if(link, "use-shell-instruction")
                .mend(with_shell(build, &step).into_iter().flatten(), false);
        }
    }
}

/// SHELL in the place of the link, where bash is what it led to.
fn with_shell(build: &Build<'_>, step: &Step<'_>) -> Option<Vec<Replacement>> {
    const LINE: &str = r#"SHELL ["/bin/bash", "-c"]"#;
    let instruction = build.tree.instructions.get(step.run.instruction)?;
    if !replaces_by_bash(step.command) || step.run.onbuild || !instruction.heredocs.is_empty() {
        return None;
    }
    let names_sh = |c: &&plimsoll_shell::Command| c.args().iter().any(|w| w.text_lossy().ends_with("bin/sh"));
    // Where a SHELL says it, the link is of no use at all.
    if build.stage(step.run.stage).is_some_and(|stage| build.sets_shell_before(stage, instruction)) {
        return build.without_command(step.run, step.command).map(|edit| vec![edit]);
    }
    let commands = &step.run.script.commands;
    // `rm /bin/sh && ln -s /bin/bash /bin/sh` is one thing.
    if commands.iter().all(|c| names_sh(&c)) && !step.run.exec {
        return Some(vec![(instruction.span, LINE.to_owned())]);
    }
    (commands.iter().filter(names_sh).count() == 1).then(|| {
        Some(vec![build.line_above(instruction, LINE), build.without_command(step.run, step.command)?])
    })?
}
