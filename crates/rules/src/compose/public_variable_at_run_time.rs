use plimsoll_compose::{Build, KeyValue, Service};

use super::edits::{Edits, New, quoted};
use super::{ComposeRule, Reporter, Stack, public_variable_secret};

pub(crate) struct PublicVariableAtRunTime;

/// Beginnings of variables that exist only while the bundle is built. Nuxt and SvelteKit read theirs at run time too.
const BAKED_IN: &[&str] = &["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "GATSBY_"];

impl ComposeRule for PublicVariableAtRunTime {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            // A command of the compose file's own may be the development server, which reads them when it starts.
            let Some(build) = service.build.as_ref().filter(|_| service.command.is_none()) else { continue };
            let late = service.environment.iter().filter(|variable| {
                let name = variable.key.as_str();
                BAKED_IN.iter().any(|prefix| name.starts_with(prefix))
                    && !build.args.iter().any(|argument| argument.key == name)
                    // Into the bundle is the last place where a credential belongs.
                    && !public_variable_secret::is_said(stack, variable)
            });
            let late: Vec<_> = late.collect();
            let image = stack.built(service);
            if late.is_empty() || image.is_none_or(|image| !image.has_bundle) {
                continue;
            }
            for variable in late {
                let name = &variable.key;
                let edits = image.filter(|image| image.args.contains(name));
                let edits = edits.and_then(|_| moved(stack, service, build, variable));
                report
                    .flag_compose(
                        &variable.key_span,
                        format!("`{name}` is put into the bundle of `{}` when the image is built: set here, it reaches no browser", service.name),
                    )
                    .help(format!("give it under `build: args:`, and take it in the Dockerfile with `ARG {name}` before the build"))
                    .mend_project(stack, edits, false);
            }
        }
    }
}

/// The variable taken out of the environment and given to the build.
fn moved(stack: &Stack<'_>, service: &Service, build: &Build, variable: &KeyValue) -> Option<Edits> {
    let value = variable.written().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:${}?".contains(c);
    let is_plain = !value.is_empty() && value.chars().all(plain) && !value.contains(": ");
    let name = variable.key.as_str();
    let edits = stack.without(&variable.key_span).filter(|_| is_plain)?;
    let given = service.node.get("build")?;
    if given.as_map().is_none() {
        let context = New::text(build.context.as_ref()?.written()?);
        let args = New::map([(name, New::text(quoted(value)))]);
        return edits.with(stack.replaced(
            service,
            "build",
            &New::map([("context", context), ("args", args)]),
        ));
    }
    match given.get("args").map(|args| args.as_seq().is_some()) {
        Some(true) => {
            let item = New::list([format!("{name}={value}")]);
            edits.with(stack.put_in_service(service, &["build", "args"], &item))
        }
        _ => edits.with(stack.put_in_service(service, &["build", "args", name], &New::text(quoted(value)))),
    }
}
