use plimsoll_dockerfile::Kind;

use super::servers::server;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ExposePort;

impl DockerfileRule for ExposePort {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        if build.shipped().any(|s| build.has_own(s, Kind::Expose)) {
            return;
        }
        // Any other base may expose the port itself.
        let from_nothing = build.is_from_scratch(stage);
        if !from_nothing && build.official_base(stage).is_none() {
            return;
        }
        let Some(start) = build.start(stage) else { return };
        let found = start.programs.iter().find_map(|p| server(build, stage, start.instruction, p));
        let Some((server, port)) = found.and_then(|s| s.port.map(|p| (s, p))) else { return };
        let line = build.lines_at_end(stage, &[format!("EXPOSE {port}")]);
        report
            .flag(
                server.port_span,
                format!("{} listens on port {port}, and no EXPOSE tells so: `docker run -P`, proxies and people cannot know", server.name),
            )
            .help(format!("add `EXPOSE {port}`"))
            .mend(line, true);
    }
}
