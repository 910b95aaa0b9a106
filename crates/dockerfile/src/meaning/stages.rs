//! The stages and what they stand on.

use std::ops::Range;

use super::effective::Effective;
use super::scope::Scope;
use super::{Meaning, effective, windows};
use crate::flags;
use crate::instruction::Body;
use crate::instructions::{From, MountKind};
use crate::keyword::Kind;
use crate::source::Span;
use crate::text::Text;

/// A path longer than Linux takes.
const MAX_FOLDER_BYTES: usize = 4096;

/// The most instructions that ONBUILDs of the file trigger in all; those beyond are left out. Every stage on a
/// base repeats its triggers, so that a file of many of both would otherwise ask for any amount.
const MAX_TRIGGERED: usize = 10_000;

/// What a stage is based on, or files are taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Another stage.
    Stage(usize),
    /// A named build context.
    Context(String),
    /// An image, its variables put in.
    Image(String),
    /// Nothing.
    Scratch,
    /// What it is depends on variables that are not known; the text as far as it is.
    Unresolved(String),
}

/// What a use of another stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UseKind {
    /// `COPY --from`
    CopyFrom,
    /// `RUN --mount=from=`
    MountFrom,
}

/// Files taken from elsewhere.
#[derive(Clone, Debug)]
pub struct Use {
    /// The COPY or RUN, or the ONBUILD of the base that holds it.
    pub instruction: usize,
    /// Where it names them.
    pub span: Span,
    /// How.
    pub kind: UseKind,
    /// What it takes them from.
    pub from: Base,
}

/// One stage.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stage<'f, 's> {
    /// Its number, from 0.
    pub index: usize,
    /// Its name in lower case.
    pub name: Option<String>,
    /// Its FROM.
    pub from: &'f From<'s>,
    /// Its instructions, its FROM included.
    pub instructions: Range<usize>,
    /// What it is based on.
    pub base: Base,
    /// The ONBUILDs of a base in this file: what they hold is run right after the FROM.
    pub triggers: Vec<usize>,
    /// What it takes files from besides.
    pub uses: Vec<Use>,
    /// Whether it is the stage that is built.
    pub is_target: bool,
    /// Whether the target needs it.
    pub needed: bool,
    /// Whether it is a Windows image.
    pub windows: bool,
    /// What is in force at its end.
    pub end: Effective,
    pub(super) changes: Vec<(usize, Effective)>,
    /// Whether the CMD in force at its end is its own.
    own_cmd: bool,
    /// Its ONBUILDs.
    onbuild: Vec<usize>,
    /// The stage at the end of the chain of bases.
    pub(super) root: usize,
}

impl Stage<'_, '_> {
    /// What is in force right before an instruction of this stage.
    pub fn effective_before(&self, instruction: usize) -> Effective {
        let count = self.changes.partition_point(|&(index, _)| index < instruction);
        count.checked_sub(1).and_then(|at| self.changes.get(at)).map(|(_, state)| *state).unwrap_or_default()
    }
}

/// The folder that a path leads to from another, without `.`, `..` and separators too many, and without the drive `C:`
/// that Windows has by itself.
fn joined(base: &str, path: &str, windows: bool) -> String {
    let path = match path.get(..2) {
        Some(drive) if windows && drive.eq_ignore_ascii_case("C:") => &path[2..],
        _ => path,
    };
    let separators: &[char] = if windows { &['/', '\\'] } else { &['/'] };
    let mut names: Vec<&str> = Vec::new();
    for name in base.split(separators).chain(path.split(separators)) {
        match name {
            "" | "." => {}
            // Nothing is above the root, or above a drive.
            ".." => {
                names.pop_if(|name| !name.ends_with(':'));
            }
            name => names.push(name),
        }
    }
    let separator = if windows { "\\" } else { "/" };
    let root = match names.first() {
        Some(drive) if windows && drive.ends_with(':') => "",
        _ => separator,
    };
    format!("{root}{}", names.join(separator))
}

/// An image's name the shortest way it is written: BuildKit compares the names of contexts so.
fn familiar(name: &str) -> &str {
    let name =
        name.strip_prefix("docker.io/").or_else(|| name.strip_prefix("index.docker.io/")).unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    name.strip_suffix(":latest").unwrap_or(name)
}

