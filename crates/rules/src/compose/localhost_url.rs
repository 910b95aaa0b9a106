use std::collections::HashSet;

use plimsoll_compose::{KeyValue, Service, Span};
use plimsoll_context::EnvEntry;

use super::databases::{Database, database};
use super::settings::literal;
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;
use crate::connections::{local_api, local_database};
use crate::draft::Draft;

pub(crate) struct LocalhostUrl;

impl ComposeRule for LocalhostUrl {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let databases: Databases<'_> =
            stack.services().filter_map(|s| Some((s, database(s)?))).take(MAX_DATABASES).collect();
        let asked =
            |service: &Service, name: &str, value: &str| asked(stack, &databases, service, name, value);
        for service in stack.services().filter(|s| s.network_mode.is_none()) {
            for variable in &service.environment {
                if let Some(entry) = from_dot_env(stack, variable) {
                    let asked = literal(entry).and_then(|v| asked(service, &variable.key, v));
                    if let Some(asked) = asked {
                        let from = Line { file: ".env", name: &entry.key, line: entry.line };
                        tell_of_file(service, &variable.key_span, &from, &asked, report);
                    }
                    continue;
                }
                let value = variable.value.as_deref();
                if let Some(asked) = value.and_then(|value| asked(service, &variable.key, value)) {
                    tell(stack, service, variable, &asked, report);
                }
            }
            let mut set: HashSet<&str> = service.environment.iter().map(|v| v.key.as_str()).collect();
            // What is set later holds.
            let files: Vec<_> = stack.env_files(service).collect();
            for (file, contents) in files.into_iter().rev() {
                for entry in contents.entries.iter().rev().filter(|entry| set.insert(&entry.key)) {
                    let Some(value) = literal(entry) else { continue };
                    if let Some(asked) = asked(service, &entry.key, value) {
                        let from = Line { file: &file.path.value, name: &entry.key, line: entry.line };
                        tell_of_file(service, &file.path.span, &from, &asked, report);
                    }
                }
            }
        }
    }
}

/// Who is looked for on localhost.
struct Asked<'p> {
    /// The service that listens there.
    other: &'p Service,
    severity: Severity,
}

/// The services that run a database, and which.
type Databases<'p> = Vec<(&'p Service, &'static Database)>;

/// So many databases are looked through.
const MAX_DATABASES: usize = 200;

/// The service that a setting looks for on localhost, if it does.
fn asked<'p>(
    stack: &Stack<'p>,
    databases: &Databases<'p>,
    service: &Service,
    name: &str,
    value: &str,
) -> Option<Asked<'p>> {
    let Some(ports) = local_database(name, value) else {
        let port = local_api(name, value).filter(|port| !listens(stack, service, *port))?;
        let mut others = stack.services().filter(|other| other.name != service.name);
        let other = others.find(|other| listens(stack, other, port))?;
        return Some(Asked { other, severity: Severity::Warning });
    };
    // A server's own variables say where it listens.
    if database(service).is_some_and(|d| ports.contains(&d.port)) {
        return None;
    }
    let other = databases.iter().find(|(other, d)| other.name != service.name && ports.contains(&d.port));
    let (other, _) = other?;
    Some(Asked { other, severity: Severity::Error })
}

fn tell(stack: &Stack<'_>, service: &Service, variable: &KeyValue, asked: &Asked<'_>, report: &mut Reporter) {
    let other = &asked.other.name;
    report
        .flag_compose(
            &variable.value_span,
            format!(
                "`{}` of `{}` asks localhost, which is the container itself; the server is the service `{other}`",
                variable.key, service.name
            ),
        )
        .severity(asked.severity)
        .help(format!("put `{other}` in place of the host"))
        .put_host(stack, variable, other);
}

/// A variable's line in an env file.
struct Line<'l> {
    file: &'l str,
    name: &'l str,
    line: usize,
}

/// The entry of the `.env` beside the project that is all of a variable's value: `${NAME}`, or no value at all.
fn from_dot_env<'s>(stack: &'s Stack<'_>, variable: &KeyValue) -> Option<&'s EnvEntry> {
    let name = match variable.written() {
        None => variable.key.as_str(),
        Some(written) => {
            let inner = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            let name = inner.or_else(|| written.strip_prefix('$'))?;
            name.split([':', '-', '?']).next()?
        }
    };
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    stack.dot_env().filter(|_| is_name)?.get(name)
}

/// The same of a variable that an env file sets, and of the line that it is on.
fn tell_of_file(
    service: &Service,
    place: &Span,
    Line { file, name, line }: &Line<'_>,
    asked: &Asked<'_>,
    report: &mut Reporter,
) {
    let other = &asked.other.name;
    report
        .flag_compose(
            place,
            format!(
                "line {line} of `{file}` has `{name}` of `{}` ask localhost, which is the container itself; the server is the service `{other}`",
                service.name
            ),
        )
        .severity(asked.severity)
        .help(format!("put `{other}` in place of the host of `{name}` there, or set it under `environment:`"));
}

impl Draft {
    /// The edit that puts another host in place of localhost.
    fn put_host(&mut self, stack: &Stack<'_>, variable: &KeyValue, host: &str) {
        let span = &variable.value_span;
        let Some(text) = stack.project.text(span) else { return };
        let local = ["localhost", "127.0.0.1"].into_iter().find(|local| text.matches(local).count() == 1);
        if let Some(local) = local.filter(|_| !text.contains('$')) {
            self.rewrite(span, text.replace(local, host), false);
        }
    }
}

/// Whether a service is known to listen on a port: it publishes it, or its own Dockerfile exposes it.
fn listens(stack: &Stack<'_>, service: &Service, port: u16) -> bool {
    let exposed = || stack.built(service).and_then(|image| image.exposed.as_ref());
    service.ports.iter().any(|p| p.target.is_some_and(|target| target.contains(port)))
        || exposed().is_some_and(|ports| ports.iter().any(|(first, last)| (*first..=*last).contains(&port)))
}
