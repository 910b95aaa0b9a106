use super::needs::without_host_access;
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;

pub(crate) struct HostNamespace;

impl ComposeRule for HostNamespace {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for (key, field, why, code, severity) in [
                (
                    "pid",
                    &service.pid,
                    "it sees every process of the host and may end it",
                    Some("CL-0010"),
                    Severity::Warning,
                ),
                (
                    "ipc",
                    &service.ipc,
                    "it reads the shared memory of the host's processes",
                    Some("CL-0010"),
                    Severity::Warning,
                ),
                (
                    "cgroup",
                    &service.cgroup,
                    "it sees the control groups of the whole host",
                    None,
                    Severity::Info,
                ),
                (
                    "userns_mode",
                    &service.userns_mode,
                    "root in it is root on the host even where the daemon maps users",
                    None,
                    Severity::Info,
                ),
            ] {
                let Some(field) = field.as_ref().filter(|f| f.value == "host") else { continue };
                let draft = report.flag_compose(
                    field.span(),
                    format!("`{}` shares the host's `{key}` namespace: {why}", service.name),
                );
                draft.severity(severity).help(format!("take `{key}: host` out")).mend_project(
                    stack,
                    without_host_access(stack, service, field.span()),
                    false,
                );
                if let Some(code) = code {
                    draft.also(code);
                }
            }
        }
    }
}
