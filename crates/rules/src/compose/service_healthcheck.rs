use plimsoll_compose::{Condition, Service};

use super::edits::Edits;
use super::health::{Health, health};
use super::jobs::Jobs;
use super::wait_for_healthy::waiting;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct ServiceHealthcheck;

impl ComposeRule for ServiceHealthcheck {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let jobs = Jobs::of(stack);
        for service in stack.whole_services() {
            if health(stack, service) != Health::Unchecked || jobs.contain(service) {
                continue;
            }
            let off = service.healthcheck.as_ref().map(|h| h.disable.as_ref().map_or(&h.key, |d| d.span()));
            let message = match off {
                Some(_) => format!(
                    "the healthcheck of `{}` is turned off, so nobody notices when it hangs",
                    service.name
                ),
                None => format!("`{}` has no healthcheck, so nobody notices when it hangs", service.name),
            };
            let check = super::databases::database(service).filter(|_| service.healthcheck.is_none());
            let check = check.and_then(|database| database.healthcheck(service));
            let edits = check.and_then(|check| stack.put_in_service(service, &["healthcheck"], &check));
            let edits = edits.map(|edits| with_those_who_wait(stack, service, edits));
            report.flag_compose(off.unwrap_or(&service.name_span), message).help(
                match super::databases::database(service) {
                    Some(database) => {
                        format!("add `healthcheck: {{test: [\"CMD-SHELL\", '{}']}}`", database.health)
                    }
                    None => "add a `healthcheck:` with a command that asks the service, such as `test: [\"CMD\", \"curl\", \"--fail\", \"http://127.0.0.1:8000/health\"]`".to_owned(),
                },
            )
            .mend_project(stack, edits, false);
        }
    }
}

/// So many services are looked at.
const MAX_WAITING: usize = 100;

/// Besides other edits, those that make the services that depend on this one wait for its health.
fn with_those_who_wait(stack: &Stack<'_>, service: &Service, edits: Edits) -> Edits {
    let mut all = edits;
    for other in stack.services().take(MAX_WAITING) {
        let on_it = other.depends_on.iter().find(|d| d.service == service.name);
        let Some(dependency) = on_it.filter(|d| d.condition == Condition::Started) else { continue };
        if let Some(more) = waiting(stack, other, dependency) {
            all = all.and(more);
        }
    }
    all
}
