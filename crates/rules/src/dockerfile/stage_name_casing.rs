use super::duplicate_stage::alias_span;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct StageNameCasing;

impl DockerfileRule for StageNameCasing {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let Some(name) = stage.name.filter(|n| n.bytes().any(|b| b.is_ascii_uppercase())) else {
                continue;
            };
            let lower = name.to_ascii_lowercase();
            let span = alias_span(build, stage);
            report
                .flag(
                    span,
                    format!(
                        "stage `{name}` has capitals: `COPY --from` ignores them, and a FROM with them finds no stage"
                    ),
                )
                .help(format!("write `{lower}`; what refers to it still finds it"))
                .also("StageNameCasing")
                .replace(span, lower, true);
        }
    }
}
