use super::credentials::{literal, shipped};
use super::secret_files::{as_secret, only_variable};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct UseSecrets;

impl ComposeRule for UseSecrets {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for variable in &service.environment {
                let from_outside = match variable.written() {
                    None => true,
                    Some(written) => written.contains('$') && shipped(written).is_empty(),
                };
                // What ships a value is reported by secret-in-environment.
                if !from_outside
                    || literal(variable).is_some()
                    || !plimsoll_secrets::secret_name(&variable.key)
                {
                    continue;
                }
                let source = match variable.written() {
                    None => Some(variable.key.as_str()),
                    Some(written) => only_variable(written),
                };
                let edits = source.and_then(|source| as_secret(stack, service, variable, source));
                report
                    .flag_compose(
                        &variable.key_span,
                        format!("`{}` reaches `{}` through its environment, which `docker inspect` and every process in it show", variable.key, service.name),
                    )
                    .help("declare it under `secrets:` and let the service read /run/secrets/...")
                    .mend_project(stack, edits, false);
            }
        }
    }
}
