use super::{ComposeRule, Reporter, Stack};

pub(crate) struct PortNotExposed;

impl ComposeRule for PortNotExposed {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            // A command of the compose file's own, or a port that is opened here, may listen elsewhere.
            if service.command.is_some() || service.entrypoint.is_some() || service.expose.is_given() {
                continue;
            }
            let Some(exposed) = stack.built(service).and_then(|image| image.exposed.as_ref()) else {
                continue;
            };
            if exposed.is_empty() {
                continue;
            }
            for port in &service.ports {
                let Some(target) = port.target else { continue };
                let listens = |&(first, last): &(u16, u16)| first <= target.first && target.last <= last;
                if exposed.iter().any(listens) {
                    continue;
                }
                let own: Vec<String> = exposed
                    .iter()
                    .map(
                        |(first, last)| {
                            if first == last { first.to_string() } else { format!("{first}-{last}") }
                        },
                    )
                    .collect();
                report
                    .flag_compose(
                        &port.span,
                        format!(
                            "`{}` is published from port {}, but its Dockerfile exposes {}",
                            service.name,
                            target.first,
                            own.join(", ")
                        ),
                    )
                    .help("correct the number behind the colon, or the EXPOSE");
            }
        }
    }
}
