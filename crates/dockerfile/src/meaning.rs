//! What a file means: its stages and what they stand on, the variables at every point, what a container will
//! run and as whom. The one place that rules ask.
//!
//! ```
//! use plimsoll_dockerfile::meaning::{Base, BuildOptions, Meaning};
//! use plimsoll_dockerfile::{Source, parse};
//!
//! let source = Source::from("ARG V=3.13\nFROM python:${V}-slim AS build\nUSER app\nFROM build\n");
//! let file = parse(&source);
//! let meaning = Meaning::new(&file, &BuildOptions::default());
//! assert_eq!(meaning.root(1), &Base::Image("python:3.13-slim".into()));
//! assert_eq!(meaning.stages[1].end.user, Some(2));
//! ```

mod effective;
mod expand;
mod scope;
mod stages;
mod windows;

use std::collections::{BTreeMap, HashMap};

pub use effective::Effective;
pub use expand::{Expanded, Unresolved, Why, expand};
pub use scope::{Origin, PLATFORM_ARGS, PREDEFINED_ARGS, Scope, Value, Variable};
pub use stages::{Base, Stage, Use, UseKind};

use crate::instruction::Instruction;
use crate::parser::Dockerfile;
use scope::Bindings;

/// What a build is given besides the file.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// `--build-arg`
    pub build_args: BTreeMap<String, String>,
    /// `--target`: a stage's name or number; the last stage where it is not given.
    pub target: Option<String>,
    /// The names of `--build-context`: they take the place of stages and images of that name.
    pub contexts: Vec<String>,
}

/// A file's meaning. Indices of stages are into [`Meaning::stages`], those of instructions into
/// [`Dockerfile::instructions`].
#[derive(Debug)]
pub struct Meaning<'f, 's> {
    /// The file.
    pub file: &'f Dockerfile<'s>,
    /// The stages, in order.
    pub stages: Vec<Stage<'f, 's>>,
    target: Option<usize>,
    options: BuildOptions,
    /// The ARGs before the first FROM.
    global: Bindings,
    /// What each stage binds.
    bindings: Vec<Bindings>,
    /// How many bytes of values are remembered.
    stored: usize,
    /// How many instructions ONBUILDs have triggered.
    triggered: usize,
    /// The stages of each name, in order.
    names: HashMap<String, Vec<usize>>,
    /// The folder that each WORKDIR leads to, where it is known.
    folders: HashMap<usize, Box<str>>,
}

impl<'f, 's> Meaning<'f, 's> {
    /// Works a file out for a build. Never fails: what cannot be known is said to be so.
    pub fn new(file: &'f Dockerfile<'s>, options: &BuildOptions) -> Meaning<'f, 's> {
        let mut meaning = Meaning {
            file,
            stages: Vec::new(),
            target: None,
            options: options.clone(),
            global: Bindings::default(),
            bindings: Vec::new(),
            stored: 0,
            triggered: 0,
            names: HashMap::new(),
            folders: HashMap::new(),
        };
        meaning.bind_globals();
        meaning.find_stages();
        meaning.find_needed();
        meaning
    }

    /// The stage that is built: the one asked for, else the last. `None` where there is none.
    pub fn target(&self) -> Option<usize> {
        self.target
    }

    /// The stage that an instruction belongs to; `None` before the first FROM.
    pub fn stage_of(&self, instruction: usize) -> Option<usize> {
        let index = self.stages.partition_point(|stage| stage.instructions.start <= instruction);
        index.checked_sub(1)
    }

    /// The last stage with this name, in any case, before stage `before`.
    pub fn stage_named(&self, name: &str, before: usize) -> Option<usize> {
        let stages = self.names.get(&name.to_ascii_lowercase())?;
        stages.get(stages.partition_point(|&stage| stage < before).checked_sub(1)?).copied()
    }

    /// What a stage stands on in the end: its base, through the stages it is based on.
    pub fn root(&self, stage: usize) -> &Base {
        static NONE: Base = Base::Unresolved(String::new());
        let root = self.stages.get(stage).and_then(|stage| self.stages.get(stage.root));
        root.map_or(&NONE, |stage| &stage.base)
    }

    /// What a build of the stage runs, with the index of each: its FROM, what the ONBUILDs of a base in this file
    /// hold, which have the index of the ONBUILD, and its own instructions.
    pub fn instructions_of(
        &self,
        stage: usize,
    ) -> impl DoubleEndedIterator<Item = (usize, &'f Instruction<'s>)> {
        let (from, triggers, own) = match self.stages.get(stage) {
            Some(stage) => {
                let range = stage.instructions.clone();
                (Some(range.start), &stage.triggers[..], range.start + 1..range.end)
            }
            None => (None, &[][..], 0..0),
        };
        let file = self.file;
        let triggered =
            triggers.iter().filter_map(|&index| Some((index, file.instructions.get(index)?.innermost())));
        let whole = move |index: usize| Some((index, file.instructions.get(index)?));
        from.into_iter().filter_map(whole).chain(triggered).chain(own.filter_map(whole))
    }

    /// The variables that an instruction sees.
    pub fn scope(&self, instruction: usize) -> Scope<'_, 'f, 's> {
        Scope::at(self, instruction)
    }

    /// The folder that is in force, where it is known: what its WORKDIRs lead to.
    pub fn workdir(&self, effective: &Effective) -> Option<&str> {
        self.folders.get(&effective.workdir?).map(|folder| &**folder)
    }

    /// What would be in force in a container made right before an instruction.
    pub fn effective_at(&self, instruction: usize) -> Effective {
        let Some(stage) = self.stage_of(instruction).and_then(|index| self.stages.get(index)) else {
            return Effective::default();
        };
        stage.effective_before(instruction)
    }
}
