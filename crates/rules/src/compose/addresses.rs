//! Addresses of the host that a port is published on.

use std::net::IpAddr;

use plimsoll_compose::Port;

use super::Stack;
use super::edits::{Edits, New};

/// Whether a port is published on every interface of the host. An address that only the environment knows is taken
/// for one that somebody chose.
pub(crate) fn is_on_all_interfaces(port: &Port) -> bool {
    let Some(address) = port.host_ip.as_deref() else {
        // `$PORT` alone may bring an address with it.
        return !port.node.as_text().is_some_and(|text| text.starts_with('$') && port.target.is_none());
    };
    match address.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_unspecified(),
        Ok(IpAddr::V6(address)) => {
            address.is_unspecified() || address.to_ipv4_mapped().is_some_and(|v4| v4.is_unspecified())
        }
        Err(_) => false,
    }
}

/// Whether a port is published for this host only.
pub(crate) fn is_on_loopback(port: &Port) -> bool {
    let address = port.host_ip.as_deref().unwrap_or("").trim_matches(['[', ']']);
    address == "localhost" || address.parse::<IpAddr>().is_ok_and(|a| a.is_loopback())
}

/// A port that is published on this host only.
pub(crate) fn moved_to_loopback(stack: &Stack<'_>, port: &Port) -> Option<Edits> {
    if port.node.as_text().is_some() {
        return stack.rewritten(&port.span, on_loopback(stack.project.text(&port.span)?)?);
    }
    stack.put_in_item(&port.span, &["host_ip"], &New::text(LOOPBACK))
}

const LOOPBACK: &str = "127.0.0.1";

/// A port of the short syntax that is published on this host only: `8080:80` as `127.0.0.1:8080:80`, in the quotes that
/// it has. None for what may name an address that somebody chose.
fn on_loopback(written: &str) -> Option<String> {
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
    let bare = quote.map_or(written, |quote| written.trim_matches(quote));
    let quote = quote.map(String::from).unwrap_or_else(|| "\"".to_owned());
    let is_port = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/'))
    };
    let every = ["0.0.0.0:", "[::]:"].into_iter().find_map(|every| bare.strip_prefix(every));
    let ports = match (every, bare.rsplit_once(':')) {
        (Some(ports), _) => format!(":{ports}"),
        (None, None) if is_port(bare) => format!("::{bare}"),
        // `${PORT:-8080}:80` names a port of the host, as far as its default says.
        (None, Some((published, target)))
            if is_port(target) && (is_port(published) || is_variable_port(published)) =>
        {
            format!(":{bare}")
        }
        _ => return None,
    };
    Some(format!("{quote}{LOOPBACK}{ports}{quote}"))
}

/// Whether a text is a variable whose default is a port.
fn is_variable_port(text: &str) -> bool {
    let inside = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let default = inside.and_then(|inside| inside.split_once(":-").or_else(|| inside.split_once('-')));
    default.is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::on_loopback;

    #[test]
    fn ports_are_put_on_loopback() {
        for (written, expected) in [
            ("\"8080:80\"", Some("\"127.0.0.1:8080:80\"")),
            ("'8080:80/udp'", Some("'127.0.0.1:8080:80/udp'")),
            ("8080:80", Some("\"127.0.0.1:8080:80\"")),
            ("80", Some("\"127.0.0.1::80\"")),
            ("\"${PORT:-8080}:80\"", Some("\"127.0.0.1:${PORT:-8080}:80\"")),
            ("0.0.0.0:80:80", Some("\"127.0.0.1:80:80\"")),
            ("${PORT}:80", None),
            ("${PORT:-0.0.0.0:8080}:80", None),
            ("10.0.0.1:80:80", None),
        ] {
            assert_eq!(on_loopback(written).as_deref(), expected, "{written}");
        }
    }
}
