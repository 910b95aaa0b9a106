use super::needs::without_host_access;
use super::security_opt::options;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct SecurityProfileOff;

impl ComposeRule for SecurityProfileOff {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let options = options(service);
            for (at, opt) in options.iter().enumerate() {
                let off = match (opt.key, opt.value) {
                    // A later profile takes this one's place; labels add up.
                    ("seccomp" | "apparmor", Some("unconfined")) => {
                        let last = options.iter().rfind(|other| other.key == opt.key);
                        last.is_some_and(|last| last.value == Some("unconfined"))
                    }
                    ("label", Some("disable")) => true,
                    _ => false,
                };
                // The same entry in the other spelling is the same fault, but each has to go.
                let repeated = options[..at].iter().any(|other| other.span == opt.span);
                if !off || repeated {
                    continue;
                }
                let (what, keeps) = match opt.key {
                    "seccomp" => ("seccomp", "the filter that keeps dangerous system calls from the kernel"),
                    "apparmor" => ("AppArmor", "the profile that keeps it from the host's files and mounts"),
                    _ => ("SELinux", "the labels that keep it from the host's files"),
                };
                report
                    .flag_compose(opt.span, format!("`{}` turns {what} off, {keeps}", service.name))
                    .help("take the entry out, so that Docker's own profile holds, or name a profile made for this service")
                    .also("CL-0009")
                    .mend_project(stack, without_host_access(stack, service, opt.span), false);
            }
        }
    }
}
