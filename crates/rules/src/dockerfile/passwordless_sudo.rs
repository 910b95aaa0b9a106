use std::cell::LazyCell;

use super::written_lines::written_texts;
use super::{Build, DockerfileRule, Reporter, Run};
use crate::Severity;

pub(crate) struct PasswordlessSudo;

impl DockerfileRule for PasswordlessSudo {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let taken_back = LazyCell::new(|| last_removal(build));
        for run in build.run_scripts().filter(|run| is_shipped(build, run) && names_sudoers(run)) {
            // One finding for a RUN: who writes one such line has the fault, whoever else it names.
            let written = build.steps_of(run).flat_map(|step| written_texts(&step));
            let Some((who, span)) = written.into_iter().find_map(|w| Some((given(w.text)?, w.span))) else {
                continue;
            };
            if *taken_back > Some(run.instruction) {
                continue;
            }
            let draft = report.flag(
                span,
                format!("{who} may run anything as root without a password, so USER protects nothing: whoever breaks in is root by one word"),
            );
            draft.help("do what needs root before USER, and leave the line out; where a process needs one command as root, name that command in place of `ALL`");
            if build.is_toolbox() {
                draft.severity(Severity::Info);
            }
        }
    }
}

/// The last instruction that removes what was written to sudoers.
fn last_removal(build: &Build<'_>) -> Option<usize> {
    let removals = build.steps().filter(|step| {
        let words = || step.command.args().iter().map(|w| w.text_lossy());
        step.command.is("rm") && words().any(|w| w.contains("sudoers"))
            || step.command.is("sed") && words().any(|w| w.contains("NOPASSWD") && w.ends_with('d'))
    });
    removals.map(|step| step.run.instruction).last()
}

fn is_shipped(build: &Build<'_>, run: &Run) -> bool {
    build.stage(run.stage).is_some_and(|stage| build.is_shipped(stage))
}

fn names_sudoers(run: &Run) -> bool {
    ["sudoers", "visudo"].iter().any(|word| run.script.text().contains(word))
}

/// Whom a line of a text lets run everything without a password.
fn given(text: &str) -> Option<String> {
    let line = text.split("\\n").flat_map(str::lines).find(|line| {
        let (_, tags) = line.split_once("NOPASSWD:").unwrap_or_default();
        let commands =
            tags.trim_start_matches("SETENV:").trim_start().trim_start_matches("SETENV:").trim_start();
        let all = commands
            .strip_prefix("ALL")
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
        all && !line.trim_start().starts_with('#')
    })?;
    let name = line.split_whitespace().next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.%".contains(c);
    Some(match name.strip_prefix('%') {
        Some(group) if name.chars().all(plain) => format!("the group `{group}`"),
        _ if name == "ALL" => "every user".to_owned(),
        _ if name.chars().all(plain) => format!("`{name}`"),
        _ => "a user".to_owned(),
    })
}
