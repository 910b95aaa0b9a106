use super::needs::without_host_access;
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;

pub(crate) struct AddedCapability;

/// Capability, what it gives, the code, and how grave it is.
const CAPABILITIES: &[(&str, &str, &str, Severity)] = &[
    ("ALL", "every right of root on the host's kernel", "CL-0024", Severity::Error),
    ("SYS_ADMIN", "mounts and namespaces, the way out of most containers", "CL-0024", Severity::Error),
    ("SYS_MODULE", "code of its own in the host's kernel", "CL-0024", Severity::Error),
    ("SYS_RAWIO", "the host's input and output ports", "CL-0024", Severity::Error),
    (
        "NET_ADMIN",
        "routes and firewall rules, enough to listen in on its neighbours",
        "CL-0011",
        Severity::Warning,
    ),
    ("BPF", "programs of its own in the host's kernel", "CL-0011", Severity::Warning),
    ("SYS_BOOT", "a restart of the host", "CL-0011", Severity::Warning),
    ("SYS_TIME", "the host's clock", "CL-0028", Severity::Warning),
    ("PERFMON", "samples of every process of the host", "CL-0028", Severity::Warning),
    ("SYSLOG", "the host's kernel log", "CL-0030", Severity::Warning),
    ("SYS_NICE", "priority over the host's processes", "CL-0029", Severity::Info),
    ("IPC_LOCK", "memory that the host cannot take back", "CL-0029", Severity::Info),
    ("LEASE", "leases that hold up the host's processes", "CL-0029", Severity::Info),
    ("SYS_PTRACE", "the memory of every other process in the container", "CL-0027", Severity::Info),
    ("DAC_READ_SEARCH", "files that it has no permission to read", "CL-0027", Severity::Info),
];

impl ComposeRule for AddedCapability {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for added in &service.cap_add {
                let upper = added.value.trim().to_ascii_uppercase();
                let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
                let Some((_, gives, code, severity)) = CAPABILITIES.iter().find(|(n, ..)| *n == name) else {
                    continue;
                };
                report
                    .flag_compose(
                        &added.span,
                        format!("`{}` adds the capability {name}: {gives}", service.name),
                    )
                    .severity(*severity)
                    .help("take it out, or give the work that needs it to a service that does nothing else")
                    .also(code)
                    .mend_project(stack, without_host_access(stack, service, &added.span), false);
            }
        }
    }
}
