//! What services share: networks, volumes, secrets, configs.

use crate::model::read::{Field, KeyValue, List, Reader, Text};
use crate::node::{Map, Node};
use crate::span::Span;

/// A network of the project.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its name in the file.
    pub name: String,
    /// Where that is.
    pub name_span: Span,
    /// The whole value.
    pub node: Node,
    /// The name that Docker knows it by.
    pub real_name: Option<Field<String>>,
    /// Without a way out.
    pub internal: Option<Field<bool>>,
    /// Made by someone else.
    pub external: Option<Field<bool>>,
    /// The driver.
    pub driver: Option<Field<String>>,
    /// The driver's options.
    pub driver_opts: List<KeyValue>,
    /// Whether containers outside of services can join.
    pub attachable: Option<Field<bool>>,
    /// Labels.
    pub labels: List<KeyValue>,
}

/// A volume of the project.
#[derive(Debug, Clone)]
pub struct Volume {
    /// Its name in the file.
    pub name: String,
    /// Where that is.
    pub name_span: Span,
    /// The whole value.
    pub node: Node,
    /// The name that Docker knows it by.
    pub real_name: Option<Field<String>>,
    /// Made by someone else.
    pub external: Option<Field<bool>>,
    /// The driver.
    pub driver: Option<Field<String>>,
    /// The driver's options; with `type`, `o` and `device` the local one mounts host paths.
    pub driver_opts: List<KeyValue>,
    /// Labels.
    pub labels: List<KeyValue>,
}

/// A secret or config of the project.
#[derive(Debug, Clone)]
pub struct Secret {
    /// Its name in the file.
    pub name: String,
    /// Where that is.
    pub name_span: Span,
    /// The whole value.
    pub node: Node,
    /// The file it is read from.
    pub file: Option<Field<String>>,
    /// The environment variable it is read from.
    pub environment: Option<Field<String>>,
    /// The content itself.
    pub content: Option<Field<String>>,
    /// Made by someone else.
    pub external: Option<Field<bool>>,
}

impl Network {
    pub(crate) fn read_all(reader: &mut Reader<'_>, root: &Map) -> List<Network> {
        reader.named(root, "networks", |reader, name, key, value| {
            let empty = Map::default();
            let map = value.as_map().unwrap_or(&empty);
            Network {
                name: name.to_owned(),
                name_span: key.span.clone(),
                node: value.clone(),
                real_name: reader.text(map, "name"),
                internal: reader.bool(map, "internal"),
                external: external(reader, map),
                driver: reader.text(map, "driver"),
                driver_opts: reader.key_values(map, "driver_opts"),
                attachable: reader.bool(map, "attachable"),
                labels: reader.key_values(map, "labels"),
            }
        })
    }
}

impl Volume {
    pub(crate) fn read_all(reader: &mut Reader<'_>, root: &Map) -> List<Volume> {
        reader.named(root, "volumes", |reader, name, key, value| {
            let empty = Map::default();
            let map = value.as_map().unwrap_or(&empty);
            Volume {
                name: name.to_owned(),
                name_span: key.span.clone(),
                node: value.clone(),
                real_name: reader.text(map, "name"),
                external: external(reader, map),
                driver: reader.text(map, "driver"),
                driver_opts: reader.key_values(map, "driver_opts"),
                labels: reader.key_values(map, "labels"),
            }
        })
    }
}

impl Secret {
    /// Reads `secrets` or `configs`.
    pub(crate) fn read_all(reader: &mut Reader<'_>, root: &Map, key: &str) -> List<Secret> {
        reader.named(root, key, |reader, name, key, value| {
            let empty = Map::default();
            let map = value.as_map().unwrap_or(&empty);
            Secret {
                name: name.to_owned(),
                name_span: key.span.clone(),
                node: value.clone(),
                file: reader.text(map, "file"),
                environment: reader.text(map, "environment"),
                content: reader.text(map, "content"),
                external: external(reader, map),
            }
        })
    }
}

/// `external: true`, or the mapping with a name that older files have.
fn external(reader: &mut Reader<'_>, map: &Map) -> Option<Field<bool>> {
    match map.entry("external") {
        Some(entry) if entry.value.as_map().is_some() => {
            Some(Field { key: entry.key.span.clone(), node: entry.value.clone(), value: true })
        }
        _ => reader.bool(map, "external"),
    }
}

/// An entry of a service's `networks`.
#[derive(Debug, Clone)]
pub struct ServiceNetwork {
    /// The network's name in the file.
    pub name: String,
    /// More names of the service on it.
    pub aliases: List<Text>,
    /// A fixed address.
    pub ipv4_address: Option<Field<String>>,
    /// Where the name is.
    pub span: Span,
}

impl ServiceNetwork {
    pub(crate) fn read_all(reader: &mut Reader<'_>, service: &Map) -> List<ServiceNetwork> {
        reader.named(service, "networks", |reader, name, key, value| {
            let empty = Map::default();
            let map = value.as_map().unwrap_or(&empty);
            ServiceNetwork {
                name: name.to_owned(),
                aliases: reader.texts(map, "aliases"),
                ipv4_address: reader.text(map, "ipv4_address"),
                span: key.span.clone(),
            }
        })
    }
}
