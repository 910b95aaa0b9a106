//! Which variables an instruction sees, and what they stand for.

use std::collections::{HashMap, HashSet};

use super::Meaning;
use super::stages::Base;
use crate::instruction::Body;
use crate::instructions::{ArgDeclaration, Pair};
use crate::source::Span;

/// Set by BuildKit before the first FROM; a stage sees them once an ARG declares them.
pub const PLATFORM_ARGS: &[&str] = &[
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "BUILDOSVERSION",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETOSVERSION",
    "TARGETSTAGE",
];

/// Every RUN sees these when the build is given them, declared or not.
pub const PREDEFINED_ARGS: &[&str] = &[
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The most bases a variable is looked for through.
const MAX_BASES: usize = 64;

/// How many bytes of values are remembered in all; those beyond are taken for unknown. A file that doubles
/// a variable on every line would otherwise need any amount.
const MAX_VALUE_BYTES: usize = 16 << 20;

/// Where a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An ENV.
    Env,
    /// An ARG of the stage, or of one that it is based on.
    Arg,
    /// An ARG before the first FROM.
    GlobalArg,
    /// BuildKit itself: the platforms, and the proxies that need no ARG.
    Predefined,
}

/// What is known of a variable that is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<'m> {
    /// It is this.
    Known(&'m str),
    /// It is set, but only the build knows to what.
    Unknown,
    /// An ARG without a default that the build was not told.
    NoDefault,
}

impl<'m> Value<'m> {
    /// The value where it is known.
    pub fn known(self) -> Option<&'m str> {
        match self {
            Value::Known(value) => Some(value),
            Value::Unknown | Value::NoDefault => None,
        }
    }
}

/// A variable in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable<'m> {
    /// Its name.
    pub name: &'m str,
    /// What it is set to.
    pub value: Value<'m>,
    /// Where it comes from.
    pub origin: Origin,
    /// The ENV or ARG that sets it.
    pub instruction: Option<usize>,
    /// Where that ENV or ARG sets it.
    pub span: Option<Span>,
}

#[derive(Debug)]
enum Stored {
    Known(Box<str>),
    Unknown,
    NoDefault,
}

impl Stored {
    fn as_value(&self) -> Value<'_> {
        match self {
            Stored::Known(value) => Value::Known(value),
            Stored::Unknown => Value::Unknown,
            Stored::NoDefault => Value::NoDefault,
        }
    }
}

#[derive(Debug)]
struct Binding {
    name: Box<str>,
    value: Stored,
    origin: Origin,
    instruction: usize,
    span: Span,
}

/// What the instructions of one stage bind, in order.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    all: Vec<Binding>,
    set: HashMap<Box<str>, Vec<usize>>,
    /// ARGs without a value: they leave what a variable was set to before.
    declared: HashMap<Box<str>, Vec<usize>>,
}

impl Bindings {
    fn push(&mut self, binding: Binding) {
        let is_set = !matches!(binding.value, Stored::NoDefault);
        let names = if is_set { &mut self.set } else { &mut self.declared };
        names.entry(binding.name.clone()).or_default().push(self.all.len());
        self.all.push(binding);
    }

    /// The last binding of a name by an instruction before `before`, of those that set it or of those that do not.
    fn get(&self, set: bool, name: &str, before: usize) -> Option<&Binding> {
        let indices = if set { self.set.get(name)? } else { self.declared.get(name)? };
        let count = indices.partition_point(|&index| self.all[index].instruction < before);
        indices.get(count.checked_sub(1)?).map(|&index| &self.all[index])
    }

    /// The binding of a name that holds for an instruction.
    fn find(&self, name: &str, before: usize) -> Option<&Binding> {
        self.get(true, name, before).or_else(|| self.get(false, name, before))
    }

    fn before(&self, before: usize) -> &[Binding] {
        &self.all[..self.all.partition_point(|binding| binding.instruction < before)]
    }
}

