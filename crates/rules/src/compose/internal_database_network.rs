use super::databases::database;
use super::networks::{has_way_out, networks};
use super::own_network::own_network;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct InternalDatabaseNetwork;

impl ComposeRule for InternalDatabaseNetwork {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(kind) = database(service) else { continue };
            let Some(open) = networks(service).into_iter().find(|n| has_way_out(stack, n)) else { continue };
            let named = service.networks.iter().find(|n| n.name == open);
            report
                .flag_compose(
                    named.map_or(&service.name_span, |n| &n.span),
                    format!(
                        "the {} of `{}` is on the network `{open}`, which has a way out",
                        kind.name, service.name
                    ),
                )
                .help(format!("put it on a network of its own: `networks: [{0}-net]` at `{0}` and at those who ask it, and at the top level `networks: {{{0}-net: {{internal: true}}}}`", service.name))
                .mend_project(stack, own_network(stack, service, true, &|_| false), false);
        }
    }
}
