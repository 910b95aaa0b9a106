use plimsoll_dockerfile::{Body, Span};

use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct SecretInVariable;

impl DockerfileRule for SecretInVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let keyword = instruction.kind.as_str();
            match &instruction.body {
                Body::Env(pairs) | Body::Label(pairs) => {
                    for pair in pairs {
                        judge(
                            keyword,
                            &pair.key,
                            Some((&pair.unquoted('\\'), pair.value.span)),
                            pair.key.span,
                            build,
                            report,
                        );
                    }
                }
                Body::Arg(arguments) => {
                    for arg in arguments {
                        let value = arg.default.as_ref().map(|d| (d.as_str(), d.span));
                        judge(keyword, &arg.name, value, arg.name.span, build, report);
                    }
                }
                _ => {}
            }
        }
    }
}

fn judge(
    keyword: &str,
    name: &str,
    value: Option<(&str, Span)>,
    span: Span,
    build: &Build<'_>,
    report: &mut Reporter,
) {
    if !plimsoll_secrets::secret_name(name) {
        return;
    }
    let (message, severity, secret) = match value {
        Some((value, at)) if !plimsoll_secrets::placeholder(value) => (
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
    let draft = report.flag(span, message);
    draft
        .severity(severity)
        .help("mount it where the build needs it, `RUN --mount=type=secret,id=...`, and give it to the container at run time; revoke what was committed")
        .also("CIS-DI-0010");
    if keyword != "LABEL" {
        draft
            .also("DL3064")
            .also("SecretsUsedInArgOrEnv")
            .also("DS-0031")
            .also_if(keyword == "ARG", "secret-in-build-arg");
    }
    if let Some(secret) = secret {
        draft.secret(secret);
        if let Some(leak) = build.leak_in(secret) {
            draft.detector(leak.detector.name.clone());
        }
    }
}
