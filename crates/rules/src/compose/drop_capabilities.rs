use plimsoll_compose::Service;

use super::edits::{Edits, New};
use super::needs::capabilities;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct DropCapabilities;

impl ComposeRule for DropCapabilities {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let all = |name: &str| ["ALL", "CAP_ALL"].iter().any(|all| name.trim().eq_ignore_ascii_case(all));
            if service.cap_drop.iter().any(|dropped| all(&dropped.value)) {
                continue;
            }
            report
                .flag_compose(
                    &service.name_span,
                    format!("`{}` keeps the capabilities that Docker gives every container, most of which no service needs", service.name),
                )
                .help("add `cap_drop: [ALL]`, and `cap_add` with the few that the service fails without")
                .also("CL-0006")
                .mend_project(stack, dropped(stack, service), false);
        }
    }
}

/// All dropped but for what such a service needs.
fn dropped(stack: &Stack<'_>, service: &Service) -> Option<Edits> {
    let edits = stack.put_in_service(service, &["cap_drop"], &New::list(["ALL"]))?;
    let has = |name: &&str| service.cap_add.iter().any(|added| added.value.eq_ignore_ascii_case(name));
    let added: Vec<&str> = capabilities(stack, service).into_iter().filter(|name| !has(name)).collect();
    if added.is_empty() {
        return Some(edits);
    }
    edits.with(stack.put_in_service(service, &["cap_add"], &New::list(added)))
}
