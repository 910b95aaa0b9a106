use plimsoll_compose::Span;
use plimsoll_secrets::Severity as Gravity;

use super::credentials::{arguments, as_variable, is_credential, literal, url_password};
use super::secret_in_command::{commands, place};
use super::{ComposeRule, Reporter, Stack, public_variable_secret};
use crate::Severity;

pub(crate) struct LeakedSecretInCompose;

impl ComposeRule for LeakedSecretInCompose {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let said = said_elsewhere(stack);
        for leak in stack.leaks() {
            let place = |span: &Span| (span.source, span.bytes.start);
            let before = said.partition_point(|span| place(span) <= place(&leak.span));
            if before
                .checked_sub(1)
                .and_then(|at| said.get(at))
                .is_some_and(|span| contains(span, &leak.span))
            {
                continue;
            }
            report
                .flag_compose(
                    &leak.span,
                    format!(
                        "the file holds a credential ({}): whoever can read it can use it",
                        leak.detector.title
                    ),
                )
                .severity(match leak.detector.severity {
                    Gravity::Error => Severity::Error,
                    Gravity::Warning => Severity::Warning,
                    Gravity::Info => Severity::Info,
                })
                .help(format!(
                    "{}; then give the new one as a secret",
                    leak.detector.revoke.trim_end_matches('.')
                ))
                .detector(leak.detector.name.clone())
                .hide(&leak.span);
        }
    }
}

fn contains(outer: &Span, inner: &Span) -> bool {
    outer.source == inner.source
        && outer.bytes.start <= inner.bytes.start
        && inner.bytes.end <= outer.bytes.end
}

/// The places that `secret-in-environment`, `secret-in-command` and `public-variable-secret` report, in order.
fn said_elsewhere(stack: &Stack<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    for service in stack.services() {
        for variable in &service.environment {
            let url = variable.written().and_then(url_password).is_some();
            let credential = literal(variable).is_some_and(|value| is_credential(&variable.key, &value));
            if url || credential || public_variable_secret::is_said(stack, variable) {
                spans.push(variable.value_span.clone());
            }
        }
        let build_arguments = service.build.iter().flat_map(|build| &build.args);
        spans.extend(
            build_arguments
                .filter(|argument| public_variable_secret::is_said(stack, argument))
                .map(|argument| argument.value_span.clone()),
        );
        for (_, command) in commands(service) {
            for argument in arguments(command) {
                if is_credential(&as_variable(&argument.name), &argument.value) {
                    spans.push(place(command, &argument));
                }
            }
        }
    }
    spans.sort_by_key(|span| (span.source, span.bytes.start));
    spans
}
