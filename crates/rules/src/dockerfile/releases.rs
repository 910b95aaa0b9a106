//! Which release of which product a base image is, by its tag.

use super::ImageRef;
use crate::data::{Cycle, Date, cycle_of, cycles, official_tags, retired_image, supported_on};

/// A release that an image's name tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Release {
    /// What people call the product: `Python`.
    pub(crate) name: &'static str,
    /// Its release line.
    pub(crate) cycle: &'static Cycle,
    /// Every release line, newest first.
    pub(crate) cycles: &'static [Cycle],
}

/// Official image, product of the release table, what people call it.
///
/// Left out are products whose every release ends with the next one (Rust, Gradle, Caddy): there an old version is no
/// news.
const PRODUCTS: &[(&str, &str, &str)] = &[
    ("almalinux", "almalinux", "AlmaLinux"),
    ("alpine", "alpine-linux", "Alpine"),
    ("amazoncorretto", "amazon-corretto", "Amazon Corretto"),
    ("amazonlinux", "amazon-linux", "Amazon Linux"),
    ("centos", "centos", "CentOS"),
    ("composer", "composer", "Composer"),
    ("couchbase", "couchbase-server", "Couchbase"),
    ("debian", "debian", "Debian"),
    ("drupal", "drupal", "Drupal"),
    ("eclipse-temurin", "eclipse-temurin", "Temurin"),
    ("elasticsearch", "elasticsearch", "Elasticsearch"),
    ("elixir", "elixir", "Elixir"),
    ("erlang", "erlang", "Erlang"),
    ("fedora", "fedora", "Fedora"),
    ("golang", "go", "Go"),
    ("haproxy", "haproxy", "HAProxy"),
    ("httpd", "apache-http-server", "Apache HTTP Server"),
    ("joomla", "joomla", "Joomla"),
    ("mariadb", "mariadb", "MariaDB"),
    ("memcached", "memcached", "Memcached"),
    ("mongo", "mongodb", "MongoDB"),
    ("mysql", "mysql", "MySQL"),
    ("nextcloud", "nextcloud", "Nextcloud"),
    ("nginx", "nginx", "nginx"),
    ("node", "nodejs", "Node.js"),
    ("oraclelinux", "oracle-linux", "Oracle Linux"),
    ("perl", "perl", "Perl"),
    ("php", "php", "PHP"),
    ("postgres", "postgresql", "PostgreSQL"),
    ("python", "python", "Python"),
    ("rabbitmq", "rabbitmq", "RabbitMQ"),
    ("redis", "redis", "Redis"),
    ("redmine", "redmine", "Redmine"),
    ("rockylinux", "rocky-linux", "Rocky Linux"),
    ("ruby", "ruby", "Ruby"),
    ("ubuntu", "ubuntu", "Ubuntu"),
    ("zookeeper", "zookeeper", "ZooKeeper"),
];

/// What a part of a tag begins with when it names a distribution and its version.
const DISTRIBUTIONS: &[(&str, &str, &str)] = &[
    ("alpine", "alpine-linux", "Alpine"),
    ("debian", "debian", "Debian"),
    ("ubuntu", "ubuntu", "Ubuntu"),
    ("centos", "centos", "CentOS"),
];

/// The releases that an image's name and tag tell: its own product first, then the distribution it stands on.
pub(crate) fn releases(image: &ImageRef) -> Vec<Release> {
    let mut found: Vec<Release> = Vec::new();
    let tag = image.tag().unwrap_or("");
    if let Some((name, product, cycles, version)) = product(image, tag)
        && let Some(cycle) = cycle_of(cycles, version)
            .or_else(|| by_codename(product, cycles, tag))
            .or_else(|| last_of_line(cycles, version))
    {
        found.push(Release { name, cycle, cycles });
    }
    // Distroless images have it in their name: `distroless/base-debian11`.
    let repository = image.repository();
    let last = repository.rsplit('/').next().unwrap_or("");
    let parts: Vec<&str> = tag.split('-').chain(last.split('-').skip(1)).collect();
    for (at, part) in parts.iter().enumerate() {
        let release = DISTRIBUTIONS.iter().find_map(|(word, product, name)| {
            let cycles = cycles(product);
            let cycle = match part.strip_prefix(word) {
                // `alpine-3.21` is two parts.
                Some("") => parts.get(at + 1).and_then(|v| cycle_of(cycles, v)),
                Some(version) => cycle_of(cycles, version),
                None => by_codename(product, cycles, part),
            };
            cycle.map(|cycle| Release { name, cycle, cycles })
        });
        if let Some(release) = release
            && !found.iter().any(|r| r.name == release.name)
        {
            found.push(release);
        }
    }
    found
}

/// The release lines of an official image, newest first: `26`, `24` of node. None for a product that has no table.
pub(super) fn release_lines(image: &str) -> impl Iterator<Item = &'static str> {
    let product = PRODUCTS.iter().find(|(official, _, _)| *official == image);
    product.into_iter().flat_map(|(_, product, _)| cycles(product)).map(|cycle| cycle.name)
}

type Product<'t> = (&'static str, &'static str, &'static [Cycle], &'t str);

