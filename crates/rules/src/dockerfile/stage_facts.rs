//! What is known of a stage: what it ships, copies, sets, and who runs it.

use plimsoll_dockerfile::instructions::CopyFiles;
use plimsoll_dockerfile::{Body, Instruction, Span};

use super::{Base, Build, ImageRef, Leak, Stage, users};

/// A COPY or ADD.
#[derive(Clone, Copy)]
pub struct FileCopy<'s> {
    /// The instruction's index in the tree.
    pub index: usize,
    /// The instruction.
    pub instruction: &'s Instruction<'s>,
    /// What it says.
    pub files: &'s CopyFiles<'s>,
}

impl FileCopy<'_> {
    /// Whether it takes files of the build context, and all of them: `COPY . /app`.
    pub fn takes_whole_context(&self) -> bool {
        self.files.from.is_none() && self.whole_source().is_some()
    }

    /// The source that names a whole tree.
    pub fn whole_source(&self) -> Option<Span> {
        let whole = |text: &str| matches!(text.trim_end_matches('/'), "." | "" | "./.");
        let mut sources = self.files.sources.iter().filter(|s| s.heredoc.is_none());
        sources.find(|s| !s.text.is_empty() && whole(&s.text)).map(|s| s.text.span)
    }
}

impl<'s> Build<'s> {
    /// The stages whose layers the built image has: the final one and those it is built on, itself first.
    pub fn shipped(&self) -> impl Iterator<Item = &Stage<'s>> {
        self.final_stage().into_iter().flat_map(|stage| self.lineage(stage))
    }

    /// Whether the built image has the stage's layers.
    pub fn is_shipped(&self, stage: &Stage<'_>) -> bool {
        let are_shipped = self.are_shipped.get_or_init(|| {
            let mut are_shipped = vec![false; self.stages().len()];
            for stage in self.shipped() {
                are_shipped[stage.index] = true;
            }
            are_shipped
        });
        are_shipped.get(stage.index).is_some_and(|&is_shipped| is_shipped)
    }

    /// The credential whose bytes touch these.
    pub fn leak_in(&self, span: Span) -> Option<&Leak> {
        self.leaks().iter().find(|l| l.span.start < span.end && span.start < l.span.end)
    }

    /// The stage's COPY and ADD instructions.
    pub fn copies(&self, stage: &Stage<'_>) -> impl DoubleEndedIterator<Item = FileCopy<'s>> {
        self.instructions(stage).filter_map(|(index, instruction)| match &instruction.body {
            Body::Copy(files) | Body::Add(files) => Some(FileCopy { index, instruction, files }),
            _ => None,
        })
    }

    /// The value that ENV gives a variable in the stage or in one below it, expanded; None where there is none.
    pub fn env(&self, stage: &Stage<'s>, name: &str) -> Option<String> {
        self.lineage(stage).find_map(|s| {
            self.instructions(s).rev().find_map(|(at, i)| match &i.body {
                Body::Env(pairs) => {
                    let pair = pairs.iter().rev().find(|p| p.key.as_str() == name)?;
                    self.expand_at(at, &pair.unquoted(self.tree.escape))
                }
                _ => None,
            })
        })
    }

    /// Where the ENV stands whose value holds for a variable in the stage: the value's bytes.
    pub(crate) fn env_value(&self, stage: &Stage<'s>, name: &str) -> Option<Span> {
        self.lineage(stage).find_map(|s| {
            self.instructions(s).rev().find_map(|(_, i)| match &i.body {
                Body::Env(pairs) => pairs.iter().rev().find(|p| p.key.as_str() == name).map(|p| p.value.span),
                _ => None,
            })
        })
    }

    /// The user that an instruction runs as, where a USER says it and it is not root.
    pub fn unprivileged_user_at(&self, instruction: usize) -> Option<String> {
        let at = self.meaning.effective_at(instruction).user?;
        let Body::User(text) = &self.tree.instructions.get(at)?.innermost().body else { return None };
        let name = self.expand_at(at, text)?;
        (!name.is_empty() && !users::is_root(&name)).then_some(name)
    }

    /// The folder that the stage's instruction works in, as far as this file says; it may be relative to the base's.
    pub fn workdir_at(&self, stage: &Stage<'s>, instruction: usize) -> Option<String> {
        let stages: Vec<&Stage<'s>> = self.lineage(stage).collect();
        let mut folder: Option<String> = None;
        for s in stages.into_iter().rev() {
            for (at, i) in self.instructions(s).filter(|(at, _)| *at < instruction) {
                let Body::Workdir(text) = &i.body else { continue };
                let path = self.expand_at(at, text.trim_matches('"'))?;
                folder = Some(match folder {
                    Some(before) if !path.starts_with('/') => {
                        format!("{}/{path}", before.trim_end_matches('/'))
                    }
                    _ => path,
                });
            }
        }
        folder
    }

    /// The image at the root of the stage, where it is a Docker official one.
    pub fn official_base<'b>(&'b self, stage: &'b Stage<'s>) -> Option<(&'b ImageRef, String)> {
        let image = self.base_image(stage)?;
        let name = image.official_mirrored()?;
        Some((image, name))
    }

    /// Whether the stage starts from nothing.
    pub fn is_from_scratch(&self, stage: &Stage<'s>) -> bool {
        self.lineage(stage).any(|s| s.base == Base::Scratch)
    }
}

impl ImageRef {
    /// The name of a Docker official image, also from the mirrors that Amazon and Google keep of them.
    pub fn official_mirrored(&self) -> Option<String> {
        match self.registry() {
            "public.ecr.aws" => self.repository().strip_prefix("docker/library/").map(str::to_owned),
            "mirror.gcr.io" => self.repository().strip_prefix("library/").map(str::to_owned),
            _ => self.official().map(str::to_owned),
        }
    }
}
