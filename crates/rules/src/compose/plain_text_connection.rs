use std::collections::HashSet;

use plimsoll_compose::{KeyValue, Service};

use super::credentials::literal;
use super::{ComposeRule, Reporter, Stack};
use crate::connections::{PlainText, encryption_off, plain_text, subjects, without_encryption};

pub(crate) struct PlainTextConnection;

impl ComposeRule for PlainTextConnection {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let mut seen = HashSet::new();
            for variable in service.environment.iter().filter(|v| seen.insert(v.key.as_str())) {
                let Some(value) = literal(variable) else { continue };
                let place = &variable.value_span;
                let name = format!("`{}` of `{}`", variable.key, service.name);
                let get = |name: &str| stack.setting(service, name);
                if let Some(host) = encryption_off(&variable.key, &value, get) {
                    report
                        .flag_compose(place, without_encryption(&name, &host))
                        .help("write `verify-full` in place of `disable`")
                        .mend_project(stack, stack.reworded(place, "disable", "verify-full"), false);
                    continue;
                }
                let Some(found) = plain_text(&variable.key, &value) else { continue };
                if stack.lookup.services.contains_key(found.host) || is_own(service, variable, &found) {
                    continue;
                }
                let edits = if found.is_mended_by_it {
                    stack.reworded(place, found.written, found.instead)
                } else {
                    None
                };
                report
                    .flag_compose(place, without_encryption(&name, found.host))
                    .help(found.help())
                    .mend_project(stack, edits, false);
            }
        }
    }
}

/// Whether an http URL may be where the service itself is reached: `KEYCLOAK_URL` of `keycloak`.
fn is_own(service: &Service, variable: &KeyValue, found: &PlainText<'_>) -> bool {
    let image = service.image.as_ref().map_or("", |image| image.value.as_str());
    let names = format!("{} {image}", service.name).to_ascii_lowercase();
    found.written == "http://" && subjects(&variable.key).any(|subject| names.contains(&subject))
}
