use super::credentials::literal;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct PlainTextConnection;

/// Schemes that encrypt nothing, and those that stand in for them.
const SCHEMES: &[(&str, &str)] = &[
    ("redis", "rediss"),
    ("amqp", "amqps"),
    ("ldap", "ldaps"),
    ("mqtt", "mqtts"),
    ("ftp", "sftp"),
    ("http", "https"),
];
/// Parts of names that say that the service itself asks there. Any other URL may be its own, as browsers see it.
const ASKED: &[&str] = &["ENDPOINT", "WEBHOOK", "UPSTREAM", "API_URL", "API_BASE", "API_HOST"];
/// Endings of names that only a private network knows.
const PRIVATE: &[&str] = &[
    ".local",
    ".internal",
    ".lan",
    ".localdomain",
    ".localhost",
    ".intranet",
    ".corp",
    ".home",
    ".svc",
    ".test",
    ".docker",
];

impl ComposeRule for PlainTextConnection {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for variable in &service.environment {
                let Some(value) = literal(variable) else { continue };
                let Some((scheme, host)) = remote(value.trim_matches(['"', '\''])) else { continue };
                if stack.project.compose.service(host).is_some() {
                    continue;
                }
                let instead = if value.contains("sslmode=disable") {
                    ("`sslmode=disable`", "`sslmode=verify-full`".to_owned())
                } else {
                    let Some((plain, safe)) = SCHEMES.iter().find(|(plain, _)| scheme == *plain) else {
                        continue;
                    };
                    let name = variable.key.to_ascii_uppercase();
                    if *plain == "http"
                        && (name.contains("PUBLIC") || !ASKED.iter().any(|part| name.contains(part)))
                    {
                        continue;
                    }
                    ("the scheme", format!("`{safe}://`"))
                };
                let place = &variable.value_span;
                let edits = match instead.1.trim_matches('`') {
                    verified @ "sslmode=verify-full" => stack.reworded(place, "sslmode=disable", verified),
                    // Another port speaks the encrypted protocol.
                    _ if names_port(&value) => None,
                    safe => stack.reworded(place, &format!("{scheme}://"), safe),
                };
                report
                    .flag_compose(
                        &variable.value_span,
                        format!("`{}` of `{}` leads to `{host}` without encryption: whoever sits between reads and changes what is said", variable.key, service.name),
                    )
                    .help(format!("in place of {} write {}", instead.0, instead.1))
                    .mend_project(stack, edits, false);
            }
        }
    }
}

/// Whether a URL says which port it leads to.
fn names_port(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit('@').next().is_some_and(|host| host.contains(':'))
}

/// The scheme and the host of a URL, where that is a name or an address on the public network.
fn remote(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ',']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    let name = host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.') && host.contains('.');
    let private = PRIVATE.iter().any(|end| host.ends_with(end));
    let address = host
        .parse::<std::net::Ipv4Addr>()
        .is_ok_and(|a| a.is_private() || a.is_loopback() || a.is_link_local() || a.is_unspecified());
    (name && !private && !address && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+'))
        .then_some((scheme, host))
}

#[cfg(test)]
mod tests {
    use super::remote;

    #[test]
    fn hosts_of_the_public_network() {
        for (url, host) in [
            ("http://api.acme.io:80/v1", Some("api.acme.io")),
            ("postgres://u:p@db.acme.io/x?sslmode=disable", Some("db.acme.io")),
            ("redis://8.8.8.8", Some("8.8.8.8")),
            ("redis://10.1.2.3:6379", None),
            ("http://db", None),
            ("http://db.internal", None),
            ("http://${HOST}.acme.io", None),
            ("http://[::1]/", None),
            ("acme.io", None),
        ] {
            assert_eq!(remote(url).map(|(_, host)| host), host, "{url}");
        }
    }
}
