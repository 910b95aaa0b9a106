use super::needs::without_host_access;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct HostNetwork;

impl ComposeRule for HostNetwork {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(mode) = service.network_mode.as_ref().filter(|m| m.value == "host") else { continue };
            report
                .flag_compose(
                    mode.span(),
                    format!(
                        "`{}` is on the host's own network: it reaches what listens on the host's localhost, and every port it opens is open to all",
                        service.name
                    ),
                )
                .help("take it out and publish the ports that are needed under `ports:`")
                .also("CL-0008")
                .mend_project(stack, without_host_access(stack, service, mode.span()), false);
        }
    }
}
