use plimsoll_compose::{Condition, Dependency, Service};

use super::databases::database;
use super::edits::{Edits, New};
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
                    .help(format!("write `{}: {{condition: service_healthy}}`", other.name))
                    .mend_project(stack, waiting(stack, service, dependency), false);
            }
        }
    }
}

/// The dependency made one on health. A list of names becomes a mapping, in which the others stay as they are.
pub(super) fn waiting(stack: &Stack<'_>, service: &Service, dependency: &Dependency) -> Option<Edits> {
    const HEALTHY: &str = "service_healthy";
    if let Some(place) = &dependency.condition_span {
        return stack.requoted(place, HEALTHY);
    }
    let written = service.node.get("depends_on")?;
    if written.as_map().is_some() {
        return stack.put_in_service(
            service,
            &["depends_on", &dependency.service, "condition"],
            &New::text(HEALTHY),
        );
    }
    let condition = |name: &str| if name == dependency.service { HEALTHY } else { "service_started" };
    let entry = |other: &Dependency| {
        let name = other.service.as_str();
        (name.to_owned(), New::map([("condition", New::text(condition(name)))]))
    };
    stack.replaced(service, "depends_on", &New::Map(service.depends_on.iter().map(entry).collect()))
}
