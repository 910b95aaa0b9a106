use super::labels::labels_of;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct RequiredLabel;

impl DockerfileRule for RequiredLabel {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let required = &build.settings.labels.required;
        let Some(stage) = build.final_stage().filter(|_| !required.is_empty()) else { return };
        let set: Vec<String> =
            build.lineage(stage).flat_map(|s| labels_of(build, s)).map(|label| label.key).collect();
        for name in required.keys().filter(|name| !set.contains(name)) {
            report
                .flag_file(
                    build.from_span(stage),
                    format!("{} has no label `{name}`, which this project requires", stage.label()),
                )
                .help(format!("add `LABEL {name}=\"...\"`"))
                .also("DL3049");
        }
    }
}
