use super::addresses::{is_on_all_interfaces, moved_to_loopback};
use super::databases::database;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct PortOnAllInterfaces;

impl ComposeRule for PortOnAllInterfaces {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let own = database(service).map(|d| d.port);
            for port in service.ports.iter().filter(|p| is_on_all_interfaces(p)) {
                // `published-database` says it.
                if own.is_some_and(|own| super::published_database::is_database_port(port, own)) {
                    continue;
                }
                let written = port.node.as_text().map(str::to_owned).or_else(|| {
                    port.target.map(|t| {
                        if t.first == t.last {
                            t.first.to_string()
                        } else {
                            format!("{}-{}", t.first, t.last)
                        }
                    })
                });
                // The doors of a site are for everybody.
                let is_door = port.published.is_some_and(|p| matches!(p.first, 80 | 443));
                let edits = if is_door { None } else { moved_to_loopback(stack, port) };
                report
                    .flag_compose(
                        &port.span,
                        format!("port `{}` of `{}` is open on every interface of the host, past its firewall", written.unwrap_or_default(), service.name),
                    )
                    .help("publish it on one address, such as `127.0.0.1:8080:80`, and let a proxy with TLS face the world")
                    .also("CL-0005")
                    .mend_project(stack, edits, false);
            }
        }
    }
}
