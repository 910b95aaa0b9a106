use super::edits::Replacement;
use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, peers};

pub(crate) struct CdWithoutEffect;

impl DockerfileRule for CdWithoutEffect {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps().filter(has_no_effect) {
            let folder = step.command.args_without_flags().next().map_or("/root", |w| w.text_lossy());
            report
                .flag(
                    step.whole(),
                    format!("`cd {folder}` is the last command of its RUN, and the next instruction starts in WORKDIR again"),
                )
                .help(format!("write `WORKDIR {folder}` instead, or run what needs the folder in the same RUN"))
                .also_if(!step.run.onbuild, "DL3003")
                .also_if(peers::begins_a_trivy_part(&step) && !step.command.args().is_empty(), "DS-0013")
                .also_if(step.command.index == 0, "use-workdir")
                .mend(workdir(build, &step, folder).into_iter().flatten(), false);
        }
    }
}

/// The WORKDIR that was meant, in the place of the `cd`.
fn workdir(build: &Build<'_>, step: &Step<'_>, folder: &str) -> Option<Vec<Replacement>> {
    let instruction = build.tree.instructions.get(step.run.instruction)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    let before = step.command.index.checked_sub(1).and_then(|at| step.run.script.commands.get(at));
    if before.is_some_and(|c| c.is("cd")) {
        return None;
    }
    let last = step.run.script.commands.len() == 1;
    if step.run.onbuild
        || !folder.starts_with('/')
        || !folder.chars().all(plain)
        || !instruction.heredocs.is_empty()
    {
        return None;
    }
    let line = format!("WORKDIR {folder}");
    if last && instruction.flags.is_empty() {
        let whole = instruction.span;
        let keyword =
            if instruction.keyword.as_str() == "run" { line.replacen("WORKDIR", "workdir", 1) } else { line };
        return Some(vec![(whole, keyword)]);
    }
    Some(vec![build.without_command(step.run, step.command)?, build.line_below(instruction, &line)])
}

/// Whether a `cd` changes the folder for nobody: nothing runs after it.
pub(super) fn has_no_effect(step: &Step<'_>) -> bool {
    let command = step.command;
    command.is("cd")
        && step.is_in_plain_sight()
        && !step.run.exec
        && command.context.depth == 0
        && command.pipeline.is_none()
        && command.index + 1 == step.run.script.commands.len()
}
