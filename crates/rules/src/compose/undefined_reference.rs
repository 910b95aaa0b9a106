use plimsoll_compose::{MountKind, Span};

use super::{ComposeRule, Reporter, Stack};

pub(crate) struct UndefinedReference;

impl ComposeRule for UndefinedReference {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let compose = &stack.project.compose;
        let services: Vec<&str> = compose.services.iter().map(|s| s.name.as_str()).collect();
        let networks: Vec<&str> = compose.networks.iter().map(|n| n.name.as_str()).collect();
        let volumes: Vec<&str> = compose.volumes.iter().map(|v| v.name.as_str()).collect();
        let secrets: Vec<&str> = compose.secrets.iter().map(|s| s.name.as_str()).collect();
        let configs: Vec<&str> = compose.configs.iter().map(|c| c.name.as_str()).collect();
        for service in stack.whole_services() {
            let mut used: Vec<(&str, &str, &Span, &[&str])> = Vec::new();
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
                if name.contains('$') || name.is_empty() || known.contains(&name) {
                    continue;
                }
                let help = match crate::rule::nearest(name, known.iter().copied()) {
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
