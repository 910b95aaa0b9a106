//! Whether a service's health can be known.

use plimsoll_compose::Service;

use super::Stack;
use super::images::image;
use crate::dockerfile::ImageRef;

/// What is known of a service's healthcheck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// The compose file or the service's own Dockerfile has one.
    Checked,
    /// There is none, or it is turned off.
    Unchecked,
    /// The image may bring one.
    Unknown,
}

/// Official images that bring no healthcheck of their own, in the order of the alphabet.
const WITHOUT_HEALTHCHECK: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "bash",
    "buildpack-deps",
    "busybox",
    "caddy",
    "cassandra",
    "clojure",
    "composer",
    "couchdb",
    "debian",
    "drupal",
    "eclipse-mosquitto",
    "eclipse-temurin",
    "elasticsearch",
    "elixir",
    "erlang",
    "fedora",
    "ghost",
    "golang",
    "gradle",
    "haproxy",
    "haskell",
    "httpd",
    "influxdb",
    "jetty",
    "joomla",
    "julia",
    "kibana",
    "logstash",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "mongo-express",
    "mysql",
    "nats",
    "neo4j",
    "nextcloud",
    "nginx",
    "node",
    "openjdk",
    "oraclelinux",
    "percona",
    "perl",
    "php",
    "phpmyadmin",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "redmine",
    "registry",
    "rockylinux",
    "ruby",
    "rust",
    "solr",
    "swift",
    "telegraf",
    "tomcat",
    "traefik",
    "ubuntu",
    "wordpress",
    "zookeeper",
];

/// What can be told of a service's healthcheck from here.
pub(crate) fn health(stack: &Stack<'_>, service: &Service) -> Health {
    if let Some(check) = &service.healthcheck {
        if check.is_disabled() {
            return Health::Unchecked;
        }
        if check.test.is_some() {
            return Health::Checked;
        }
    }
    if service.build.is_some() {
        return match stack.built(service) {
            Some(built) if built.has_healthcheck => Health::Checked,
            Some(built) if built.base.as_ref().is_some_and(has_none) => Health::Unchecked,
            _ => Health::Unknown,
        };
    }
    match image(service) {
        Some(image) if has_none(&image) => Health::Unchecked,
        _ => Health::Unknown,
    }
}

/// Whether an image is known to bring no healthcheck.
fn has_none(image: &ImageRef) -> bool {
    image.official().is_some_and(|name| WITHOUT_HEALTHCHECK.contains(&name))
}
