use super::host_paths::{HostPath, host_paths};
use super::needs::without_host_access;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct HostSocket;

/// Parts of a path that name the socket of a container engine.
const SOCKETS: &[&str] = &["docker.sock", "containerd.sock", "crio.sock", "podman.sock"];
/// Where the sockets are on every Docker host; systemd's runs commands on the host just as well.
const PLACES: &[&str] = &[
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/systemd/private",
    "/var/run/systemd/private",
];

impl ComposeRule for HostSocket {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for path in host_paths(stack, service) {
                let named = SOCKETS.iter().find(|socket| path.path.contains(**socket));
                let held = held(&path);
                let name = &service.name;
                let message = match (named, held) {
                    (Some(socket), _) => format!(
                        "`{name}` gets the host's `{socket}`: whoever breaks into it starts containers as root on the host"
                    ),
                    (None, Some(place)) => format!(
                        "`{name}` gets `{}` of the host and in it `{place}`: whoever breaks into it is root on the host",
                        path.written
                    ),
                    (None, None) => continue,
                };
                report
                    .flag_compose(&path.span, message)
                    .help("take the mount out; a service that must ask the engine asks a proxy that lets only its questions through, such as docker-socket-proxy")
                    .also("CL-0001")
                .mend_project(stack, without_host_access(stack, service, &path.span), false);
            }
        }
    }
}

fn held(path: &HostPath) -> Option<&'static str> {
    PLACES.iter().find(|place| path.contains(place) || path.path == **place).copied()
}

/// Whether a path is a control socket or holds one.
pub(super) fn is_socket(path: &HostPath) -> bool {
    SOCKETS.iter().any(|socket| path.path.contains(socket)) || held(path).is_some()
}
