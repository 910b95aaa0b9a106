//! Resources and logging.

use crate::model::read::{Field, KeyValue, List, Reader};
use crate::node::{Map, Node};
use crate::span::Span;
use crate::units::parse_bytes;

/// A service's `deploy`.
#[derive(Debug, Clone)]
pub struct Deploy {
    /// Where the key is.
    pub key: Span,
    /// The whole value.
    pub node: Node,
    /// `replicated`, `global`, ...
    pub mode: Option<Field<String>>,
    /// How many containers.
    pub replicas: Option<Field<f64>>,
    /// Labels of the service.
    pub labels: List<KeyValue>,
    /// What it may use at most.
    pub limits: Option<Resources>,
    /// What is kept for it.
    pub reservations: Option<Resources>,
    /// `restart_policy.condition`: `none`, `on-failure`, `any`.
    pub restart_condition: Option<Field<String>>,
}

/// `limits` or `reservations`.
#[derive(Debug, Clone)]
pub struct Resources {
    /// Where the key is.
    pub key: Span,
    /// The whole value.
    pub node: Node,
    /// Processors.
    pub cpus: Option<Field<f64>>,
    /// Memory.
    pub memory: Option<Field<Size>>,
    /// Processes.
    pub pids: Option<Field<f64>>,
}

/// A size as it is written, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// As it is written.
    pub text: String,
    /// In bytes; nothing when it depends on a variable that is not known.
    pub bytes: Option<u64>,
}

impl Deploy {
    pub(crate) fn read(reader: &mut Reader<'_>, service: &Map) -> Option<Deploy> {
        let (entry, map) = reader.map(service, "deploy")?;
        let empty = Map::default();
        let resources = reader.map(map, "resources").map_or(&empty, |(_, resources)| resources);
        let policy = reader.map(map, "restart_policy").map_or(&empty, |(_, policy)| policy);
        Some(Deploy {
            key: entry.key.span.clone(),
            node: entry.value.clone(),
            mode: reader.text(map, "mode"),
            replicas: reader.number(map, "replicas"),
            labels: reader.key_values(map, "labels"),
            limits: Resources::read(reader, resources, "limits"),
            reservations: Resources::read(reader, resources, "reservations"),
            restart_condition: reader.text(policy, "condition"),
        })
    }
}

impl Resources {
    fn read(reader: &mut Reader<'_>, resources: &Map, key: &str) -> Option<Resources> {
        let (entry, map) = reader.map(resources, key)?;
        Some(Resources {
            key: entry.key.span.clone(),
            node: entry.value.clone(),
            cpus: reader.number(map, "cpus"),
            memory: reader.size(map, "memory"),
            pids: reader.number(map, "pids"),
        })
    }
}

impl Reader<'_> {
    pub(crate) fn size(&mut self, map: &Map, key: &str) -> Option<Field<Size>> {
        let Field { key: place, node, value } = self.text(map, key)?;
        let bytes = parse_bytes(&value);
        // Minus one lifts the limit.
        if bytes.is_none() && !value.contains('$') && value != "-1" {
            self.mistyped(&node, key, "a size such as 512m");
            return None;
        }
        Some(Field { key: place, node, value: Size { text: value, bytes } })
    }
}

/// A service's `logging`.
#[derive(Debug, Clone)]
pub struct Logging {
    /// Where the key is.
    pub key: Span,
    /// The whole value.
    pub node: Node,
    /// The driver.
    pub driver: Option<Field<String>>,
    /// Its options.
    pub options: List<KeyValue>,
}

impl Logging {
    pub(crate) fn read(reader: &mut Reader<'_>, service: &Map) -> Option<Logging> {
        let (entry, map) = reader.map(service, "logging")?;
        Some(Logging {
            key: entry.key.span.clone(),
            node: entry.value.clone(),
            driver: reader.text(map, "driver"),
            options: reader.key_values(map, "options"),
        })
    }
}

/// An entry of `ulimits`.
#[derive(Debug, Clone)]
pub struct Ulimit {
    /// `nofile`, `nproc`, ...
    pub name: String,
    /// The soft limit.
    pub soft: Option<f64>,
    /// The hard limit.
    pub hard: Option<f64>,
    /// Where the name is.
    pub span: Span,
}

impl Ulimit {
    pub(crate) fn read_all(reader: &mut Reader<'_>, service: &Map) -> List<Ulimit> {
        reader.named(service, "ulimits", |reader, name, key, value| {
            let single = value.as_number();
            let map = value.as_map().cloned().unwrap_or_default();
            Ulimit {
                name: name.to_owned(),
                soft: reader.number(&map, "soft").map(|field| field.value).or(single),
                hard: reader.number(&map, "hard").map(|field| field.value).or(single),
                span: key.span.clone(),
            }
        })
    }
}
