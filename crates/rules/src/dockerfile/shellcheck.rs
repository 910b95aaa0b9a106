use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};

use plimsoll_dockerfile::Body;
use plimsoll_dockerfile::meaning::PREDEFINED_ARGS;
use plimsoll_shell::{Dialect, Level, LintOptions, Script, Shell, ShellFinding, hadolints_choice};

use super::shellcheck_fixes::fix;
use super::{Build, DockerfileRule, Reporter, Run, bin_sh};
use crate::Severity;
use crate::rule::SHELLCHECK_ONLY;

pub(crate) struct Shellcheck;

impl DockerfileRule for Shellcheck {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let (declared, shells) = (Declared::of(build), named_shells(build));
        let replacements = LazyCell::new(|| bin_sh::replacements(build));
        for run in build.run_scripts().filter(|run| !run.exec) {
            if build.stage(run.stage).is_none_or(|stage| build.is_windows(stage)) {
                continue;
            }
            let declared = declared.mentioned(build, run);
            let declared: Vec<&str> = declared.iter().copied().collect();
            let options = LintOptions {
                declared_variables: &declared,
                pipefail: run.shell.pipefail,
                errexit: run.shell.errexit,
            };
            let reparsed =
                named_shell(build, &shells, run).map(|shell| Script::parse(run.script.text(), shell.dialect));
            let findings = plimsoll_shell::lint(reparsed.as_ref().unwrap_or(&run.script), &options);
            // hadolint does not look into what `RUN bash <<EOF` feeds its shell.
            let fed = run.heredoc && !build.is_whole_heredoc(run);
            let hadolints = hadolints_choice(&findings).filter(|_| !fed);
            let is_bash = LazyCell::new(|| {
                let is_sh = reparsed.is_none() && run.shell.dialect == Dialect::Sh;
                is_sh && bin_sh::is_bash(build, run, &replacements)
            });
            for finding in findings.iter() {
                if is_for_other_shells(finding.code) && *is_bash {
                    continue;
                }
                let message = finding.message.trim_end_matches('.').to_owned();
                let draft = report.flag(run.span(finding.span), message);
                draft.severity(severity(finding));
                // hadolint prints one finding for each RUN; ShellCheck alone says the others.
                match hadolints.is_some_and(|chosen| std::ptr::eq(chosen, finding)) {
                    true => draft.also_code(finding.code),
                    false => draft.also_code(format!("{SHELLCHECK_ONLY}{}", finding.code)),
                };
                draft.help(format!("https://www.shellcheck.net/wiki/{}", finding.code));
                if let Some((edits, safe)) = fix(build, run, finding) {
                    draft.mend(edits, safe);
                }
            }
        }
    }
}

/// The names that ENV and ARG declare, and where first, for each stage.
struct Declared<'b>(Vec<HashMap<&'b str, usize>>);

/// Stages built on stages are followed this far.
const MOST_STAGES: usize = 64;

impl<'b> Declared<'b> {
    fn of(build: &'b Build<'_>) -> Self {
        let stages = build.stages().iter().map(|stage| {
            let mut names = HashMap::new();
            for (at, instruction) in build.instructions(stage) {
                let declared: Vec<&str> = match &instruction.body {
                    Body::Env(pairs) => pairs.iter().map(|pair| pair.key.as_str()).collect(),
                    Body::Arg(arguments) => arguments.iter().map(|arg| arg.name.as_str()).collect(),
                    _ => continue,
                };
                for name in declared {
                    names.entry(name).or_insert(at);
                }
            }
            names
        });
        Self(stages.collect())
    }

    /// Those that hold where the script runs and that it mentions: the linter need not hear of others.
    fn mentioned<'r>(&self, build: &Build<'_>, run: &'r Run) -> BTreeSet<&'r str> {
        let Some(stage) = build.stage(run.stage) else { return BTreeSet::new() };
        let holds = |name: &str| {
            PREDEFINED_ARGS.contains(&name)
                || build.lineage(stage).take(MOST_STAGES).any(|s| {
                    self.0
                        .get(s.index)
                        .and_then(|names| names.get(name))
                        .is_some_and(|at| *at < run.instruction)
                })
        };
        let names = run.script.text().split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        names.filter(|name| !name.is_empty() && holds(name)).collect()
    }
}

/// The shells that `# hadolint shell=/bin/bash` names, and where.
fn named_shells(build: &Build<'_>) -> Vec<(u32, Shell)> {
    let named = build.tree.comments.iter().filter_map(|comment| {
        let shell = comment.text.strip_prefix("hadolint")?.trim_start().strip_prefix("shell=")?;
        Some((comment.span.start, Shell::from_argv(&[shell.trim()])))
    });
    named.collect()
}

/// The shell that the last such comment above names, where it is another than the script is read in. A SHELL
/// instruction and a heredoc's own shell say more than a comment.
fn named_shell(build: &Build<'_>, shells: &[(u32, Shell)], run: &Run) -> Option<Shell> {
    let instruction = build.instruction_of(run)?;
    let above = shells.partition_point(|(at, _)| *at < instruction.span.start);
    let (_, shell) = *shells.get(above.checked_sub(1)?)?;
    let says_itself = run.heredoc || build.sets_shell_before(build.stage(run.stage)?, instruction);
    (!says_itself && shell.dialect != run.shell.dialect).then_some(shell)
}

/// Whether a code is about what bash can do and POSIX does not ask of a shell. As `sh`, bash has its limits too: old ones
/// have no `<(...)` then, and none takes any word for a function's name.
fn is_for_other_shells(code: &str) -> bool {
    (code == "SC2039" || code.starts_with("SC3")) && !matches!(code, "SC3001" | "SC3033")
}

fn severity(finding: &ShellFinding) -> Severity {
    // POSIX has no `local`, but the /bin/sh of every image has: dash, bash and busybox's ash.
    if finding.code == "SC3043" {
        return Severity::Style;
    }
    match finding.level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Info => Severity::Info,
        Level::Style => Severity::Style,
    }
}
