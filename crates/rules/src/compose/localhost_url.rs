use plimsoll_compose::{EnvFileRef, KeyValue, Service};

use super::databases::database;
use super::settings::literal;
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;
use crate::connections::{local_api, local_database};
use crate::draft::Draft;

pub(crate) struct LocalhostUrl;

impl ComposeRule for LocalhostUrl {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services().filter(|s| s.network_mode.is_none()) {
            for variable in &service.environment {
                let Some(value) = variable.value.as_deref() else { continue };
                if let Some(asked) = asked(stack, service, &variable.key, value) {
                    tell(stack, service, variable, &asked, report);
                }
            }
            for (file, contents) in stack.env_files(service) {
                for entry in &contents.entries {
                    let overridden = service.environment.iter().any(|v| v.key == entry.key);
                    let Some(value) = literal(entry).filter(|_| !overridden) else { continue };
                    if let Some(asked) = asked(stack, service, &entry.key, value) {
                        tell_of_file(service, file, (&entry.key, entry.line), &asked, report);
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

/// The service that a setting looks for on localhost, if it does.
fn asked<'p>(stack: &Stack<'p>, service: &Service, name: &str, value: &str) -> Option<Asked<'p>> {
    let others = || stack.services().filter(|other| other.name != service.name);
    let Some(ports) = local_database(name, value) else {
        let port = local_api(name, value).filter(|port| !listens(stack, service, *port))?;
        let other = others().find(|other| listens(stack, other, port))?;
        return Some(Asked { other, severity: Severity::Warning });
    };
    // A server's own variables say where it listens.
    if database(service).is_some_and(|d| ports.contains(&d.port)) {
        return None;
    }
    let other = others().find(|other| database(other).is_some_and(|d| ports.contains(&d.port)))?;
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

/// The same of a variable that an env file sets, and of the line that it is on.
fn tell_of_file(
    service: &Service,
    file: &EnvFileRef,
    (name, line): (&str, usize),
    asked: &Asked<'_>,
    report: &mut Reporter,
) {
    let (path, other) = (&file.path.value, &asked.other.name);
    report
        .flag_compose(
            &file.path.span,
            format!(
                "line {line} of `{path}` has `{name}` of `{}` ask localhost, which is the container itself; the server is the service `{other}`",
                service.name
            ),
        )
        .severity(asked.severity)
        .help(format!("put `{other}` in place of the host of `{name}` there, or set `{name}` under `environment:`"));
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
