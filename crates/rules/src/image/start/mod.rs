//! Whether the container starts: what ENTRYPOINT, CMD and HEALTHCHECK run, and what that needs in its turn.
//!
//! [`commands`] says which programs are run, [`world`] where they are found, [`runner`] whether the user may start them,
//! [`program`] what a file needs to be started, [`libraries`] whether a loader finds what it asks for. Whatever cannot
//! be known from the image (a volume, a variable, a function) is taken to be right.

mod commands;
mod libraries;
mod program;
mod runner;
mod world;

use std::collections::HashSet;

pub(crate) use runner::Right;
pub(crate) use world::World;

use plimsoll_dockerfile::Kind;

use super::Audit;
use crate::draft::{Place, Setting};

/// What the image is asked to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// ENTRYPOINT and CMD.
    Command,
    /// HEALTHCHECK.
    Healthcheck,
}

/// Why something does not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// There is no such program.
    Missing,
    /// The user may not start or read it.
    Denied,
    /// Its `#!` interpreter or its loader is not there, or it has none.
    Interpreter,
    /// A library that it needs is not there.
    Library,
    /// It is made for another machine.
    Architecture,
    /// The script that an interpreter is given is not there.
    Script,
}

/// One reason why the container, or its health check, fails.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) part: Part,
    pub(crate) kind: FaultKind,
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Everything that keeps the container or its health check from starting.
pub(crate) fn find(audit: &Audit<'_>) -> Vec<Fault> {
    let config = &audit.image.config;
    if config.platform().os != "linux" || !audit.is_whole() || audit.image.layers.is_empty() {
        return Vec::new();
    }
    let world = World::of(audit);
    let mut faults = Faults::default();
    let command: Vec<String> = config.entrypoint().iter().chain(config.cmd()).cloned().collect();
    let starts = if config.entrypoint().is_empty() { Kind::Cmd } else { Kind::Entrypoint };
    commands::examine(&world, &command, &mut faults.of(Part::Command, starts));
    let shell = || match config.docker.shell.is_empty() {
        true => vec!["/bin/sh".to_owned(), "-c".to_owned()],
        false => config.docker.shell.clone(),
    };
    let test = config.docker.healthcheck.as_ref().map_or(&[][..], |h| &h.test);
    let words = match test.split_first() {
        Some((kind, words)) if kind == "CMD" => words.to_vec(),
        Some((kind, words)) if kind == "CMD-SHELL" => {
            shell().into_iter().chain(words.iter().cloned()).collect()
        }
        _ => Vec::new(),
    };
    commands::examine(&world, &words, &mut faults.of(Part::Healthcheck, Kind::Healthcheck));
    if world.is_exhausted() { Vec::new() } else { faults.all }
}

/// Faults as they are found, each once.
#[derive(Default)]
struct Faults {
    all: Vec<Fault>,
    told: HashSet<String>,
}

impl Faults {
    fn of(&mut self, part: Part, set_by: Kind) -> Told<'_> {
        Told { faults: self, part, set_by }
    }
}

/// Where the faults of one part are told.
struct Told<'f> {
    faults: &'f mut Faults,
    part: Part,
    /// What sets the command in a Dockerfile.
    set_by: Kind,
}

impl Told<'_> {
    fn push(&mut self, kind: FaultKind, place: Place, message: String, help: impl Into<String>) {
        let place = match place {
            Place::Image => Place::Setting(Setting::last(self.set_by)),
            place => place,
        };
        // What keeps the container from starting keeps its health check from passing: once is enough.
        if self.faults.told.insert(message.clone()) {
            self.faults.all.push(Fault { part: self.part, kind, place, message, help: help.into() });
        }
    }

    fn keyword(&self) -> &'static str {
        match self.part {
            Part::Command => "the container's command",
            Part::Healthcheck => "the health check",
        }
    }
}
