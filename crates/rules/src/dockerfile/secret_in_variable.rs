use plimsoll_dockerfile::{Body, Kind, Span, Text};

use super::edits::Replacement;
use super::secret_arg_in_run::used_in_run;
use super::secret_in_public_variable::is_said;
use super::{Build, DockerfileRule, Reporter, secret_names};
use crate::Severity;
use crate::draft::Draft;
use crate::public_variables::inner_name;

pub(crate) struct SecretInVariable;

impl DockerfileRule for SecretInVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        // What a RUN takes from them is said of them there, once.
        let used = used_in_run(build);
        for (index, outer) in build.tree.instructions.iter().enumerate() {
            let instruction = outer.innermost();
            let keyword = instruction.kind.as_str();
            match &instruction.body {
                Body::Env(pairs) | Body::Label(pairs) => {
                    for (at, pair) in pairs.iter().enumerate() {
                        // What the container's programs read is theirs to miss.
                        let edit = || {
                            let empty = outer.kind == Kind::Env && pair.value.is_empty();
                            empty.then(|| build.without_item(instruction, pairs, at, |p| p.span))?
                        };
                        let value = pair.unquoted(build.tree.escape);
                        let value = Some((value.as_ref(), pair.value.span));
                        judge(&Declared { index, keyword, name: &pair.key, value }, edit, build, report);
                    }
                }
                Body::Arg(arguments) => {
                    for (at, arg) in arguments.iter().enumerate() {
                        if used.iter().any(|u| u.declared == index && u.name == *arg.name) {
                            continue;
                        }
                        // Every RUN below may read it as a variable of its environment.
                        let edit = || {
                            let stage = build.stages().iter().find(|s| s.instructions.contains(&index))?;
                            let unread = build.runs_of(stage).all(|run| run.instruction < index);
                            let plain = outer.kind == Kind::Arg && unread;
                            plain.then(|| build.without_item(instruction, arguments, at, |a| a.span))?
                        };
                        let value = arg.default.as_ref().map(|d| (d.as_str(), d.span));
                        judge(&Declared { index, keyword, name: &arg.name, value }, edit, build, report);
                    }
                }
                _ => {}
            }
        }
    }
}

/// A variable or label where it is declared.
struct Declared<'d> {
    /// The instruction.
    index: usize,
    keyword: &'d str,
    name: &'d Text<'d>,
    /// What it is given, quotes taken off, and where that stands.
    value: Option<(&'d str, Span)>,
}

/// `edit` takes it out, where that is certain to harm nobody.
fn judge(
    declared: &Declared<'_>,
    edit: impl Fn() -> Option<Replacement>,
    build: &Build<'_>,
    report: &mut Reporter,
) {
    let Declared { keyword, value, .. } = *declared;
    let name = declared.name.as_str();
    let leak = value.and_then(|(_, at)| build.leak_in(at));
    if !secret_names::is_credential(name, value.map(|(value, _)| value))
        || (keyword != "LABEL" && is_said(name, leak))
    {
        return;
    }
    let held = value.filter(|(value, _)| !plimsoll_secrets::placeholder(value)).map(|(_, at)| at);
    if keyword != "LABEL" && inner_name(name).is_some() {
        published(declared, held, build, report);
        return;
    }
    let (message, severity, secret) = match value {
        Some((_, at)) if held.is_some() => (
            format!(
                "{keyword} `{name}` holds a credential: `docker history` shows it to whoever has the image"
            ),
            Severity::Error,
            Some(at),
        ),
        _ if keyword == "LABEL" => return,
        _ => (
            format!(
                "{keyword} `{name}` is made for a credential, and what it is given stays in the image's history"
            ),
            Severity::Warning,
            None,
        ),
    };
    let draft = report.flag(declared.name.span, message);
    if let Some((_, at)) = value {
        draft.mask(at);
    }
    let revoke = if secret.is_some() { "; revoke what was committed" } else { "" };
    draft
        .severity(severity)
        .help(format!("mount it where the build needs it, `RUN --mount=type=secret,id=...`, and give it to the container at run time{revoke}"))
        .also("CIS-DI-0010");
    if keyword != "LABEL" {
        draft.also_if(keyword == "ARG", "secret-in-build-arg");
        Peers::of(build, declared.index, name).mark(draft);
    }
    // Only one that nothing in the file speaks of can go; its value is never shown.
    if secret.is_none() && build.is_short() {
        match build.source.text().matches(name).take(4).count() {
            1 => draft.mend(edit(), false),
            3 => draft.mend(handed_on(build, name).into_iter().flatten(), false),
            _ => draft,
        };
    }
    if let Some(secret) = secret {
        draft.secret(secret);
        if let Some(leak) = build.leak_in(secret) {
            draft.detector(leak.detector.name.clone());
        }
    }
}

