//! Connection strings, wherever they are set: where a URL leads, and whether what is said on the way can be read.

mod names;

use std::net::{Ipv4Addr, Ipv6Addr};

pub(crate) use names::subjects;
use names::{asks_local, asks_remote};

/// A URL, as far as it says where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Url<'t> {
    /// As it is written, without `jdbc:` and the driver: `postgresql` of `postgresql+asyncpg`.
    pub(crate) scheme: &'t str,
    /// A name or an address, an IPv6 one in its brackets; of several the first.
    pub(crate) host: &'t str,
    /// The port that it names, where that is a number.
    pub(crate) port: Option<u16>,
    /// Whether it names a port at all.
    pub(crate) has_port: bool,
}

impl<'t> Url<'t> {
    /// Reads a value that is a URL. None for what is none, and for one whose host cannot be told for certain.
    pub(crate) fn parse(value: &'t str) -> Option<Self> {
        let value = bare(value);
        let (scheme, rest) = value.split_once("://")?;
        let scheme = scheme.strip_prefix("jdbc:").unwrap_or(scheme);
        let scheme = scheme.split('+').next().unwrap_or(scheme);
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        if scheme.is_empty() || !scheme.chars().all(is_scheme) {
            return None;
        }
        let authority = authority(rest);
        let place = authority.rsplit('@').next()?;
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.find(']')) {
            Some(end) => (place.get(..end + 2)?, place.get(end + 2..)?.strip_prefix(':')),
            None => match place.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            },
        };
        // What looks like a port and is no number is a password with a slash in it.
        let is_port = |port: &str| port.contains('$') || port.bytes().all(|b| b.is_ascii_digit());
        let is_known = !host.is_empty() && port.is_none_or(is_port);
        let has_port = port.is_some_and(|port| !port.is_empty());
        is_known.then(|| Self { scheme, host, port: port.and_then(|port| port.parse().ok()), has_port })
    }

    /// Whether it is what browsers and APIs speak.
    pub(crate) fn is_web(&self) -> bool {
        matches!(self.scheme, "http" | "https" | "ws" | "wss")
    }
}

/// What stands between the slashes of a URL and its path, or the next host. What is in a variable's braces ends nothing:
/// `${PASSWORD:?}`.
fn authority(rest: &str) -> &str {
    let mut depth = 0;
    let mut before = ' ';
    let end = rest.find(|c: char| {
        match c {
            '{' if before == '$' || depth > 0 => depth += 1,
            '}' if depth > 0 => depth -= 1,
            _ => {}
        }
        before = c;
        depth == 0 && matches!(c, '/' | '?' | '#' | ',' | ' ')
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest)
}

/// A value without the quotes that a list of a compose file leaves around it.
fn bare(value: &str) -> &str {
    value.trim().trim_matches(['"', '\''])
}

/// Whether an address is reached from the same machine, or the same container, only.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<Ipv6Addr>().is_ok_and(|a| a.is_loopback())
        || host.parse::<Ipv4Addr>().is_ok_and(|a| a.is_loopback())
}

/// Whether who asks there asks himself. `0.0.0.0` is every address to a server, and to a client its own.
pub(crate) fn is_itself(host: &str) -> bool {
    is_loopback(host) || matches!(host, "0.0.0.0" | "[::]")
}

/// Endings of names that only a private network knows, or that stand for any.
const PRIVATE: &[&str] = &[
    ".local",
    ".internal",
    ".lan",
    ".localdomain",
    ".localhost",
    ".intranet",
    ".corp",
    ".home",
    ".home.arpa",
    ".svc",
    ".cluster",
    ".consul",
    ".test",
    ".docker",
    ".invalid",
    // Names that lead to whatever address is in them, or to this machine.
    ".nip.io",
    ".sslip.io",
    ".xip.io",
    ".lvh.me",
    ".localtest.me",
];

/// Whether a name, in lower case, is one that only a private network knows, or that stands for any.
pub(crate) fn is_private_name(host: &str) -> bool {
    PRIVATE.iter().any(|end| host.ends_with(end))
}

