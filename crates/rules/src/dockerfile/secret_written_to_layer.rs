use plimsoll_dockerfile::{Body, Instruction};

use super::written_secrets::{Written, written_secrets};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SecretWrittenToLayer;

impl DockerfileRule for SecretWrittenToLayer {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for written in written_secrets(build) {
            let instruction = &build.tree.instructions[written.run.instruction];
            if is_mounted(build, instruction, &written.file) {
                continue;
            }
            report
                .flag(
                    written.span,
                    format!("this writes a credential to `{}`, and the layer keeps the file: deleting it in a later RUN does not help", written.file),
                )
                .help(help(instruction, &written))
                .also("CIS-DI-0010")
                .also_if(written.trivy && !has_secret_mount(instruction), "DS-0031");
        }
    }
}

fn has_secret_mount(instruction: &Instruction<'_>) -> bool {
    instruction.flags.iter().any(|f| f.value.as_ref().is_some_and(|v| v.contains("type=secret")))
}

/// What to do instead: for a file that a tool reads, a mount in its place.
fn help(instruction: &Instruction<'_>, written: &Written<'_>) -> String {
    let file = written.file.as_str();
    match file {
        ".config/gcloud/credentials.db" => {
            let key = match has_secret_mount(instruction) {
                true => "the key is mounted already: use it within this RUN",
                false => "mount the key with `--mount=type=secret` and use it within one RUN",
            };
            return format!(
                "{key}, with the login on a mount that no layer keeps: `RUN --mount=type=tmpfs,target=/root/.config/gcloud ...`"
            );
        }
        ".azure/msal_token_cache.json" => {
            return "log in within the RUN that needs it, on a mount that no layer keeps: `RUN --mount=type=tmpfs,target=/root/.azure ...`".to_owned();
        }
        ".git/config" => {
            return "clone over SSH (`RUN --mount=type=ssh git clone git@...`), or hand the token to `git -c http.extraHeader=...` in the RUN that mounts it".to_owned();
        }
        _ => {}
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    let target = match file
        .strip_prefix("~/")
        .or_else(|| file.strip_prefix("$HOME/"))
        .or_else(|| file.strip_prefix("${HOME}/"))
    {
        Some(rest) => format!("/root/{rest}"),
        None if file.starts_with('/') => file.to_owned(),
        // What a settings command writes lies in the home folder.
        None if file.starts_with('.') && !file.starts_with("./") => format!("/root/{file}"),
        None => name.to_owned(),
    };
    format!(
        "mount the file instead of writing it: `RUN --mount=type=secret,id={},target={target} ...`; or remove it at the end of this same RUN",
        name.trim_start_matches('.').replace('.', "_")
    )
}

/// Whether the file lies on a mount, which no layer keeps; a tool's own file lies below some home folder.
fn is_mounted(build: &Build<'_>, instruction: &Instruction<'_>, file: &str) -> bool {
    let Body::Run(run) = &instruction.innermost().body else { return false };
    run.mounts.iter().filter_map(|m| m.target()).any(|target| {
        let target = target.trim_end_matches('/');
        let below_home = || {
            let folders = file.match_indices('/').map(|(at, _)| &file[..at]);
            file.starts_with('.') && folders.chain([file]).any(|f| target.ends_with(&format!("/{f}")))
        };
        let set = || {
            file.starts_with(".config/gcloud/")
                && build.source.slice(instruction.span).contains(&format!("CLOUDSDK_CONFIG={target}"))
        };
        !target.is_empty() && (file.starts_with(target) || below_home() || set())
    })
}
