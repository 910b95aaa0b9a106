use std::cell::LazyCell;
use std::collections::HashSet;

use plimsoll_dockerfile::{Comment, Span};
use plimsoll_shell::{Dialect, Pipeline, Script};

use super::bases::Family;
use super::edits::Replacement;
use super::{Build, DockerfileRule, Reporter, Run};
use crate::Severity;
use crate::draft::Draft;

pub(crate) struct Pipefail;

/// Programs that cannot fail in a way that matters.
const SURE: &[&str] = &["echo", "printf", "yes", "true", ":", "env", "pwd", "set", "history"];

/// Programs that fail when the network or a server does.
const UNSURE: &[&str] = &[
    "curl", "wget", "git", "gpg", "aws", "gsutil", "ssh", "scp", "npm", "pip", "apt-get", "dpkg", "tar",
    "openssl",
];

impl DockerfileRule for Pipefail {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let hurts = LazyCell::new(|| stages_with_broken_pipes(build));
        for run in build.run_scripts() {
            let is_deaf = is_deaf(build, run);
            if run.shell.pipefail && !is_deaf {
                continue;
            }
            let Some((severity, pipeline)) = worst_pipe(run) else { continue };
            // Those with nothing to lose are `pipefail-everywhere`'s.
            let Some(severity) = severity.or(is_deaf.then_some(Severity::Style)) else {
                continue;
            };
            let writers = run.script.commands.get(pipeline.elements[0].clone()).unwrap_or_default();
            let first = writers.first().map_or("", |c| c.name());
            let message = match is_deaf {
                true => "`/bin/sh` is asked for pipefail, which only busybox's knows: the RUN fails, or goes on where a pipe broke".to_owned(),
                false => format!(
                    "if `{first}` fails here, the build goes on: a pipe's status is that of its last command"
                ),
            };
            let draft = report.flag(run.span(pipeline.span), message);
            draft.severity(severity);
            advise(build, run, draft);
            if !is_deaf && !hurts.contains(&run.stage) {
                draft.mend(mended(build, run), false);
            }
        }
    }
}

pub(super) fn advise(build: &Build<'_>, run: &Run, draft: &mut Draft) {
    let fed = run.heredoc && !build.is_whole_heredoc(run);
    draft.help(remedy(build, run)).also_if(!fed && !run.onbuild, "DL4006").also_if(!fed, "set-pipefail");
}

/// The pipe of a script that hides the gravest failure, and how grave that is; None where its writers cannot fail in a way
/// that matters, or its status is asked for.
pub(super) fn worst_pipe(run: &Run) -> Option<(Option<Severity>, &Pipeline)> {
    let open = run.script.pipelines.iter().filter(|p| !p.pipefail);
    open.map(|p| (severity(&run.script, p), p)).reduce(|a, b| if b.0 > a.0 { b } else { a })
}

fn severity(script: &Script, pipeline: &Pipeline) -> Option<Severity> {
    let (_, writers) = pipeline.elements.split_last()?;
    let commands = || writers.iter().flat_map(|range| script.commands.get(range.clone()).unwrap_or_default());
    let judged = |c: &plimsoll_shell::Command| c.context.condition || c.negated;
    if commands().all(|c| c.is_any(SURE)) || commands().any(judged) {
        return None;
    }
    if commands().all(|c| c.is_any(SURE) || c.is("cat")) {
        return Some(Severity::Style);
    }
    let unsure = commands().any(|c| c.effective().any(|c| c.is_any(UNSURE)));
    Some(if unsure { Severity::Warning } else { Severity::Info })
}

/// Whether the shell is told `-o pipefail` and does not know it: the `sh` of most images is dash.
pub(super) fn is_deaf(build: &Build<'_>, run: &Run) -> bool {
    run.shell.pipefail && run.shell.dialect == Dialect::Sh && !has_busybox(build, run)
}

fn has_busybox(build: &Build<'_>, run: &Run) -> bool {
    let named = |text: &str| text.contains("alpine") || text.contains("busybox");
    build
        .stage(run.stage)
        .and_then(|s| build.base_image(s))
        .is_some_and(|i| named(&i.repository()) || i.tag().is_some_and(named))
}

fn remedy(build: &Build<'_>, run: &Run) -> String {
    let shell = match run.shell.dialect {
        Dialect::Sh | Dialect::Ash if has_busybox(build, run) => ASH,
        _ => BASH,
    };
    format!("write `{shell}` above, or begin the script with `set -o pipefail` where its shell has it")
}

const ASH: &str = r#"SHELL ["/bin/ash", "-o", "pipefail", "-c"]"#;
const BASH: &str = r#"SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#;