/// The variables that one instruction sees.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'m, 'f, 's> {
    meaning: &'m Meaning<'f, 's>,
    /// The stage; `None` before the first FROM and in every FROM.
    stage: Option<usize>,
    instruction: usize,
}

impl<'m, 'f, 's> Scope<'m, 'f, 's> {
    pub(super) fn at(meaning: &'m Meaning<'f, 's>, instruction: usize) -> Scope<'m, 'f, 's> {
        let stage = meaning
            .stage_of(instruction)
            .filter(|&stage| meaning.stages[stage].instructions.start != instruction);
        Scope { meaning, stage, instruction }
    }

    /// What the last stage sees where it runs an instruction, which may be one that its base triggers.
    pub(super) fn in_last_stage(meaning: &'m Meaning<'f, 's>, instruction: usize) -> Scope<'m, 'f, 's> {
        Scope { meaning, stage: meaning.stages.len().checked_sub(1), instruction }
    }

    /// What every FROM sees.
    pub(super) fn in_from(meaning: &'m Meaning<'f, 's>, instruction: usize) -> Scope<'m, 'f, 's> {
        Scope { meaning, stage: None, instruction }
    }

    pub(super) fn escape(&self) -> char {
        self.meaning.file.escape
    }

    /// The variable of this name: the last ENV, or ARG with a value, that sets it.
    pub fn get(&self, name: &str) -> Option<Variable<'m>> {
        let Some(stage) = self.stage else {
            let global = self.meaning.global.find(name, self.instruction).map(variable);
            return global.or_else(|| self.predefined(name, PLATFORM_ARGS));
        };
        self.bound(stage, true, name).or_else(|| self.bound(stage, false, name)).or_else(|| {
            // Every image has a PATH: where it sets none, BuildKit does.
            (name == "PATH").then_some(Variable {
                name: "PATH",
                value: Value::Unknown,
                origin: Origin::Predefined,
                instruction: None,
                span: None,
            })
        })
    }

    /// As [`Scope::get`], with the proxy variables that a RUN sees undeclared.
    pub fn get_in_run(&self, name: &str) -> Option<Variable<'m>> {
        self.get(name).or_else(|| self.predefined(name, PREDEFINED_ARGS))
    }

    /// Whether variables that nothing in the file sets may come from the base image.
    pub fn has_open_base(&self) -> bool {
        self.stage.is_some_and(|stage| !matches!(self.meaning.root(stage), Base::Scratch))
    }

    /// Every variable that the file declares for this instruction, by name.
    pub fn variables(&self) -> Vec<Variable<'m>> {
        let mut names = HashSet::new();
        let mut found: Vec<Variable<'m>> = Vec::new();
        let mut collect = |bindings: &'m Bindings, before: usize| {
            for binding in bindings.before(before) {
                if names.insert(&*binding.name) {
                    found.extend(self.get(&binding.name));
                }
            }
        };
        match self.stage {
            None => collect(&self.meaning.global, self.instruction),
            Some(stage) => {
                for (stage, before) in self.meaning.bases(stage, self.instruction) {
                    collect(&self.meaning.bindings[stage], before);
                }
            }
        }
        found.sort_by_key(|variable| variable.name);
        found
    }

    fn bound(&self, stage: usize, set: bool, name: &str) -> Option<Variable<'m>> {
        self.meaning
            .bases(stage, self.instruction)
            .find_map(|(stage, before)| self.meaning.bindings.get(stage)?.get(set, name, before))
            .map(variable)
    }

    fn predefined(&self, name: &str, names: &'static [&'static str]) -> Option<Variable<'m>> {
        let name = names.iter().find(|known| **known == name)?;
        let given = self.meaning.options.build_args.get(*name);
        let value = given.map_or(Value::Unknown, |value| Value::Known(value));
        Some(Variable { name, value, origin: Origin::Predefined, instruction: None, span: None })
    }
}

