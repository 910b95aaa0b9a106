use super::addresses::{is_on_all_interfaces, is_on_loopback, moved_to_loopback};
use super::databases::database;
use super::{ComposeRule, Reporter, Stack};
use crate::all_rules;

pub(crate) struct PublishedDatabase;

impl ComposeRule for PublishedDatabase {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        // Where a port on the loopback address is reported too, moving it there mends nothing.
        let loopback = all_rules().find(|meta| meta.name == "database-on-loopback");
        let on_loopback_too = loopback.is_some_and(|meta| stack.settings.selection.runs(meta));
        for service in stack.services() {
            let Some(database) = database(service) else { continue };
            for port in
                service.ports.iter().filter(|p| is_database_port(p, database.port) && !is_on_loopback(p))
            {
                let (name, kind) = (&service.name, database.name);
                let where_to = match &port.host_ip {
                    Some(address) if !is_on_all_interfaces(port) => format!("`{address}`"),
                    _ => "every interface of the host, past its firewall".to_owned(),
                };
                let edit = match on_loopback_too {
                    true => stack.without(&port.span),
                    false => moved_to_loopback(stack, port),
                };
                report
                    .flag_compose(&port.span, format!("`{name}` publishes {kind} on {where_to}; the other services reach it without that"))
                    .help(format!("take the port out, or for a client on this host write `127.0.0.1:{0}:{0}`", database.port))
                    .also_if(is_on_all_interfaces(port), "CL-0005")
                    .mend_project(stack, edit, false);
            }
        }
    }
}

/// Whether a port is the one that the database answers on, and not that of a console beside it.
pub(super) fn is_database_port(port: &plimsoll_compose::Port, own: u16) -> bool {
    port.target.is_some_and(|target| target.contains(own))
}
