use super::health::{Health, health};
use super::jobs::Jobs;
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
            report.flag_compose(off.unwrap_or(&service.name_span), message).help(
                match super::databases::database(service) {
                    Some(database) => {
                        format!("add `healthcheck: {{test: [\"CMD-SHELL\", '{}']}}`", database.health)
                    }
                    None => "add a `healthcheck:` with a command that asks the service".to_owned(),
                },
            );
        }
    }
}
