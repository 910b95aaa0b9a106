//! The facts that an item may ask for, by name.

use plimsoll_context::Context;

use super::surroundings::{App, Surroundings};
use super::tick::GivenImage;
use super::verdict::{Evidence, Verdict};
use super::{compose_facts, file_facts, image_facts, stage_facts, start_facts};
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
}

/// Every fact: its name, and who answers.
static FACTS: &[(&str, Ask)] = &[
    ("built", Ask::App(image_facts::built)),
    ("compose", Ask::Folder(compose_facts::compose)),
    ("copy-sources", Ask::App(file_facts::copy_sources)),
    ("dockerfile", Ask::App(stage_facts::dockerfile)),
    ("dockerignore", Ask::App(file_facts::dockerignore)),
    ("env-described", Ask::Folder(file_facts::env_described)),
    ("env-example", Ask::Folder(file_facts::env_example)),
    ("file", Ask::Folder(file_facts::file)),
    ("health-endpoint", Ask::App(start_facts::health_endpoint)),
    ("healthcheck", Ask::App(start_facts::healthcheck)),
    ("image-size", Ask::App(image_facts::image_size)),
    ("images", Ask::App(image_facts::images)),
    ("init", Ask::App(start_facts::init)),
    ("installs-from", Ask::App(stage_facts::installs_from)),
    ("locked-dependencies", Ask::App(file_facts::locked_dependencies)),
    ("multi-stage", Ask::App(stage_facts::multi_stage)),
    ("networks", Ask::Folder(compose_facts::networks)),
    ("next-assets", Ask::App(file_facts::next_assets)),
    ("owned-copies", Ask::App(stage_facts::owned_copies)),
    ("port", Ask::App(start_facts::port)),
    ("readme", Ask::Folder(file_facts::readme)),
    ("runs-build", Ask::App(stage_facts::runs_build)),
    ("runtime", Ask::App(stage_facts::runtime)),
    ("server-listed", Ask::App(file_facts::server_listed)),
    ("service-environment", Ask::App(compose_facts::service_environment)),
    ("service-url", Ask::App(compose_facts::service_url)),
    ("sets-env", Ask::App(stage_facts::sets_env)),
    ("start-period", Ask::App(start_facts::start_period)),
    ("starts", Ask::App(start_facts::starts)),
    ("system-packages", Ask::App(stage_facts::system_packages)),
    ("tagged", Ask::App(compose_facts::tagged)),
    ("user", Ask::App(stage_facts::user)),
];

/// The fact of that name.
pub(crate) fn named(name: &str) -> Option<&'static Ask> {
    FACTS.iter().find(|(known, _)| *known == name).map(|(_, ask)| ask)
}

/// Every name.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FACTS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_sorted() {
        assert!(super::names().is_sorted());
    }
}
