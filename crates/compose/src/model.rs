//! What a compose file says, typed.

pub(crate) mod build;
pub(crate) mod deploy;
pub(crate) mod health;
pub(crate) mod mounts;
pub(crate) mod ports;
pub(crate) mod read;
pub(crate) mod resources;
pub(crate) mod service;

use crate::model::read::{Field, List, Reader, extensions};
use crate::model::resources::{Network, Secret, Volume};
use crate::model::service::Service;
use crate::node::{Entry, Map, Node};
use crate::span::{Diagnostic, Problem};

/// A project as its files, merged, describe it. What is not given is empty.
#[derive(Debug, Clone, Default)]
pub struct Compose {
    /// The project's name.
    pub name: Option<Field<String>>,
    /// The version of the file format, which Compose no longer looks at.
    pub version: Option<Field<String>>,
    /// The services.
    pub services: List<Service>,
    /// The networks.
    pub networks: List<Network>,
    /// The volumes.
    pub volumes: List<Volume>,
    /// The secrets.
    pub secrets: List<Secret>,
    /// The configs.
    pub configs: List<Secret>,
    /// The `include` entries, already followed.
    pub include: Option<Entry>,
    /// Keys that begin with `x-`.
    pub extensions: Vec<Entry>,
}

impl Compose {
    pub(crate) fn read(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Compose {
        let empty = Map::default();
        let map = root.as_map().unwrap_or(&empty);
        let reader = &mut Reader { diagnostics };
        if root.as_map().is_none() && !root.is_null() {
            let message = format!("a compose file is a mapping, not {}", root.kind_name());
            reader.diagnostics.push(Diagnostic::new(Problem::Type, &root.span, message));
        }
        Compose {
            name: reader.text(map, "name"),
            version: reader.text(map, "version"),
            services: reader.named(map, "services", Service::read),
            networks: Network::read_all(reader, map),
            volumes: Volume::read_all(reader, map),
            secrets: Secret::read_all(reader, map, "secrets"),
            configs: Secret::read_all(reader, map, "configs"),
            include: map.entry("include").cloned(),
            extensions: extensions(map),
        }
    }

    /// The service of that name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The network of that name.
    pub fn network(&self, name: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.name == name)
    }

    /// The volume of that name.
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.name == name)
    }
}
