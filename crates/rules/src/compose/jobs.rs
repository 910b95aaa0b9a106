//! Which services are meant to end.

use std::collections::HashSet;

use plimsoll_compose::{Condition, Service};

use super::Stack;

/// The services that are meant to end: others wait for them to complete, or only a profile starts them.
pub(crate) struct Jobs<'p> {
    awaited: HashSet<&'p str>,
}

impl<'p> Jobs<'p> {
    pub(crate) fn of(stack: &Stack<'p>) -> Self {
        let waits = stack.services().flat_map(|s| &s.depends_on);
        let awaited = waits.filter(|d| d.condition == Condition::Completed).map(|d| d.service.as_str());
        Self { awaited: awaited.collect() }
    }

    pub(crate) fn contain(&self, service: &Service) -> bool {
        self.awaited.contains(service.name.as_str()) || !service.profiles.items.is_empty()
    }
}
