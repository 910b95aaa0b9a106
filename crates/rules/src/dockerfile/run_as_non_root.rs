use plimsoll_dockerfile::{Body, Kind};

use super::base_users::{BaseUser, user_of};
use super::{Build, DockerfileRule, Reporter, Stage, unprivileged, users};
use crate::Severity;

pub(crate) struct RunAsNonRoot;

impl DockerfileRule for RunAsNonRoot {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        let named = stage.label();
        let last_user = build.tree.instructions.iter().rfind(|i| i.kind == Kind::User);
        // What the peers look at is the last USER of the file, in whichever stage.
        let last_is_root = last_user.is_some_and(|i| match &i.body {
            Body::User(user) => users::is_root(user),
            _ => false,
        });
        if build.is_windows(stage) {
            windows(build, stage, report);
            return;
        }
        match build.user(stage) {
            Some(user) if users::is_root(&user.name) => {
                report
                    .flag(
                        user.span,
                        format!("{named} runs as root: its last USER is `{}`, so an intruder owns the whole container", user.written),
                    )
                    .help("end the stage with a user that has a fixed number, such as `USER 10001`")
                    .also_if(users::is_root(&user.written), "DL3002")
                    .also_if(last_is_root, "DS-0002")
                    .also_if(last_is_root && user.written == "root", "CKV_DOCKER_8")
                    .also("CIS-DI-0001")
                    .also("last-user-is-root")
                    .mend(unprivileged::drop_root(build, stage), false);
            }
            Some(_) => {}
            None if build.base_image(stage).is_some_and(users::runs_unprivileged) => {}
            None => {
                let any_user = last_user.is_some();
                let (message, severity, help) = told(build, stage);
                let has_entrypoint = build.has_own(stage, Kind::Entrypoint);
                report
                    .flag_file(build.from_span(stage), message)
                    .severity(severity)
                    .help(help)
                    .also_if(!any_user || last_is_root, "DS-0002")
                    .also("CIS-DI-0001")
                    .also_if(!any_user, "CKV_DOCKER_3")
                    .also_if(
                        !any_user,
                        if has_entrypoint { "missing-user-entrypoint" } else { "missing-user" },
                    )
                    .mend(unprivileged::drop_root(build, stage), false);
            }
        }
    }
}

/// What to say of a stage without USER, how grave it is and what helps.
fn told<'s>(build: &Build<'s>, stage: &Stage<'s>) -> (String, Severity, String) {
    let named = stage.label();
    let image = build.base_image(stage);
    let known = match image {
        Some(image) => user_of(image) == BaseUser::Root,
        None => build.is_from_scratch(stage),
    };
    if known {
        let message =
            format!("{named} never sets USER, so the container runs as root and an intruder owns all of it");
        return (message, Severity::Error, unprivileged::how(build, stage));
    }
    let base = image.map_or_else(|| "its base".to_owned(), |image| format!("`{}`", image.familiar_name()));
    let help = match image {
        Some(_) => format!(
            "end the stage with a USER that is not root; `docker image inspect --format '{{{{.Config.User}}}}'` tells the one of {base}"
        ),
        None => "end the stage with a USER that is not root, such as `USER 10001`".to_owned(),
    };
    let message = format!(
        "{named} never sets USER, so the container runs as whatever user {base} sets: root, unless it says another"
    );
    (message, Severity::Warning, help)
}

/// Windows containers run as ContainerAdministrator, but for those on Nano Server.
fn windows(build: &Build<'_>, stage: &Stage<'_>, report: &mut Reporter) {
    if build.tree.instructions.iter().any(|i| i.kind == Kind::User)
        || build.base_image(stage).is_some_and(|image| image.repository().contains("nanoserver"))
    {
        return;
    }
    report
        .flag_file(
            build.from_span(stage),
            format!("{} never sets USER, so the container runs as ContainerAdministrator", stage.label()),
        )
        .severity(Severity::Info)
        .help("end the stage with `USER ContainerUser` where the program allows it")
        .also("DS-0002")
        .also("CKV_DOCKER_3");
}
