use plimsoll_shell::Command;
use plimsoll_shell::packages::{self, Manager};

use super::stage_facts::FileCopy;
use super::{Build, DockerfileRule, Reporter, Run, Stage};
use crate::Severity;

pub(crate) struct CopyWithoutChown;

/// Where programs and settings live that a service reads and must not be able to change.
const READ_ONLY: &[&str] =
    &["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/boot", "/entrypoint", "/docker-entrypoint"];

impl DockerfileRule for CopyWithoutChown {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages().iter().filter(|s| !build.is_windows(s)) {
            for copy in build.copies(stage) {
                if copy.files.chown.is_some() || copy.files.chmod.is_some() {
                    continue;
                }
                let Some(user) = build.unprivileged_user_at(copy.index) else { continue };
                let Some(destination) = copy.files.destination.as_ref() else { continue };
                let keyword = copy.instruction.kind.as_str();
                let breaking = first_write(build, stage, &copy, &user);
                if breaking.is_none()
                    && (!build.is_shipped(stage) || !is_tree(&copy) || is_read_only(build, stage, &copy))
                {
                    continue;
                }
                let (why, severity) = match breaking {
                    Some((run, command)) => {
                        let line = build.source.line(run.span(command.span).start);
                        let what = command
                            .subcommand()
                            .map_or(command.name().to_owned(), |s| format!("{} {s}", command.name()));
                        (format!("`{what}` on line {line} cannot write them"), Severity::Warning)
                    }
                    None => (format!("`{user}`, who runs the container, cannot write them"), Severity::Info),
                };
                let span = copy.instruction.keyword.span.to(destination.span);
                report
                    .flag(span, format!("{keyword} gives the files to root although USER is `{user}`: {why}"))
                    .severity(severity)
                    .help(format!(
                        "write `{keyword} --chown={user} ...` for what it must write; leave the rest to root and copy it before USER"
                    ))
                    .replace(after(copy.instruction.keyword.span), format!(" --chown={user}"), false);
            }
        }
    }
}

fn after(span: plimsoll_dockerfile::Span) -> plimsoll_dockerfile::Span {
    plimsoll_dockerfile::Span::empty(span.end)
}

/// Whether whole folders are copied; a single file is seldom written to.
fn is_tree(copy: &FileCopy<'_>) -> bool {
    let sources = &copy.files.sources;
    copy.files.from.is_none()
        && sources.iter().any(|s| {
            let text = s.text.as_str();
            let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            s.heredoc.is_none()
                && !text.contains("://")
                && (text.ends_with('/') || !last.trim_start_matches('.').contains('.'))
                && copy.whole_source().is_some()
        })
}

fn is_read_only(build: &Build<'_>, stage: &Stage<'_>, copy: &FileCopy<'_>) -> bool {
    let Some(destination) = &copy.files.destination else { return true };
    let text = destination.trim_end_matches('/');
    let folder = match text.starts_with('/') {
        true => Some(text.to_owned()),
        false => build.stage(stage.index).and_then(|s| build.workdir_at(s, copy.index)),
    };
    folder.is_some_and(|f| {
        let under = |p: &str| f.strip_prefix(p).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        READ_ONLY.iter().any(|p| under(p)) && !f.starts_with("/usr/src") && !f.starts_with("/usr/local/app")
    })
}

/// The first later command of the stage that the same user runs and that must write what was copied.
fn first_write<'b>(
    build: &'b Build<'_>,
    stage: &Stage<'_>,
    copy: &FileCopy<'_>,
    user: &str,
) -> Option<(&'b Run, &'b Command)> {
    let stage = build.stage(stage.index)?;
    let destination = copy.files.destination.as_ref()?.as_str();
    build.runs_of(stage).filter(|r| r.instruction > copy.index).find_map(|run| {
        if build.unprivileged_user_at(run.instruction).as_deref() != Some(user) {
            return None;
        }
        let command = run.script.effective_commands().find(|c| must_write(c, copy, destination))?;
        // `sudo chown` is root's.
        let by_sudo =
            run.script.commands.iter().any(|c| {
                c.is("sudo") && c.span.start <= command.span.start && command.span.end <= c.span.end
            });
        (!by_sudo).then_some((run, command))
    })
}

fn must_write(command: &Command, copy: &FileCopy<'_>, destination: &str) -> bool {
    let base_name = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned();
    // Into the working folder files keep their names: `COPY run.sh .` and `chmod +x run.sh`.
    let here = matches!(destination, "." | "./");
    let names_it = || {
        let wanted = destination.trim_end_matches('/');
        command.args_without_flags().any(|w| {
            let text = w.text_lossy().trim_end_matches('/');
            let inside =
                text.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let copied =
                || copy.files.sources.iter().any(|s| base_name(&s.text) == text.trim_start_matches("./"));
            (wanted.len() > 1 && inside) || (here && copied())
        })
    };
    match command.name() {
        // Only the owner may.
        "chmod" | "chown" | "chgrp" => names_it(),
        _ => packages::installs(command).is_some_and(|i| {
            // npm rewrites the lock file that was copied.
            i.manager == Manager::Npm
                && i.from_manifest
                && !i.is_locked
                && (destination == "." || destination == "./")
        }),
    }
}
