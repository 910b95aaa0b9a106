use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use plimsoll_compose::{KeyValue, Service};

use super::databases::database;
use super::start::{server_of, start_of_image};
use super::{ComposeRule, Reporter, Stack};
use crate::connections::Url;
use crate::context::{NAMES_OF_PROJECT, few_names_in};
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
/// So many URLs are looked at.
const MAX_URLS: usize = 1_000;
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
        let mut listening: HashMap<&str, Option<Vec<u16>>> = HashMap::new();
        let mut checked = 0;
        for service in stack.whole_services().filter(|s| s.network_mode.is_none()) {
            for variable in &service.environment {
                let Some(url) = variable.value.as_deref().and_then(Url::parse) else { continue };
                if !SCHEMES.contains(&url.scheme) || !is_label(url.host) {
                    continue;
                }
                checked += 1;
                if checked > MAX_URLS {
                    return;
                }
                match stack.lookup.services.get(url.host) {
                    Some(other) => {
                        let own = listening
                            .entry(&other.name)
                            .or_insert_with(|| known_ports(stack, other))
                            .as_deref();
                        if let Some(wrong) = wrong_port(&url, other, own) {
                            tell_of_port(stack, service, variable, &url, &wrong, report);
                        }
                    }
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
    /// The keys of the other compose files in the folder, which share the project's network by default.
    neighbours: OnceCell<HashSet<String>>,
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
        Self { known, open: open.map(|n| n.name.as_str()).collect(), neighbours: OnceCell::new() }
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
            || self.neighbours.get_or_init(|| keys_of_neighbours(stack)).contains(host)
    }
}

/// Whether a host can only be a name on the containers' network. `+` and `*` stand for every address.
fn is_label(host: &str) -> bool {
    host.starts_with(|c: char| c.is_ascii_alphabetic())
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// What stands as a key on a line of its own in the compose files of the folder.
fn keys_of_neighbours(stack: &Stack<'_>) -> HashSet<String> {
    let first = stack.project.sources.first().filter(|_| stack.beside.is_known());
    let folder = first.and_then(|source| source.path.parent());
    let folder = folder.map(|f| if f.as_os_str().is_empty() { Path::new(".") } else { f });
    let names = folder.map(|folder| few_names_in(folder, NAMES_OF_PROJECT)).unwrap_or_default();
    let compose = names.iter().filter(|name| kind_of(Path::new(name)) == Some(FileKind::Compose));
    let paths = compose.take(MAX_NEIGHBOURS).filter_map(|name| Some(folder?.join(name)));
    let texts = paths.filter_map(|path| stack.beside.read(&path));
    let mut keys = HashSet::new();
    for text in texts {
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().filter(|line| line.starts_with(' '));
        keys.extend(lines.filter_map(|line| line.trim().strip_suffix(':')).map(str::to_owned));
    }
    keys
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

/// A port that the service which is asked does not listen on.
struct WrongPort {
    why: String,
    /// The right one, where it is known.
    right: Option<u16>,
}

/// Whether a URL asks a service on a port that it does not listen on; `own` are those that it is known to listen on.
fn wrong_port(url: &Url<'_>, other: &Service, own: Option<&[u16]>) -> Option<WrongPort> {
    let port = url.port?;
    let number = port.to_string();
    // A number in its settings or its command may be the port that it is told.
    let names_it = |text: &str| text.contains(&number);
    let mut commands = [&other.command, &other.entrypoint].into_iter().flatten();
    let told = other.environment.iter().any(|v| v.value.as_deref().is_some_and(names_it))
        || commands.any(|c| c.words().iter().any(|word| names_it(word)));
    let opened = other.expose.iter().any(|text| text.value.split('/').next() == Some(&number))
        || other.ports.iter().any(|p| p.target.is_some_and(|target| target.contains(port)));
    if told || opened || own.is_some_and(|own| own.contains(&port)) {
        return None;
    }
    // `5433:5432`: the first is the host's.
    let published = other.ports.iter().find_map(|p| {
        let range = p.published.filter(|range| range.contains(port))?;
        p.target?.first.checked_add(port - range.first)
    });
    if let Some(right) = published {
        let why = format!("{port} is its port on the host, and the container's is {right}");
        return Some(WrongPort { why, right: Some(right) });
    }
    let own: BTreeSet<u16> = own?.iter().copied().collect();
    let right = own.first().copied().filter(|_| own.len() == 1);
    let list: Vec<String> = own.iter().map(u16::to_string).collect();
    Some(WrongPort { why: format!("it listens on {}", list.join(", ")), right })
}

fn tell_of_port(
    stack: &Stack<'_>,
    service: &Service,
    variable: &KeyValue,
    url: &Url<'_>,
    WrongPort { why, right }: &WrongPort,
    report: &mut Reporter,
) {
    let (host, port) = (url.host, url.port.unwrap_or_default());
    let to = |right: &u16| {
        stack.reworded(&variable.value_span, &format!("{host}:{port}"), &format!("{host}:{right}"))
    };
    report
        .flag_compose(
            &variable.value_span,
            format!("`{}` of `{}` asks `{host}` on port {port}, but {why}", variable.key, service.name),
        )
        .help(match right {
            Some(right) => format!("write `{host}:{right}`"),
            None => "write the port that it listens on".to_owned(),
        })
        .mend_project(stack, right.as_ref().and_then(to), false);
}

/// The ports that a service is known to listen on and no others: those of the server that it starts, where that is one
/// whose command line says so, those that its Dockerfile exposes, or that of its database.
fn known_ports(stack: &Stack<'_>, service: &Service) -> Option<Vec<u16>> {
    let own = stack.started(service);
    let of_image = start_of_image(stack, service).map(|start| &start.programs);
    let programs = own.map(|own| &own.programs).or(of_image);
    let server = programs.and_then(|programs| server_of(stack, service, programs));
    let mut ports: Vec<u16> = server.map(|server| server.port).into_iter().collect::<Option<_>>()?;
    let own_command = service.command.is_some() || service.entrypoint.is_some();
    if own_command {
        return Some(ports).filter(|ports| !ports.is_empty());
    }
    if let Some(image) = stack.built(service) {
        let exposed = image.exposed.as_ref().filter(|_| image.exposes_only_its_own())?;
        for (first, last) in exposed {
            ports.push((first == last).then_some(*first)?);
        }
        return Some(ports).filter(|ports| !ports.is_empty());
    }
    let one_port = ["PostgreSQL", "MySQL", "MariaDB", "MongoDB", "Redis", "Valkey", "Memcached"];
    let found = database(service).filter(|d| one_port.contains(&d.name))?;
    Some(vec![found.port])
}
