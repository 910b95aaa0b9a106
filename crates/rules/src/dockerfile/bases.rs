//! What base images bring along: the distribution that they stand on, and programs.

use plimsoll_dockerfile::Body;
use plimsoll_shell::packages::{self, Manager};

use super::edits::Replacement;
use super::{Base, Build, ImageRef, Stage, users};

/// What an image stands on, as far as a Dockerfile's commands are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Debian or Ubuntu: apt-get, bash, useradd.
    Debian,
    /// Alpine: apk, busybox.
    Alpine,
    /// Busybox alone.
    Busybox,
    /// Fedora and its kin, whole: dnf, bash, useradd.
    Rpm,
    /// Nothing but the program.
    Scratch,
    /// Google's distroless images: no shell, and a user `nonroot`.
    Distroless,
}

/// Official images that stand on Debian or Ubuntu unless their tag says otherwise.
const DEBIAN: &[&str] = &[
    "buildpack-deps",
    "cassandra",
    "debian",
    "drupal",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "gcc",
    "ghost",
    "golang",
    "gradle",
    "haproxy",
    "haskell",
    "httpd",
    "joomla",
    "julia",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "nextcloud",
    "nginx",
    "node",
    "openjdk",
    "perl",
    "php",
    "postgres",
    "pypy",
    "python",
    "r-base",
    "rabbitmq",
    "redis",
    "redmine",
    "ruby",
    "rust",
    "solr",
    "tomcat",
    "ubuntu",
    "valkey",
    "wordpress",
];
/// Official images that stand on Alpine unless their tag says otherwise.
const ALPINE: &[&str] =
    &["alpine", "caddy", "composer", "docker", "eclipse-mosquitto", "registry", "traefik"];
/// Official images of the Red Hat family that are whole.
const RPM: &[&str] = &["almalinux", "centos", "fedora", "rockylinux"];
/// Words in a tag that name something that is neither Debian nor Alpine, or less than the whole of it.
const OTHERWISE: &[&str] = &[
    "ubi",
    "oracle",
    "al2",
    "amazonlinux",
    "fedora",
    "centos",
    "rocky",
    "nanoserver",
    "windowsservercore",
    "busybox",
    "minimal",
    "photon",
    "mariner",
    "azurelinux",
    "chiseled",
    "distroless",
];
/// Images with what builds need, curl among it, unless they are slim.
const BUILDPACK: &[&str] =
    &["buildpack-deps", "elixir", "erlang", "gcc", "golang", "node", "perl", "python", "ruby", "rust"];

/// Official images of applications: each has its own users, and its own way to them.
const APPLICATIONS: &[&str] = &[
    "caddy",
    "cassandra",
    "docker",
    "drupal",
    "eclipse-mosquitto",
    "ghost",
    "haproxy",
    "httpd",
    "joomla",
    "mariadb",
    "memcached",
    "mongo",
    "nextcloud",
    "nginx",
    "postgres",
    "rabbitmq",
    "redis",
    "redmine",
    "registry",
    "solr",
    "tomcat",
    "traefik",
    "valkey",
    "wordpress",
];

/// Whether an official image is a distribution or a language, to which a Dockerfile adds its application.
pub(super) fn is_plain(name: &str) -> bool {
    !APPLICATIONS.contains(&name)
}

/// The family of an image; None where that is not known.
pub(super) fn family_of(image: &ImageRef) -> Option<Family> {
    let tag = image.tag().unwrap_or("");
    if image.registry() == "gcr.io" && image.repository().starts_with("distroless/") {
        return Some(Family::Distroless);
    }
    let dotnet = image.registry() == "mcr.microsoft.com" && image.repository().starts_with("dotnet/");
    let official = image.official_mirrored();
    let name = official.as_deref().unwrap_or("");
    if OTHERWISE.iter().any(|word| tag.contains(word)) {
        return None;
    }
    if tag.contains("alpine") && (dotnet || DEBIAN.contains(&name) || ALPINE.contains(&name)) {
        return Some(Family::Alpine);
    }
    match name {
        "busybox" => Some(Family::Busybox),
        _ if dotnet || DEBIAN.contains(&name) => Some(Family::Debian),
        _ if ALPINE.contains(&name) => Some(Family::Alpine),
        _ if RPM.contains(&name) => Some(Family::Rpm),
        _ => None,
    }
}

/// Official images that work in `/`.
const AT_ROOT: &[&str] = &[
    "almalinux",
    "alpine",
    "buildpack-deps",
    "busybox",
    "centos",
    "debian",
    "eclipse-temurin",
    "fedora",
    "node",
    "openjdk",
    "perl",
    "pypy",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "ubuntu",
];

/// Whether the stage works in `/` as long as no WORKDIR says otherwise.
pub(super) fn works_at_root<'s>(build: &Build<'s>, stage: &Stage<'s>) -> bool {
    let known = || build.official_base(stage).is_some_and(|(_, name)| AT_ROOT.contains(&name.as_str()));
    !build.is_windows(stage) && (build.is_from_scratch(stage) || known())
}

