//! The parts of a project by their names.

use std::collections::HashMap;

use plimsoll_compose::{Compose, Network, Secret, Service, Volume};

use super::references::{Kind, Reference};

/// What is declared in a project, by name.
#[derive(Debug)]
pub struct Lookup<'p> {
    pub(crate) services: HashMap<&'p str, &'p Service>,
    pub(crate) networks: HashMap<&'p str, &'p Network>,
    pub(crate) volumes: HashMap<&'p str, &'p Volume>,
    pub(crate) secrets: HashMap<&'p str, &'p Secret>,
    pub(crate) configs: HashMap<&'p str, &'p Secret>,
    /// Names of services and of images, in lower case, one behind the other.
    names: String,
}

/// So many services' names are looked at, and so much of each.
const MAX_NAMES: usize = 500;
const MAX_NAME: usize = 100;

impl<'p> Lookup<'p> {
    pub(crate) fn new(compose: &'p Compose) -> Self {
        let mut names = String::new();
        for service in compose.services.iter().take(MAX_NAMES) {
            let image = service.image.as_ref().map_or("", |image| image.value.as_str());
            for name in [service.name.as_str(), image] {
                names.extend(name.chars().take(MAX_NAME).map(|c| c.to_ascii_lowercase()));
                names.push('\n');
            }
        }
        Self {
            services: compose.services.iter().map(|s| (s.name.as_str(), s)).collect(),
            networks: compose.networks.iter().map(|n| (n.name.as_str(), n)).collect(),
            volumes: compose.volumes.iter().map(|v| (v.name.as_str(), v)).collect(),
            secrets: compose.secrets.iter().map(|s| (s.name.as_str(), s)).collect(),
            configs: compose.configs.iter().map(|c| (c.name.as_str(), c)).collect(),
            names,
        }
    }

    /// Whether what a name stands for is declared.
    pub(crate) fn has(&self, reference: &Reference<'_>) -> bool {
        match reference.kind {
            Kind::Service => self.services.contains_key(reference.name),
            Kind::Network => self.networks.contains_key(reference.name),
            Kind::Volume => self.volumes.contains_key(reference.name),
            Kind::Secret => self.secrets.contains_key(reference.name),
            Kind::Config => self.configs.contains_key(reference.name),
        }
    }

    /// Whether a text is a service's or an image's name, or a part of one: no secret, then, however it is used.
    pub(crate) fn is_name(&self, text: &str) -> bool {
        text.len() <= MAX_NAME && self.names.contains(&text.to_ascii_lowercase())
    }
}
