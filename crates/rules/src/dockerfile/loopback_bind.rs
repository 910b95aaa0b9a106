use plimsoll_dockerfile::Span;

use super::servers::{Loopback, server};
use super::start::Program;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct LoopbackBind;

impl DockerfileRule for LoopbackBind {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        let Some(start) = build.start(stage) else { return };
        if start.programs.iter().any(is_proxy) {
            return;
        }
        let of = |p| Some((p, server(build, stage, start.instruction, p)?));
        let Some((program, found)) = start.programs.iter().find_map(of) else { return };
        let Some(cause) = found.loopback else { return };
        let message = unreachable(&found.name);
        let span = match cause {
            Loopback::Words(span) => span,
            Loopback::Variable(name) => {
                let Some(value) = build.env_value(stage, name) else { return };
                report
                    .flag(value, message)
                    .help(format!("write `{name}=0.0.0.0`"))
                    .replace(value, "0.0.0.0", false);
                return;
            }
        };
        let draft = report.flag(span, message).help(format!("add `{}`", found.open));
        let said = build.source.slice(span);
        if let Some(local) = ["127.0.0.1", "localhost"].into_iter().find(|local| said.contains(local)) {
            draft.replace(span, said.replace(local, "0.0.0.0"), false);
        } else if let Some((at, text)) = behind(build, program, &found.open) {
            draft.replace(at, text, false);
        }
    }
}

/// Whether a program stands before a server in the same container, for which loopback is right.
pub(crate) fn is_proxy(program: &Program) -> bool {
    matches!(program.name(), "nginx" | "caddy" | "haproxy" | "httpd" | "supervisord")
}

/// What is wrong with a server that listens on loopback, in words.
pub(crate) fn unreachable(name: &str) -> String {
    format!(
        "{name} listens on 127.0.0.1, which is the container's own: nothing outside can reach it, published port or not"
    )
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
