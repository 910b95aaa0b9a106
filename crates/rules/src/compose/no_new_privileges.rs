use super::edits::New;
use super::security_opt::{Opt, options};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct NoNewPrivileges;

impl ComposeRule for NoNewPrivileges {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let last = options(service).into_iter().rfind(|opt| opt.key == "no-new-privileges");
            if last.as_ref().is_some_and(Opt::is_on) {
                continue;
            }
            let edits = match &last {
                Some(off) => stack.requoted(off.span, "no-new-privileges:true"),
                None => {
                    stack.put_in_service(service, &["security_opt"], &New::list(["no-new-privileges:true"]))
                }
            };
            let message = format!(
                "`{}` may gain privileges: a setuid program in it turns an intruder into root",
                service.name
            );
            report
                .flag_compose(&service.name_span, message)
                .help("add `security_opt: [\"no-new-privileges:true\"]`")
                .also("CL-0003")
                .mend_project(stack, edits, false);
        }
    }
}
