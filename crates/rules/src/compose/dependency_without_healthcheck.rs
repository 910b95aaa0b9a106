use plimsoll_compose::Condition;

use super::health::{Health, health};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct DependencyWithoutHealthcheck;

impl ComposeRule for DependencyWithoutHealthcheck {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for dependency in service.depends_on.iter().filter(|d| d.condition == Condition::Healthy) {
                let Some(other) = stack.lookup.services.get(dependency.service.as_str()) else { continue };
                if health(stack, other) != Health::Unchecked {
                    continue;
                }
                let span = dependency.condition_span.as_ref().unwrap_or(&dependency.span);
                let check = super::databases::database(other).filter(|_| other.healthcheck.is_none());
                let check = check.and_then(|database| database.healthcheck(other));
                let edits = check.and_then(|check| stack.put_in_service(other, &["healthcheck"], &check));
                report
                    .flag_compose(
                        span,
                        format!(
                            "`{}` waits until `{}` is healthy, which has no healthcheck: Compose gives up",
                            service.name, other.name
                        ),
                    )
                    .help(match super::databases::database(other) {
                        Some(database) => format!(
                            "add to `{}`: `healthcheck: {{test: [\"CMD-SHELL\", '{}']}}`",
                            other.name, database.health
                        ),
                        None => format!("add a `healthcheck:` to `{}` that asks it, such as `test: [\"CMD\", \"curl\", \"--fail\", \"http://127.0.0.1:8000/health\"]`, or wait for `service_started`", other.name),
                    })
                    .mend_project(stack, edits, false);
            }
        }
    }
}
