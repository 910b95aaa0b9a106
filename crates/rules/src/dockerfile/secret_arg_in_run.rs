use plimsoll_dockerfile::{Body, Kind};
use plimsoll_secrets::secret_name;

use super::written_secrets::written_secrets;
use super::{Build, DockerfileRule, Reporter, Stage};
use crate::Severity;

pub(crate) struct SecretArgInRun;

impl DockerfileRule for SecretArgInRun {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let written: Vec<usize> = written_secrets(build).iter().map(|w| w.run.instruction).collect();
        for stage in build.stages() {
            let shipped = build.is_shipped(stage);
            for (declared, name) in secret_args(build, stage) {
                let used = build.runs_of(stage).filter(|r| r.instruction > declared).find_map(|run| {
                    let used = run.script.variables.iter().find(|v| *v.name == *name)?;
                    Some((run, run.span(used.span)))
                });
                let Some((run, span)) = used else { continue };
                // Writing it down is the graver fault, and is said there.
                if written.contains(&run.instruction) {
                    continue;
                }
                report
                    .flag(
                        span,
                        format!("this RUN takes `{name}` from a build argument, so its value stands in the image's history"),
                    )
                    .severity(if shipped { Severity::Error } else { Severity::Warning })
                    .help(format!(
                        "drop the ARG and write `RUN --mount=type=secret,id={},env={name} ...`; build with `--secret id={},env={name}`",
                        name.to_lowercase(),
                        name.to_lowercase()
                    ))
                    .also("CIS-DI-0010");
            }
        }
    }
}

/// The stage's ARGs that are made for a credential, with their instructions.
fn secret_args<'b>(build: &'b Build<'_>, stage: &'b Stage<'_>) -> impl Iterator<Item = (usize, String)> + 'b {
    build.instructions(stage).filter(|(_, i)| i.kind == Kind::Arg).flat_map(|(at, i)| {
        let args = match &i.body {
            Body::Arg(args) => args.as_slice(),
            _ => &[],
        };
        let secret = args.iter().filter(|a| secret_name(&a.name));
        secret.map(move |a| (at, a.name.as_str().to_owned())).collect::<Vec<_>>()
    })
}
