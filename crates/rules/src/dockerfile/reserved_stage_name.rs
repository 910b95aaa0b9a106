use super::duplicate_stage::alias_span;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ReservedStageName;

impl DockerfileRule for ReservedStageName {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let Some(name) = stage.name else { continue };
            if !name.eq_ignore_ascii_case("scratch") && !name.eq_ignore_ascii_case("context") {
                continue;
            }
            let exact = matches!(name, "scratch" | "context");
            report
                .flag(alias_span(build, stage), format!("`{name}` means something of its own to the builder, so the stage cannot be told from it"))
                .help("give the stage another name")
                .also_if(exact, "DL3063")
                .also("ReservedStageName");
        }
    }
}
