use super::bases::Family;
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
                .help(help(build, &step))
                .also_if(link && step.command.has_arg("/bin/sh") && step.is_in_plain_sight(), "DL4005")
                .also_if(link, "use-shell-instruction")
                .mend(with_shell(build, &step).into_iter().flatten(), false);
        }
    }
}

/// SHELL with what the link led to, and the package that brings it where the base does not.
fn help(build: &Build<'_>, step: &Step<'_>) -> String {
    let source = step.command.args_without_flags().next().map_or("bash", |w| w.text_lossy());
    let name = source.rsplit('/').next().unwrap_or(source);
    if !matches!(name, "bash" | "zsh" | "dash" | "ash" | "ksh" | "fish") {
        return "name the shell that the RUNs want in SHELL, such as `SHELL [\"/bin/bash\", \"-c\"]`"
            .to_owned();
    }
    let path = if source.starts_with('/') { source.to_owned() } else { format!("/bin/{name}") };
    let line = format!("write `SHELL [\"{path}\", \"-c\"]`");
    match lacks(build, step, name) {
        true => format!("{line} below `RUN apk add --no-cache {name}`: the base has no {name}"),
        false => line,
    }
}

/// Official images whose Alpine variants bring no other shell than busybox's.
const BARE: &[&str] =
    &["alpine", "busybox", "docker", "golang", "httpd", "nginx", "node", "php", "python", "ruby", "rust"];

/// Whether the base is Alpine, which has no such shell, and nothing in the file installs it.
fn lacks(build: &Build<'_>, step: &Step<'_>, name: &str) -> bool {
    let Some(stage) = build.stage(step.run.stage) else { return false };
    let installs = || {
        !build.is_short()
            || build
                .installs()
                .any(|(_, install)| install.packages.iter().any(|p| p.name == name || p.is_variable))
    };
    let bare = build.official_base(stage).is_some_and(|(_, image)| BARE.contains(&image.as_str()));
    let alpine = matches!(build.family(stage), Some(Family::Alpine | Family::Busybox));
    bare && alpine && name != "ash" && !installs()
}

/// SHELL in the place of the link, where bash is what it led to.
fn with_shell(build: &Build<'_>, step: &Step<'_>) -> Option<Vec<Replacement>> {
    const LINE: &str = r#"SHELL ["/bin/bash", "-c"]"#;
    let instruction = build.tree.instructions.get(step.run.instruction)?;
    if !replaces_by_bash(step.command)
        || step.run.onbuild
        || lacks(build, step, "bash")
        || !instruction.heredocs.is_empty()
    {
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
