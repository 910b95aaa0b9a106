use plimsoll_dockerfile::{Body, Instruction};

use super::written_secrets::written_secrets;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SecretWrittenToLayer;

impl DockerfileRule for SecretWrittenToLayer {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for written in written_secrets(build) {
            let instruction = &build.tree.instructions[written.run.instruction];
            if is_mounted(instruction, &written.file) {
                continue;
            }
            let name = written.file.rsplit('/').next().unwrap_or(&written.file).to_owned();
            report
                .flag(
                    written.span,
                    format!("this writes a credential to `{}`, and the layer keeps the file: deleting it in a later RUN does not help", written.file),
                )
                .help(format!(
                    "mount the file instead of writing it: `RUN --mount=type=secret,id={},target=/root/{name} ...`; or remove it at the end of this same RUN",
                    name.trim_start_matches('.').replace('.', "_")
                ))
                .also("CIS-DI-0010")
                .also_if(written.trivy && !has_secret_mount(instruction), "DS-0031");
        }
    }
}

fn has_secret_mount(instruction: &Instruction<'_>) -> bool {
    instruction.flags.iter().any(|f| f.value.as_ref().is_some_and(|v| v.contains("type=secret")))
}

/// Whether the file lies on a mount, which no layer keeps.
fn is_mounted(instruction: &Instruction<'_>, file: &str) -> bool {
    let Body::Run(run) = &instruction.innermost().body else { return false };
    run.mounts.iter().filter_map(|m| m.target()).any(|target| {
        let target = target.trim_end_matches('/');
        !target.is_empty() && file.starts_with(target)
    })
}
