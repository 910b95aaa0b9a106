//! The facts that an item may ask for, by name.

use plimsoll_context::Context;

use super::surroundings::{App, Surroundings};
use super::tick::GivenImage;
use super::verdict::{Evidence, Verdict};
use super::{compose_facts, container_facts, file_facts, image_facts, stage_facts, start_facts};
use crate::dockerfile::{Build, Stage};
use crate::profile::Profile;

/// An application with everything that facts ask of it.
pub(crate) struct AppView<'a> {
    pub(crate) app: &'a App,
    pub(crate) profile: Option<&'a Profile>,
    pub(crate) build: &'a Build<'a>,
    pub(crate) context: &'a Context,
    pub(crate) image: Option<&'a GivenImage>,
    pub(crate) around: &'a Surroundings,
}

impl<'a> AppView<'a> {
    /// The stage that is built.
    pub(crate) fn stage(&self) -> Option<&'a Stage<'a>> {
        self.build.final_stage()
    }

    /// Something seen at an instruction of the Dockerfile.
    pub(crate) fn at(&self, instruction: usize, text: impl Into<String>) -> Evidence {
        let line = self.build.tree.instructions.get(instruction).map(|i| i.start_line);
        Evidence::at(&self.app.shown, line, text)
    }

    /// Something that the Dockerfile lacks: shown where the built stage begins.
    pub(crate) fn lacking(&self, text: impl Into<String>) -> Evidence {
        match self.stage() {
            Some(stage) => self.at(stage.instructions.start, text),
            None => Evidence::at(&self.app.shown, None, text),
        }
    }
}

/// What a fact is asked of.
pub(crate) enum Ask {
    /// Each application that the item speaks of.
    App(fn(&AppView<'_>, &str) -> Verdict),
    /// The folder as a whole.
    Folder(fn(&Surroundings, &str) -> Verdict),
    /// The folder with every application in it.
    All(fn(&Surroundings, &[AppView<'_>], &[GivenImage], &str) -> Verdict),
}

/// Facts that the compose files tell, so that nothing can be said where Compose does not take them.
pub(crate) const IN_COMPOSE: &[&str] =
    &["container-users", "networks", "service-environment", "service-url", "tagged"];

/// Facts about the stage that is built, so that nothing can be said where there is no such stage.
pub(crate) const IN_STAGE: &[&str] = &[
    "built",
    "health-endpoint",
    "healthcheck",
    "init",
    "multi-stage",
    "owned-copies",
    "port",
    "sets-env",
    "starts",
    "user",
];

/// Every fact: its name, what has to be so, and who answers.
static FACTS: &[(&str, &str, Ask)] = &[
    ("built", "an image was given, so the build went through", Ask::App(image_facts::built)),
    ("compose", "there is a compose file with services", Ask::Folder(compose_facts::compose)),
    (
        "container-users",
        "no service and no image runs as root, those that are only pulled included",
        Ask::All(container_facts::container_users),
    ),
    (
        "copy-sources",
        "every source of COPY and ADD is in the build context",
        Ask::App(file_facts::copy_sources),
    ),
    ("dockerfile", "there is a Dockerfile", Ask::App(stage_facts::dockerfile)),
    ("dockerignore", "an ignore file with patterns applies to the build", Ask::App(file_facts::dockerignore)),
    (
        "env-described",
        "there is an .env.example; bind `describe-env-variables` to judge it",
        Ask::Folder(file_facts::env_described),
    ),
    ("env-example", "there is an .env.example", Ask::Folder(file_facts::env_example)),
    ("file", "`file=PATH`: the folder has that file", Ask::Folder(file_facts::file)),
    (
        "health-endpoint",
        "the path that HEALTHCHECK asks for stands in the sources",
        Ask::App(start_facts::health_endpoint),
    ),
    (
        "healthcheck",
        "the image has a HEALTHCHECK, where the profile asks for one",
        Ask::App(start_facts::healthcheck),
    ),
    (
        "image-size",
        "the image that was given is within the profile's budget",
        Ask::App(image_facts::image_size),
    ),
    ("images", "an image was given, for the rules on images", Ask::App(image_facts::images)),
    ("init", "an init is process 1, where the profile asks for one", Ask::App(start_facts::init)),
    (
        "installs-from",
        "`installs-from=FILE`: a RUN installs what that file lists",
        Ask::App(stage_facts::installs_from),
    ),
    (
        "locked-dependencies",
        "every dependency has one version: pinned, or by a lock file",
        Ask::App(file_facts::locked_dependencies),
    ),
    ("multi-stage", "what ships takes its files from an earlier stage", Ask::App(stage_facts::multi_stage)),
    (
        "networks",
        "services that need each other share a declared network",
        Ask::Folder(compose_facts::networks),
    ),
    (
        "owned-copies",
        "what is copied into the working folder belongs to the user",
        Ask::App(stage_facts::owned_copies),
    ),
    ("port", "EXPOSE names the profile's port", Ask::App(start_facts::port)),
    ("readme", "`readme=WORDS|WORDS`: the README says one of these", Ask::Folder(file_facts::readme)),
    (
        "runs-build",
        "a RUN makes the production build of a JavaScript project",
        Ask::App(stage_facts::runs_build),
    ),
    ("runtime", "the base is the profile's runtime in its version", Ask::App(stage_facts::runtime)),
    (
        "service-environment",
        "the compose service gets its settings from the environment",
        Ask::App(compose_facts::service_environment),
    ),
    (
        "service-url",
        "the compose service is told the address of another service",
        Ask::App(compose_facts::service_url),
    ),
    (
        "sets-env",
        "`sets-env=NAME` or `sets-env=NAME=VALUE`: ENV sets it in the image",
        Ask::App(stage_facts::sets_env),
    ),
    (
        "starts",
        "`starts=WORD WORD`: the container starts one of these programs",
        Ask::App(start_facts::starts),
    ),
    (
        "system-packages",
        "`system-packages=NAME NAME`: each is installed by a RUN, or in the base",
        Ask::App(stage_facts::system_packages),
    ),
    ("tagged", "the compose service's image has a tag that does not move", Ask::App(compose_facts::tagged)),
    ("user", "the container's user is the one that the profile asks for", Ask::App(stage_facts::user)),
];

/// The fact of that name.
pub(crate) fn named(name: &str) -> Option<&'static Ask> {
    FACTS.iter().find(|(known, ..)| *known == name).map(|(.., ask)| ask)
}

/// Every fact: its name, and what has to be so.
pub fn described() -> impl Iterator<Item = (&'static str, &'static str)> {
    FACTS.iter().map(|(name, what, _)| (*name, *what))
}

/// Every name.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    described().map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_sorted() {
        assert!(super::names().is_sorted());
        for list in [super::IN_COMPOSE, super::IN_STAGE] {
            assert!(list.iter().all(|name| super::named(name).is_some()));
        }
    }
}
