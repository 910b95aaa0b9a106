use std::cell::LazyCell;

use plimsoll_dockerfile::instructions::{ArgDeclaration, MountKind};
use plimsoll_dockerfile::{Body, DirectiveKind, Kind, Span};

use super::edits::Replacement;
use super::secret_in_variable::Peers;
use super::secret_names::is_credential;
use super::written_secrets::written_secrets;
use super::{Build, DockerfileRule, Reporter, Run, Stage};
use crate::Severity;
use crate::public_variables::inner_name;

pub(crate) struct SecretArgInRun;

impl DockerfileRule for SecretArgInRun {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for used in used_in_run(build) {
            let UsedArg { name, line, .. } = &used;
            let draft = report.flag(
                used.span,
                format!(
                    "the RUN on line {line} takes `{name}` from this build argument, so its value stands in the image's history"
                ),
            );
            draft
                .severity(if used.shipped { Severity::Error } else { Severity::Warning })
                .help(format!(
                    "drop the ARG and write `RUN --mount=type=secret,id={id},env={name} ...` on line {line}; build with `--secret id={id},env={name}`",
                    id = name.to_lowercase(),
                ))
                .also("CIS-DI-0010")
                .also("secret-in-build-arg");
            Peers::of(build, used.declared, name).mark(draft);
            draft.mend(mounted(build, &used).into_iter().flatten(), false);
        }
    }
}

/// The ARG taken out, and the secret mounted in the RUNs of its stage that use it. None where something else uses it too, or
/// where the file asks for a syntax that has no `env=`.
fn mounted(build: &Build<'_>, used: &UsedArg) -> Option<Vec<Replacement>> {
    if !build.is_short() {
        return None;
    }
    let name = used.name.as_str();
    let declaration = build.tree.instructions.get(used.declared)?;
    let Body::Arg(args) = &declaration.body else { return None };
    let stage = build.stages().iter().find(|s| s.instructions.contains(&used.declared))?;
    let pinned = build
        .tree
        .directives
        .iter()
        .any(|d| d.kind == DirectiveKind::Syntax && has_old_syntax(d.value.as_str()));
    let at = args.iter().position(|arg| arg.name.as_str() == name)?;
    let mut edits = vec![build.without_item(declaration, args, at, |arg| arg.span)?];
    for (_, instruction) in build.instructions(stage).filter(|(at, _)| *at > used.declared) {
        let text = build.source.slice(instruction.span);
        if !text.contains(name) {
            continue;
        }
        let mounts_it = matches!(&instruction.body, Body::Run(run) if run.mounts.iter().any(|m| m.kind == MountKind::Secret));
        if instruction.kind != Kind::Run || mounts_it {
            return None;
        }
        let flag = format!(" --mount=type=secret,id={},env={name}", name.to_lowercase());
        edits.push((Span::empty(instruction.keyword.span.end), flag));
    }
    // Stages that are built on this one do not have its arguments; one that names it has its own.
    (!pinned && edits.len() > 1).then_some(edits)
}

/// Whether a `# syntax=` names a version before 1.10, which brought `env=`.
fn has_old_syntax(syntax: &str) -> bool {
    let version = syntax.rsplit_once(':').map_or("", |(_, version)| version);
    let mut parts = version.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    match (parts.next(), parts.next()) {
        (Some(1), Some(minor)) => minor < 10,
        (Some(major), _) => major < 1,
        (None, _) => false,
    }
}

/// A build argument that is made for a credential, holds none in the file, and is taken by a RUN.
pub(super) struct UsedArg {
    /// The instruction that declares it.
    pub(super) declared: usize,
    pub(super) name: String,
    span: Span,
    /// Where the RUN begins.
    line: u32,
    shipped: bool,
}

/// The arguments that a RUN takes a credential from. One that a RUN writes down is not among them: that is the graver
/// fault, and said there.
pub(super) fn used_in_run(build: &Build<'_>) -> Vec<UsedArg> {
    let written =
        LazyCell::new(|| written_secrets(build).iter().map(|w| w.run.instruction).collect::<Vec<usize>>());
    let mut found = Vec::new();
    for stage in build.stages() {
        for (declared, arg) in open_secret_args(build, stage) {
            let takes = |run: &&Run| run.script.variables.iter().any(|v| *v.name == *arg.name);
            let run = build.runs_of(stage).filter(|r| r.instruction > declared).find(takes);
            let Some(run) = run.filter(|run| !written.contains(&run.instruction)) else { continue };
            found.push(UsedArg {
                declared,
                name: arg.name.as_str().to_owned(),
                span: arg.name.span,
                line: build.tree.instructions[run.instruction].start_line,
                shipped: build.is_shipped(stage),
            });
        }
    }
    found
}

/// The stage's ARGs that are made for a credential and hold none, with their instructions.
fn open_secret_args<'b, 's>(
    build: &'b Build<'s>,
    stage: &'b Stage<'_>,
) -> impl Iterator<Item = (usize, &'b ArgDeclaration<'s>)> {
    let args = build.instructions(stage).filter(|(_, i)| i.kind == Kind::Arg).flat_map(|(at, i)| {
        let args = match &i.body {
            Body::Arg(args) => args.as_slice(),
            _ => &[],
        };
        args.iter().map(move |arg| (at, arg))
    });
    args.filter(|(_, arg)| {
        // What goes into a bundle is told of as such.
        is_credential(&arg.name, arg.default.as_ref().map(|d| d.as_str()))
            && inner_name(&arg.name).is_none()
            && arg.default.as_ref().is_none_or(|d| plimsoll_secrets::placeholder(d))
    })
}
