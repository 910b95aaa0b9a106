use std::collections::BTreeSet;

use plimsoll_compose::{MountKind, Span};

use super::{ComposeRule, Reporter, Stack};

pub(crate) struct UndefinedReference;

/// So many names are compared with one that is not known.
const MAX_COMPARED: usize = 100;

impl ComposeRule for UndefinedReference {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let lookup = &stack.lookup;
        let services: BTreeSet<&str> = lookup.services.keys().copied().collect();
        let networks: BTreeSet<&str> = lookup.networks.keys().copied().collect();
        let volumes: BTreeSet<&str> = lookup.volumes.keys().copied().collect();
        let secrets: BTreeSet<&str> = lookup.secrets.keys().copied().collect();
        let configs: BTreeSet<&str> = lookup.configs.keys().copied().collect();
        for service in stack.whole_services() {
            let mut used: Vec<(&str, &str, &Span, &BTreeSet<&str>)> = Vec::new();
            for dependency in service.depends_on.iter().filter(|d| d.required) {
                used.push(("service", &dependency.service, &dependency.span, &services));
            }
            for link in &service.links {
                let name = link.value.split(':').next().unwrap_or_default();
                used.push(("service", name, &link.span, &services));
            }
            for mode in [&service.network_mode, &service.pid, &service.ipc].into_iter().flatten() {
                if let Some(name) = mode.value.strip_prefix("service:") {
                    used.push(("service", name, mode.span(), &services));
                }
            }
            for network in service.networks.iter().filter(|n| n.name != "default") {
                used.push(("network", &network.name, &network.span, &networks));
            }
            for mount in service.volumes.iter().filter(|m| m.kind == MountKind::Volume) {
                if let Some(name) = mount.source.as_deref() {
                    used.push(("volume", name, &mount.source_span, &volumes));
                }
            }
            for secret in &service.secrets {
                used.push(("secret", &secret.source.value, &secret.source.span, &secrets));
            }
            for config in &service.configs {
                used.push(("config", &config.source.value, &config.source.span, &configs));
            }
            for (kind, name, span, known) in used {
                if name.contains('$') || name.is_empty() || known.contains(name) {
                    continue;
                }
                let near = known.iter().copied().take(MAX_COMPARED);
                let help = match crate::rule::nearest(name, near) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if kind == "service" => "add the service, or take the name out".to_owned(),
                    None => format!("declare it at the top level, under `{kind}s:`"),
                };
                report
                    .flag_compose(span, format!("`{}` uses the {kind} `{name}`, which the project does not have, so Compose refuses it", service.name))
                    .help(help);
            }
        }
    }
}
