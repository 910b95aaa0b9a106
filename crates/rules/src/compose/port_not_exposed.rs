use super::{ComposeRule, Reporter, Stack};

pub(crate) struct PortNotExposed;

impl ComposeRule for PortNotExposed {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            // A command of the compose file's own, or a port that is opened here, may listen elsewhere.
            if service.command.is_some() || service.entrypoint.is_some() || service.expose.is_given() {
                continue;
            }
            let Some(image) = stack.built(service).filter(|image| image.exposes_only_its_own()) else {
                continue;
            };
            let Some(exposed) = image.exposed.as_ref().filter(|ports| !ports.is_empty()) else { continue };
            for port in &service.ports {
                let Some(target) = port.target else { continue };
                let listens = |&(first, last): &(u16, u16)| first <= target.first && target.last <= last;
                // `PORT: 8080` in the environment moves the server there.
                let told = |variable: &plimsoll_compose::KeyValue| {
                    variable.value.as_deref().is_some_and(|value| value.contains(&target.first.to_string()))
                };
                if exposed.iter().any(listens) || service.environment.iter().any(told) {
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
                let edits = match exposed.as_slice() {
                    [(only, last)] if only == last && target.first == target.last => {
                        match port.node.get("target") {
                            Some(node) => stack.requoted(&node.span, &only.to_string()),
                            None => {
                                stack.reworded(&port.span, &format!(":{}", target.first), &format!(":{only}"))
                            }
                        }
                    }
                    _ => None,
                };
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
                    .help("correct the number behind the colon, or the EXPOSE")
                    .mend_project(stack, edits, false);
            }
        }
    }
}
