//! Published ports.

use crate::model::read::Reader;
use crate::node::Node;
use crate::span::Span;

/// An entry of `ports`.
#[derive(Debug, Clone)]
pub struct Port {
    /// The address of the host it is bound to; nothing means all of them.
    pub host_ip: Option<String>,
    /// The host's ports; nothing means one that Docker picks.
    pub published: Option<PortRange>,
    /// The container's ports; nothing when they depend on a variable that is not known.
    pub target: Option<PortRange>,
    /// `tcp` unless given.
    pub protocol: String,
    /// Where the entry is.
    pub span: Span,
    /// The entry as it is written.
    pub node: Node,
}

/// Ports, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortRange {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

impl PortRange {
    /// Reads `80` or `8000-8010`.
    pub fn parse(text: &str) -> Option<PortRange> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { text.parse::<u16>().ok() } else { None }
        };
        let range = PortRange { first: number(first)?, last: number(last)? };
        (range.first <= range.last).then_some(range)
    }

    /// Whether the port is one of these.
    pub fn contains(&self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

impl Port {
    /// Reads the short syntax: `[[HOST_IP:][PUBLISHED]:]TARGET[/PROTOCOL]`. Parts that hold a variable which
    /// is not known are left out. Nothing when it is no port.
    pub fn parse(node: &Node) -> Option<Port> {
        let text = node.as_text()?;
        let (ports, protocol) = match text.rsplit_once('/') {
            Some((ports, protocol)) if !protocol.contains(['}', ':']) => (ports, protocol),
            _ => (text, "tcp"),
        };
        let (rest, target) = split_last(ports);
        let (host_ip, published) = match rest.map(split_last) {
            None => (None, None),
            Some((None, published)) => (None, Some(published)),
            Some((Some(host), published)) => (Some(host), Some(published)),
        };
        let range = |text: &str| match PortRange::parse(text) {
            Some(range) => Ok(Some(range)),
            None if text.contains('$') => Ok(None),
            None => Err(()),
        };
        let host_ip = host_ip.map(|host| host.trim_start_matches('[').trim_end_matches(']').to_owned());
        Some(Port {
            host_ip: host_ip.filter(|host| !host.is_empty()),
            published: published.filter(|text| !text.is_empty()).map_or(Ok(None), range).ok()?,
            target: range(target).ok()?,
            protocol: protocol.to_ascii_lowercase(),
            span: node.span.clone(),
            node: node.clone(),
        })
    }

    pub(crate) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Port> {
        let Some(map) = node.as_map() else { return Port::parse(node) };
        let range = |key: &str| map.get(key).and_then(Node::as_text).and_then(PortRange::parse);
        Some(Port {
            host_ip: reader.text(map, "host_ip").map(|field| field.value).filter(|host| !host.is_empty()),
            published: range("published"),
            target: range("target"),
            protocol: reader.text(map, "protocol").map_or_else(|| "tcp".to_owned(), |field| field.value),
            span: node.span.clone(),
            node: node.clone(),
        })
    }

    /// What Compose tells ports apart by when it merges files.
    pub(crate) fn merge_key(&self) -> String {
        let range = |range: Option<PortRange>| range.map(|range| (range.first, range.last));
        let host = self.host_ip.as_deref().unwrap_or("0.0.0.0");
        format!("{host} {:?} {:?} {}", range(self.published), range(self.target), self.protocol)
    }
}

/// Splits at the last colon that is neither in brackets (an IPv6 address) nor in braces (a variable).
fn split_last(text: &str) -> (Option<&str>, &str) {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().rev() {
        match c {
            ']' | '}' => depth += 1,
            '[' | '{' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return (text.get(..at), text.get(at + 1..).unwrap_or_default()),
            _ => {}
        }
    }
    (None, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> Option<String> {
        let port = Port::parse(&Node::text(Span::default(), text))?;
        let range =
            |range: Option<PortRange>| range.map_or("-".to_owned(), |r| format!("{}..{}", r.first, r.last));
        Some(format!(
            "{} {} {} {}",
            port.host_ip.as_deref().unwrap_or("*"),
            range(port.published),
            range(port.target),
            port.protocol
        ))
    }

    #[test]
    fn short_syntax() {
        for (text, expected) in [
            ("3000", "* - 3000..3000 tcp"),
            ("3000-3005", "* - 3000..3005 tcp"),
            ("8000:80", "* 8000..8000 80..80 tcp"),
            ("9090-9091:8080-8081", "* 9090..9091 8080..8081 tcp"),
            ("127.0.0.1:8001:80", "127.0.0.1 8001..8001 80..80 tcp"),
            ("127.0.0.1::80", "127.0.0.1 - 80..80 tcp"),
            ("127.0.0.1:5000-5010:5000-5010/udp", "127.0.0.1 5000..5010 5000..5010 udp"),
            ("[::1]:80:80", "::1 80..80 80..80 tcp"),
            ("::1:80:80", "::1 80..80 80..80 tcp"),
            ("6060:6060/UDP", "* 6060..6060 6060..6060 udp"),
            ("${P}:80", "* - 80..80 tcp"),
            ("${IP:?a/b}:80:80", "${IP:?a/b} 80..80 80..80 tcp"),
            ("$P", "* - - tcp"),
        ] {
            assert_eq!(show(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "x", "80:", "80:x", "70000", "90-80", "+80", "80:80:80:x"] {
            assert_eq!(show(text), None, "{text}");
        }
    }
}
