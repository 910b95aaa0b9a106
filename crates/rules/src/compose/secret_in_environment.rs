use std::cell::LazyCell;

use plimsoll_compose::Service;

use super::credentials::{is_cl_0020, is_credential, literal, url_password};
use super::secret_files::{
    ExampleToExtend, as_secret, file_variable, insisted_on, url_insisting, url_variable,
};
use super::{ComposeRule, Reporter, Stack, public_variable_secret};
use crate::Severity;

pub(crate) struct SecretInEnvironment;

impl ComposeRule for SecretInEnvironment {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let example = LazyCell::new(|| ExampleToExtend::of(stack));
        for service in stack.services() {
            for variable in &service.environment {
                let Some(value) = literal(variable) else { continue };
                let name = variable.key.as_str();
                let password = variable.written().and_then(url_password);
                let credential = is_credential(name, &value);
                if (password.is_none() && !credential) || public_variable_secret::is_said(stack, variable) {
                    continue;
                }
                let message = match &password {
                    Some(_) => format!(
                        "`{name}` of `{}` has a password in its URL, for everybody who reads this file",
                        service.name
                    ),
                    None => format!(
                        "`{name}` of `{}` is a credential in plain text, for everybody who reads this file or asks `docker inspect`",
                        service.name
                    ),
                };
                let secret = password.as_deref().unwrap_or(&value);
                let strong = !plimsoll_secrets::placeholder(secret)
                    && !stack.lookup.is_name(secret)
                    && !is_public(secret);
                let draft = report.flag_compose(&variable.key_span, message);
                draft
                    .severity(if strong { Severity::Error } else { Severity::Warning })
                    .help(help(name, service, password.is_some()))
                    .also_if(is_cl_0020(name, &value), "CL-0020")
                    .also_if(password.is_some(), "CL-0021");
                if strong {
                    draft.hide(&variable.value_span);
                }
                // What is masked where it stands has no diff, and is not moved.
                let edits = match &password {
                    Some(password) => url_insisting(stack, variable, password),
                    None => {
                        as_secret(stack, service, variable, name).or_else(|| insisted_on(stack, variable))
                    }
                };
                if let Some(edits) = edits.filter(|_| !strong) {
                    draft.mend_project(stack, Some(edits), false);
                    let given =
                        if password.is_some() { url_variable(variable) } else { Some(name.to_owned()) };
                    if let Some(change) = given.and_then(|given| example.as_ref()?.naming(&given)) {
                        draft.change_file(change, false);
                    }
                }
            }
        }
    }
}

/// Whether the value is what every example of the product says: nothing leaks, but anybody can try it.
fn is_public(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    value.len() < 8 || PUBLIC.iter().any(|word| lower.contains(word))
}

const PUBLIC: &[&str] = &[
    "password",
    "secret",
    "postgres",
    "mysql",
    "admin",
    "root",
    "example",
    "test",
    "guest",
    "changeme",
    "change_me",
    "default",
    "minio",
];

fn help(name: &str, service: &Service, in_url: bool) -> String {
    if in_url {
        return "take the password from the environment: write `${NAME:?}` in its place, and `NAME=...` into a .env that git ignores"
            .to_owned();
    }
    match file_variable(service, name) {
        Some(file) => {
            let secret = name.to_ascii_lowercase();
            format!(
                "write `{file}: /run/secrets/{secret}` in its place, `secrets: [{secret}]` at the service, and at the top level `secrets: {{{secret}: {{environment: {name}}}}}`; the value goes into a .env that git ignores"
            )
        }
        None => format!(
            "write `{name}: ${{{name}:?}}`, and the value into a .env that git ignores; or declare it under `secrets:` and read it from /run/secrets"
        ),
    }
}
