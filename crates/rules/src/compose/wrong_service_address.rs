use std::collections::HashSet;
use std::path::Path;

use plimsoll_compose::{KeyValue, Service};

use super::databases::database;
use super::{ComposeRule, Reporter, Stack};
use crate::connections::Url;
use crate::context::few_names_in;
use crate::rule::nearest;
use crate::{FileKind, kind_of};

pub(crate) struct WrongServiceAddress;

/// Schemes of URLs that lead to a server.
const SCHEMES: &[&str] = &[
    "amqp",
    "amqps",
    "bolt",
    "clickhouse",
    "grpc",
    "http",
    "https",
    "ldap",
    "mariadb",
    "mongodb",
    "mqtt",
    "mysql",
    "mysql2",
    "nats",
    "neo4j",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "tcp",
    "ws",
    "wss",
];
/// Hosts that stand for any, and names that Docker itself gives.
const ANY: &[&str] = &[
    "changeme",
    "domain",
    "example",
    "gateway",
    "host",
    "hostname",
    "ip",
    "localhost",
    "metadata",
    "server",
    "user",
];
/// A folder with more in it is no project's alone.
const MAX_NAMES: usize = 1_000;
/// So many compose files of it are read.
const MAX_NEIGHBOURS: usize = 10;
/// So many names are compared with one that is not known.
const MAX_COMPARED: usize = 100;

impl ComposeRule for WrongServiceAddress {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        if stack.lacks_included() {
            return;
        }
        let names = Names::of(stack);
        for service in stack.whole_services().filter(|s| s.network_mode.is_none()) {
            for variable in &service.environment {
                let Some(url) = variable.value.as_deref().and_then(Url::parse) else { continue };
                if !SCHEMES.contains(&url.scheme) || !is_label(url.host) {
                    continue;
                }
                match stack.lookup.services.get(url.host) {
                    Some(other) => check_port(stack, service, variable, &url, other, report),
                    None if !names.may_be_known(stack, service, url.host) => {
                        unknown_host(stack, service, variable, &url, report);
                    }
                    None => {}
                }
            }
        }
    }
}

/// The names that containers of the project have besides those of their services.
struct Names<'p> {
    known: HashSet<&'p str>,
    /// Whether a container that somebody else starts may be on a network of the project.
    open: HashSet<&'p str>,
}

impl<'p> Names<'p> {
    fn of(stack: &Stack<'p>) -> Self {
        let mut known = HashSet::new();
        for service in stack.services() {
            let own = [&service.container_name, &service.hostname];
            known.extend(own.into_iter().flatten().map(|name| name.value.as_str()));
            let aliases = service.networks.iter().flat_map(|network| &network.aliases);
            known.extend(aliases.map(|alias| alias.value.as_str()));
        }
        let networks = &stack.project.compose.networks;
        let open = networks.iter().filter(|n| {
            n.external.as_ref().is_some_and(|e| e.value) || n.attachable.as_ref().is_some_and(|a| a.value)
        });
        Self { known, open: open.map(|n| n.name.as_str()).collect() }
    }

    fn may_be_known(&self, stack: &Stack<'_>, service: &Service, host: &str) -> bool {
        let mut lines = service.extra_hosts.iter().filter_map(|line| line.value.split([':', '=']).next());
        let mut links = service.links.iter().filter_map(|link| link.value.rsplit(':').next());
        self.known.contains(host)
            || ANY.contains(&host.to_ascii_lowercase().as_str())
            || lines.any(|name| name == host)
            || links.any(|name| name == host)
            || service.node.get("external_links").is_some()
            || service.extends.is_some() && stack.lacks_base(service)
            || super::networks::networks(service).iter().any(|network| self.open.contains(network))
            || neighbour_has(stack, service, host)
    }
}

