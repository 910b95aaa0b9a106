use plimsoll_shell::{Dialect, Pipeline, Script};

use super::{Build, DockerfileRule, Reporter, Run};
use crate::Severity;

pub(crate) struct Pipefail;

/// Programs that cannot fail in a way that matters.
const SURE: &[&str] = &["echo", "printf", "yes", "true", ":", "cat", "env", "pwd", "set", "history"];

/// Programs that fail when the network or a server does.
const UNSURE: &[&str] = &[
    "curl", "wget", "git", "gpg", "aws", "gsutil", "ssh", "scp", "npm", "pip", "apt-get", "dpkg", "tar",
    "openssl",
];

impl DockerfileRule for Pipefail {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts().filter(|run| !run.shell.pipefail || is_deaf(build, run)) {
            let open = run.script.pipelines.iter().filter(|p| !p.pipefail);
            let Some((severity, pipeline)) =
                open.map(|p| (severity(&run.script, p), p)).reduce(|a, b| if b.0 > a.0 { b } else { a })
            else {
                continue;
            };
            let fed = run.heredoc && !build.is_whole_heredoc(run);
            let writers = run.script.commands.get(pipeline.elements[0].clone()).unwrap_or_default();
            let first = writers.first().map_or("", |c| c.name());
            let message = match is_deaf(build, run) {
                true => "`/bin/sh` is asked for pipefail, which only busybox's knows: the RUN fails, or goes on where a pipe broke".to_owned(),
                false => format!(
                    "if `{first}` fails here, the build goes on: a pipe's status is that of its last command"
                ),
            };
            report
                .flag(run.span(pipeline.span), message)
                .severity(severity)
                .help(remedy(build, run))
                .also_if(!fed && !run.onbuild, "DL4006")
                .also_if(!fed, "set-pipefail");
        }
    }
}

fn severity(script: &Script, pipeline: &Pipeline) -> Severity {
    let Some((_, writers)) = pipeline.elements.split_last() else { return Severity::Style };
    let commands = || writers.iter().flat_map(|range| script.commands.get(range.clone()).unwrap_or_default());
    let judged = |c: &plimsoll_shell::Command| c.context.condition || c.negated;
    if commands().all(|c| c.is_any(SURE)) || commands().any(judged) {
        return Severity::Style;
    }
    if commands().any(|c| c.effective().any(|c| c.is_any(UNSURE))) {
        Severity::Warning
    } else {
        Severity::Info
    }
}

/// Whether the shell is told `-o pipefail` and does not know it: the `sh` of most images is dash.
fn is_deaf(build: &Build<'_>, run: &Run) -> bool {
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
        Dialect::Sh | Dialect::Ash if has_busybox(build, run) => {
            r#"SHELL ["/bin/ash", "-eo", "pipefail", "-c"]"#
        }
        _ => r#"SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#,
    };
    format!("write `{shell}` above, or begin the script with `set -o pipefail` where its shell has it")
}
