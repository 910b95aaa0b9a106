//! What well-known images need from Docker and from the host: which hardening leaves them working.

use plimsoll_compose::{Service, Span};

use super::Stack;
use super::edits::Edits;
use super::images::image;
use super::service_as_root::is_root;
use crate::own_users::own_user;

/// Parts of the names of images whose work is on the host itself: without what they are given they are of no use.
const FOR_THE_HOST: &[&str] = &[
    "acme-companion",
    "agent",
    "alloy",
    "autoheal",
    "cadvisor",
    "datadog",
    "dind",
    "diun",
    "docker-gen",
    "docker-socket-proxy",
    "dozzle",
    "fail2ban",
    "filebeat",
    "fluent",
    "gluetun",
    "glances",
    "home-assistant",
    "homeassistant",
    "letsencrypt-nginx-proxy-companion",
    "netdata",
    "nginx-proxy",
    "node-exporter",
    "node_exporter",
    "openvpn",
    "pihole",
    "portainer",
    "promtail",
    "runner",
    "tailscale",
    "telegraf",
    "traefik",
    "watchtower",
    "wg-easy",
    "wireguard",
    "zerotier",
];

/// Whether a service's work is on the host, by its image's name.
fn works_on_host(service: &Service) -> bool {
    let Some(text) = service.image.as_ref().map(|image| image.value.to_ascii_lowercase()) else {
        return false;
    };
    FOR_THE_HOST.iter().any(|part| text.contains(part))
}

/// What gives a service a hold on the host, taken out. None where its work is there.
pub(crate) fn without_host_access(stack: &Stack<'_>, service: &Service, place: &Span) -> Option<Edits> {
    if works_on_host(service) { None } else { stack.without(place) }
}

/// What a program that begins as root needs to hand its files and itself over to another user.
const HANDING_OVER: &[&str] = &["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];

/// The capabilities that a service is left with when all others are dropped: none where it does not begin as root,
/// else those that entry points use.
pub(crate) fn capabilities(stack: &Stack<'_>, service: &Service) -> Vec<&'static str> {
    let own = service.user.as_ref().map(|user| user.value.clone());
    let user = own.or_else(|| stack.built(service).and_then(|image| image.user.clone()));
    if user.is_some_and(|user| !is_root(&user) && !user.contains('$')) {
        return Vec::new();
    }
    let mut needed = HANDING_OVER.to_vec();
    if super::databases::database(service).is_none() {
        needed.insert(3, "NET_BIND_SERVICE");
    }
    needed
}

/// Official images that write below their root file system, and where; /tmp aside.
const WRITING: &[(&str, &[&str])] = &[
    ("httpd", &["/usr/local/apache2/logs"]),
    ("mariadb", &["/run/mysqld"]),
    ("mysql", &["/var/run/mysqld"]),
    ("nginx", &["/var/cache/nginx", "/var/run"]),
    ("postgres", &["/var/run/postgresql"]),
];

/// The folders that a service has to write when its root file system is read-only, and that no mount of it covers.
pub(crate) fn writable_folders(service: &Service) -> Vec<&'static str> {
    let image = image(service);
    let name = image.as_ref().and_then(|image| image.official());
    let own = WRITING.iter().find(|(image, _)| Some(*image) == name).map_or(&[][..], |(_, folders)| folders);
    let covered = |folder: &str| {
        service.tmpfs.iter().any(|memory| memory.target == folder)
            || service.volumes.iter().any(|mount| mount.target == folder)
    };
    std::iter::once("/tmp").chain(own.iter().copied()).filter(|folder| !covered(folder)).collect()
}

/// The user that an official image has for its program.
pub(crate) fn user(service: &Service) -> Option<&'static str> {
    own_user(image(service)?.official()?)
}