fn variable(binding: &Binding) -> Variable<'_> {
    Variable {
        name: &binding.name,
        value: binding.value.as_value(),
        origin: binding.origin,
        instruction: Some(binding.instruction),
        span: Some(binding.span),
    }
}

impl Meaning<'_, '_> {
    /// A stage and those it is based on, each with the instruction before which its variables count.
    fn bases(&self, stage: usize, instruction: usize) -> impl Iterator<Item = (usize, usize)> {
        let first = Some((stage, instruction));
        std::iter::successors(first, |&(stage, _)| match self.stages.get(stage)?.base {
            Base::Stage(base) => Some((base, usize::MAX)),
            _ => None,
        })
        .take(MAX_BASES)
    }

    pub(super) fn bind_globals(&mut self) {
        let file = self.file;
        for (index, instruction) in file.instructions.iter().enumerate() {
            match &instruction.body {
                Body::From(_) => break,
                Body::Arg(declarations) => {
                    for declaration in declarations {
                        let binding = self.read_arg(index, declaration, Origin::GlobalArg);
                        self.global.push(binding);
                    }
                }
                _ => {}
            }
        }
    }

    /// Adds what an ENV or ARG that the last stage runs binds.
    pub(super) fn bind(&mut self, index: usize, body: &Body<'_>) {
        let bindings = match body {
            // Each sees what was set before the instruction.
            Body::Env(pairs) => pairs.iter().map(|pair| self.read_env(index, pair)).collect(),
            // Each sees those before it.
            Body::Arg(declarations) => {
                for declaration in declarations {
                    let binding = self.read_arg(index, declaration, Origin::Arg);
                    self.push(binding);
                }
                return;
            }
            _ => Vec::new(),
        };
        bindings.into_iter().for_each(|binding| self.push(binding));
    }

    fn push(&mut self, binding: Binding) {
        if let Some(bindings) = self.bindings.last_mut() {
            bindings.push(binding);
        }
    }

    fn read_env(&mut self, index: usize, pair: &Pair<'_>) -> Binding {
        let scope = Scope::in_last_stage(self, index);
        let name = scope.expand(&pair.key).value.into();
        let value = scope.expand(&pair.value);
        let value = self.store(value);
        Binding { name, value, origin: Origin::Env, instruction: index, span: pair.span }
    }

    fn read_arg(&mut self, index: usize, declaration: &ArgDeclaration<'_>, origin: Origin) -> Binding {
        // What the same instruction declares before it counts too.
        let scope = match origin {
            Origin::GlobalArg => Scope::in_from(self, index + 1),
            _ => Scope::in_last_stage(self, index + 1),
        };
        let name: Box<str> = scope.expand(&declaration.name).value.into();
        let value = if let Some(given) = self.options.build_args.get(&*name) {
            Stored::Known(given.as_str().into())
        } else if let Some(default) = &declaration.default {
            let default = scope.expand(default);
            self.store(default)
        } else {
            let global = (origin == Origin::Arg).then(|| self.global.find(&name, usize::MAX)).flatten();
            match global {
                Some(global) => match global.value.as_value() {
                    Value::Known(value) => Stored::Known(value.into()),
                    Value::Unknown => Stored::Unknown,
                    Value::NoDefault => Stored::NoDefault,
                },
                None if PLATFORM_ARGS.contains(&&*name) => Stored::Unknown,
                None => Stored::NoDefault,
            }
        };
        Binding { name, value, origin, instruction: index, span: declaration.span }
    }

    fn store(&mut self, expanded: super::Expanded) -> Stored {
        if expanded.is_known() && self.may_remember(expanded.value.len()) {
            Stored::Known(expanded.value.into())
        } else {
            Stored::Unknown
        }
    }

    /// Whether so many bytes more may be remembered; counts them if so.
    pub(super) fn may_remember(&mut self, bytes: usize) -> bool {
        let fits = bytes <= MAX_VALUE_BYTES.saturating_sub(self.stored);
        self.stored += if fits { bytes } else { 0 };
        fits
    }
}
