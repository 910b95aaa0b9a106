use plimsoll_dockerfile::{Instruction, Kind, Span};
use plimsoll_shell::{Command, Context};

use super::edits::Replacement;
use super::{Build, DockerfileRule, Reporter, Run};

pub(crate) struct MergeConsecutiveRuns;

impl DockerfileRule for MergeConsecutiveRuns {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (at, pair) in build.tree.instructions.windows(2).enumerate() {
            let [above, below] = pair else { continue };
            if above.kind != Kind::Run || below.kind != Kind::Run || !alike(above, below) {
                continue;
            }
            if is_one_command(build, at) && is_one_command(build, at + 1) {
                report
                    .flag(below.keyword.span, "this RUN and the one above it run one command each, and make two layers where one would do")
                    .help("join them with `&&`, or write both into one heredoc")
                    .also("DL3059")
                    .mend(joined(build, at), true);
            }
        }
    }
}

/// The second RUN as the last command of the first.
fn joined(build: &Build<'_>, above: usize) -> Option<Replacement> {
    let (first, second) = (build.scripts_at(above).first()?, build.scripts_at(above + 1).first()?);
    let below = build.tree.instructions.get(above + 1)?;
    let text = second.script.text();
    let begins = text.len() - text.trim_start().len();
    let command = second.script.commands.first()?;
    // A pipe or `||` in the second would take in the first, and `cd` in the first the second.
    let plain = |run: &Run| {
        let [only] = run.script.commands.as_slice() else { return false };
        only.context == Context::default()
            && !only.is_any(&["cd", "set", "export", "exec", "umask", "exit", "."])
    };
    let start = build.exactly(second, plimsoll_shell::Span::new(begins, begins + 1))?.start;
    let (end, joint) = build.with_last_command(first, "")?;
    let between = build.source.slice(Span::new(end.end, below.span.start));
    let fits = plain(first) && plain(second) && command.span.start == begins && below.comments.is_empty();
    if !fits || !between.trim().is_empty() {
        return None;
    }
    let escape = build.tree.escape;
    let newline = build.newline_at(below.span.start);
    let joint = if joint.contains('\n') { joint } else { format!(" {escape}{newline}    && ") };
    Some((Span::new(end.end, start), joint))
}

/// Whether both have the same flags, and neither is a heredoc.
fn alike(above: &Instruction<'_>, below: &Instruction<'_>) -> bool {
    let flags = |i: &Instruction<'_>| -> Vec<(String, Option<String>)> {
        i.flags
            .iter()
            .map(|f| (f.name.as_str().to_owned(), f.value.as_ref().map(|v| v.as_str().to_owned())))
            .collect()
    };
    above.heredocs.is_empty() && below.heredocs.is_empty() && flags(above) == flags(below)
}

fn is_one_command(build: &Build<'_>, instruction: usize) -> bool {
    let run = build.scripts_at(instruction).first();
    // A test in front of a command (`[ -e x ] && y`) belongs to it, as an assignment does; what a variable runs is
    // not known to be a command.
    let counts =
        |c: &&Command| !c.is_any(&["[", "[["]) && c.name_word().is_some_and(|name| !name.has_expansion);
    let count = |run: &Run| match run.exec {
        true => run.script.effective_commands().filter(counts).count(),
        false => run.script.commands.iter().filter(counts).count(),
    };
    run.is_some_and(|run| !run.script.is_opaque() && count(run) <= 1)
}
