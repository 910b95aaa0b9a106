use plimsoll_compose::{KeyValue, Service};

use super::credentials::literal;
use super::databases::database;
use super::edits::Edits;
use super::secret_files::{grant, in_place_of};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct DatabaseWithoutPassword;

/// Variable, the value that opens the door, what it does, and what sets a password.
const OPEN: &[(&str, &[&str], &str, &str)] = &[
    (
        "POSTGRES_HOST_AUTH_METHOD",
        &["trust"],
        "takes every connection without a password",
        "`POSTGRES_PASSWORD_FILE`",
    ),
    ("MYSQL_ALLOW_EMPTY_PASSWORD", YES, "has a root user without a password", "`MYSQL_ROOT_PASSWORD_FILE`"),
    (
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        YES,
        "has a root user without a password",
        "`MARIADB_ROOT_PASSWORD_FILE`",
    ),
    (
        "MARIADB_ALLOW_EMPTY_PASSWORD",
        YES,
        "has a root user without a password",
        "`MARIADB_ROOT_PASSWORD_FILE`",
    ),
    (
        "ALLOW_EMPTY_PASSWORD",
        YES,
        "takes connections without a password",
        "the `..._PASSWORD_FILE` of its image",
    ),
    (
        "xpack.security.enabled",
        &["false"],
        "takes every request without a password",
        "`ELASTIC_PASSWORD_FILE`",
    ),
    (
        "DISABLE_SECURITY_PLUGIN",
        YES,
        "takes every request without a password",
        "`OPENSEARCH_INITIAL_ADMIN_PASSWORD`",
    ),
    (
        "plugins.security.disabled",
        YES,
        "takes every request without a password",
        "`OPENSEARCH_INITIAL_ADMIN_PASSWORD`",
    ),
    ("NEO4J_AUTH", &["none"], "takes every connection without a password", "`NEO4J_AUTH_FILE`"),
    (
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED",
        YES,
        "takes every request without a password",
        "`AUTHENTICATION_APIKEY_ALLOWED_KEYS`",
    ),
];
const YES: &[&str] = &["yes", "true", "1", "on"];

impl ComposeRule for DatabaseWithoutPassword {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for variable in &service.environment {
                let Some((_, values, what, instead)) = OPEN.iter().find(|(name, ..)| *name == variable.key)
                else {
                    continue;
                };
                let Some(value) = literal(variable) else { continue };
                let value = value.trim().to_ascii_lowercase();
                if !values.contains(&value.as_str()) {
                    continue;
                }
                let kind = database(service).map_or("server", |d| d.name);
                report
                    .flag_compose(&variable.key_span, format!("the {kind} of `{}` {what}", service.name))
                    .help(format!("take the line out, and give it a password from a secret with {instead}"))
                    .mend_project(stack, with_password(stack, service, variable), false);
            }
        }
    }
}

/// The open door replaced by a password that Compose takes from its environment.
fn with_password(stack: &Stack<'_>, service: &Service, open: &KeyValue) -> Option<Edits> {
    let password = match open.key.as_str() {
        "POSTGRES_HOST_AUTH_METHOD" => "POSTGRES_PASSWORD",
        "MYSQL_ALLOW_EMPTY_PASSWORD" => "MYSQL_ROOT_PASSWORD",
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD" => "MARIADB_ROOT_PASSWORD",
        _ => return None,
    };
    // It has one: the door needs only to be shut.
    if service.environment.iter().any(|v| v.key.starts_with(password)) {
        return stack.without(&open.key_span);
    }
    let secret = password.to_ascii_lowercase();
    let line = in_place_of(stack, open, &format!("{password}_FILE"), &format!("/run/secrets/{secret}"))?;
    grant(stack, service, line, &secret, password)
}
