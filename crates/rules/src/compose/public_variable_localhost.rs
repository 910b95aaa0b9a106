use super::{ComposeRule, Reporter, Stack};
use crate::connections::asks_localhost;
use crate::public_variables::inner_name;

pub(crate) struct PublicVariableLocalhost;

impl ComposeRule for PublicVariableLocalhost {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(build) = &service.build else { continue };
            for variable in &build.args {
                let name = variable.key.as_str();
                // What the environment may replace is what somebody chose for this machine.
                let fixed = variable.written().filter(|written| !written.contains('$'));
                let Some(value) = fixed.filter(|v| inner_name(name).is_some() && asks_localhost(v)) else {
                    continue;
                };
                if stack.built(service).is_none_or(|image| !image.has_bundle) {
                    continue;
                }
                report
                    .flag_compose(
                        &variable.value_span,
                        format!("`{value}` goes into the bundle of `{}`: away from this machine its visitors ask their own", service.name),
                    )
                    .help(format!("let each machine say it: `{name}: ${{{name}:-{value}}}`"))
                    .mend_project(stack, stack.requoted(&variable.value_span, &format!("${{{name}:-{value}}}")), true);
            }
        }
    }
}