impl<'f, 's> Meaning<'f, 's> {
    pub(super) fn find_stages(&mut self) {
        let file = self.file;
        for (index, instruction) in file.instructions.iter().enumerate() {
            if let Body::From(from) = &instruction.body {
                self.end_stage();
                self.begin_stage(index, from);
                continue;
            }
            if self.stages.is_empty() {
                continue;
            }
            self.run(index, &instruction.body);
            let Some(stage) = self.stages.last_mut() else { continue };
            stage.instructions.end = index + 1;
            if instruction.kind == Kind::Onbuild {
                stage.onbuild.push(index);
            }
        }
        self.end_stage();
    }

    /// Takes in what the last stage runs: an instruction of its own, or one that its base triggers.
    fn run(&mut self, index: usize, body: &Body<'_>) {
        self.bind(index, body);
        let uses = self.uses(index, body);
        self.enter(index, body);
        let Some(stage) = self.stages.last_mut() else { return };
        stage.uses.extend(uses);
        if stage.end.apply(index, body, stage.own_cmd) {
            // What is triggered is in force from the first instruction after the FROM on.
            stage.changes.push((index.max(stage.instructions.start), stage.end));
        }
        stage.own_cmd = stage.own_cmd || matches!(body, Body::Cmd(_));
        stage.windows = stage.windows || windows::is_windows_shell(body);
    }

    /// Runs what the ONBUILDs of the last stage's base hold; those of the base's base ran there already.
    fn run_triggers(&mut self, parent: usize) {
        let file = self.file;
        let Some(parent) = self.stages.get(parent) else { return };
        let left = MAX_TRIGGERED.saturating_sub(self.triggered);
        let triggers: Vec<usize> = parent.onbuild.iter().copied().take(left).collect();
        self.triggered += triggers.len();
        for &index in &triggers {
            let Some(Body::Onbuild(Some(inner))) = file.instructions.get(index).map(|i| &i.body) else {
                continue;
            };
            // BuildKit refuses these two.
            if !matches!(inner.kind, Kind::From | Kind::Onbuild) {
                self.run(index, &inner.body);
            }
        }
        if let Some(stage) = self.stages.last_mut() {
            stage.triggers = triggers;
        }
    }

    /// A stage can be named only by those after it.
    fn end_stage(&mut self) {
        if let Some(stage) = self.stages.last()
            && let Some(name) = &stage.name
        {
            self.names.entry(name.clone()).or_default().push(stage.index);
        }
    }

    fn begin_stage(&mut self, at: usize, from: &'f From<'s>) {
        let index = self.stages.len();
        let scope = Scope::in_from(self, at);
        let image = scope.expand(&from.image);
        let base = match image.is_known() {
            false => Base::Unresolved(image.value),
            true => self.resolve_from(&image.value),
        };
        let parent = match base {
            Base::Stage(parent) => self.stages.get(parent),
            _ => None,
        };
        let parent_index = parent.map(|parent| parent.index);
        let start = parent.map(|parent| parent.end).unwrap_or_default();
        let root = parent.map_or(index, |parent| parent.root);
        let platform = from.platform.as_ref().map(|platform| scope.expand(platform).value);
        let windows = parent.is_some_and(|parent| parent.windows)
            || windows::is_windows_base(&base, platform.as_deref());
        self.stages.push(Stage {
            index,
            name: from.alias.as_ref().map(|name| name.to_ascii_lowercase()),
            from,
            instructions: at..at + 1,
            base,
            triggers: Vec::new(),
            uses: Vec::new(),
            is_target: false,
            needed: false,
            windows,
            end: start,
            changes: vec![(at, start)],
            own_cmd: false,
            onbuild: Vec::new(),
            root,
        });
        self.bindings.push(super::Bindings::default());
        if let Some(parent) = parent_index {
            self.run_triggers(parent);
        }
    }

