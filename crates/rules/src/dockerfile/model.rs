//! A Dockerfile with everything that rules ask of it, worked out once.

use std::sync::{Arc, OnceLock};

use plimsoll_dockerfile::meaning::{self, BuildOptions, Meaning};
use plimsoll_dockerfile::{Body, Dockerfile, Instruction, Kind, Source, Span};
use plimsoll_secrets::Detector;
use plimsoll_shell::Run;

use super::around::Around;
use super::image_ref::ImageRef;
use super::inherited::Inherited;
use crate::config::Settings;

/// A Dockerfile, parsed and joined to its stages, its shell scripts and its surroundings.
pub struct Build<'s> {
    /// The text, and what positions need.
    pub source: &'s Source,
    /// The syntax tree.
    pub tree: &'s Dockerfile<'s>,
    /// What the project's configuration says.
    pub settings: &'s Settings,
    /// What stands around the file on disk.
    pub around: &'s Around,
    /// What the file means: stages, variables, what is in force where. Ask it directly for what the methods here do
    /// not answer.
    pub meaning: Meaning<'s, 's>,
    stages: Vec<Stage<'s>>,
    runs: OnceLock<Vec<Run>>,
    leaks: OnceLock<Vec<Leak>>,
    /// Of each stage, whether the built image has its layers.
    pub(super) are_shipped: OnceLock<Vec<bool>>,
    pub(super) inherited: OnceLock<Inherited>,
}

/// One build stage.
#[derive(Debug)]
pub struct Stage<'s> {
    /// From 0, in the order of the file.
    pub index: usize,
    /// What follows `AS`, as written.
    pub name: Option<&'s str>,
    /// Its instructions as indices into the tree, its FROM first.
    pub instructions: std::ops::Range<usize>,
    /// What it is built on.
    pub base: Base,
    /// Whether it is the stage that is built: `--target`, or else the last one.
    pub is_final: bool,
    /// Whether it is for Windows, by its base or its shell.
    windows: bool,
    /// The image that its own FROM names.
    image: Option<ImageRef>,
    /// How messages call it: `the image`, `stage `build``, `stage 0`.
    label: String,
}

impl<'s> Stage<'s> {
    fn new(stage: &meaning::Stage<'s, 's>, of: usize) -> Self {
        let name = stage.from.alias.as_ref().map(|alias| alias.as_str());
        let label = match name {
            _ if of == 1 => "the image".to_owned(),
            Some(name) => format!("stage `{name}`"),
            None if stage.index + 1 == of => "the final stage".to_owned(),
            None => format!("stage {}", stage.index),
        };
        let base = match &stage.base {
            meaning::Base::Stage(index) => Base::Stage(*index),
            meaning::Base::Scratch => Base::Scratch,
            meaning::Base::Image(image) => Base::Image(image.clone()),
            meaning::Base::Context(_) | meaning::Base::Unresolved(_) => Base::Unknown,
        };
        let image = match &base {
            Base::Image(image) => ImageRef::parse(image),
            _ => None,
        };
        Self {
            index: stage.index,
            name,
            instructions: stage.instructions.clone(),
            base,
            is_final: stage.is_target,
            windows: stage.windows,
            image,
            label,
        }
    }

    /// How a message calls it: `the image` where there is one stage, else `stage X`.
    pub fn label(&self) -> &str {
        &self.label
    }
}

/// What a stage is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An earlier stage of this file.
    Stage(usize),
    /// Nothing: `FROM scratch`.
    Scratch,
    /// An image, its variables expanded.
    Image(String),
    /// A name that depends on a variable without a value.
    Unknown,
}

/// The user that a stage's container runs as.
#[derive(Clone, Debug)]
pub struct User {
    /// As written in the USER instruction.
    pub written: String,
    /// With its variables expanded.
    pub name: String,
    /// The value's place; the USER may stand in another stage that this one is built on.
    pub span: Span,
    /// The instruction's index.
    pub instruction: usize,
}

/// A credential in the file's text.
#[derive(Clone, Debug)]
pub struct Leak {
    /// Which detector found it, and what it says about it.
    pub detector: Arc<Detector>,
    /// The bytes of the credential itself.
    pub span: Span,
}