impl<'s> Build<'s> {
    /// Whether root runs an instruction, as far as this file says.
    pub(super) fn is_run_by_root(&self, instruction: usize) -> bool {
        let user = self.meaning.effective_at(instruction).user;
        let body = user.and_then(|at| Some((at, &self.tree.instructions.get(at)?.innermost().body)));
        let Some((at, Body::User(user))) = body else { return true };
        self.expand_at(at, user).is_none_or(|name| name.is_empty() || users::is_root(&name))
    }

    /// The family of what the stage is built on, through other stages.
    pub(super) fn family(&self, stage: &Stage<'s>) -> Option<Family> {
        if self.is_from_scratch(stage) {
            return Some(Family::Scratch);
        }
        family_of(self.base_image(stage)?)
    }

    /// A RUN right below the stage's FROM that installs a package of its distribution; none where root does not run it.
    pub(super) fn with_package(&self, stage: &Stage<'s>, package: &str) -> Option<Replacement> {
        let start = stage.instructions.start;
        // Alpine alone has su-exec, and only Debian the other names of netcat.
        let line = match (self.family(stage)?, package) {
            (Family::Debian, "su-exec") | (Family::Alpine, "netcat" | "ps") => return None,
            (Family::Debian, package) => format!(
                "RUN apt-get update && apt-get install -y --no-install-recommends {package} && rm -rf /var/lib/apt/lists/*"
            ),
            (Family::Alpine, package) => format!("RUN apk add --no-cache {package}"),
            _ => return None,
        };
        self.is_run_by_root(start + 1).then(|| self.line_below(&self.tree.instructions[start], &line))
    }

    /// The first of these programs that a RUN of the stage installs by the package of that name.
    pub(super) fn has_program(&self, stage: &Stage<'s>, names: &[&'static str]) -> Option<&'static str> {
        names.iter().copied().find(|name| {
            self.lineage(stage).flat_map(|s| self.runs_of(s)).flat_map(|run| self.installs_of(run)).any(
                |(step, install)| {
                    step.command.context.is_unconditional()
                        && install.manager.is_system()
                        && install.packages.iter().any(|p| p.name == *name)
                },
            )
        })
    }

    /// Whether the stage's image certainly has curl: its base is a large one, or one of its RUNs installs it.
    pub(super) fn has_curl(&self, stage: &Stage<'s>) -> bool {
        let installed = || {
            self.lineage(stage).flat_map(|s| self.runs_of(s)).any(|run| {
                let removes = self.steps_of(run).any(|s| packages::removes(s.command).is_some());
                !removes
                    && self.installs_of(run).any(|(step, install)| {
                        let wanted = |p: &packages::Package| p.name == "curl";
                        let virtual_ = install.manager == Manager::Apk
                            && step.command.has_any_flag(&["-t", "--virtual", "--root", "-p"]);
                        step.command.context.is_unconditional()
                            && install.manager.is_system()
                            && !virtual_
                            && install.packages.iter().any(wanted)
                    })
            })
        };
        let brought = || {
            let Some((image, name)) = self.official_base(stage) else { return false };
            let tag = image.tag().unwrap_or("latest");
            let small = ["slim", "alpine"].iter().any(|word| tag.contains(word));
            match name.as_str() {
                "php" | "wordpress" | "drupal" | "joomla" | "nextcloud" => !small,
                _ => BUILDPACK.contains(&name.as_str()) && !small && family_of(image) == Some(Family::Debian),
            }
        };
        installed() || brought()
    }

    /// The stage's image with another tag; none where it is not written out, or pinned by its digest.
    pub(super) fn with_tag(&self, stage: &Stage<'_>, tag: &str) -> Option<Replacement> {
        let Body::From(from) = &self.tree.instructions.get(stage.instructions.start)?.body else {
            return None;
        };
        let written = from.image.as_str();
        let plain = matches!(stage.base, Base::Image(_)) && from.image.is_verbatim();
        if !plain || written.contains(['$', '@', '"', '\'']) {
            return None;
        }
        let (name, _) = match written.rsplit_once(':') {
            Some((name, old)) if !old.contains('/') => (name, old),
            _ => (written, ""),
        };
        Some((from.image.span, format!("{name}:{tag}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_by_name_or_tag() {
        let family = |image| family_of(&ImageRef::parse(image).unwrap());
        for debian in [
            "python:3.14-slim",
            "node",
            "mcr.microsoft.com/dotnet/aspnet:8.0",
            "eclipse-temurin:21-jre-noble",
        ] {
            assert_eq!(family(debian), Some(Family::Debian), "{debian}");
        }
        for alpine in ["alpine:3.22", "nginx:alpine", "caddy:2", "python:3.14-alpine3.22"] {
            assert_eq!(family(alpine), Some(Family::Alpine), "{alpine}");
        }
        assert_eq!(family("gcr.io/distroless/static-debian12"), Some(Family::Distroless));
        assert_eq!(family("rockylinux:9"), Some(Family::Rpm));
        for unknown in
            ["rockylinux:9-minimal", "acme/python", "openjdk:17-oracle", "mysql:9", "amazonlinux:2023"]
        {
            assert_eq!(family(unknown), None, "{unknown}");
        }
    }
}
