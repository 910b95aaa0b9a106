use super::credentials::{arguments, as_variable, is_cl_0020, is_credential, literal, url_password};
use super::secret_in_command::{commands, is_literal, place};
use super::{ComposeRule, Reporter, Stack, public_variable_secret};

pub(crate) struct SecretLikeSetting;

impl ComposeRule for SecretLikeSetting {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for variable in &service.environment {
                let Some(value) = literal(variable) else { continue };
                let name = variable.key.as_str();
                let said = is_credential(name, &value)
                    || variable.written().and_then(url_password).is_some()
                    || public_variable_secret::is_said(stack, variable);
                if !said && is_cl_0020(name, &value) {
                    report
                        .flag_compose(&variable.key_span, message(name, &service.name))
                        .help("a clearer name spares everybody the question")
                        .also("CL-0020");
                }
            }
            for (_, command) in commands(service) {
                for argument in arguments(command).iter().filter(|a| is_literal(a)) {
                    let name = as_variable(&argument.name);
                    if !is_credential(&name, &argument.value) && is_cl_0020(&name, &argument.value) {
                        report
                            .flag_compose(&place(command, argument), message(&argument.name, &service.name))
                            .instruction(&command.key)
                            .help("a clearer name spares everybody the question")
                            .also("CL-0020");
                    }
                }
            }
        }
    }
}

fn message(name: &str, service: &str) -> String {
    format!("`{name}` of `{service}` is named like a credential and has a value in plain text")
}
