//! The commands that the RUN instructions run, and where they stand.

use plimsoll_dockerfile::instructions::{Mount, MountKind};
use plimsoll_dockerfile::{Body, Instruction, Span};
use plimsoll_shell::packages::Cleaned;
use plimsoll_shell::{Command, Connector, packages};

use super::{Base, Build, Purpose, Run, Stage};
use crate::Severity;

/// A command of a RUN.
#[derive(Clone, Copy)]
pub(crate) struct Step<'b> {
    /// The script it stands in.
    pub(crate) run: &'b Run,
    /// The command, freed of `sudo`, `sh -c` and the like.
    pub(crate) command: &'b Command,
    /// Whether the script is the input of a shell that the RUN starts: the body of `RUN bash <<EOF`.
    is_fed: bool,
}

impl<'b> Step<'b> {
    /// The command's words as bytes of the file: from its name to its subcommand.
    pub(crate) fn head(&self) -> Span {
        self.run.span(self.command.head_span())
    }

    /// The whole command as bytes of the file.
    pub(crate) fn whole(&self) -> Span {
        self.run.span(self.command.span)
    }

    /// Whether it stands in the script as it is, or behind a word that changes nothing (`exec`, `command`, `time`):
    /// what a linter sees that does not look into `sudo`, `env` or `sh -c`, and that goes by the bare name.
    pub(crate) fn is_in_plain_sight(&self) -> bool {
        let Some(outer) = self.run.script.commands.get(self.command.index) else { return false };
        let bare = |c: &Command| c.name_word().is_some_and(|w| w.text_lossy() == c.name());
        if !bare(self.command) || self.is_fed {
            return false;
        }
        outer.span == self.command.span
            || self.run.exec && self.stands_behind_another()
            || (outer.is_any(&["exec", "command", "builtin", "time", "busybox"])
                || outer.name().starts_with("python"))
                && bare(outer)
                && outer.wrapped().iter().any(|inner| inner.span == self.command.span)
    }
}

impl Step<'_> {
    /// Whether it follows another command of the script in `["sh", "-c", SCRIPT]`. To who takes the words of the array
    /// for one line, all but the script's first command stand in it as they are.
    fn stands_behind_another(&self) -> bool {
        self.command.connector != Connector::Start && self.command.context.depth == 0
    }
}

