use super::needs::without_host_access;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct PrivilegedService;

impl ComposeRule for PrivilegedService {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(privileged) = service.privileged.as_ref().filter(|p| p.value) else { continue };
            let why = "every device and every right of the host is its own, so breaking into it is breaking into the host";
            report
                .flag_compose(&privileged.key.clone(), format!("`{}` is privileged: {why}", service.name))
                .help("take it out, and add the one device or capability that the service needs")
                .also("CL-0002")
                .mend_project(stack, without_host_access(stack, service, &privileged.key), false);
        }
    }
}
