use plimsoll_dockerfile::{Body, Instruction};
use plimsoll_secrets::Severity as Gravity;

use super::secret_in_public_variable::is_said;
use super::{Build, DockerfileRule, Leak, Reporter};
use crate::Severity;

pub(crate) struct LeakedSecret;

impl DockerfileRule for LeakedSecret {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for leak in build.leaks() {
            let instruction = build.instruction_at(leak.span.start).map(|at| &build.tree.instructions[at]);
            let said = |i: &Instruction<'_>| {
                is_in_secret_variable(i, build.tree.escape, leak) || is_in_public_variable(i, leak)
            };
            if instruction.is_some_and(|i| said(i.innermost())) {
                continue;
            }
            // `no-chpasswd` tells of it.
            if leak.detector.name == "chpasswd-password" {
                continue;
            }
            let place = match instruction {
                Some(i) => format!("{} holds", i.kind.as_str()),
                None => "a comment holds".to_owned(),
            };
            let reach = match instruction {
                Some(_) => "whoever has the image or this file can use it",
                None => "whoever can read this file can use it",
            };
            report
                .flag(leak.span, format!("{place} a credential ({}): {reach}", leak.detector.title))
                .severity(match leak.detector.severity {
                    Gravity::Error => Severity::Error,
                    Gravity::Warning => Severity::Warning,
                    Gravity::Info => Severity::Info,
                })
                .help(format!(
                    "{}; then {}",
                    lower_first(leak.detector.revoke.trim_end_matches('.')),
                    lower_first(leak.detector.instead.trim_end_matches('.'))
                ))
                .detector(leak.detector.name.clone())
                .secret(leak.span)
                .also("CIS-DI-0010");
        }
    }
}

/// Whether `secret-in-variable` says it: one fault is one finding.
fn is_in_secret_variable(instruction: &Instruction<'_>, escape: char, leak: &Leak) -> bool {
    let within = |span: plimsoll_dockerfile::Span| span.start <= leak.span.start && leak.span.end <= span.end;
    match &instruction.body {
        Body::Env(pairs) | Body::Label(pairs) => pairs.iter().any(|p| {
            within(p.value.span)
                && plimsoll_secrets::secret_name(&p.key)
                && !plimsoll_secrets::placeholder(&p.unquoted(escape))
        }),
        Body::Arg(args) => args.iter().any(|a| {
            plimsoll_secrets::secret_name(&a.name)
                && a.default
                    .as_ref()
                    .is_some_and(|d| within(d.span) && !plimsoll_secrets::placeholder(d.as_str()))
        }),
        _ => false,
    }
}

/// Whether `secret-in-public-variable` says it.
fn is_in_public_variable(instruction: &Instruction<'_>, leak: &Leak) -> bool {
    let within = |span: plimsoll_dockerfile::Span| span.start <= leak.span.start && leak.span.end <= span.end;
    match &instruction.body {
        Body::Env(pairs) => pairs.iter().any(|p| within(p.value.span) && is_said(&p.key, Some(leak))),
        Body::Arg(args) => args
            .iter()
            .any(|a| a.default.as_ref().is_some_and(|d| within(d.span)) && is_said(&a.name, Some(leak))),
        _ => false,
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        // `GitHub` and `AWS` keep their capitals.
        (Some(first), Some(second))
            if second.is_lowercase() && !text.starts_with("GitHub") && !text.starts_with("GitLab") =>
        {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
