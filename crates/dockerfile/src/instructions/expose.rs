//! EXPOSE

use super::Input;
use crate::diagnostics::Code;
use crate::flags::has_variable;
use crate::source::Span;
use crate::text::Text;
use crate::words;

/// What a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TCP, also where nothing is said.
    Tcp,
    /// UDP
    Udp,
    /// SCTP
    Sctp,
}

/// The ports that one word exposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PortRange {
    /// The first.
    pub start: u16,
    /// The last, itself included.
    pub end: u16,
    /// What they speak.
    pub protocol: Protocol,
}

/// One word of EXPOSE.
#[derive(Clone, Debug)]
pub struct Port<'s> {
    /// Where it stands.
    pub span: Span,
    /// As written.
    pub text: Text<'s>,
    /// What it says; `None` where it is wrong, or where variables leave it open.
    pub parsed: Option<PortRange>,
    /// Whether variables are in it.
    pub has_variable: bool,
    /// Whether it also names an address or a port of the host, which EXPOSE ignores.
    pub has_host_part: bool,
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Vec<Port<'s>> {
    if input.is_empty() {
        input.missing("a port");
        return Vec::new();
    }
    let line = input.line;
    let mut ports = Vec::new();
    for range in words::plain(line, input.range.clone()) {
        let text = line.text(range);
        let variable = has_variable(&text);
        // Quotes around the word go when it is expanded.
        let bare = text.trim_matches(['"', '\'']);
        let (host, port) = match bare.rsplit_once(':') {
            Some((host, port)) => (Some(host), port),
            None => (None, bare),
        };
        let parsed = if variable { None } else { parse_port(port) };
        let is_right = match variable {
            true => !has_unknown_protocol(port),
            false => parsed.is_some() && host.is_none_or(|host| is_host_part(host, parsed)),
        };
        if !is_right {
            let message = format!("{:?} is no port", text.as_str());
            let help = "a number up to 65535 or a range of them, then /tcp, /udp or /sctp if need be";
            input.error_with_help(Code::InvalidArgument, text.span, message, help);
        }
        ports.push(Port {
            span: text.span,
            parsed,
            has_variable: variable,
            has_host_part: host.is_some(),
            text,
        });
    }
    ports
}

/// Whether a protocol that nobody knows follows a port with a variable.
fn has_unknown_protocol(port: &str) -> bool {
    let protocol = port.rsplit_once('/').map(|(_, protocol)| protocol);
    protocol.is_some_and(|name| !name.contains(['$', '}', ':', '"', '\'']) && read_protocol(name).is_none())
}

/// Whether what stands before the container's port is a port of the host or as many as there are of the container's,
/// with an address before it or not. An address alone is none: BuildKit takes what stands there for a port.
fn is_host_part(text: &str, container: Option<PortRange>) -> bool {
    let (address, port) = match text.rsplit_once(':') {
        Some((address, port)) => (Some(address), port),
        None => (None, text),
    };
    let is_address = |text: &str| {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        bare.is_empty() || bare.parse::<std::net::IpAddr>().is_ok()
    };
    let count = |range: PortRange| range.end - range.start;
    let fits = port.is_empty()
        || parse_port(port).is_some_and(|host| {
            container.is_none_or(|range| count(range) == 0 || count(range) == count(host))
        });
    fits && address.is_none_or(is_address) && !port.contains('/')
}

/// No name is TCP: `80/` is what `80` is.
fn read_protocol(name: &str) -> Option<Protocol> {
    let known =
        [("", Protocol::Tcp), ("tcp", Protocol::Tcp), ("udp", Protocol::Udp), ("sctp", Protocol::Sctp)];
    known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, protocol)| protocol)
}

fn parse_port(text: &str) -> Option<PortRange> {
    let (ports, protocol) = match text.split_once('/') {
        None => (text, Protocol::Tcp),
        Some((ports, name)) => (ports, read_protocol(name)?),
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (start, end) = match ports.split_once('-') {
        Some((start, end)) => (number(start)?, number(end)?),
        None => (number(ports)?, number(ports)?),
    };
    (start <= end).then_some(PortRange { start, end, protocol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_parts() {
        let part = |text: &str| {
            let (host, port) = text.rsplit_once(':').unwrap();
            is_host_part(host, parse_port(port))
        };
        for right in
            ["80:80", "127.0.0.1:80:80", "127.0.0.1::80", "[::1]:80:80", "8080-8085:80-85", "8000-9000:80"]
        {
            assert!(part(right), "{right}");
        }
        for wrong in
            ["abc:80", "127.0.0.1:80", "[::1]:80", "1.2.3:80:80", "80-85:90-92", "80/tcp:80", "70000:80"]
        {
            assert!(!part(wrong), "{wrong}");
        }
    }

    #[test]
    fn ports() {
        let tcp = |start, end| Some(PortRange { start, end, protocol: Protocol::Tcp });
        assert_eq!(parse_port("80"), tcp(80, 80));
        assert_eq!(parse_port("80-90/TCP"), tcp(80, 90));
        assert_eq!(parse_port("80/"), tcp(80, 80));
        assert!(has_unknown_protocol("$P/http") && has_unknown_protocol("${P}/http"));
        for right in ["$P/udp", "$P", "${P:-80/tcp}", "$P/$Q"] {
            assert!(!has_unknown_protocol(right), "{right}");
        }
        for wrong in ["", "x", "70000", "90-80", "80/http", "+80", "/tcp"] {
            assert_eq!(parse_port(wrong), None, "{wrong}");
        }
    }
}
