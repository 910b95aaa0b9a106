use std::collections::HashSet;

use super::start::{server_of, start_of_image};
use super::{ComposeRule, Reporter, Stack};
use crate::dockerfile::loopback_bind::{is_proxy, unreachable};
use crate::dockerfile::servers::Loopback;

pub(crate) struct LoopbackService;

impl ComposeRule for LoopbackService {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let shared: HashSet<&str> = stack
            .services()
            .filter_map(|s| s.network_mode.as_ref()?.value.strip_prefix("service:"))
            .collect();
        for service in stack.whole_services() {
            // On the host's network loopback is the host's, and another service may share this one's.
            if service.network_mode.is_some() || shared.contains(service.name.as_str()) {
                continue;
            }
            let started = stack.started(service);
            let programs = match (started, start_of_image(stack, service)) {
                (Some(started), _) => &started.programs,
                (None, Some(start)) => &start.programs,
                (None, None) => continue,
            };
            let Some(server) = server_of(stack, service, programs).filter(|_| !programs.iter().any(is_proxy))
            else {
                continue;
            };
            let message = format!("`{}`: {}", service.name, unreachable(&server.name));
            match (server.loopback, started) {
                (Some(Loopback::Words(span)), Some(started)) => {
                    let place = started.place(stack, span.range());
                    let edits = ["127.0.0.1", "localhost"].into_iter();
                    let edits = edits.filter_map(|local| stack.reworded(&place, local, "0.0.0.0")).next();
                    report
                        .flag_compose(&place, message)
                        .help(format!("add `{}`", server.open))
                        .mend_project(stack, edits, false);
                }
                (Some(Loopback::Variable(name)), _) => {
                    let variable = service.environment.iter().rev().find(|v| v.key == name);
                    let help = format!("write `{name}: 0.0.0.0`");
                    if let Some(variable) = variable {
                        let edits = stack.requoted(&variable.value_span, "0.0.0.0");
                        report
                            .flag_compose(&variable.value_span, message)
                            .help(help)
                            .mend_project(stack, edits, false);
                        continue;
                    }
                    // What the Dockerfile itself sets is told there.
                    let in_file = |(_, file): &(_, &plimsoll_context::EnvFile)| file.get(name).is_some();
                    let file = stack.env_files(service).find(in_file);
                    if let Some((file, _)) = file {
                        report.flag_compose(&file.span, message).help(help);
                    }
                }
                _ => {}
            }
        }
    }
}