/// Whether a host is a name or an address on the public network.
pub(crate) fn is_public(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    if let Ok(a) = host.parse::<Ipv4Addr>() {
        return !(a.is_private()
            || a.is_loopback()
            || a.is_link_local()
            || a.is_unspecified()
            || a.is_broadcast()
            || a.is_documentation());
    }
    let is_name = host.contains('.')
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        && host.rsplit('.').next().is_some_and(|top| top.len() > 1 && !top.as_bytes()[0].is_ascii_digit());
    let stands_for_any = host.split('.').any(|label| {
        label.contains("your") || label.contains("example") || matches!(label, "domain" | "mydomain" | "tld")
    });
    is_name && !stands_for_any && !is_private_name(&host)
}

/// Whether a URL leads to the machine that asks: in a bundle, to the visitor's own.
pub(crate) fn asks_localhost(value: &str) -> bool {
    Url::parse(value).is_some_and(|url| url.is_web() && is_itself(url.host))
}

/// A connection to a host of the public network that nothing encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlainText<'t> {
    /// Where it leads.
    pub(crate) host: &'t str,
    /// What is written.
    pub(crate) written: &'static str,
    /// What to write in its place.
    pub(crate) instead: &'static str,
    /// Whether nothing else need change: another port may speak the encrypted protocol.
    pub(crate) is_mended_by_it: bool,
}

impl PlainText<'_> {
    /// What to write instead, in words.
    pub(crate) fn help(&self) -> String {
        format!("in place of `{}` write `{}`", self.written, self.instead)
    }
}

/// What is wrong with a setting that leads to a host without encryption, in words.
pub(crate) fn without_encryption(setting: &str, host: &str) -> String {
    format!(
        "{setting} leads to `{host}` without encryption: whoever sits between reads and changes what is said"
    )
}

/// Schemes that encrypt nothing, and those that stand in for them.
const PLAIN: &[(&str, &str)] = &[
    ("redis://", "rediss://"),
    ("amqp://", "amqps://"),
    ("ldap://", "ldaps://"),
    ("mqtt://", "mqtts://"),
    ("ftp://", "sftp://"),
    ("http://", "https://"),
];

/// The unencrypted connection that a variable asks for, if it does: `sslmode=disable`, `redis://`, `http://`. For the
/// last the name has to say that somebody is asked there: any other URL may be the service's own, as browsers see it.
pub(crate) fn plain_text<'t>(name: &str, value: &'t str) -> Option<PlainText<'t>> {
    let url = Url::parse(value).filter(|url| is_public(url.host))?;
    let host = url.host;
    if let Some((written, instead)) = SSL_OFF.iter().find(|(off, _)| value.contains(*off)) {
        return Some(PlainText { host, written, instead, is_mended_by_it: true });
    }
    let (written, instead) = PLAIN.iter().find(|(plain, _)| plain.strip_suffix("://") == Some(url.scheme))?;
    if url.scheme == "http" && (!asks_remote(name) || is_download(value)) {
        return None;
    }
    Some(PlainText { host, written, instead, is_mended_by_it: !url.has_port })
}

/// Whether a URL is of a file to fetch, and nobody to talk to.
fn is_download(url: &str) -> bool {
    const ENDS: &[&str] = &[
        ".bin", ".bz2", ".crl", ".deb", ".exe", ".gz", ".iso", ".jar", ".md", ".pdf", ".png", ".rpm", ".sh",
        ".svg", ".tar", ".tgz", ".txt", ".whl", ".xml", ".xsd", ".xz", ".zip", ".zst",
    ];
    let path = bare(url).split(['?', '#']).next().unwrap_or_default();
    ENDS.iter().any(|end| path.ends_with(end))
}

/// What turns encryption off in a database's URL, and what turns it on.
const SSL_OFF: &[(&str, &str)] =
    &[("sslmode=disable", "sslmode=verify-full"), ("tls=false", "tls=true"), ("ssl=false", "ssl=true")];

