use super::servers::server;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct LoopbackBind;

impl DockerfileRule for LoopbackBind {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        let Some(start) = build.start(stage) else { return };
        // Beside a second server (a proxy in the same container) loopback is right.
        let other = |p: &super::start::Program| {
            matches!(p.name(), "nginx" | "caddy" | "haproxy" | "httpd" | "supervisord")
        };
        if start.programs.iter().any(other) {
            return;
        }
        let Some(found) = start.programs.iter().find_map(|p| server(build, stage, start.instruction, p))
        else {
            return;
        };
        let Some(span) = found.loopback else { return };
        report
            .flag(
                span,
                format!("{} listens on 127.0.0.1, which is the container's own: nothing outside can reach it, published port or not", found.name),
            )
            .help(format!("add `{}`", found.open));
    }
}