fn product<'t>(image: &ImageRef, tag: &'t str) -> Option<Product<'t>> {
    let repository = image.repository();
    if image.registry() == "mcr.microsoft.com" && repository.starts_with("dotnet/")
        || repository == "microsoft/dotnet"
    {
        return Some((".NET", "dotnet", cycles("dotnet"), tag));
    }
    let official = image.official_mirrored();
    let name = match (image.registry(), repository.as_ref()) {
        ("quay.io", "centos/centos") => "centos",
        _ => official.as_deref()?,
    };
    let (_, product, title) = PRODUCTS.iter().find(|(official, _, _)| *official == name)?;
    let version = tag.strip_prefix("centos").or_else(|| tag.strip_prefix('v')).unwrap_or(tag);
    Some((title, product, cycles(product), version))
}

/// Debian and Ubuntu go by their codenames: `buster-slim`, `focal-20210401`.
fn by_codename(product: &str, cycles: &'static [Cycle], tag: &str) -> Option<&'static Cycle> {
    if !matches!(product, "debian" | "ubuntu") {
        return None;
    }
    let word = tag.split('-').next().unwrap_or(tag);
    let codename =
        |c: &&Cycle| c.codename.split(' ').next().is_some_and(|name| name.eq_ignore_ascii_case(word));
    cycles.iter().find(|c| !c.codename.is_empty() && codename(c))
}

/// The release of a closed line that is mended longest: 7.4 for `7-apache` of PHP, which has an 8. None for the line that
/// goes on: what `8` means moves with it.
fn last_of_line(cycles: &'static [Cycle], version: &str) -> Option<&'static Cycle> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let line = version.get(..end).filter(|line| !line.is_empty())?;
    let number = |c: &Cycle| -> Vec<u32> { c.name.split('.').map_while(|part| part.parse().ok()).collect() };
    let newest = cycles.iter().max_by_key(|c| number(c))?;
    let of_line = cycles.iter().filter(|c| is_of_line(c, line) && !is_of_line(newest, line));
    of_line.max_by_key(|c| (c.mended_until().is_none(), c.mended_until(), number(c)))
}

/// Whether a release belongs to a line that is named by the first parts of its number: 7.4 to `7`.
fn is_of_line(cycle: &Cycle, line: &str) -> bool {
    cycle.name.strip_prefix(line).is_some_and(|rest| rest.starts_with('.'))
}

/// What took the place of an official image that is not rebuilt any more.
pub(crate) fn retired(image: &ImageRef) -> Option<&'static str> {
    let name = image.official()?;
    let wanted = image.tag().unwrap_or("latest");
    let listed = official_tags(name).is_some_and(|mut tags| tags.any(|t| t == wanted));
    if listed { None } else { retired_image(name) }
}

impl Release {
    /// Whether a version names this release, one within it or the whole line that it is the last of: `7.4`, `7.4.33`
    /// and `7` name PHP 7.4.
    pub(crate) fn is_named_by(&self, version: &str) -> bool {
        let within = version.strip_prefix(self.cycle.name);
        within.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) || is_of_line(self.cycle, version)
    }

    /// `Debian 10 (buster)`
    pub(crate) fn title(&self) -> String {
        match self.cycle.codename.split(' ').next().filter(|c| !c.is_empty()) {
            Some(codename) => format!("{} {} ({})", self.name, self.cycle.name, codename.to_lowercase()),
            None => format!("{} {}", self.name, self.cycle.name),
        }
    }

    /// The newest release line that is out and still supported on that day.
    pub(crate) fn successor(&self, today: Date) -> Option<&'static Cycle> {
        supported_on(self.cycles, today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(image: &str) -> Vec<String> {
        releases(&ImageRef::parse(image).unwrap()).iter().map(Release::title).collect()
    }

    #[test]
    fn tags_tell_releases() {
        assert_eq!(titles("python:3.9-buster"), ["Python 3.9", "Debian 10 (buster)"]);
        assert_eq!(titles("node:18-alpine3.15"), ["Node.js 18", "Alpine 3.15"]);
        assert_eq!(titles("eclipse-temurin:17-jre-alpine-3.21"), ["Temurin 17", "Alpine 3.21"]);
        assert_eq!(titles("debian:buster-20200607-slim"), ["Debian 10 (buster)"]);
        assert_eq!(titles("ubuntu:18.04"), ["Ubuntu 18.04 (bionic)"]);
        assert_eq!(titles("nvidia/cuda:11.0-base-ubuntu18.04"), ["Ubuntu 18.04 (bionic)"]);
        assert_eq!(titles("gcr.io/distroless/base-debian11"), ["Debian 11 (bullseye)"]);
        assert_eq!(titles("mcr.microsoft.com/dotnet/aspnet:6.0"), [".NET 6"]);
        assert_eq!(titles("centos:centos7"), ["CentOS 7"]);
        assert_eq!(titles("public.ecr.aws/docker/library/postgres:12"), ["PostgreSQL 12"]);
        assert_eq!(titles("php:5-apache"), ["PHP 5.6"]);
        assert_eq!(titles("postgres:9"), ["PostgreSQL 9.6"]);
        assert_eq!(titles("mysql:5"), ["MySQL 5.7"]);
        assert_eq!(titles("python:2-slim"), ["Python 2.7"]);
        for unknown in
            ["python:3", "python", "python:latest", "node:lts-slim", "acme/python:3.6", "alpine:edge"]
        {
            assert_eq!(titles(unknown), [""; 0], "{unknown}");
        }
    }
}
