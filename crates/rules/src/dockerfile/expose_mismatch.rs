use plimsoll_dockerfile::instructions::{Port, Protocol};
use plimsoll_dockerfile::{Body, Kind, Span};

use super::servers::server;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ExposeMismatch;

impl DockerfileRule for ExposeMismatch {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        let Some(start) = build.start(stage) else { return };
        let servers: Vec<_> =
            start.programs.iter().filter_map(|p| server(build, stage, start.instruction, p)).collect();
        let [server] = servers.as_slice() else { return };
        let Some(port) = server.port else { return };
        let mut exposed: Option<(Span, String)> = None;
        for s in build.shipped() {
            for (at, instruction) in build.instructions(s) {
                let Body::Expose(ports) = &instruction.body else { continue };
                for word in ports {
                    match range(build, at, word) {
                        Some((first, last)) if (first..=last).contains(&port) => return,
                        // One that is not known may be the one.
                        None => return,
                        Some(_) => exposed = exposed.or(Some((word.span, word.text.as_str().to_owned()))),
                    }
                }
            }
        }
        let Some((span, text)) = exposed else { return };
        // Which of several is the wrong one is not known.
        let exposes = build.shipped().flat_map(|s| build.own_of(s, Kind::Expose));
        let words: usize =
            exposes.map(|i| if let Body::Expose(ports) = &i.body { ports.len() } else { 0 }).sum();
        let only = words == 1 && build.source.slice(span) == text;
        let right = if text.ends_with("/tcp") { format!("{port}/tcp") } else { port.to_string() };
        let line = build.source.line(server.port_span.start);
        report
            .flag(
                span,
                format!("EXPOSE says {text}, but {} on line {line} listens on port {port}", server.name),
            )
            .help(format!("write `EXPOSE {port}`, or have the server listen on {text}"))
            .mend(only.then_some((span, right)), false);
    }
}

fn range(build: &Build<'_>, at: usize, port: &Port<'_>) -> Option<(u16, u16)> {
    if let Some(parsed) = port.parsed {
        // A UDP port is nothing that these servers listen on.
        return Some(if parsed.protocol == Protocol::Tcp { (parsed.start, parsed.end) } else { (0, 0) });
    }
    let text = build.expand_at(at, &port.text)?;
    let number = text.split('/').next()?.parse().ok()?;
    Some((number, number))
}
