use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

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
        let own = OnceCell::new();
        let mut served: HashMap<u16, bool> = HashMap::new();
        let mut is_served = |port: u16| *served.entry(port).or_insert_with(|| runs_it(build, port));
        let mut seen = HashSet::new();
        for stage in build.shipped() {
            for (at, instruction) in build.instructions(stage).rev() {
                let Body::Env(pairs) = &instruction.body else { continue };
                // What is set later holds.
                for pair in pairs.iter().rev().filter(|pair| seen.insert(pair.key.as_str())) {
                    let name = pair.key.as_str();
                    let Some(value) = build.expand_at(at, &pair.unquoted(build.tree.escape)) else {
                        continue;
                    };
                    let is_elsewhere = match (local_database(name, &value), local_api(name, &value)) {
                        (Some(ports), _) => !ports.into_iter().any(&mut is_served),
                        (None, Some(port)) => {
                            own.get_or_init(|| known_ports(build, last)).as_ref().is_some_and(|own| {
                                !own.iter().any(|(first, last)| (*first..=*last).contains(&port))
                            })
                        }
                        (None, None) => false,
                    };
                    if is_elsewhere {
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

/// The ports that the container listens on, as EXPOSE and the server's command line say; None where one is not known, or
/// none is.
fn known_ports<'s>(build: &Build<'s>, last: &super::Stage<'s>) -> Option<Vec<(u16, u16)>> {
    let mut ports = Vec::new();
    for instruction in build.shipped().flat_map(|stage| build.own_of(stage, Kind::Expose)) {
        let Body::Expose(words) = &instruction.body else { continue };
        for word in words {
            let parsed = word.parsed?;
            ports.push((parsed.start, parsed.end));
        }
    }
    let start = build.start(last);
    let own =
        start.iter().flat_map(|s| s.programs.iter().filter_map(|p| server(build, last, s.instruction, p)));
    ports.extend(own.filter_map(|server| server.port).map(|port| (port, port)));
    (!ports.is_empty()).then_some(ports)
}
