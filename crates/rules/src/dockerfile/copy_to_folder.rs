use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct CopyToFolder;

impl DockerfileRule for CopyToFolder {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let (Body::Copy(copy) | Body::Add(copy)) = &instruction.innermost().body else { continue };
            let Some(to) = &copy.destination else { continue };
            let path = build.unquoted(to);
            // What a cut word would mean nobody knows.
            if copy.sources.len() < 2 || path.ends_with(['/', '\\']) || build.is_cut_in_quotes(copy) {
                continue;
            }
            let count = copy.sources.len();
            let (message, severity) = if path == "." || path == ".." || path.ends_with("/.") {
                (format!("`{path}` is a folder, but only a `/` at its end says so"), Severity::Style)
            } else if path.contains('$') {
                (
                    format!("{count} sources go to `{path}`, which no `/` at its end marks as a folder"),
                    Severity::Info,
                )
            } else {
                (
                    format!(
                        "{count} sources go to `{path}`: without a `/` at its end one is written over the other, or the build fails"
                    ),
                    Severity::Error,
                )
            };
            let is_copy = matches!(instruction.body, Body::Copy(_));
            let draft = report.flag(to.span, message);
            draft
                .severity(severity)
                .help(format!("write `{path}/`"))
                .also_if(is_copy, "DL3021")
                .also_if(is_copy, "DS-0011");
            if path == to.as_str() && !copy.json {
                draft.replace(to.span, format!("{path}/"), true);
            }
        }
    }
}
