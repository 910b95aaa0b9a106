use std::ops::Range;

use plimsoll_shell::{Command, Script, Span};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct CurlPipeShell;

const INTERPRETERS: &[&str] =
    &["sh", "bash", "dash", "ash", "zsh", "ksh", "python", "python3", "perl", "ruby", "node", "php"];

impl DockerfileRule for CurlPipeShell {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            for (span, name) in piped(&run.script) {
                flag(report, run.span(span), name);
            }
            for outer in run.script.commands.iter() {
                // `bash -c "curl ... | sh"`
                if let Some(given) = run.script.argument_of(outer) {
                    for (span, name) in piped(&given.script) {
                        flag(report, run.span(given.span(span)), name);
                    }
                }
                // `sh -c "$(curl ...)"`, `eval "$(curl ...)"`, `. <(curl ...)`
                if !outer.is_any(INTERPRETERS) && !outer.is_any(&["eval", "source", "."]) {
                    continue;
                }
                let fetched = outer.args().iter().find(|word| {
                    let text = run.script.raw(word.span).trim_start_matches('"');
                    let inner = ["$(", "`", "<("].iter().find_map(|open| text.strip_prefix(open));
                    inner.is_some_and(|inner| {
                        inner.trim_start().starts_with("curl ") || inner.trim_start().starts_with("wget ")
                    })
                });
                if fetched.is_some() {
                    flag(report, run.span(outer.span), outer.name());
                }
            }
        }
    }
}

/// The pipelines in which an interpreter reads a download, and the interpreter.
fn piped(script: &Script) -> impl Iterator<Item = (Span, &'static str)> {
    script.pipelines.iter().filter_map(|pipeline| {
        let element = |range: &Range<usize>| script.commands.get(range.clone()).unwrap_or_default();
        let at = pipeline.elements.iter().position(|r| element(r).iter().any(is_download))?;
        let reads = |r: &Range<usize>| element(r).iter().find_map(interpreter);
        let name = pipeline.elements.get(at + 1..)?.iter().find_map(reads)?;
        Some((pipeline.span, name))
    })
}

fn flag(report: &mut Reporter, span: plimsoll_dockerfile::Span, name: &str) {
    report
        .flag(span, format!("`{name}` runs whatever the server sends today, with nothing to check it against"))
        .help("download it to a file, compare it with a known digest (`sha256sum --check`), then run it; or install a package");
}

fn is_download(command: &Command) -> bool {
    command.effective().any(|c| c.is_any(&["curl", "wget"]))
}

/// The interpreter that takes its program from the pipe: `sh`, `bash -s -- x`, `sudo -E bash -`; not `python -c ...`.
fn interpreter(command: &Command) -> Option<&'static str> {
    let deepest = command
        .effective()
        .next()
        .filter(|c| c.is_any(INTERPRETERS))
        .or_else(|| command.is_any(INTERPRETERS).then_some(command))?;
    let is_shell = deepest.is_any(&["sh", "bash", "dash", "ash", "zsh", "ksh"]);
    // To these a lone dash is the script, and what follows belongs to it; PHP's own ends with two.
    let stdin = if deepest.is("php") { "--" } else { "-" };
    let given = deepest.args().iter().take_while(|w| w.looks_like_flag() || w.text_lossy() == "-");
    let named = !is_shell && given.into_iter().any(|w| w.text_lossy() == stdin);
    let from_stdin =
        deepest.has_any_flag(&["-s"]) || deepest.args_without_flags().all(|w| w.text_lossy() == "-");
    let own_script =
        deepest.has_any_flag(&["-c", "-e", "-n", "-m", "-p"]) && !deepest.has_any_flag(&["-s"]) && !is_shell
            || deepest.has_any_flag(&["-c"]);
    (named || from_stdin && !own_script)
        .then(|| INTERPRETERS.iter().copied().find(|n| *n == deepest.name()))?
}
