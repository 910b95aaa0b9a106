use super::databases::database;
use super::{ComposeRule, Reporter, Stack};

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
                let Some(ports) = asked(&variable.key, value) else { continue };
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
                    .help(format!("put `{}` in place of the host", other.name));
            }
        }
    }
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
