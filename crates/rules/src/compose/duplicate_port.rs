use plimsoll_compose::{Port, Service};

use super::addresses::is_on_all_interfaces;
use super::edits::Edits;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct DuplicatePort;

/// So many publications of one port are compared with the next.
const MAX_COMPARED: usize = 64;

impl ComposeRule for DuplicatePort {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let mut seen: Vec<(&Service, &Port)> = Vec::new();
        let mut by_port: std::collections::HashMap<(u16, &str), Vec<usize>> =
            std::collections::HashMap::new();
        for service in stack.services().filter(|s| s.network_mode.is_none()) {
            for port in &service.ports {
                let Some(range) = port.published.filter(|r| r.first > 0) else { continue };
                // A range is the first port's: what overlaps by a part only is rare.
                let others = by_port.entry((range.first, port.protocol.as_str())).or_default();
                let taken = others.iter().filter_map(|&at| seen.get(at)).find(|(other, first)| {
                    let same_address = is_on_all_interfaces(port)
                        || is_on_all_interfaces(first)
                        || port.host_ip == first.host_ip;
                    same_address && up_together(service, other)
                });
                if let Some((other, _)) = taken {
                    let whose = if other.name == service.name {
                        "twice".to_owned()
                    } else {
                        format!("as `{}` does", other.name)
                    };
                    report
                        .flag_compose(
                            &port.span,
                            format!(
                                "`{}` publishes port {} of the host, {whose}: the second does not start",
                                service.name, range.first
                            ),
                        )
                        .help("give one of them another port")
                        .mend_project(stack, moved(stack, service, port, other), false);
                }
                if others.len() < MAX_COMPARED {
                    others.push(seen.len());
                }
                seen.push((service, port));
            }
        }
    }
}

/// The second publication on the next port that is free, or left out where the service says the same twice.
fn moved(stack: &Stack<'_>, service: &Service, port: &Port, other: &Service) -> Option<Edits> {
    let range = port.published.filter(|range| range.first == range.last)?;
    if service.name == other.name && service.ports.iter().filter(|p| p.target == port.target).count() > 1 {
        return stack.without(&port.span);
    }
    let taken = |number: u16| {
        stack
            .services()
            .take(MAX_COMPARED)
            .flat_map(|s| &s.ports)
            .any(|p| p.published.is_some_and(|r| r.contains(number)))
    };
    let free = (range.first.checked_add(1)?..=u16::MAX).take(MAX_COMPARED).find(|number| !taken(*number))?;
    match port.node.get("published") {
        Some(published) => stack.requoted(&published.span, &free.to_string()),
        None => stack.reworded(&port.span, &format!("{}:", range.first), &format!("{free}:")),
    }
}

/// Whether two services may be up at the same time.
fn up_together(one: &Service, other: &Service) -> bool {
    let (a, b) = (&one.profiles.items, &other.profiles.items);
    if one.name == other.name || (a.is_empty() && b.is_empty()) {
        return true;
    }
    // A service without profiles is always up, but a profile that takes its place is how variants are written.
    a.iter().any(|profile| b.iter().any(|p| p.value == profile.value))
}
