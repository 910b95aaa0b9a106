use super::credentials::{literal, shipped};
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
                report
                    .flag_compose(
                        &variable.key_span,
                        format!("`{}` reaches `{}` through its environment, which `docker inspect` and every process in it show", variable.key, service.name),
                    )
                    .help("declare it under `secrets:` and let the service read /run/secrets/...");
            }
        }
    }
}
