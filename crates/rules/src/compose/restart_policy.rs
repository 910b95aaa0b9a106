use super::edits::New;
use super::jobs::Jobs;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct RestartPolicy;

impl ComposeRule for RestartPolicy {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let jobs = Jobs::of(stack);
        for service in stack.whole_services() {
            let own = service.restart.as_ref().is_some_and(|r| r.value != "no");
            let condition = service.deploy.as_ref().and_then(|d| d.restart_condition.as_ref());
            if own || condition.is_some_and(|c| c.value != "none") || jobs.contain(service) {
                continue;
            }
            let span = service.restart.as_ref().map_or(&service.name_span, |r| r.span());
            // What `deploy` says wins.
            let edits = match condition {
                Some(_) => None,
                None => stack.put_in_service(service, &["restart"], &New::text("unless-stopped")),
            };
            report
                .flag_compose(
                    span,
                    format!("`{}` is not started again when it crashes or the host restarts", service.name),
                )
                .help("add `restart: unless-stopped`")
                .mend_project(stack, edits, false);
        }
    }
}
