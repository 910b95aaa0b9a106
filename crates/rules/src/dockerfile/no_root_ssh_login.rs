use super::written_lines::written_texts;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct NoRootSshLogin;

impl DockerfileRule for NoRootSshLogin {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        // Then keys are all it takes.
        if build.source.text().contains("PasswordAuthentication no") {
            return;
        }
        for run in build.run_scripts().filter(|run| run.script.text().contains("PermitRootLogin")) {
            if build.stage(run.stage).is_none_or(|stage| !build.is_shipped(stage)) {
                continue;
            }
            let mut written = build.steps_of(run).flat_map(|step| written_texts(&step));
            let Some(found) = written.find(|w| lets_root_in(w.text)) else { continue };
            report
                .flag(
                    found.span,
                    "root may log in over SSH with a password: whoever guesses it has the whole container",
                )
                .help("leave the SSH server out and use `docker exec`; where it is the purpose, a user of its own with `PermitRootLogin no` and keys");
        }
    }
}

/// Whether a line of a text sets `PermitRootLogin yes`.
fn lets_root_in(text: &str) -> bool {
    text.match_indices("PermitRootLogin").any(|(at, name)| {
        let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
        let value = text[at + name.len()..].trim_start_matches([' ', '\t', '=', '\\']);
        let yes = value
            .strip_prefix("yes")
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        yes && !text[line..at].contains('#')
    })
}
