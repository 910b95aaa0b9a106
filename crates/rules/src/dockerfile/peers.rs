//! What other linters can see of a command. They read text where we read commands.

use plimsoll_dockerfile::Kind;
use plimsoll_shell::Word;

use super::steps::Step;
use super::{Build, Run};

/// Whether Trivy sees that this is a call of a package manager with a subcommand: it matches the RUN's text, so a
/// flag with a value between the two hides it, and it does not look into ONBUILD.
pub(super) fn trivy_sees(step: &Step<'_>) -> bool {
    let subcommand = step.command.subcommand();
    let before = step.command.args().iter().map(Word::text_lossy).take_while(|arg| Some(*arg) != subcommand);
    !step.run.onbuild && before.into_iter().all(|arg| arg.starts_with('-'))
}

/// Whether Trivy sees a subcommand that it expects right behind the program: `dnf install`, not `dnf -y install`.
pub(super) fn trivy_sees_without_flags(step: &Step<'_>) -> bool {
    let first = step.command.args().first().map(Word::text_lossy);
    !step.run.onbuild && first == step.command.subcommand()
}

/// Whether a command begins one of the parts that Trivy splits a RUN into: at its beginning or behind `&&`.
pub(super) fn begins_a_trivy_part(step: &Step<'_>) -> bool {
    begins_at(step.run, step.command.span.start)
}

/// Whether a part begins at this byte of the script.
pub(super) fn begins_at(run: &Run, start: usize) -> bool {
    let before = run.script.text().get(..start).unwrap_or("").trim_end();
    !run.onbuild && (before.is_empty() || before.ends_with("&&"))
}

/// Whether more RUNs of the file update than install, which is how Checkov finds an update alone. A RUN with the word
/// `update` updates; one whose text has one of a few words in it, were it `bundle install`, installs.
pub(super) fn checkov_counts_more_updates(build: &Build<'_>) -> bool {
    let runs = build.tree.instructions.iter().filter(|i| i.kind == Kind::Run);
    let balance: i64 = runs
        .map(|run| {
            let text = build.source.slice(run.span);
            let updates = text.split_whitespace().any(|w| matches!(w, "update" | "--update"));
            let installs = ["install", "add", "upgrade"].iter().any(|word| text.contains(word));
            i64::from(updates) - i64::from(installs)
        })
        .sum();
    balance > 0
}
