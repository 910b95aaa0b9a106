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
            if late.is_empty() || stack.built(service).is_none_or(|image| !image.has_bundle) {
                continue;
            }
            for variable in late {
                let name = &variable.key;
                report
                    .flag_compose(
                        &variable.key_span,
                        format!("`{name}` is put into the bundle of `{}` when the image is built: set here, it reaches no browser", service.name),
                    )
                    .help(format!("give it under `build: args:`, and take it in the Dockerfile with `ARG {name}` before the build"));
            }
        }
    }
}
