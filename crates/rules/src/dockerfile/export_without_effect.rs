use plimsoll_dockerfile::Kind;
use plimsoll_secrets::secret_name;
use plimsoll_shell::Command;

use super::edits::Replacement;
use super::steps::Step;
use super::tls_verification_off::by_variable;
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct ExportWithoutEffect;

/// Files that do nothing but set the shell up.
const SETTINGS: &[&str] = &[
    "activate",
    ".bash_profile",
    ".bashrc",
    ".profile",
    ".zshrc",
    "bashrc",
    "bash.bashrc",
    "environment",
    "profile",
    "nvm.sh",
    "sdkman-init.sh",
    "setup.bash",
];

impl DockerfileRule for ExportWithoutEffect {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts().filter(|run| !run.exec && !run.script.is_opaque()) {
            let Some(step) = build.steps_of(run).last().filter(is_last_word) else { continue };
            if let Some(names) = exported(step.command) {
                report
                    .flag(
                        step.whole(),
                        format!("{names} is set for this RUN only, and nothing runs after it: the next instruction starts in a new shell"),
                    )
                    .help(format!("write `ENV` for what is to stay, `ARG` for what the build alone needs, or set it in the RUN that needs it{}", of_build(step.command)))
                    .mend(with_env(build, &step), false);
            } else if let Some(what) = activated(step.command) {
                report
                    .flag(
                        step.whole(),
                        format!("`{what}` holds for this RUN only, and nothing runs after it: the next instruction starts in a new shell"),
                    )
                    .help("do it in the RUN that needs it, or put the folder with its programs first in PATH: `ENV PATH=\"...:$PATH\"`");
            } else if let Some(file) = sourced(step.command) {
                report
                    .flag(
                        step.whole(),
                        format!("`{file}` is read as the last thing of this RUN, and the next instruction starts in a new shell without it"),
                    )
                    .severity(Severity::Info)
                    .help("take it out, and read the file in the RUN that needs it, or write what it sets into `ENV`");
            }
        }
    }
}

/// Whether nothing of the script can come after the command.
fn is_last_word(step: &Step<'_>) -> bool {
    let command = step.command;
    step.is_in_plain_sight()
        && command.context.depth == 0
        && command.context.is_unconditional()
        && command.pipeline.is_none()
        && !command.negated
        && command.index + 1 == step.run.script.commands.len()
}

/// The variables that an `export` gives a value, for a message.
fn exported(command: &Command) -> Option<String> {
    if !command.is("export") || !command.redirects.is_empty() {
        return None;
    }
    let names: Vec<&str> =
        command.assignments.iter().filter(|a| a.value.is_some()).map(|a| &*a.name).collect();
    match names.as_slice() {
        [] => None,
        [name] => Some(format!("`{name}`")),
        [name, rest @ ..] => Some(format!("`{name}`, with {} more,", rest.len())),
    }
}

/// A value that a command of the build works out cannot stand in ENV.
fn of_build(command: &Command) -> &'static str {
    let worked_out = command.assignments.iter().filter_map(|a| a.value.as_ref()).any(|v| v.has_substitution);
    if worked_out { "; neither takes `$(...)`" } else { "" }
}

/// `conda activate NAME`, `source activate NAME`, `nvm use 24`.
fn activated(command: &Command) -> Option<String> {
    let words: Vec<&str> = command.words.iter().map(|w| w.text_lossy()).collect();
    matches!(
        words.as_slice(),
        ["conda" | "mamba" | "micromamba" | "source" | ".", "activate", _] | ["nvm", "use", ..]
    )
    .then(|| words.join(" "))
}

fn sourced(command: &Command) -> Option<&str> {
    if !command.is_any(&[".", "source"]) || command.args().len() != 1 {
        return None;
    }
    let file = command.args().first()?.text_lossy();
    let name = file.rsplit('/').next().unwrap_or(file);
    (SETTINGS.contains(&name) || file.ends_with(".cargo/env")).then_some(file)
}

/// ENV in the place of a RUN that does nothing but export one plain value.
fn with_env(build: &Build<'_>, step: &Step<'_>) -> Option<Replacement> {
    let instruction = build.tree.instructions.get(step.run.instruction)?;
    let [assignment] = step.command.assignments.as_slice() else { return None };
    let value = assignment.value.as_ref()?.text()?;
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.:,@+=".contains(&b));
    let alone = step.run.script.commands.len() == 1 && step.command.words.len() <= 2;
    let name = &*assignment.name;
    // Those are not to stay, least of all in the image.
    let harmful = secret_name(name) || by_variable(name, value).is_some();
    let keyword = if name == "DEBIAN_FRONTEND" { "ARG" } else { "ENV" };
    (alone
        && plain
        && !harmful
        && !value.is_empty()
        && instruction.kind == Kind::Run
        && instruction.flags.is_empty()
        && instruction.heredocs.is_empty())
    .then(|| (instruction.span, format!("{keyword} {name}={value}")))
}
