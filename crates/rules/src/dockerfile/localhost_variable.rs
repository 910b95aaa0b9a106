use plimsoll_dockerfile::{Body, Kind};

use super::servers::server;
use super::{Build, DockerfileRule, Purpose, Reporter};
use crate::connections::{local_api, local_database};

pub(crate) struct LocalhostVariable;

/// What an image that runs the server itself says in a RUN, in its base or in what it starts.
const SERVERS: &[(u16, &[&str])] = &[
    (5432, &["postgres", "pgvector", "postgis", "timescaledb"]),
    (3306, &["mysql", "mariadb", "percona"]),
    (27017, &["mongo"]),
    (6379, &["redis", "valkey"]),
    (5672, &["rabbitmq"]),
];

impl DockerfileRule for LocalhostVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(last) = build.final_stage() else { return };
        for stage in build.shipped() {
            for (at, instruction) in build.instructions(stage) {
                let Body::Env(pairs) = &instruction.body else { continue };
                for pair in pairs {
                    let name = pair.key.as_str();
                    let Some(value) = build.expand_at(at, &pair.unquoted(build.tree.escape)) else {
                        continue;
                    };
                    let is_elsewhere = match (local_database(name, &value), local_api(name, &value)) {
                        (Some(ports), _) => !ports.iter().any(|port| runs_it(build, *port)),
                        (None, Some(port)) => is_not_its_own(build, last, port),
                        (None, None) => false,
                    };
                    if is_elsewhere && build.env(last, name).as_deref() == Some(value.as_str()) {
                        report
                            .flag(
                                pair.value.span,
                                format!("`{name}` leads to localhost, which is the container itself, and nothing in it answers there"),
                            )
                            .help(format!("leave `{name}` out, so that a container without it fails at once, and give each container its own: `docker run --env {name}=...`"));
                    }
                }
            }
        }
    }
}

/// Whether the image may run that database itself.
fn runs_it(build: &Build<'_>, port: u16) -> bool {
    let words = SERVERS.iter().find(|(known, _)| *known == port).map_or(&[][..], |(_, words)| words);
    let names = |text: &str| words.iter().any(|word| text.contains(word));
    // What is for clients only does not answer.
    let serves = |text: &str| {
        text.split_whitespace().any(|word| {
            names(word) && !["client", "lib", "psycopg", "-dev", "py"].iter().any(|part| word.contains(part))
        })
    };
    let base = build.final_stage().and_then(|stage| build.base_image(stage));
    base.is_some_and(|image| names(&image.repository()))
        || build.runs().iter().any(|run| serves(run.script.text()))
        || build.runs().iter().any(|run| {
            run.purpose != Purpose::Run && run.script.effective_commands().any(|c| c.name() == "supervisord")
        })
}

/// Whether it is known on which ports the container listens, and that this is none of them.
fn is_not_its_own<'s>(build: &Build<'s>, last: &super::Stage<'s>, port: u16) -> bool {
    let exposes = build.shipped().flat_map(|stage| build.own_of(stage, Kind::Expose));
    let mut ports = Vec::new();
    for instruction in exposes {
        let Body::Expose(words) = &instruction.body else { continue };
        for word in words {
            let Some(parsed) = word.parsed else { return false };
            ports.push((parsed.start, parsed.end));
        }
    }
    let start = build.start(last);
    let own =
        start.iter().flat_map(|s| s.programs.iter().filter_map(|p| server(build, last, s.instruction, p)));
    ports.extend(own.filter_map(|server| server.port).map(|port| (port, port)));
    !ports.is_empty() && !ports.iter().any(|(first, last)| (*first..=*last).contains(&port))
}
