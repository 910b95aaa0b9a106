//! A network of its own for a database.

use plimsoll_compose::Service;

use super::Stack;
use super::edits::{Edits, New};

/// In a project with more services nobody could say who asks whom.
const MAX_SERVICES: usize = 100;
/// So many services are put on it.
const MAX_CLIENTS: usize = 20;

/// A network for a database that is on the default one, and for those who ask it. None where that is not known of
/// every service, and where none but what `outside` tells asks it.
pub(crate) fn own_network(
    stack: &Stack<'_>,
    database: &Service,
    internal: bool,
    outside: &dyn Fn(&Service) -> bool,
) -> Option<Edits> {
    let name = format!("{}-net", database.name);
    let published = internal && !database.ports.items.is_empty();
    if stack.project.compose.services.items.len() > MAX_SERVICES {
        return None;
    }
    if let (true, [only]) = (internal, database.networks.items.as_slice()) {
        return closed(stack, database, &only.name).filter(|_| !published);
    }
    if database.networks.is_given() || published || stack.lookup.networks.contains_key(name.as_str()) {
        return None;
    }
    let mut edits = stack.put_in_service(database, &["networks"], &New::list([&name]))?;
    let mut clients = 0;
    for service in stack.services().filter(|s| s.name != database.name && !outside(s)) {
        if asks(service, &database.name) {
            clients += 1;
            edits = edits.with(joined(stack, service, &name))?;
        } else if !service.env_file.items.is_empty() {
            // What stands in there may be its address.
            return None;
        }
    }
    if clients == 0 || clients > MAX_CLIENTS {
        return None;
    }
    let options = if internal { New::map([("internal", New::text("true"))]) } else { New::text("") };
    edits.with(stack.put_at_top(database, &["networks", &name], &options))
}

/// A network without a way out, where nobody on it needs one: databases only, and who is on another one too.
fn closed(stack: &Stack<'_>, database: &Service, network: &str) -> Option<Edits> {
    let members = stack.services().filter(|s| s.networks.iter().any(|n| n.name == network));
    let is_content = |service: &Service| {
        service.networks.items.len() > 1
            || (super::databases::database(service).is_some() && service.ports.items.is_empty())
    };
    let is_own =
        stack.lookup.networks.get(network).is_some_and(|n| n.external.as_ref().is_none_or(|e| !e.value));
    if !is_own || !members.into_iter().all(is_content) {
        return None;
    }
    stack.put_at_top(database, &["networks", network, "internal"], &New::text("true"))
}

/// Whether a service waits for another or names it in its settings.
fn asks(service: &Service, other: &str) -> bool {
    let names = |text: &str| {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).any(|word| word == other)
    };
    let in_commands = || {
        [&service.command, &service.entrypoint]
            .into_iter()
            .flatten()
            .any(|c| c.words().iter().any(|w| names(w)))
    };
    service.depends_on.iter().any(|d| d.service == other)
        || service.links.iter().any(|link| names(&link.value))
        || service.environment.iter().any(|v| v.value.as_deref().is_some_and(names))
        || in_commands()
}

/// Puts a service on one more network.
fn joined(stack: &Stack<'_>, service: &Service, network: &str) -> Option<Edits> {
    if service.network_mode.is_some() {
        return None;
    }
    match service.node.get("networks") {
        None => stack.put_in_service(service, &["networks"], &New::list(["default", network])),
        Some(node) if node.as_map().is_some() => {
            stack.put_in_service(service, &["networks", network], &New::text(""))
        }
        Some(_) => stack.put_in_service(service, &["networks"], &New::list([network])),
    }
}