    /// What the name in a FROM stands for. Names of stages are kept in lower case, and a FROM looks for its own as it is
    /// written: with a capital letter it finds none.
    fn resolve_from(&self, name: &str) -> Base {
        match self.resolve(name) {
            Base::Stage(_) if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Base::Image(name.to_owned())
            }
            base => base,
        }
    }

    /// What a name in `--from`, whatever its case, stands for.
    fn resolve(&self, name: &str) -> Base {
        if name == "scratch" {
            return Base::Scratch;
        }
        let is_named = |context: &String| familiar(context).eq_ignore_ascii_case(familiar(name));
        if self.options.contexts.iter().any(is_named) {
            return Base::Context(name.to_owned());
        }
        match self.stage_named(name, usize::MAX) {
            Some(stage) => Base::Stage(stage),
            None => Base::Image(name.to_owned()),
        }
    }

    /// Works out where a WORKDIR leads that is not yet in force.
    fn enter(&mut self, index: usize, body: &Body<'_>) {
        let Body::Workdir(path) = body else { return };
        let Some(stage) = self.stages.last() else { return };
        let path = Scope::in_last_stage(self, index).expand(path);
        if !path.is_known() {
            return;
        }
        let before = stage.end;
        let base = if effective::is_absolute(&path.value, stage.windows) {
            ""
        } else {
            let base = match before.workdir {
                Some(workdir) => self.folders.get(&workdir).map(|folder| &**folder),
                None => matches!(self.root(stage.index), Base::Scratch).then_some("/"),
            };
            let Some(base) = base else { return };
            base
        };
        let folder = joined(base, &path.value, stage.windows);
        if folder.len() <= MAX_FOLDER_BYTES && self.may_remember(folder.len()) {
            self.folders.insert(index, folder.into());
        }
    }

    fn uses(&self, at: usize, body: &Body<'_>) -> Vec<Use> {
        let mut found = Vec::new();
        let mut push = |text: &Text<'_>, kind: UseKind, from: Base| {
            found.push(Use { instruction: at, span: text.span, kind, from });
        };
        match body {
            Body::Copy(copy) => {
                // Nothing is the build context, as if the flag were not there.
                if let Some(from) = copy.from.as_ref().filter(|from| !from.is_empty()) {
                    push(from, UseKind::CopyFrom, self.resolve_copy(from));
                }
            }
            Body::Run(run) => {
                let mounts = run.mounts.iter().filter(|mount| mount.kind != MountKind::Tmpfs);
                for from in mounts.filter_map(|mount| mount.from()).filter(|from| !from.is_empty()) {
                    let base = match flags::has_variable(from) {
                        true => Base::Unresolved(from.to_string()),
                        false => self.resolve(from),
                    };
                    push(from, UseKind::MountFrom, base);
                }
            }
            _ => {}
        }
        found
    }

    /// `COPY --from` also takes a stage's number.
    fn resolve_copy(&self, from: &str) -> Base {
        let earlier = self.stages.len().saturating_sub(1);
        match from.parse::<usize>() {
            Ok(number) if number < earlier => Base::Stage(number),
            Ok(_) => Base::Unresolved(from.to_owned()),
            // Variables are not put in here.
            Err(_) if flags::has_variable(from) => Base::Unresolved(from.to_owned()),
            Err(_) => self.resolve(from),
        }
    }

    /// Marks the target and what it needs.
    pub(super) fn find_needed(&mut self) {
        let count = self.stages.len();
        self.target = match &self.options.target {
            None => count.checked_sub(1),
            Some(name) => self
                .stage_named(name, count)
                .or_else(|| name.parse().ok().filter(|&number: &usize| number < count)),
        };
        let mut open: Vec<usize> = self.target.into_iter().collect();
        if let Some(target) = self.target.and_then(|target| self.stages.get_mut(target)) {
            target.is_target = true;
        }
        while let Some(index) = open.pop() {
            let Some(stage) = self.stages.get_mut(index).filter(|stage| !stage.needed) else { continue };
            stage.needed = true;
            let bases = std::iter::once(&stage.base).chain(stage.uses.iter().map(|used| &used.from));
            open.extend(bases.filter_map(|base| match base {
                Base::Stage(index) => Some(*index),
                _ => None,
            }));
        }
    }
}