/// The host of a public network to which variables beside this one lead, where this one turns encryption off:
/// `PGSSLMODE=disable` beside `PGHOST=db.acme.io`. `get` gives the others' values; it is asked for few names.
pub(crate) fn encryption_off(
    name: &str,
    value: &str,
    get: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let prefix = name.strip_suffix("SSLMODE").or_else(|| name.strip_suffix("SSL_MODE"))?;
    if bare(value) != "disable" || !POSTGRES.contains(&prefix) {
        return None;
    }
    let hosts = ["HOST", "HOSTNAME", "SERVER", "HOSTADDR"];
    hosts.iter().find_map(|end| get(&format!("{prefix}{end}"))).filter(|host| is_public(bare(host)))
}

/// What names of variables about PostgreSQL begin with.
const POSTGRES: &[&str] = &["PG", "PG_", "DB_", "DATABASE_", "POSTGRES_", "POSTGRESQL_"];

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

/// The usual ports of the database or broker that a variable asks on localhost; None when it asks none there.
pub(crate) fn local_database(name: &str, value: &str) -> Option<Vec<u16>> {
    if value.contains("://") {
        let url = Url::parse(value)?;
        let (_, port) = SCHEMES.iter().find(|(name, _)| *name == url.scheme)?;
        return is_itself(url.host).then(|| vec![*port]);
    }
    let upper = name.to_ascii_uppercase();
    let prefix = ["_HOST", "_HOSTNAME", "_SERVER", "HOST"].iter().find_map(|end| upper.strip_suffix(end))?;
    let (_, ports) = NAMES.iter().find(|(part, _)| prefix.split('_').any(|word| word == *part))?;
    is_loopback(bare(value).split(':').next().unwrap_or(value)).then(|| ports.to_vec())
}

