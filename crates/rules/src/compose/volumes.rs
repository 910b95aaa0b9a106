//! Named volumes that a service is given.

use plimsoll_compose::Service;

use super::Stack;
use super::edits::{Edits, New};

/// The name of a service's volume for its data.
pub(crate) fn data_volume(service: &Service) -> String {
    format!("{}-data", service.name)
}

/// Mounts a named volume in a service.
pub(crate) fn mounted(stack: &Stack<'_>, service: &Service, name: &str, target: &str) -> Option<Edits> {
    let mount = New::list([format!("{name}:{target}")]);
    declared(stack, service, name, stack.put_in_service(service, &["volumes"], &mount)?)
}

/// Declares a volume, besides other edits, where the project does not have it.
pub(crate) fn declared(stack: &Stack<'_>, service: &Service, name: &str, edits: Edits) -> Option<Edits> {
    if stack.lookup.volumes.contains_key(name) {
        return Some(edits);
    }
    edits.with(stack.put_at_top(service, &["volumes", name], &New::text("")))
}