/// The option for this script where its shell has it; else a shell that has it for this one and all that follow in its stage,
/// where the base is known to bring one. The SHELL stands above the first RUN of the stage that wants it, so that one edit serves them all.
fn mended<'s>(build: &Build<'s>, run: &Run) -> Option<Replacement> {
    let named = |comment: &Comment<'_>| comment.text.contains("shell=");
    if run.exec || run.onbuild || run.script.is_opaque() || build.tree.comments.iter().any(named) {
        return None;
    }
    let stage = build.stage(run.stage)?;
    match run.shell.dialect {
        Dialect::Bash | Dialect::Ash | Dialect::Ksh => return set_option(build, run),
        Dialect::Sh => {}
        _ => return None,
    }
    let shell = match build.family(stage)? {
        Family::Debian | Family::Rpm => BASH,
        Family::Alpine | Family::Busybox => ASH,
        Family::Scratch | Family::Distroless => return None,
    };
    let instruction = build.tree.instructions.get(run.instruction)?;
    if run.heredoc && !build.is_whole_heredoc(run) || build.sets_shell_before(stage, instruction) {
        return None;
    }
    let is_open = |r: &&Run| !r.exec && r.script.pipelines.iter().any(|p| !p.pipefail);
    let first = build.runs_of(stage).find(is_open)?;
    Some(build.line_above(build.tree.instructions.get(first.instruction)?, shell))
}

/// `set -o pipefail` at the script's beginning, as part of the `set` that is there.
fn set_option(build: &Build<'_>, run: &Run) -> Option<Replacement> {
    let first = run.script.commands.first()?;
    if first.is("set") && first.context.depth == 0 {
        let [flags] = first.args() else { return None };
        let text = flags.text()?;
        let letters = text
            .strip_prefix('-')
            .filter(|t| t.bytes().all(|b| b.is_ascii_lowercase()) && !t.ends_with('o'))?;
        let place = build.exactly(run, flags.span)?;
        return Some((place, format!("-{letters}o pipefail")));
    }
    let text = run.script.text();
    if run.heredoc {
        let shebang = if text.starts_with("#!") { text.find('\n')? + 1 } else { 0 };
        let place = build.exactly(run, plimsoll_shell::Span::new(shebang, shebang + 1))?;
        let newline = build.newline_at(place.start);
        return Some((Span::empty(place.start), format!("set -o pipefail{newline}")));
    }
    // Before a loop or a group there is no saying where the first command begins.
    let begins = text.len() - text.trim_start().len();
    if first.span.start != begins || run.script.comments.iter().any(|c| c.start < begins) {
        return None;
    }
    let place = build.exactly(run, plimsoll_shell::Span::new(begins, begins + 1))?;
    Some((Span::empty(place.start), "set -o pipefail && ".to_owned()))
}

/// The stages with a pipe that fails with the option although all is well: its reader ends before the writer has written
/// all (`| head -1`), or its writer's status says something else than failure (`grep`). And those that rely on how `sh`
/// echoes.
fn stages_with_broken_pipes(build: &Build<'_>) -> HashSet<usize> {
    let breaks = |run: &&Run| {
        let script = &run.script;
        let commands =
            |range: &std::ops::Range<usize>| script.commands.get(range.clone()).unwrap_or_default();
        let pipes = script.pipelines.iter().any(|p| {
            let Some((last, writers)) = p.elements.split_last() else { return false };
            let early = p.elements.iter().skip(1).chain([last]).flat_map(commands).any(|c| {
                c.effective().any(|c| {
                    c.is("head")
                        || c.is_any(&["grep", "egrep", "zgrep"])
                            && c.has_any_flag(&["-q", "-m", "--quiet", "-l"])
                        || c.is("sed") && c.args().iter().any(|w| w.text_lossy().ends_with('q'))
                        || c.is("awk") && c.args().iter().any(|w| w.text_lossy().contains("exit"))
                })
            });
            let odd = writers.iter().flat_map(commands).any(|c| {
                c.effective().any(|c| {
                    c.is_any(&[
                        "yes", "grep", "egrep", "fgrep", "zgrep", "diff", "cmp", "ldd", "xargs", "which",
                        "pgrep",
                    ])
                })
            });
            // Bash would be told to write it as an expansion.
            let substitutes = p.elements.len() == 2
                && writers.iter().flat_map(commands).any(|c| c.is("echo"))
                && commands(last).iter().any(|c| c.is("sed"));
            early || odd || substitutes
        });
        let echoes = run.shell.dialect == Dialect::Sh
            && script
                .commands
                .iter()
                .any(|c| c.is("echo") && c.args().iter().any(|w| script.raw(w.span).contains('\\')));
        pipes || echoes
    };
    build.run_scripts().filter(breaks).map(|run| run.stage).collect()
}