/// Whether a host can only be a name on the containers' network. `+` and `*` stand for every address.
fn is_label(host: &str) -> bool {
    host.starts_with(|c: char| c.is_ascii_alphabetic())
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether another compose file in the folder, which shares the project's network by default, has that service.
fn neighbour_has(stack: &Stack<'_>, service: &Service, host: &str) -> bool {
    let Some(own) = stack.project.source(&service.name_span).filter(|_| stack.beside.is_known()) else {
        return false;
    };
    let folder = own.path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = few_names_in(folder, MAX_NAMES);
    let compose = names.iter().filter(|name| kind_of(Path::new(name)) == Some(FileKind::Compose));
    let key = format!("{host}:");
    compose.take(MAX_NEIGHBOURS).map(|name| folder.join(name)).any(|path| {
        let bytes = stack.beside.read(&path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).lines().any(|line| line.starts_with(' ') && line.trim() == key)
    })
}

fn unknown_host(
    stack: &Stack<'_>,
    service: &Service,
    variable: &KeyValue,
    url: &Url<'_>,
    report: &mut Reporter,
) {
    let known: Vec<&str> = stack.services().take(MAX_COMPARED).map(|s| s.name.as_str()).collect();
    let near = nearest(url.host, known);
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write the name of a service, or name the host under `extra_hosts:`".to_owned(),
    };
    let edits = near.and_then(|near| stack.reworded(&variable.value_span, url.host, near));
    report
        .flag_compose(
            &variable.value_span,
            format!(
                "`{}` of `{}` leads to `{}`, and no service of the project has that name",
                variable.key, service.name, url.host
            ),
        )
        .help(help)
        .mend_project(stack, edits, false);
}

/// Tells of a port that the service which is asked does not listen on.
fn check_port(
    stack: &Stack<'_>,
    service: &Service,
    variable: &KeyValue,
    url: &Url<'_>,
    other: &Service,
    report: &mut Reporter,
) {
    let Some(port) = url.port else { return };
    let targets = other.ports.iter().filter_map(|p| p.target);
    let opened = other.expose.iter().any(|text| text.value.split('/').next() == Some(&port.to_string()));
    // A number in its settings or its command may be the port that it is told.
    let number = port.to_string();
    let names_it = |text: &str| text.contains(&number);
    let told = other.environment.iter().any(|v| v.value.as_deref().is_some_and(names_it))
        || [&other.command, &other.entrypoint]
            .into_iter()
            .flatten()
            .any(|c| c.words().iter().any(|w| names_it(w)));
    if opened || told || targets.clone().any(|target| target.contains(port)) {
        return;
    }
    let own = known_ports(stack, other);
    let published = other.ports.iter().find(|p| p.published.is_some_and(|range| range.contains(port)));
    let (why, right) = match (own, published.and_then(|p| Some((p.target?, p.published?)))) {
        (Some(own), _) if own.contains(&port) => return,
        // `5433:5432`: the first is the host's.
        (_, Some((target, range))) => {
            let right = target.first + (port - range.first);
            (format!("{port} is its port on the host, and the container's is {right}"), Some(right))
        }
        (Some(own), None) => {
            let list: Vec<String> = own.iter().map(u16::to_string).collect();
            let right = if let [only] = own.as_slice() { Some(*only) } else { None };
            (format!("it listens on {}", list.join(", ")), right)
        }
        (None, None) => return,
    };
    let from = format!("{}:{port}", url.host);
    let edits =
        right.and_then(|right| stack.reworded(&variable.value_span, &from, &format!("{}:{right}", url.host)));
    report
        .flag_compose(
            &variable.value_span,
            format!(
                "`{}` of `{}` asks `{}` on port {port}, but {why}",
                variable.key, service.name, other.name
            ),
        )
        .help(match right {
            Some(right) => format!("write `{}:{right}`", url.host),
            None => "write the port that it listens on".to_owned(),
        })
        .mend_project(stack, edits, false);
}

/// The ports that a service is known to listen on and no others.
fn known_ports(stack: &Stack<'_>, service: &Service) -> Option<Vec<u16>> {
    let own_command = service.command.is_some() || service.entrypoint.is_some();
    if let Some(image) = stack.built(service) {
        if own_command || !image.exposes_only_its_own() {
            return None;
        }
        let exposed = image.exposed.as_ref().filter(|ports| !ports.is_empty())?;
        return exposed.iter().map(|(first, last)| (first == last).then_some(*first)).collect();
    }
    let one_port = ["PostgreSQL", "MySQL", "MariaDB", "MongoDB", "Redis", "Valkey", "Memcached"];
    let found = database(service).filter(|d| !own_command && one_port.contains(&d.name))?;
    Some(vec![found.port])
}
