//! Which services are meant to end.

use plimsoll_compose::{Condition, Service};

use super::Stack;

/// Whether another service waits for this one to complete, or it is only started by a profile or by hand.
pub(crate) fn is_job(stack: &Stack<'_>, service: &Service) -> bool {
    let awaited = stack.services().flat_map(|s| &s.depends_on);
    let completed =
        awaited.filter(|d| d.service == service.name).any(|d| d.condition == Condition::Completed);
    completed || !service.profiles.items.is_empty()
}
