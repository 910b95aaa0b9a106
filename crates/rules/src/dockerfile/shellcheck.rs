use std::collections::BTreeSet;

use plimsoll_dockerfile::Body;
use plimsoll_shell::{Level, LintOptions, Script, Shell, hadolints_choice};

use super::{Build, DockerfileRule, Reporter, Run};
use crate::Severity;
use crate::rule::SHELLCHECK_ONLY;

pub(crate) struct Shellcheck;

/// Arguments that every build has without declaring them.
const PREDEFINED: &[&str] = &[
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

impl DockerfileRule for Shellcheck {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts().filter(|run| !run.exec) {
            if build.stage(run.stage).is_none_or(|stage| build.is_windows(stage)) {
                continue;
            }
            let declared = declared_before(build, run);
            let declared: Vec<&str> = declared.iter().copied().collect();
            let options = LintOptions {
                declared_variables: &declared,
                pipefail: run.shell.pipefail,
                errexit: run.shell.errexit,
            };
            let reparsed =
                named_shell(build, run).map(|shell| Script::parse(run.script.text(), shell.dialect));
            let findings = plimsoll_shell::lint(reparsed.as_ref().unwrap_or(&run.script), &options);
            // hadolint does not look into what `RUN bash <<EOF` feeds its shell.
            let fed = run.heredoc && !build.is_whole_heredoc(run);
            let hadolints = hadolints_choice(&findings).filter(|_| !fed);
            for finding in &findings {
                let message = finding.message.trim_end_matches('.').to_owned();
                let draft = report.flag(run.span(finding.span), message);
                draft.severity(severity(finding.level));
                // hadolint prints one finding for each RUN; ShellCheck alone says the others.
                match hadolints.is_some_and(|chosen| std::ptr::eq(chosen, finding)) {
                    true => draft.also_code(finding.code),
                    false => draft.also_code(format!("{SHELLCHECK_ONLY}{}", finding.code)),
                };
                draft.help(format!("https://www.shellcheck.net/wiki/{}", finding.code));
                for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                    let safe = finding.fix.as_ref().is_some_and(|fix| fix.is_safe);
                    draft.replace(run.span(edit.span), edit.text.clone(), safe);
                }
            }
        }
    }
}

/// The names that ENV and ARG declare before the script, in its stage and those it is built on.
fn declared_before<'b>(build: &'b Build<'_>, run: &Run) -> BTreeSet<&'b str> {
    let mut names: BTreeSet<&str> = PREDEFINED.iter().copied().collect();
    let Some(stage) = build.stage(run.stage) else { return names };
    for stage in build.lineage(stage) {
        let before = build.instructions(stage).take_while(|(at, _)| *at < run.instruction);
        for (_, instruction) in before {
            match &instruction.body {
                Body::Env(pairs) => names.extend(pairs.iter().map(|pair| pair.key.as_str())),
                Body::Arg(arguments) => names.extend(arguments.iter().map(|arg| arg.name.as_str())),
                _ => {}
            }
        }
    }
    names
}

/// The shell that the last `# hadolint shell=/bin/bash` above names, where it is another than the script is read in. A
/// SHELL instruction and a heredoc's own shell say more than a comment.
fn named_shell(build: &Build<'_>, run: &Run) -> Option<Shell> {
    let start = build.tree.instructions.get(run.instruction)?.span.start;
    let comments = build.tree.comments.iter().rev().filter(|c| c.span.start < start);
    let named = comments
        .filter_map(|c| c.text.strip_prefix("hadolint"))
        .find_map(|c| c.trim_start().strip_prefix("shell="))?;
    let instruction = build.instruction_of(run)?;
    let stage = build.stage(run.stage)?;
    if run.heredoc || build.sets_shell_before(stage, instruction) {
        return None;
    }
    let shell = Shell::from_argv(&[named.trim()]);
    (shell.dialect != run.shell.dialect).then_some(shell)
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Info => Severity::Info,
        Level::Style => Severity::Style,
    }
}