/// A variable with a credential's name that goes into a frontend's bundle, where a key for browsers is in its place.
fn published(declared: &Declared<'_>, held: Option<Span>, build: &Build<'_>, report: &mut Reporter) {
    let Declared { keyword, index, value, .. } = *declared;
    let name = declared.name.as_str();
    let message = format!(
        "{keyword} `{name}` goes into the bundle, where every visitor reads it: only a key that is made for browsers may be there"
    );
    let draft = report.flag(declared.name.span, message);
    draft
        .severity(if held.is_some() { Severity::Warning } else { Severity::Info })
        .help(format!(
            "see that it is such a key; any other is the server's, at run time, and without the prefix: `{}`",
            inner_name(name).unwrap_or(name)
        ))
        .also_if(held.is_some(), "CIS-DI-0010")
        .also_if(keyword == "ARG", "secret-in-build-arg");
    Peers::of(build, index, name).mark(draft);
    if let Some((_, at)) = value {
        draft.mask(at);
    }
    if let Some(held) = held {
        draft.secret(held);
        if let Some(leak) = build.leak_in(held) {
            draft.detector(leak.detector.name.clone());
        }
    }
}

/// `ARG X` and `ENV X=$X` both taken out: whoever starts the container gives it. A credential for a registry is for the build.
fn handed_on(build: &Build<'_>, name: &str) -> Option<Vec<Replacement>> {
    const REGISTRIES: &[&str] =
        &["NPM", "NODE", "YARN", "PIP", "PYPI", "GEM", "BUNDLE", "GIT", "GH_", "NUGET", "CARGO", "GO", "SSH"];
    if REGISTRIES.iter().any(|word| name.to_ascii_uppercase().contains(word)) {
        return None;
    }
    let found = build.tree.instructions.iter().filter_map(|instruction| match &instruction.body {
        Body::Arg(args) => {
            let at = args.iter().position(|arg| *arg.name == *name && arg.default.is_none())?;
            Some((true, build.without_item(instruction, args, at, |arg| arg.span)?))
        }
        Body::Env(pairs) => {
            let own = [format!("${name}"), format!("${{{name}}}")];
            let at = pairs
                .iter()
                .position(|pair| *pair.key == *name && own.iter().any(|own| *pair.value == **own))?;
            Some((false, build.without_item(instruction, pairs, at, |pair| pair.span)?))
        }
        _ => None,
    });
    let found: Vec<(bool, Replacement)> = found.collect();
    match found.as_slice() {
        // Lines that stand together are one edit.
        [(true, (arg, _)), (false, (env, _))] if arg.end == env.start => {
            Some(vec![(arg.to(*env), String::new())])
        }
        [(true, arg), (false, env)] => Some(vec![arg.clone(), env.clone()]),
        _ => None,
    }
}

/// Which peers take a variable for a credential.
#[derive(Clone, Copy)]
pub(crate) struct Peers {
    hadolint: bool,
    buildkit: bool,
    trivy: bool,
}

impl Peers {
    /// For a variable that the instruction of that index declares.
    pub(crate) fn of(build: &Build<'_>, index: usize, name: &str) -> Self {
        let onbuild = build.tree.instructions[index].kind == Kind::Onbuild;
        let stage = build.meaning.stage_of(index);
        let in_last = stage.is_some_and(|stage| stage + 1 == build.stages().len());
        Self {
            hadolint: secret_names::hadolint(name),
            buildkit: stage.is_some() && !onbuild && secret_names::buildkit(name),
            trivy: in_last && !onbuild && secret_names::trivy(name),
        }
    }

    /// Whether any does.
    pub(crate) fn any(self) -> bool {
        self.hadolint || self.buildkit || self.trivy
    }

    /// Adds their codes.
    pub(crate) fn mark(self, draft: &mut Draft) {
        draft
            .also_if(self.hadolint, "DL3064")
            .also_if(self.buildkit, "SecretsUsedInArgOrEnv")
            .also_if(self.trivy, "DS-0031");
    }
}
