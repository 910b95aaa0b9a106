use plimsoll_compose::{KeyValue, Service};

use super::credentials::{is_cl_0020, literal, url_password};
use super::{ComposeRule, Reporter, Stack};
use crate::public_variables::{inner_name, is_secret, names_secret, secret_help, secret_message};

pub(crate) struct PublicVariableSecret;

impl ComposeRule for PublicVariableSecret {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let mut said: Vec<&str> = Vec::new();
            for (variable, is_environment) in settings(service) {
                let name = variable.key.as_str();
                if said.contains(&name) || !is_said(stack, variable) {
                    continue;
                }
                said.push(name);
                let shipped = literal(variable);
                let draft = report.flag_compose(&variable.key_span, secret_message(name));
                draft
                    .help(secret_help(name))
                    .also_if(
                        is_environment && shipped.as_deref().is_some_and(|value| is_cl_0020(name, value)),
                        "CL-0020",
                    )
                    .also_if(
                        is_environment && variable.written().and_then(url_password).is_some(),
                        "CL-0021",
                    );
                if let Some(leak) = leak_in(stack, variable) {
                    draft.detector(leak.detector.name.clone());
                }
                if shipped.is_some_and(|value| !plimsoll_secrets::placeholder(&value)) {
                    draft.hide(&variable.value_span);
                }
            }
        }
    }
}

/// What a service's environment and build are given; the environment first, since peers read only that.
fn settings(service: &Service) -> impl Iterator<Item = (&KeyValue, bool)> {
    let arguments = service.build.iter().flat_map(|build| &build.args);
    service.environment.iter().map(|v| (v, true)).chain(arguments.map(|v| (v, false)))
}

/// Whether the rule speaks of a variable: by its name, by what is in its value, or by a password in its URL.
pub(super) fn is_said(stack: &Stack<'_>, variable: &KeyValue) -> bool {
    inner_name(&variable.key).is_some()
        && (names_secret(&variable.key)
            || variable.written().and_then(url_password).is_some()
            || leak_in(stack, variable).is_some())
}

fn leak_in<'s>(stack: &'s Stack<'_>, variable: &KeyValue) -> Option<&'s super::Leak> {
    let place = &variable.value_span;
    stack.leaks().iter().find(|leak| {
        leak.span.source == place.source
            && place.bytes.start <= leak.span.bytes.start
            && leak.span.bytes.end <= place.bytes.end
            && is_secret(&leak.detector)
    })
}
