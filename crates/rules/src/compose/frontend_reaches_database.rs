use plimsoll_compose::Service;

use super::databases::database;
use super::images::image;
use super::networks::networks;
use super::own_network::own_network;
use super::{ComposeRule, Reporter, Stack, build_paths};
use crate::evidence::profile_of;

pub(crate) struct FrontendReachesDatabase;

/// Images that stand before an application.
const EDGE: &[&str] =
    &["nginx", "nginx-unprivileged", "caddy", "traefik", "haproxy", "httpd", "envoy", "varnish"];
/// Names that people give what a browser talks to.
const NAMES: &[&str] =
    &["frontend", "front", "ui", "webapp", "client", "nextjs", "proxy", "nginx", "gateway"];

impl ComposeRule for FrontendReachesDatabase {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let databases: Vec<(&Service, Vec<&str>)> =
            stack.services().filter(|s| database(s).is_some()).map(|s| (s, networks(s))).collect();
        // With nothing between the two the frontend is the backend.
        if databases.is_empty() {
            return;
        }
        let frontends: Vec<bool> = stack.services().map(|s| is_frontend(stack, s)).collect();
        let with = || stack.services().zip(&frontends);
        let between = with().any(|(s, frontend)| !frontend && database(s).is_none());
        for (service, _) in with().filter(|(_, frontend)| between && **frontend) {
            let own = networks(service);
            for (other, theirs) in &databases {
                let Some(shared) = theirs.iter().find(|n| own.contains(n)) else { continue };
                if service.depends_on.iter().any(|d| d.service == other.name) {
                    continue;
                }
                let named = service.networks.iter().find(|n| n.name == **shared);
                let edits = own_network(stack, other, false, &|s| is_frontend(stack, s));
                report
                    .flag_compose(
                        named.map_or(&service.name_span, |n| &n.span),
                        format!("`{}` and `{}` are both on the network `{shared}`: who breaks into the first asks the second", service.name, other.name),
                    )
                    .help("make two networks: one for frontend and backend, one for backend and database")
                    .mend_project(stack, edits, false);
                break;
            }
        }
    }
}

fn is_frontend(stack: &Stack<'_>, service: &Service) -> bool {
    let edge = image(service).is_some_and(|image| {
        let repository = image.repository();
        EDGE.contains(&repository.rsplit('/').next().unwrap_or(&repository))
    });
    let by_profile = || {
        let paths = build_paths(stack.project, service.build.as_ref()?)?;
        let dockerfile = paths.dockerfile.unwrap_or_else(|| paths.context.join("Dockerfile"));
        profile_of(&dockerfile, &paths.context, stack.settings)
    };
    edge || NAMES.contains(&service.name.to_ascii_lowercase().as_str())
        || by_profile().is_some_and(|profile| profile.name == "frontend")
}
