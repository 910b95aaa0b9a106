//! Credentials that a service reads from a file, or that the environment of Compose has to give.

use std::collections::HashSet;
use std::path::PathBuf;

use plimsoll_compose::{KeyValue, Service, Span};

use super::Stack;
use super::edits::{Edits, New};
use super::env_files::{example_beside, named_variables};
use super::images::image;
use crate::FileEdit;

/// Official images that read a variable's value from the file that another one names, and for which variables.
const READ_FILES: &[(&str, &[&str])] = &[
    ("influxdb", &["DOCKER_INFLUXDB_INIT_PASSWORD", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN"]),
    ("joomla", &["JOOMLA_DB_PASSWORD"]),
    ("mariadb", &["MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"]),
    ("mongo", &["MONGO_INITDB_ROOT_PASSWORD"]),
    ("mysql", &["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"]),
    ("neo4j", &["NEO4J_AUTH"]),
    ("nextcloud", &["MYSQL_PASSWORD", "POSTGRES_PASSWORD", "NEXTCLOUD_ADMIN_PASSWORD"]),
    ("postgres", &["POSTGRES_PASSWORD"]),
    ("redmine", &["REDMINE_DB_PASSWORD"]),
    ("wordpress", &["WORDPRESS_DB_PASSWORD"]),
];
/// Images of others that do.
const READ_FILES_TOO: &[(&str, &[&str])] = &[
    ("grafana/grafana", &["GF_SECURITY_ADMIN_PASSWORD"]),
    ("minio/minio", &["MINIO_ROOT_PASSWORD"]),
    ("pgvector/pgvector", &["POSTGRES_PASSWORD"]),
    ("postgis/postgis", &["POSTGRES_PASSWORD"]),
    ("timescale/timescaledb", &["POSTGRES_PASSWORD"]),
];

/// The variable that names a file in place of `name`, where the service's image is known to read it.
pub(crate) fn file_variable(service: &Service, name: &str) -> Option<String> {
    let image = image(service)?;
    let repository = image.repository();
    let (_, known) = match image.official() {
        Some(official) => READ_FILES.iter().find(|(image, _)| *image == official)?,
        None => READ_FILES_TOO.iter().find(|(image, _)| *image == repository)?,
    };
    let mark = if name.starts_with("GF_") { "__FILE" } else { "_FILE" };
    known.contains(&name).then(|| format!("{name}{mark}"))
}

/// Makes an environment variable a secret that Compose takes from its own environment's `source`. None where the image
/// reads no file, and where the container's own commands use the variable.
pub(crate) fn as_secret(
    stack: &Stack<'_>,
    service: &Service,
    variable: &KeyValue,
    source: &str,
) -> Option<Edits> {
    let file = file_variable(service, &variable.key)?;
    let used = |text: &str| {
        text.contains(&format!("$${}", variable.key)) || text.contains(&format!("$${{{}", variable.key))
    };
    let commands = super::secret_in_command::commands(service);
    if commands.iter().any(|(_, command)| stack.project.text(&command.node.span).is_some_and(used)) {
        return None;
    }
    let secret = variable.key.to_ascii_lowercase();
    let path = format!("/run/secrets/{secret}");
    let line = in_place_of(stack, variable, &file, &path)?;
    grant(stack, service, line, &secret, source)
}

/// Gives a service a secret that comes from a variable of Compose's own environment, besides other edits.
pub(crate) fn grant(
    stack: &Stack<'_>,
    service: &Service,
    edits: Edits,
    secret: &str,
    source: &str,
) -> Option<Edits> {
    let granted = service.secrets.iter().any(|grant| grant.source.value == secret);
    let edits = match granted {
        true => edits,
        false => edits.with(stack.put_in_service(service, &["secrets"], &New::list([secret])))?,
    };
    if stack.lookup.secrets.contains_key(secret) {
        return Some(edits);
    }
    let declared = New::map([("environment", New::text(source))]);
    edits.with(stack.put_at_top(service, &["secrets", secret], &declared))
}

/// A variable replaced by another, in the form that the environment is written in.
pub(crate) fn in_place_of(stack: &Stack<'_>, old: &KeyValue, name: &str, value: &str) -> Option<Edits> {
    if !stack.is_alone(&old.key_span) {
        return None;
    }
    let source = stack.project.source(&old.key_span)?;
    let behind = source.text.get(old.key_span.bytes.end..)?;
    let is_entry = behind.starts_with(':');
    let end = old.value_span.bytes.end.max(old.key_span.bytes.end + usize::from(is_entry));
    let place = Span { bytes: old.key_span.bytes.start..end, ..old.key_span.clone() };
    let one_line = !stack.project.text(&place)?.contains('\n');
    let separator = if is_entry { ": " } else { "=" };
    one_line.then(|| stack.rewritten(&place, format!("{name}{separator}{value}")))?
}

/// A variable's value replaced by one that has to be given to Compose.
pub(crate) fn insisted_on(stack: &Stack<'_>, variable: &KeyValue) -> Option<Edits> {
    let name = &variable.key;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name || !stack.is_alone(&variable.key_span) || variable.value_span.bytes.is_empty() {
        return None;
    }
    let written = stack.project.text(&variable.value_span)?;
    if written.contains('\n') || variable.value_span.bytes == variable.key_span.bytes {
        return None;
    }
    let source = stack.project.source(&variable.value_span)?;
    let before = source.text.get(..variable.value_span.bytes.start)?;
    let value = format!("${{{name}:?}}");
    // The value of `- NAME=value` has no quotes of its own.
    if before.ends_with('=') {
        return stack.rewritten(&variable.value_span, value);
    }
    let is_quoted = written.starts_with(['"', '\'']);
    let plain = if is_quoted { None } else { stack.rewritten(&variable.value_span, value.as_str()) };
    plain.or_else(|| stack.rewritten(&variable.value_span, format!("\"{value}\"")))
}

/// The password of a URL replaced by a variable that has to be given to Compose.
pub(crate) fn url_insisting(stack: &Stack<'_>, variable: &KeyValue, password: &str) -> Option<Edits> {
    let name = url_variable(variable)?;
    let place = &variable.value_span;
    stack.reworded(place, &format!(":{password}@"), &format!(":${{{name}:?}}@"))
}

/// The variable that a URL's password is to come from: the one that its server's image knows.
pub(crate) fn url_variable(variable: &KeyValue) -> Option<String> {
    let scheme = variable.written()?.split(':').next()?;
    let known = scheme.split('+').find(|part| *part != "db")?;
    let name = match known {
        "postgres" | "postgresql" => "POSTGRES_PASSWORD".to_owned(),
        "mysql" | "mysql2" | "mariadb" => "MYSQL_PASSWORD".to_owned(),
        "mongodb" => "MONGO_INITDB_ROOT_PASSWORD".to_owned(),
        "redis" | "rediss" => "REDIS_PASSWORD".to_owned(),
        "amqp" | "amqps" => "RABBITMQ_DEFAULT_PASS".to_owned(),
        _ => format!("{}_PASSWORD", variable.key.to_ascii_uppercase()),
    };
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(name)
}

/// The example of an env file that has to name what Compose insists on, and the names that are known.
pub(crate) struct ExampleToExtend {
    path: PathBuf,
    known: HashSet<String>,
}

impl ExampleToExtend {
    /// The one beside the project; None where there is none.
    pub(crate) fn of(stack: &Stack<'_>) -> Option<Self> {
        let (path, is_there) = example_beside(stack)?;
        is_there.then(|| Self { path, known: named_variables(stack).unwrap_or_default() })
    }

    /// The edit that names a variable, where none of the files does.
    pub(crate) fn naming(&self, name: &str) -> Option<FileEdit> {
        (!self.known.contains(name)).then(|| FileEdit::appending(&self.path, &[format!("{name}=")]))
    }
}

/// The variable that a value is, and nothing besides: `${NAME}`, `$NAME`, `${NAME:?...}`.
pub(crate) fn only_variable(written: &str) -> Option<&str> {
    let bare = written.trim().trim_matches(['"', '\'']).strip_prefix('$')?;
    let name = match bare.strip_prefix('{') {
        Some(braced) => {
            let inside = braced.strip_suffix('}')?;
            inside.split([':', '?', '-', '+']).next()?
        }
        None => bare,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}
