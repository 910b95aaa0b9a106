//! What services name that the project has to declare.

use plimsoll_compose::{Compose, MountKind, Service, Span};

/// A name that a service uses.
pub(crate) struct Reference<'p> {
    pub(crate) kind: Kind,
    pub(crate) name: &'p str,
    pub(crate) span: &'p Span,
}

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    Network,
    Volume,
    Secret,
    Config,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::Secret => "secret",
            Self::Config => "config",
        }
    }
}

/// The names that a service uses, those that Compose does without and those that hold a variable left out.
pub(crate) fn references(service: &Service) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut add = |kind, name, span| found.push(Reference { kind, name, span });
    for dependency in service.depends_on.iter().filter(|d| d.required) {
        add(Kind::Service, dependency.service.as_str(), &dependency.span);
    }
    for link in &service.links {
        add(Kind::Service, link.value.split(':').next().unwrap_or_default(), &link.span);
    }
    for mode in [&service.network_mode, &service.pid, &service.ipc].into_iter().flatten() {
        if let Some(name) = mode.value.strip_prefix("service:") {
            add(Kind::Service, name, mode.span());
        }
    }
    for network in service.networks.iter().filter(|n| n.name != "default") {
        add(Kind::Network, network.name.as_str(), &network.span);
    }
    for mount in service.volumes.iter().filter(|m| m.kind == MountKind::Volume) {
        if let Some(name) = mount.source.as_deref() {
            add(Kind::Volume, name, &mount.source_span);
        }
    }
    for secret in &service.secrets {
        add(Kind::Secret, secret.source.value.as_str(), &secret.source.span);
    }
    for config in &service.configs {
        add(Kind::Config, config.source.value.as_str(), &config.source.span);
    }
    found.retain(|reference| !reference.name.contains('$') && !reference.name.is_empty());
    found
}

/// The names of what is declared of a kind, the first `limit` of them.
pub(crate) fn declared(compose: &Compose, kind: Kind, limit: usize) -> Vec<&str> {
    match kind {
        Kind::Service => compose.services.iter().take(limit).map(|s| s.name.as_str()).collect(),
        Kind::Network => compose.networks.iter().take(limit).map(|n| n.name.as_str()).collect(),
        Kind::Volume => compose.volumes.iter().take(limit).map(|v| v.name.as_str()).collect(),
        Kind::Secret => compose.secrets.iter().take(limit).map(|s| s.name.as_str()).collect(),
        Kind::Config => compose.configs.iter().take(limit).map(|c| c.name.as_str()).collect(),
    }
}
