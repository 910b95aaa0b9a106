use plimsoll_dockerfile::Span;

use super::{Build, DockerfileRule, Reporter};
use crate::Severity;
use crate::connections::asks_localhost;

pub(crate) struct LocalhostInPublicVariable;

impl DockerfileRule for LocalhostInPublicVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let settings = build.public_settings();
        if settings.is_empty() || !build.builds_bundle() {
            return;
        }
        for setting in settings {
            let Some((value, span)) = setting.value.filter(|(value, _)| asks_localhost(value)) else {
                continue;
            };
            let name = &setting.name;
            if setting.is_argument {
                // Whoever builds may say something else, and learns only from a broken page that he must.
                report
                    .flag(span, format!("a build without `--build-arg {name}` makes a bundle whose visitors ask `{value}`, their own machine"))
                    .severity(Severity::Info)
                    .help(format!("write `ARG {name}` without a default, and let the build fail where it is empty: `RUN test -n \"${name}\"`"))
                    .replace(Span::new(setting.name_span.end, span.end), "", false);
            } else {
                report
                    .flag(span, format!("`{name}` goes into the bundle, and `{value}` is every visitor's own machine"))
                    .help(format!("give the address that browsers reach: `ARG {name}`, and `--build-arg {name}=https://...` in the build"));
            }
        }
    }
}
