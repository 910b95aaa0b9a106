//! Where /bin/sh is bash.

use plimsoll_shell::{Command, Run};

use super::{Build, ImageRef};

/// Official images of distributions whose /bin/sh is bash, and of what stands on them.
const OFFICIAL: &[&str] = &[
    "almalinux",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "bash",
    "centos",
    "fedora",
    "mageia",
    "mysql",
    "oraclelinux",
    "photon",
    "rockylinux",
    "sl",
];

/// Registry and the beginning of the repository of others.
const OTHERS: &[(&str, &str)] = &[
    ("docker.io", "amazon/aws-lambda-"),
    ("docker.io", "archlinux/"),
    ("docker.io", "opensuse/"),
    ("docker.io", "redhat/ubi"),
    ("docker.io", "rockylinux/"),
    ("docker.io", "almalinux/"),
    ("public.ecr.aws", "amazonlinux/"),
    ("public.ecr.aws", "lambda/"),
    ("quay.io", "almalinuxorg/"),
    ("quay.io", "centos/"),
    ("quay.io", "fedora/"),
    ("quay.io", "pypa/manylinux"),
    ("quay.io", "rockylinux/"),
    ("registry.access.redhat.com", ""),
    ("registry.fedoraproject.org", ""),
    ("registry.opensuse.org", ""),
    ("registry.redhat.io", ""),
    ("registry.suse.com", ""),
];

/// What the part of a tag begins with that names such a distribution under another product.
const TAGS: &[&str] = &[
    "al2",
    "almalinux",
    "amazonlinux",
    "archlinux",
    "azurelinux",
    "cbl",
    "centos",
    "fedora",
    "oracle",
    "oraclelinux",
    "rocky",
    "rockylinux",
    "ubi",
];

/// The parts of a tag, or of a repository's name, that name a distribution with another shell in the same places.
const ELSE: &[&str] = &["alpine", "bookworm", "bullseye", "buster", "debian", "trixie", "ubuntu"];

/// manylinux on Debian and Ubuntu.
const OTHER_MANYLINUX: &[&str] = &["manylinux_2_24", "manylinux_2_31", "manylinux_2_35"];

/// Stages built on stages are followed this far.
const MOST_STAGES: usize = 64;

/// Whether an image's /bin/sh is bash, as far as its name says.
fn brings_bash(image: &ImageRef) -> bool {
    let tag = image.tag().unwrap_or("");
    let repository = image.repository();
    let part_of = |list: &[&str]| tag.split('-').any(|part| list.iter().any(|word| part.starts_with(word)));
    if part_of(ELSE) || OTHER_MANYLINUX.iter().any(|name| repository.contains(name)) {
        return false;
    }
    let official = image.official_mirrored();
    official.is_some_and(|name| OFFICIAL.contains(&name.as_str())) || image.is_one_of(OTHERS) || part_of(TAGS)
}

/// Whether a command puts bash in the place of /bin/sh.
pub(super) fn replaces_by_bash(command: &Command) -> bool {
    let mut words = command.args_without_flags().map(|word| word.text_lossy());
    command.is_any(&["ln", "mv", "cp"])
        && words.next().is_some_and(|source| matches!(source, "bash" | "/bin/bash" | "/usr/bin/bash"))
        && words.next().is_some_and(|target| matches!(target, "/bin/sh" | "/usr/bin/sh"))
        && words.next().is_none()
}

/// Where the file itself puts bash in the place of /bin/sh: instructions, in order.
pub(super) fn replacements(build: &Build<'_>) -> Vec<usize> {
    let certain = |c: &Command| c.context.is_unconditional() && c.context.depth == 0;
    let steps = build.steps().filter(|step| !step.run.onbuild && replaces_by_bash(step.command));
    steps.filter(|step| certain(step.command)).map(|step| step.run.instruction).collect()
}

/// Whether what runs a script as /bin/sh is bash: the image brings it, or one of the `replacements` stands above.
pub(super) fn is_bash(build: &Build<'_>, run: &Run, replacements: &[usize]) -> bool {
    let Some(stage) = build.stage(run.stage) else { return false };
    let replaced = || {
        build.lineage(stage).take(MOST_STAGES).any(|s| {
            let first = replacements.partition_point(|at| *at < s.instructions.start);
            let end = s.instructions.end.min(run.instruction);
            replacements.get(first).is_some_and(|at| *at < end)
        })
    };
    build.base_image(stage).is_some_and(brings_bash) || replaced()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_is_told_by_the_distribution() {
        let bash = |image: &str| brings_bash(&ImageRef::parse(image).unwrap());
        for image in [
            "fedora:42",
            "public.ecr.aws/amazonlinux/amazonlinux:2023",
            "quay.io/pypa/manylinux_2_28_x86_64",
            "registry.access.redhat.com/ubi9/ubi-minimal:9.6",
            "eclipse-temurin:21-jre-ubi9-minimal",
            "nvidia/cuda:13.0.0-devel-rockylinux9",
            "opensuse/leap:15.6",
            "mysql:8",
        ] {
            assert!(bash(image), "{image}");
        }
        for image in [
            "debian:13",
            "python:3.14",
            "alpine:3.22",
            "quay.io/pypa/manylinux_2_31_armv7l",
            "quay.io/pypa/musllinux_1_2_x86_64",
            "amazoncorretto:21-alpine",
            "mysql:8-debian",
            "acme/fedora",
        ] {
            assert!(!bash(image), "{image}");
        }
    }
}
