//! Which networks a service is on.

use plimsoll_compose::Service;

use super::Stack;

/// The names of a service's networks; `default` where it names none. Empty for one that is on the host's network, on
/// another service's, or on none.
pub(crate) fn networks(service: &Service) -> Vec<&str> {
    if service.network_mode.is_some() {
        return Vec::new();
    }
    if service.networks.items.is_empty() {
        return vec!["default"];
    }
    service.networks.iter().map(|n| n.name.as_str()).collect()
}

/// Whether a network has a way out. One that somebody else made may have none.
pub(crate) fn has_way_out(stack: &Stack<'_>, name: &str) -> bool {
    match stack.lookup.networks.get(name) {
        Some(network) => {
            !network.internal.as_ref().is_some_and(|i| i.value)
                && !network.external.as_ref().is_some_and(|e| e.value)
        }
        None => name == "default",
    }
}
