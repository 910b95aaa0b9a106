use std::collections::HashSet;

use plimsoll_dockerfile::{Body, Span};

use super::{Build, DockerfileRule, Purpose, Reporter};
use crate::connections::{encryption_off, plain_text, without_encryption};

pub(crate) struct PlainTextVariable;

impl DockerfileRule for PlainTextVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(last) = build.final_stage() else { return };
        let mut asked = HashSet::new();
        for stage in build.shipped() {
            for (at, instruction) in build.instructions(stage) {
                let Body::Env(pairs) = &instruction.body else { continue };
                for pair in pairs {
                    let name = pair.key.as_str();
                    let Some(value) = build.expand_at(at, &pair.unquoted(build.tree.escape)) else {
                        continue;
                    };
                    let (span, setting) = (pair.value.span, format!("`{name}`"));
                    let is_first = name.ends_with("MODE") && asked.insert(name);
                    let get = |name: &str| if is_first { build.env(last, name) } else { None };
                    if let Some(host) = encryption_off(name, &value, get) {
                        report
                            .flag(span, without_encryption(&setting, &host))
                            .help("write `verify-full` in place of `disable`")
                            .mend(reworded(build, span, "disable", "verify-full"), false);
                        continue;
                    }
                    let Some(found) = plain_text(name, &value) else { continue };
                    let is_web = matches!(found.written, "http://" | "ftp://");
                    if is_web && is_used_in_build(build, name) {
                        continue;
                    }
                    let draft = report.flag(span, without_encryption(&setting, found.host));
                    draft.help(found.help());
                    if found.is_mended_by_it {
                        draft.mend(reworded(build, span, found.written, found.instead), false);
                    }
                }
            }
        }
    }
}

/// Whether a RUN uses the variable: what is downloaded in a build is another matter.
fn is_used_in_build(build: &Build<'_>, name: &str) -> bool {
    let uses = [format!("${name}"), format!("${{{name}")];
    let mut runs = build.runs().iter().filter(|run| run.purpose == Purpose::Run);
    runs.any(|run| uses.iter().any(|used| run.script.text().contains(used)))
}

/// The words in place of others that are written there once.
fn reworded(build: &Build<'_>, span: Span, from: &str, to: &str) -> Option<(Span, String)> {
    let written = build.source.slice(span);
    (written.matches(from).count() == 1).then(|| (span, written.replace(from, to)))
}
