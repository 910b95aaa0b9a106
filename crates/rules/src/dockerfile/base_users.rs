//! Which user base images set.

use super::ImageRef;

/// What is known of the user that an image sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseUser {
    /// It sets none, or root.
    Root,
    /// Another one.
    Unprivileged,
    /// Nothing is.
    Unknown,
}

/// Official images that set another user than root.
const OFFICIAL: &[&str] = &["adminer", "haproxy", "jetty", "kong", "memcached", "solr", "varnish"];

/// Official images that set one since some release.
const OFFICIAL_BY_RELEASE: &[&str] =
    &["elasticsearch", "geonetwork", "groovy", "kibana", "logstash", "odoo", "sonarqube", "spark"];

/// Registry and the beginning of the repository of images that set another user than root.
const UNPRIVILEGED: &[(&str, &str)] = &[
    (DOCKER_HUB, "apache/airflow"),
    (DOCKER_HUB, "apache/kafka"),
    (DOCKER_HUB, "apache/superset"),
    (DOCKER_HUB, "bitnami/"),
    (DOCKER_HUB, "bitnamilegacy/"),
    (DOCKER_HUB, "bitnamisecure/"),
    (DOCKER_HUB, "cimg/"),
    (DOCKER_HUB, "curlimages/curl"),
    (DOCKER_HUB, "gitpod/workspace-"),
    (DOCKER_HUB, "grafana/grafana"),
    (DOCKER_HUB, "grafana/loki"),
    (DOCKER_HUB, "jenkins/agent"),
    (DOCKER_HUB, "jenkins/inbound-agent"),
    (DOCKER_HUB, "jenkins/jenkins"),
    (DOCKER_HUB, "jupyter/"),
    (DOCKER_HUB, "mambaorg/micromamba"),
    (DOCKER_HUB, "n8nio/n8n"),
    (DOCKER_HUB, "nodered/node-red"),
    (DOCKER_HUB, "opensearchproject/opensearch"),
    (DOCKER_HUB, "prom/alertmanager"),
    (DOCKER_HUB, "prom/node-exporter"),
    (DOCKER_HUB, "prom/prometheus"),
    (DOCKER_HUB, "prom/pushgateway"),
    (DOCKER_HUB, "renovate/renovate"),
    (DOCKER_HUB, "selenium/hub"),
    (DOCKER_HUB, "selenium/node-"),
    (DOCKER_HUB, "selenium/standalone-"),
    ("ghcr.io", "puppeteer/puppeteer"),
    ("ghcr.io", "renovatebot/"),
    ("public.ecr.aws", "bitnami/"),
    ("quay.io", "jupyter/"),
    ("quay.io", "keycloak/keycloak"),
    ("quay.io", "prometheus/alertmanager"),
    ("quay.io", "prometheus/node-exporter"),
    ("quay.io", "prometheus/prometheus"),
    ("quay.io", "prometheus/pushgateway"),
];

/// The same of images that set none.
const ROOT: &[(&str, &str)] = &[
    (DOCKER_HUB, "amazon/aws-lambda-"),
    (DOCKER_HUB, "amd64/"),
    (DOCKER_HUB, "arm32v7/"),
    (DOCKER_HUB, "arm64v8/"),
    (DOCKER_HUB, "bitnami/minideb"),
    (DOCKER_HUB, "continuumio/"),
    (DOCKER_HUB, "cypress/"),
    (DOCKER_HUB, "i386/"),
    (DOCKER_HUB, "kalilinux/"),
    (DOCKER_HUB, "nvidia/cuda"),
    (DOCKER_HUB, "opensuse/leap"),
    (DOCKER_HUB, "opensuse/tumbleweed"),
    (DOCKER_HUB, "phusion/baseimage"),
    (DOCKER_HUB, "pytorch/pytorch"),
    (DOCKER_HUB, "redhat/ubi"),
    (DOCKER_HUB, "rockylinux/"),
    (DOCKER_HUB, "tensorflow/tensorflow"),
    ("gcr.io", "distroless/"),
    ("mcr.microsoft.com", "devcontainers/"),
    ("mcr.microsoft.com", "dotnet/"),
    ("mcr.microsoft.com", "vscode/devcontainers/"),
    ("nvcr.io", "nvidia/cuda"),
    ("public.ecr.aws", "amazonlinux/"),
    ("public.ecr.aws", "lambda/"),
    ("quay.io", "centos/centos"),
    ("quay.io", "fedora/fedora"),
    ("quay.io", "pypa/"),
    ("registry.access.redhat.com", "ubi8/ubi"),
    ("registry.access.redhat.com", "ubi9/ubi"),
    ("registry.access.redhat.com", "ubi10/ubi"),
    ("registry.fedoraproject.org", "fedora"),
    ("registry.suse.com", "bci/bci-"),
];