/// The port of an API that a variable asks on localhost, where its name says that the service itself asks there, and not
/// a browser that it tells.
pub(crate) fn local_api(name: &str, value: &str) -> Option<u16> {
    let url =
        Url::parse(value).filter(|url| matches!(url.scheme, "http" | "https") && is_itself(url.host))?;
    url.port.filter(|_| asks_local(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_urls_lead() {
        for (value, host, port) in [
            ("http://api.acme.io:80/v1", Some("api.acme.io"), Some(80)),
            ("postgres://u:p@db.acme.io/x?sslmode=disable", Some("db.acme.io"), None),
            ("jdbc:postgresql://db:5432/x", Some("db"), Some(5432)),
            ("postgresql+asyncpg://u@db:5432,other:5432/x", Some("db"), Some(5432)),
            ("\"redis://:pw@cache:6379/0\"", Some("cache"), Some(6379)),
            ("http://[::1]:3000/", Some("[::1]"), Some(3000)),
            ("http://api:${PORT}/", Some("api"), None),
            ("postgres://u:pa/ss@db.acme.io/x", None, None),
            ("http://", None, None),
            ("acme.io", None, None),
        ] {
            let url = Url::parse(value);
            assert_eq!(url.map(|url| url.host), host, "{value}");
            assert_eq!(url.and_then(|url| url.port), port, "{value}");
        }
    }

    #[test]
    fn variables_may_hold_what_ends_a_host() {
        let host = |url| Url::parse(url).map(|url| (url.host, url.port));
        assert_eq!(host("postgres://app:${PASSWORD:?}@db:5432/x"), Some(("db", Some(5432))));
        assert_eq!(host("postgres://${USER:-a/b}:${P:-${Q:?no}}@db/x?y"), Some(("db", None)));
        assert_eq!(host("http://a}b/c"), Some(("a}b", None)));
        assert_eq!(host("http://${HOST:-x:y}/c"), None);
    }

    #[test]
    fn hosts_of_the_public_network() {
        for host in ["api.acme.io", "8.8.8.8", "xn--bcher-kva.de"] {
            assert!(is_public(host), "{host}");
        }
        for host in [
            "db",
            "db.internal",
            "10.1.2.3",
            "172.17.0.1",
            "169.254.169.254",
            "127.0.0.1",
            "192.0.2.1",
            "localhost",
            "api.example.com",
            "example.org",
            "your.domain.com",
            "api.yourcompany.io",
            "10.0.0.1.nip.io",
            "printer.lan",
            "${HOST}.acme.io",
            "[::1]",
            "web.1",
            "a..io",
            "x.svc",
        ] {
            assert!(!is_public(host), "{host}");
        }
    }

    #[test]
    fn connections_that_nothing_encrypts() {
        for (name, value, instead) in [
            ("REPLICA_URL", "postgres://u@db.acme.io/x?sslmode=disable", Some("sslmode=verify-full")),
            ("CACHE", "redis://cache.acme.io:6379", Some("rediss://")),
            ("AUTH_SERVICE_URL", "http://auth.acme.io", Some("https://")),
            ("OPENAI_BASE_URL", "http://llm.acme.io/v1", Some("https://")),
            ("VAULT_ADDR", "http://vault.acme.io:8200", Some("https://")),
            ("KEYCLOAK_URL", "http://id.acme.io", Some("https://")),
            ("PAY_API_URL", "http://pay.acme.io", Some("https://")),
            ("VAULT_ADDR", "http://vault:8200", None),
            ("APP_URL", "http://www.acme.io", None),
            ("BASE_URL", "http://www.acme.io", None),
            ("SITE_URL", "http://www.acme.io", None),
            ("NEXT_PUBLIC_API_URL", "http://www.acme.io", None),
            ("HTTP_PROXY", "http://proxy.acme.io:3128", None),
            ("PIP_INDEX_URL", "http://pypi.acme.io/simple", None),
            ("DEBIAN_MIRROR", "http://deb.debian.org", None),
            ("SVG_NAMESPACE", "http://www.w3.org/2000/svg", None),
            ("CORS_ORIGIN", "http://www.acme.io", None),
            ("SEARCH_API_URL", "https://search.acme.io", None),
            ("LIBC_URL", "http://www.libc.io/musl-1.2.tar.gz", None),
            ("NETWORK_CHECK_URL", "http://www.acme.io/", None),
        ] {
            assert_eq!(plain_text(name, value).map(|found| found.instead), instead, "{name}={value}");
        }
    }

    #[test]
    fn encryption_that_another_variable_turns_off() {
        let at = |host: &'static str| move |name: &str| (name == "PGHOST").then(|| host.to_owned());
        assert!(encryption_off("PGSSLMODE", "disable", at("db.acme.io")).is_some());
        assert!(encryption_off("PGSSLMODE", "require", at("db.acme.io")).is_none());
        assert!(encryption_off("PGSSLMODE", "disable", at("db")).is_none());
        assert!(encryption_off("DB_SSL_MODE", "disable", at("db.acme.io")).is_none());
    }

    #[test]
    fn what_is_asked_on_localhost() {
        assert_eq!(local_database("DATABASE_URL", "postgres://u@localhost/x"), Some(vec![5432]));
        assert_eq!(local_database("REDIS_HOST", "127.0.0.1:6379"), Some(vec![6379]));
        assert_eq!(local_database("DB_HOST", "0.0.0.0"), None);
        assert_eq!(local_database("DATABASE_URL", "postgres://u@db/x"), None);
        assert_eq!(local_api("API_URL", "http://localhost:8000"), Some(8000));
        assert_eq!(local_api("PUBLIC_API_URL", "http://localhost:8000"), None);
    }

    #[test]
    fn addresses_of_the_visitors_own_machine() {
        for value in
            ["http://localhost:8000", "https://127.0.0.1/api", "ws://0.0.0.0:80/x", "'http://[::1]:3000'"]
        {
            assert!(asks_localhost(value), "{value}");
        }
        for value in [
            "https://api.example.com",
            "http://backend:8000",
            "localhost",
            "http://localhost.example.com",
            "",
        ] {
            assert!(!asks_localhost(value), "{value}");
        }
    }
}
