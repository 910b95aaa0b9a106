//! What is mounted into a container: volumes, host paths, memory, devices.

use crate::model::read::{Reader, Text};
use crate::node::Node;
use crate::span::Span;

/// An entry of `volumes`.
#[derive(Debug, Clone)]
pub struct Mount {
    /// What is mounted.
    pub kind: MountKind,
    /// The host path or the volume's name; nothing for an anonymous volume or memory.
    pub source: Option<String>,
    /// Where in the container; empty when it is not given.
    pub target: String,
    /// Whether the container may only read.
    pub read_only: bool,
    /// How mounts made below it spread: `rshared`, `rslave`, ...
    pub propagation: Option<String>,
    /// The options of the short syntax, and `selinux` of the long one: `z`, `cached`, `nocopy`, ...
    pub options: Vec<String>,
    /// Where the entry is.
    pub span: Span,
    /// Where the source is, for the long syntax; else where the entry is.
    pub source_span: Span,
    /// The entry as it is written.
    pub node: Node,
}

/// What is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountKind {
    /// A path of the host.
    Bind,
    /// A named or anonymous volume.
    Volume,
    /// Memory.
    Tmpfs,
    /// Another type by its name: `npipe`, `cluster`, `image`.
    Other(String),
}

const PROPAGATIONS: [&str; 6] = ["shared", "rshared", "slave", "rslave", "private", "rprivate"];

impl Mount {
    /// Reads the short syntax: `[SOURCE:]TARGET[:OPTIONS]`. Nothing when it is not text or a part is empty.
    pub fn parse(node: &Node) -> Option<Mount> {
        let text = node.as_text()?;
        let parts = split_parts(text);
        let (source, target, options) = match parts.as_slice() {
            [] => return None,
            parts if parts.contains(&"") => return None,
            [target] => (None, *target, ""),
            [source, target] => (Some(*source), *target, ""),
            [source, target, options, ..] => (Some(*source), *target, *options),
        };
        let options: Vec<String> = options
            .split(',')
            .map(str::trim)
            .filter(|option| !option.is_empty())
            .map(str::to_owned)
            .collect();
        Some(Mount {
            kind: if source.is_some_and(is_path) { MountKind::Bind } else { MountKind::Volume },
            source: source.map(str::to_owned),
            target: target.to_owned(),
            read_only: options.iter().any(|option| option == "ro"),
            propagation: options.iter().find(|option| PROPAGATIONS.contains(&option.as_str())).cloned(),
            options,
            span: node.span.clone(),
            source_span: node.span.clone(),
            node: node.clone(),
        })
    }

    pub(crate) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Mount> {
        let Some(map) = node.as_map() else { return Mount::parse(node) };
        let source = reader.text(map, "source");
        let kind = match reader.text(map, "type").map(|field| field.value).as_deref() {
            Some("bind") => MountKind::Bind,
            Some("volume") => MountKind::Volume,
            Some("tmpfs") => MountKind::Tmpfs,
            Some(other) => MountKind::Other(other.to_owned()),
            None if source.as_ref().is_some_and(|source| is_path(&source.value)) => MountKind::Bind,
            None => MountKind::Volume,
        };
        let bind = map.get("bind").and_then(Node::as_map).cloned().unwrap_or_default();
        Some(Mount {
            kind,
            source_span: source.as_ref().map_or(&node.span, |source| &source.node.span).clone(),
            source: source.map(|source| source.value),
            target: reader.text(map, "target").map(|target| target.value).unwrap_or_default(),
            read_only: reader.bool(map, "read_only").is_some_and(|field| field.value),
            propagation: reader.text(&bind, "propagation").map(|field| field.value),
            options: reader.text(&bind, "selinux").map(|field| field.value).into_iter().collect(),
            span: node.span.clone(),
            node: node.clone(),
        })
    }
}

/// Whether a source is a host path rather than a volume's name.
fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~', '\\']) || drive_length(source) > 0
}

