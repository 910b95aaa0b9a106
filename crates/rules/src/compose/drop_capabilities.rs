use super::{ComposeRule, Reporter, Stack};

pub(crate) struct DropCapabilities;

impl ComposeRule for DropCapabilities {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let all = |name: &str| ["ALL", "CAP_ALL"].iter().any(|all| name.trim().eq_ignore_ascii_case(all));
            if service.cap_drop.iter().any(|dropped| all(&dropped.value)) {
                continue;
            }
            report
                .flag_compose(
                    &service.name_span,
                    format!("`{}` keeps the capabilities that Docker gives every container, most of which no service needs", service.name),
                )
                .help("add `cap_drop: [ALL]`, and `cap_add` with the few that the service fails without")
                .also("CL-0006");
        }
    }
}
