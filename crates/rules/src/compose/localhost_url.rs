use plimsoll_compose::{KeyValue, Service};

use super::databases::database;
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;
use crate::draft::Draft;

pub(crate) struct LocalhostUrl;

/// Schemes of URLs that a server asks, never a browser, and the port that they stand for.
const SCHEMES: &[(&str, u16)] = &[
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("mysql2", 3306),
    ("mariadb", 3306),
    ("mongodb", 27017),
    ("mongodb+srv", 27017),
    ("redis", 6379),
    ("rediss", 6379),
    ("amqp", 5672),
    ("amqps", 5672),
];
/// Parts of a variable's name that say which server its host is.
const NAMES: &[(&str, &[u16])] = &[
    ("POSTGRES", &[5432]),
    ("PG", &[5432]),
    ("MYSQL", &[3306]),
    ("MARIADB", &[3306]),
    ("MONGO", &[27017]),
    ("REDIS", &[6379]),
    ("RABBITMQ", &[5672]),
    ("AMQP", &[5672]),
    ("DB", &[5432, 3306]),
    ("DATABASE", &[5432, 3306]),
];

impl ComposeRule for LocalhostUrl {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let databases: Vec<_> = stack.services().filter_map(|s| Some((s, database(s)?))).collect();
        for service in stack.services().filter(|s| s.network_mode.is_none()) {
            for variable in &service.environment {
                let Some(value) = variable.value.as_deref() else { continue };
                let Some(ports) = asked(&variable.key, value) else {
                    asks_neighbour(stack, service, variable, value, report);
                    continue;
                };
                let found =
                    databases.iter().find(|(other, d)| other.name != service.name && ports.contains(&d.port));
                let Some((other, _)) = found else { continue };
                // A server's own variables say where it listens.
                if database(service).is_some_and(|d| ports.contains(&d.port)) {
                    continue;
                }
                report
                    .flag_compose(
                        &variable.value_span,
                        format!("`{}` of `{}` asks localhost, which is the container itself; the server is the service `{}`", variable.key, service.name, other.name),
                    )
                    .help(format!("put `{}` in place of the host", other.name))
                    .put_host(stack, variable, &other.name);
            }
        }
    }
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

/// Tells of an API on localhost that is another service's.
fn asks_neighbour(
    stack: &Stack<'_>,
    service: &Service,
    variable: &KeyValue,
    value: &str,
    report: &mut Reporter,
) {
    let Some(port) = local_port(value).filter(|_| asks_a_server(&variable.key)) else { return };
    if listens(stack, service, port) {
        return;
    }
    let Some(other) =
        stack.services().find(|other| other.name != service.name && listens(stack, other, port))
    else {
        return;
    };
    report
        .flag_compose(
            &variable.value_span,
            format!(
                "`{}` of `{}` asks localhost, which is the container itself; the server is the service `{}`",
                variable.key, service.name, other.name
            ),
        )
        .severity(Severity::Warning)
        .help(format!("put `{}` in place of the host", other.name))
        .put_host(stack, variable, &other.name);
}

/// Whether a variable's name says that the service itself asks there, and not a browser that it tells.
fn asks_a_server(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split('_').collect();
    let browsers = [
        "PUBLIC", "VITE", "REACT", "VUE", "GATSBY", "EXPO", "CLIENT", "BROWSER", "EXTERNAL", "ORIGIN",
        "ORIGINS", "CORS", "CALLBACK", "REDIRECT", "FRONTEND", "SITE", "WEB", "UI", "ISSUER", "NEXTAUTH",
        "AUTH",
    ];
    !words.iter().any(|word| browsers.contains(word))
        && [
            "API_URL",
            "API_BASE_URL",
            "BACKEND_URL",
            "SERVICE_URL",
            "SERVER_URL",
            "INTERNAL_URL",
            "INTERNAL_API",
        ]
        .iter()
        .any(|end| upper.ends_with(end))
}

/// The port of an http URL on localhost.
fn local_port(value: &str) -> Option<u16> {
    let rest = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let (host, port) = authority.rsplit_once(':')?;
    is_local(host).then(|| port.parse().ok())?
}

/// Whether a service is known to listen on a port: it publishes it, or its own Dockerfile exposes it.
fn listens(stack: &Stack<'_>, service: &Service, port: u16) -> bool {
    let exposed = || stack.built(service).and_then(|image| image.exposed.as_ref());
    service.ports.iter().any(|p| p.target.is_some_and(|target| target.contains(port)))
        || exposed().is_some_and(|ports| ports.iter().any(|(first, last)| (*first..=*last).contains(&port)))
}

/// The ports of the server that a variable asks on localhost; None when it asks none there.
fn asked(name: &str, value: &str) -> Option<Vec<u16>> {
    if let Some((scheme, rest)) = value.split_once("://") {
        let scheme = scheme.trim_start_matches("jdbc:").split('+').next().unwrap_or(scheme);
        let (_, port) = SCHEMES.iter().find(|(name, _)| *name == scheme)?;
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        return is_local(host.split(':').next().unwrap_or(host)).then(|| vec![*port]);
    }
    let upper = name.to_ascii_uppercase();
    let prefix = ["_HOST", "_HOSTNAME", "_SERVER", "HOST"].iter().find_map(|end| upper.strip_suffix(end))?;
    let (_, ports) = NAMES.iter().find(|(part, _)| prefix.split('_').any(|word| word == *part))?;
    is_local(value.trim().split(':').next().unwrap_or(value)).then(|| ports.to_vec())
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.starts_with("127.")
}
