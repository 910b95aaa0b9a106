use plimsoll_dockerfile::Kind;

use super::{Build, DockerfileRule, Reporter, users};

pub(crate) struct RunAsNonRoot;

impl DockerfileRule for RunAsNonRoot {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        if build.is_windows(stage) {
            return;
        }
        let named = stage.label();
        match build.user(stage) {
            Some(user) if users::is_root(&user.name) => {
                report
                    .flag(
                        user.span,
                        format!("{named} runs as root: its last USER is `{}`, so an intruder owns the whole container", user.written),
                    )
                    .help("end the stage with a user that has a fixed number, such as `USER 10001`")
                    .also("DL3002")
                    .also("DS-0002")
                    .also("CKV_DOCKER_8")
                    .also("CIS-DI-0001")
                    .also("last-user-is-root");
            }
            Some(_) => {}
            None if build.base_image(stage).is_some_and(|image| users::runs_unprivileged(&image)) => {}
            None => {
                let any_user = build.tree.instructions.iter().any(|i| i.kind == Kind::User);
                let has_entrypoint = build.has_own(stage, Kind::Entrypoint);
                report
                    .flag_file(
                        build.from_span(stage),
                        format!("{named} never sets USER, so the container runs as root and an intruder owns all of it"),
                    )
                    .help("add `RUN useradd --system --uid 10001 app` and, after the last step that needs root, `USER 10001`")
                    .also("DS-0002")
                    .also("CIS-DI-0001")
                    .also_if(!any_user, "CKV_DOCKER_3")
                    .also_if(!any_user, if has_entrypoint { "missing-user-entrypoint" } else { "missing-user" });
            }
        }
    }
}