const DOCKER_HUB: &str = "docker.io";

/// What is known of the user that an image sets: by its name, of the official images and those of well-known publishers.
pub(crate) fn user_of(image: &ImageRef) -> BaseUser {
    let repository = image.repository();
    let tag = image.tag().unwrap_or("");
    let says_so = ["nonroot", "rootless"].iter().any(|word| tag.contains(word))
        || ["-unprivileged", "-rootless", "-nonroot"].iter().any(|end| repository.ends_with(end));
    // The development variants of Chainguard's and Docker's hardened images are root.
    let hardened = matches!(image.registry(), "cgr.dev" | "dhi.io");
    if says_so || hardened && !tag.contains("dev") {
        return BaseUser::Unprivileged;
    }
    if hardened || image.is_one_of(ROOT) {
        // Those of .NET that have no shell set a user.
        let small = image.registry() == "mcr.microsoft.com"
            && ["chiseled", "distroless"].iter().any(|word| tag.contains(word));
        return if small { BaseUser::Unprivileged } else { BaseUser::Root };
    }
    if image.is_one_of(UNPRIVILEGED) {
        return BaseUser::Unprivileged;
    }
    match image.official_mirrored().as_deref() {
        Some(name) if OFFICIAL.contains(&name) => BaseUser::Unprivileged,
        Some(name) if OFFICIAL_BY_RELEASE.contains(&name) => BaseUser::Unknown,
        Some(_) => BaseUser::Root,
        None => BaseUser::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_an_image_is_told_from_what_is_not() {
        let user = |image: &str| user_of(&ImageRef::parse(image).unwrap());
        for image in [
            "gcr.io/distroless/static-debian12:nonroot",
            "nginxinc/nginx-unprivileged:1",
            "renovate/renovate:43",
            "ghcr.io/renovatebot/renovate",
            "jupyter/datascience-notebook",
            "quay.io/jupyter/base-notebook:2024-10-07",
            "bitnami/redis:8",
            "cgr.dev/chainguard/python:latest",
            "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled",
            "memcached:1.6",
        ] {
            assert_eq!(user(image), BaseUser::Unprivileged, "{image}");
        }
        for image in [
            "python:3.14",
            "docker.io/ruby:4",
            "public.ecr.aws/docker/library/node:24",
            "gcr.io/distroless/static-debian12",
            "bitnami/minideb:trixie",
            "nvidia/cuda:13.0.0-base-ubuntu24.04",
            "mcr.microsoft.com/dotnet/aspnet:8.0",
            "registry.access.redhat.com/ubi9/ubi-minimal:9.6",
            "cgr.dev/chainguard/python:latest-dev",
        ] {
            assert_eq!(user(image), BaseUser::Root, "{image}");
        }
        for image in [
            "acme/app:1",
            "ghcr.io/acme/app",
            "elasticsearch:9.1.0",
            "registry.access.redhat.com/ubi9/nodejs-22",
            "registry.example.com/grafana/grafana",
        ] {
            assert_eq!(user(image), BaseUser::Unknown, "{image}");
        }
        assert!(OFFICIAL.is_sorted() && OFFICIAL_BY_RELEASE.is_sorted());
    }
}
