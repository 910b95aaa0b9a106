use plimsoll_dockerfile::{Instruction, Kind};
use plimsoll_shell::Command;

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
                    .also("DL3059");
            }
        }
    }
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
