use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct UseraddNoLogInit;

/// lastlog and faillog have a record for every number up to the highest; below this they stay small.
const LOW: u64 = 100_000;

impl DockerfileRule for UseraddNoLogInit {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps().filter(|s| s.command.is("useradd")) {
            if step.command.has_flag("l", "no-log-init") {
                continue;
            }
            let Some(written) = step.command.flag_value("-u").or_else(|| step.command.flag_value("--uid"))
            else {
                continue;
            };
            let value = build.expand_at(step.run.instruction, written);
            let known = value.as_deref().and_then(|v| v.trim_matches('"').parse::<u64>().ok());
            if known.is_some_and(|uid| uid < LOW) {
                continue;
            }
            let exact = step.command.args().iter().any(|w| w.text_lossy() == written);
            let short = !step.command.args().iter().any(|w| w.text_lossy().starts_with("--uid"));
            let message = match known {
                Some(uid) => format!(
                    "`useradd` with the number {uid} writes a sparse login record, which the layer stores as gigabytes of zeros"
                ),
                None => format!(
                    "`useradd` with the number `{written}`, which may be a large one: its login record would fill the layer with zeros"
                ),
            };
            let draft = report.flag(step.whole(), message);
            draft
                .severity(if known.is_some() { Severity::Warning } else { Severity::Info })
                .help("add `--no-log-init` (`-l`)")
                .also_if(exact && short && written.len() > 5 && step.is_in_plain_sight(), "DL3046");
            if step.is_in_plain_sight()
                && !step.run.exec
                && let Some(name) = step.command.name_word()
            {
                let end = step.run.span(name.span).end;
                draft.replace(plimsoll_dockerfile::Span::new(end, end), " --no-log-init", true);
            }
        }
    }
}
