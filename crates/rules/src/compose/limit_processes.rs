use super::edits::New;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct LimitProcesses;

impl ComposeRule for LimitProcesses {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.whole_services() {
            let deployed =
                service.deploy.as_ref().and_then(|d| d.limits.as_ref()).and_then(|l| l.pids.as_ref());
            let limited =
                [service.pids_limit.as_ref(), deployed].into_iter().flatten().any(|f| f.value > 0.0);
            let open =
                service.entry("pids_limit").and_then(|e| e.value.as_text()).is_some_and(|t| t.contains('$'));
            if limited || open {
                continue;
            }
            // Compose refuses two limits that differ.
            let edits = match deployed {
                Some(_) => None,
                None => stack.put_in_service(service, &["pids_limit"], &New::text("200")),
            };
            report
                .flag_compose(
                    &service.name_span,
                    format!("`{}` may start processes until the host has no more", service.name),
                )
                .help("add `pids_limit: 200`")
                .mend_project(stack, edits, false);
        }
    }
}
