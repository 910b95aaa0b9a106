use plimsoll_dockerfile::Kind;

use super::{Build, DockerfileRule, Reporter, probes};

pub(crate) struct AddHealthcheck;

impl DockerfileRule for AddHealthcheck {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        if build.healthcheck(stage).is_some() {
            return;
        }
        let anywhere = build.tree.instructions.iter().any(|i| i.kind == Kind::Healthcheck);
        let draft = report.flag_file(
            build.from_span(stage),
            format!(
                "{} has no HEALTHCHECK, so a service that hangs stays `running` and nobody notices",
                stage.label()
            ),
        );
        draft
            .help("add `HEALTHCHECK --interval=30s --timeout=3s CMD <a command that asks the service>`, or `HEALTHCHECK NONE` if it serves nothing")
            .also("DL3057")
            .also("CIS-DI-0006")
            .also_if(!anywhere, "DS-0026")
            .also_if(!anywhere, "CKV_DOCKER_2");
        if let Some(line) = probes::healthcheck(build, stage) {
            draft.mend(build.lines_at_end(stage, &[line]), false);
        }
    }
}