/// The length of a Windows drive (`C:`) that a text begins with.
fn drive_length(text: &str) -> usize {
    match text.as_bytes() {
        [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic() => 2,
        _ => 0,
    }
}

/// Splits at colons, but not in a variable (`${A:-b}`) and not behind a Windows drive.
fn split_parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    let mut skip_to = drive_length(text);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && at >= skip_to => {
                parts.extend(text.get(start..at));
                start = at + 1;
                skip_to = start + text.get(start..).map_or(0, drive_length);
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// An entry of `tmpfs`: `TARGET[:OPTIONS]`.
#[derive(Debug, Clone)]
pub struct Tmpfs {
    /// Where in the container.
    pub target: String,
    /// `size=64m`, `noexec`, `exec`, ...
    pub options: Vec<String>,
    /// Where the entry is.
    pub span: Span,
}

impl Tmpfs {
    pub(crate) fn read(node: &Node) -> Option<Tmpfs> {
        let text = node.as_text()?;
        let (target, options) = text.split_once(':').unwrap_or((text, ""));
        Some(Tmpfs {
            target: target.to_owned(),
            options: options.split(',').filter(|option| !option.is_empty()).map(str::to_owned).collect(),
            span: node.span.clone(),
        })
    }
}

/// An entry of `devices`.
#[derive(Debug, Clone)]
pub struct Device {
    /// The host's device, or the name of a CDI device.
    pub source: String,
    /// Where in the container.
    pub target: String,
    /// Of `r`, `w` and `m`.
    pub permissions: String,
    /// Where the entry is.
    pub span: Span,
}

impl Device {
    pub(crate) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Device> {
        let or_all = |permissions: Option<String>| permissions.unwrap_or_else(|| "rwm".to_owned());
        if let Some(map) = node.as_map() {
            let source = reader.text(map, "source")?.value;
            return Some(Device {
                target: reader.text(map, "target").map_or_else(|| source.clone(), |target| target.value),
                permissions: or_all(reader.text(map, "permissions").map(|field| field.value)),
                source,
                span: node.span.clone(),
            });
        }
        let parts = split_parts(node.as_text()?);
        let source = parts.first().filter(|source| !source.is_empty()).map(|source| (*source).to_owned())?;
        Some(Device {
            target: parts.get(1).map_or_else(|| source.clone(), |target| (*target).to_owned()),
            permissions: or_all(parts.get(2).map(|permissions| (*permissions).to_owned())),
            source,
            span: node.span.clone(),
        })
    }
}

/// An entry of a service's `secrets` or `configs`: what it is granted.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The name of the secret or config.
    pub source: Text,
    /// The file in the container, when given.
    pub target: Option<String>,
    /// Where the entry is.
    pub span: Span,
}

impl Grant {
    pub(crate) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Grant> {
        let (source, target) = match node.as_map() {
            Some(map) => {
                (map.get("source").and_then(Text::of)?, reader.text(map, "target").map(|target| target.value))
            }
            None => (Text::of(node)?, None),
        };
        Some(Grant { source, target, span: node.span.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(text: &str) -> Mount {
        Mount::parse(&Node::text(Span::default(), text)).unwrap()
    }

    #[test]
    fn short_syntax() {
        for (text, kind, source, target, read_only) in [
            ("/data", MountKind::Volume, None, "/data", false),
            ("db:/data", MountKind::Volume, Some("db"), "/data", false),
            ("db:/data:ro", MountKind::Volume, Some("db"), "/data", true),
            ("./a:/b:ro,z", MountKind::Bind, Some("./a"), "/b", true),
            ("~/a:/b", MountKind::Bind, Some("~/a"), "/b", false),
            ("/a:/b:rw", MountKind::Bind, Some("/a"), "/b", false),
            ("C:\\a:/b:ro", MountKind::Bind, Some("C:\\a"), "/b", true),
            ("C:/a:D:/b", MountKind::Bind, Some("C:/a"), "D:/b", false),
            ("${DATA:-/x}:/b:ro", MountKind::Volume, Some("${DATA:-/x}"), "/b", true),
        ] {
            let mount = mount(text);
            assert_eq!(
                (mount.kind, mount.source.as_deref(), mount.target.as_str(), mount.read_only),
                (kind, source, target, read_only),
                "{text}"
            );
        }
        for text in [":/a", "", "a:", "/a::ro"] {
            assert!(Mount::parse(&Node::text(Span::default(), text)).is_none(), "{text}");
        }
        assert_eq!(mount("/a:/b:rshared,ro").propagation.as_deref(), Some("rshared"));
    }
}