impl<'s> Build<'s> {
    /// Joins a parsed file to its settings and surroundings.
    pub fn new(
        source: &'s Source,
        tree: &'s Dockerfile<'s>,
        settings: &'s Settings,
        around: &'s Around,
    ) -> Self {
        let options = BuildOptions {
            build_args: settings.build_args.clone(),
            target: settings.target.clone(),
            ..BuildOptions::default()
        };
        let meaning = Meaning::new(tree, &options);
        let stages = meaning.stages.iter().map(|s| Stage::new(s, meaning.stages.len())).collect();
        Self {
            source,
            tree,
            settings,
            around,
            meaning,
            stages,
            runs: OnceLock::new(),
            leaks: OnceLock::new(),
            are_shipped: OnceLock::new(),
            inherited: OnceLock::new(),
        }
    }

    /// The stages in the order of the file.
    pub fn stages(&self) -> &[Stage<'s>] {
        &self.stages
    }

    /// The stage that is built; None in a file without FROM.
    pub fn final_stage(&self) -> Option<&Stage<'s>> {
        self.stages.iter().find(|s| s.is_final)
    }

    /// The stage's own instructions, FROM included, with their indices.
    pub fn instructions(
        &self,
        stage: &Stage<'_>,
    ) -> impl DoubleEndedIterator<Item = (usize, &'s Instruction<'s>)> {
        let range = stage.instructions.clone();
        range.clone().zip(&self.tree.instructions[range])
    }

    /// The stage and the stages that it is built on, itself first.
    pub fn lineage<'b>(&'b self, stage: &'b Stage<'s>) -> impl Iterator<Item = &'b Stage<'s>> {
        std::iter::successors(Some(stage), |s| match s.base {
            Base::Stage(index) => self.stages.get(index),
            _ => None,
        })
    }

    /// Whether the stage itself has an instruction of that kind, or its base triggers one in it.
    pub fn has_own(&self, stage: &Stage<'_>, kind: Kind) -> bool {
        self.meaning.instructions_of(stage.index).any(|(_, i)| i.kind == kind)
    }

    /// The last instruction of that kind that holds for the stage, through the stages it is built on.
    pub fn last_of(&self, stage: &Stage<'s>, kind: Kind) -> Option<(usize, &'s Instruction<'s>)> {
        self.lineage(stage)
            .find_map(|s| self.meaning.instructions_of(s.index).rev().find(|(_, i)| i.kind == kind))
    }

    /// The HEALTHCHECK that holds for the stage.
    pub fn healthcheck(&self, stage: &Stage<'s>) -> Option<(usize, &'s Instruction<'s>)> {
        self.last_of(stage, Kind::Healthcheck)
    }

    /// The user that the stage's container runs as, where the file says it.
    pub fn user(&self, stage: &Stage<'s>) -> Option<User> {
        let (instruction, found) = self.last_of(stage, Kind::User)?;
        let Body::User(user) = &found.body else { return None };
        let name = self.expand_at(instruction, user).unwrap_or_else(|| user.as_str().to_owned());
        Some(User { written: user.as_str().to_owned(), name, span: user.span, instruction })
    }

    /// The image that the stage is built on, through other stages; None for scratch and for what depends on a
    /// variable without a value.
    pub fn base_image<'b>(&'b self, stage: &'b Stage<'s>) -> Option<&'b ImageRef> {
        self.lineage(stage).find_map(|s| self.base_image_of(s))
    }

    /// The image that the stage's own FROM names; None where it names a stage, scratch or an unknown variable.
    pub fn base_image_of<'b>(&self, stage: &'b Stage<'_>) -> Option<&'b ImageRef> {
        stage.image.as_ref()
    }

    /// The words of the stage's FROM that name its base.
    pub fn image_span(&self, stage: &Stage<'_>) -> Span {
        let instruction = &self.tree.instructions[stage.instructions.start];
        match &instruction.body {
            Body::From(from) => from.image.span,
            _ => instruction.span,
        }
    }

    /// The stage's FROM instruction: where a reader is sent for what a stage lacks.
    pub fn from_span(&self, stage: &Stage<'_>) -> Span {
        self.tree.instructions[stage.instructions.start].span
    }

    /// Whether the stage is for Windows, by its base or its shell.
    pub fn is_windows(&self, stage: &Stage<'s>) -> bool {
        stage.windows
    }

    /// Whether a SHELL stands before the instruction in its stage or in a stage below it.
    pub fn sets_shell_before(&self, stage: &Stage<'s>, instruction: &Instruction<'_>) -> bool {
        self.lineage(stage).any(|s| {
            self.instructions(s).any(|(_, i)| i.kind == Kind::Shell && i.span.start < instruction.span.start)
        })
    }

    /// Every script of the file, in order: RUN, CMD, ENTRYPOINT, HEALTHCHECK, and heredocs that are run.
    pub fn runs(&self) -> &[Run] {
        self.runs.get_or_init(|| plimsoll_shell::runs(&self.meaning))
    }

    /// The scripts that run while the stage is built.
    pub fn runs_of<'b>(&'b self, stage: &Stage<'_>) -> impl Iterator<Item = &'b Run> {
        self.all_runs_of(stage).iter().filter(|r| r.purpose == super::Purpose::Run && !r.onbuild)
    }

    /// All scripts of the stage's own instructions.
    pub(super) fn all_runs_of(&self, stage: &Stage<'_>) -> &[Run] {
        let runs = self.runs();
        let before = |index: usize| runs.partition_point(|run| run.stage < index);
        &runs[before(stage.index)..before(stage.index + 1)]
    }

    /// Every command of every RUN of the file (ONBUILD's too), also behind `sudo`, `sh -c` and the like.
    pub fn commands(&self) -> impl Iterator<Item = (&Run, &plimsoll_shell::Command)> {
        let runs = self.runs().iter().filter(|r| r.purpose == super::Purpose::Run);
        runs.flat_map(|r| r.script.effective_commands().map(move |c| (r, c)))
    }

    /// The stage of that index; the indices of [`Run::stage`].
    pub fn stage(&self, index: usize) -> Option<&Stage<'s>> {
        self.stages.get(index)
    }

    /// The instruction that holds a byte of the file.
    pub fn instruction_at(&self, offset: u32) -> Option<usize> {
        let after = self.tree.instructions.partition_point(|i| i.span.start <= offset);
        let index = after.checked_sub(1)?;
        (offset <= self.tree.instructions[index].span.end).then_some(index)
    }

    /// The stage of an instruction, by its name or else its number.
    pub fn stage_name_at(&self, instruction: usize) -> Option<String> {
        let stage = self.stages.get(self.meaning.stage_of(instruction)?)?;
        Some(stage.name.map_or_else(|| stage.index.to_string(), str::to_owned))
    }

    /// The credentials in the file's text.
    pub fn leaks(&self) -> &[Leak] {
        self.leaks.get_or_init(|| {
            let leaks = self
                .settings
                .scanner()
                .scan(self.source.text().as_bytes(), plimsoll_secrets::Context::Dockerfile);
            let offset = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
            leaks
                .into_iter()
                .map(|l| Leak {
                    span: Span::new(offset(l.span.start), offset(l.span.end)),
                    detector: l.detector,
                })
                .collect()
        })
    }

    /// A FROM's text with the global ARGs put in; None where one has no value.
    pub fn expand_global(&self, text: &str) -> Option<String> {
        let first = self.stages.first().map_or(self.tree.instructions.len(), |s| s.instructions.start);
        self.expand_at(first, text)
    }

    /// A text with the variables put in that hold at an instruction, quotes taken off; None where one has no value.
    pub fn expand_at(&self, instruction: usize, text: &str) -> Option<String> {
        if !text.contains('$') {
            return Some(text.to_owned());
        }
        let scope = self.meaning.scope(instruction);
        let mut unknown = false;
        let escape = self.tree.escape;
        let expanded = meaning::expand(text, escape, &mut |name| {
            let value = scope.get(name).and_then(|v| v.value.known().map(str::to_owned));
            // A default in the expression answers for a variable without a value.
            let answered = ["-", ":-", "+", ":+"].iter().any(|m| text.contains(&format!("${{{name}{m}")));
            unknown |= value.is_none() && !answered;
            value
        });
        expanded.ok().filter(|_| !unknown)
    }
}
