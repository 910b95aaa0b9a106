use super::addresses::is_on_loopback;
use super::databases::database;
use super::published_database::is_database_port;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct DatabaseOnLoopback;

impl ComposeRule for DatabaseOnLoopback {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(database) = database(service) else { continue };
            let own = |p: &&plimsoll_compose::Port| is_database_port(p, database.port) && is_on_loopback(p);
            for port in service.ports.iter().filter(own) {
                report
                    .flag_compose(
                        &port.span,
                        format!("`{}` publishes {} to every program of this host; the other services reach it without that", service.name, database.name),
                    )
                    .help(format!(
                        "take the port out, and ask the database with `docker compose exec {} ...`",
                        service.name
                    ))
                    .mend_project(stack, stack.without(&port.span), false);
            }
        }
    }
}
