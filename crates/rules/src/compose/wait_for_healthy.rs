use plimsoll_compose::Condition;

use super::databases::database;
use super::health::{Health, health};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct WaitForHealthy;

impl ComposeRule for WaitForHealthy {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for dependency in service.depends_on.iter().filter(|d| d.condition == Condition::Started) {
                let Some(other) = stack.lookup.services.get(dependency.service.as_str()) else { continue };
                let Some(kind) = database(other) else { continue };
                if health(stack, other) != Health::Checked {
                    continue;
                }
                report
                    .flag_compose(
                        &dependency.span,
                        format!("`{}` starts as soon as `{}` does, not when its {} answers, although it has a healthcheck", service.name, other.name, kind.name),
                    )
                    .help(format!("write `{}: {{condition: service_healthy}}`", other.name));
            }
        }
    }
}
