use plimsoll_dockerfile::Span;

use super::servers::server;
use super::start::Program;
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
        let of = |p| Some((p, server(build, stage, start.instruction, p)?));
        let Some((program, found)) = start.programs.iter().find_map(of) else { return };
        let Some(span) = found.loopback else { return };
        let draft = report
            .flag(
                span,
                format!("{} listens on 127.0.0.1, which is the container's own: nothing outside can reach it, published port or not", found.name),
            )
            .help(format!("add `{}`", found.open));
        let said = build.source.slice(span);
        if let Some(local) = ["127.0.0.1", "localhost"].into_iter().find(|local| said.contains(local)) {
            draft.replace(span, said.replace(local, "0.0.0.0"), false);
        } else if let Some((at, text)) = behind(build, program, &found.open) {
            draft.replace(at, text, false);
        }
    }
}

/// Where and how flags are written behind a program's last word: as more elements of an exec form, or as more words.
fn behind(build: &Build<'_>, program: &Program, flags: &str) -> Option<(Span, String)> {
    let last = program.words.last()?.span;
    let bytes = build.source.text().as_bytes();
    let before = bytes.get(usize::try_from(last.start).ok()?.checked_sub(1)?);
    match (before, bytes.get(usize::try_from(last.end).ok()?)) {
        (Some(b'"'), Some(b'"')) => {
            let more: String = flags.split(' ').map(|flag| format!(", \"{flag}\"")).collect();
            Some((Span::empty(last.end + 1), more))
        }
        (Some(b' '), None | Some(b'\n' | b'\r')) => Some((Span::empty(last.end), format!(" {flags}"))),
        _ => None,
    }
}