impl<'s> Build<'s> {
    /// Every command of every RUN of the file, ONBUILD's too, each once.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.run_scripts().flat_map(|run| self.steps_of(run))
    }

    /// Every script that a RUN of the file runs, ONBUILD's too.
    pub(crate) fn run_scripts(&self) -> impl Iterator<Item = &Run> {
        self.runs().iter().filter(|run| run.purpose == Purpose::Run)
    }

    /// The commands of one script.
    pub(crate) fn steps_of<'b>(&'b self, run: &'b Run) -> impl Iterator<Item = Step<'b>> {
        let is_fed = run.heredoc && !self.is_whole_heredoc(run);
        let feeds = !run.heredoc && self.has_fed_script(run);
        run.script.commands.iter().flat_map(move |outer| {
            // What a fed shell runs is a script of its own in the list.
            let (itself, inner) = match feeds && outer.index == 0 {
                true => (Some(outer), None),
                false => (None, Some(outer.effective())),
            };
            let commands = itself.into_iter().chain(inner.into_iter().flatten());
            commands.map(move |command| Step { run, command, is_fed })
        })
    }

    /// Whether the script is a heredoc that is the whole instruction: `RUN <<EOF`.
    pub(crate) fn is_whole_heredoc(&self, run: &Run) -> bool {
        let shell = self.instruction_of(run).and_then(|i| i.form()).and_then(|form| form.shell());
        run.heredoc && shell.is_some_and(|line| line.trim_start().starts_with("<<"))
    }

    fn has_fed_script(&self, run: &Run) -> bool {
        self.instruction_of(run).is_some_and(|i| !i.heredocs.is_empty())
            && self.scripts_at(run.instruction).iter().any(|other| other.heredoc)
    }

    /// The scripts of one instruction.
    pub(crate) fn scripts_at(&self, instruction: usize) -> &[Run] {
        let runs = self.runs();
        let start = runs.partition_point(|run| run.instruction < instruction);
        let end = runs.partition_point(|run| run.instruction <= instruction);
        runs.get(start..end).unwrap_or_default()
    }

    /// The instruction that a script stands in, without its ONBUILD.
    pub(crate) fn instruction_of(&self, run: &Run) -> Option<&Instruction<'s>> {
        self.tree.instructions.get(run.instruction).map(Instruction::innermost)
    }

    /// The mounts of the RUN that a script stands in.
    pub(crate) fn mounts_of(&self, run: &Run) -> &[Mount<'s>] {
        match self.instruction_of(run).map(|i| &i.body) {
            Some(Body::Run(run)) => &run.mounts,
            _ => &[],
        }
    }

    /// Whether what the RUN writes to this folder stays out of its layer: a cache or tmpfs mount holds it.
    pub(crate) fn keeps_out(&self, run: &Run, folder: &str) -> bool {
        self.mounts_of(run).iter().any(|mount| {
            let holds = |target: &str| {
                let target = target.trim_end_matches('/');
                folder.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs)
                && mount.target().is_some_and(|target| holds(target))
        })
    }

    /// Whether a cache or tmpfs mount of the RUN ends in this path, whatever the home folder before it is.
    pub(crate) fn keeps_out_ending(&self, run: &Run, ending: &str) -> bool {
        self.mounts_of(run).iter().any(|mount| {
            matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs)
                && mount.target().is_some_and(|target| target.trim_end_matches('/').ends_with(ending))
        })
    }

    /// Whether hadolint looks for what a stage leaves behind: in the last one, and in those that later ones are built
    /// on. Two stages without a name that start alike are one to it.
    pub(crate) fn is_kept_by_hadolint(&self, stage: &Stage<'_>) -> bool {
        let later = self.stages().get(stage.index + 1..).unwrap_or_default();
        let Some(last) = later.last() else { return true };
        let starts_alike = |s: &Stage<'_>| s.name.is_none() && stage.name.is_none() && s.base == stage.base;
        starts_alike(last) || later.iter().any(|s| s.base == Base::Stage(stage.index))
    }

    /// How grave something is that only makes a layer larger: a matter of taste where the layer is thrown away.
    pub(crate) fn severity_of_weight(&self, run: &Run, shipped: Severity) -> Severity {
        match self.stage(run.stage) {
            Some(stage) if !self.is_shipped(stage) => Severity::Style,
            _ => shipped,
        }
    }

    /// Whether an ENV of the stage, or of one below it, that stands before the script gives this variable a value
    /// that `is_so`.
    pub(crate) fn env_before(&self, run: &Run, name: &str, is_so: impl Fn(&str) -> bool) -> bool {
        let Some(stage) = self.stage(run.stage) else { return false };
        let value = self.lineage(stage).find_map(|s| {
            let before = self.instructions(s).rev().filter(|(at, _)| *at < run.instruction);
            before.map(|(_, i)| &i.body).find_map(|body| match body {
                Body::Env(pairs) => pairs.iter().rev().find(|p| p.key.as_str() == name),
                _ => None,
            })
        });
        value.is_some_and(|pair| is_so(&pair.unquoted('\\')))
    }

    /// Every install of every RUN.
    pub(crate) fn installs(&self) -> impl Iterator<Item = (Step<'_>, packages::Install<'_>)> {
        self.run_scripts().flat_map(|run| self.installs_of(run))
    }

    /// The installs of one script.
    pub(crate) fn installs_of<'b>(
        &'b self,
        run: &'b Run,
    ) -> impl Iterator<Item = (Step<'b>, packages::Install<'b>)> {
        self.steps_of(run).filter_map(|step| Some((step, packages::installs(step.command)?)))
    }

    /// Whether a command of the script cleans this up.
    pub(crate) fn cleans_up(&self, run: &Run, what: Cleaned) -> bool {
        self.steps_of(run).any(|step| packages::cleans(step.command).contains(&what))
    }
}

/// Names for a message: `a`, `b` and 3 more.
pub(crate) fn named(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(3).map(|n| format!("`{n}`")).collect();
    match names.len() {
        0..=3 => quoted.join(", "),
        more => format!("{} and {} more", quoted.join(", "), more - 3),
    }
}
