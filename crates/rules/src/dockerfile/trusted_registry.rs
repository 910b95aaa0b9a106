use plimsoll_dockerfile::Body;

use super::{Base, Build, DockerfileRule, ImageRef, Reporter};

pub(crate) struct TrustedRegistry;

impl DockerfileRule for TrustedRegistry {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let trusted = &build.settings.trusted_registries;
        if trusted.is_empty() {
            return;
        }
        for stage in build.stages() {
            match &stage.base {
                Base::Image(image) => judge(build, image, build.image_span(stage), true, report),
                Base::Unknown => {
                    let span = build.image_span(stage);
                    let written = build.source.slice(span);
                    // The registry may well be written out before the variable.
                    let fixed = written.split('$').next().unwrap_or("");
                    if fixed.contains('/') {
                        judge(build, &format!("{fixed}x"), span, true, report);
                    } else {
                        report
                            .flag(
                                span,
                                format!("`{written}` comes from a registry that only a variable names"),
                            )
                            .help(allowed(build))
                            .also("DL3026");
                    }
                }
                Base::Stage(_) | Base::Scratch => {}
            }
            for (_, instruction) in build.instructions(stage) {
                let froms: Vec<_> = match &instruction.innermost().body {
                    Body::Copy(copy) => copy.from.iter().collect(),
                    Body::Run(run) => run.mounts.iter().filter_map(|m| m.from()).collect(),
                    _ => continue,
                };
                for from in froms {
                    let is_image = build.stage_called(from).is_none() && from.parse::<usize>().is_err();
                    if is_image && !from.is_empty() && !from.contains('$') {
                        judge(build, from, from.span, false, report);
                    }
                }
            }
        }
    }
}

fn judge(
    build: &Build<'_>,
    image: &str,
    span: plimsoll_dockerfile::Span,
    is_from: bool,
    report: &mut Reporter,
) {
    let Some(image) = ImageRef::parse(image) else { return };
    if build.settings.trusted_registries.iter().any(|t| is_under(&image, t)) {
        return;
    }
    report
        .flag(
            span,
            format!(
                "`{}` comes from {}, which is no trusted registry of this project",
                image.familiar_name(),
                image.registry()
            ),
        )
        .help(allowed(build))
        .also_if(is_from, "DL3026");
}

fn allowed(build: &Build<'_>) -> String {
    format!(
        "take it from {}, or add its registry to `trusted-registries`",
        build.settings.trusted_registries.join(", ")
    )
}

/// Whether an image lies under `ghcr.io`, `ghcr.io/acme`, `*.acme.io` or `*`.
pub(crate) fn is_under(image: &ImageRef, trusted: &str) -> bool {
    let trusted = trusted.trim_end_matches('/');
    let (registry, path) = trusted.split_once('/').unwrap_or((trusted, ""));
    let actual = image.registry();
    let docker = |name: &str| {
        matches!(name, "docker.io" | "index.docker.io" | "registry-1.docker.io" | "hub.docker.com")
    };
    let registry_matches = registry == "*"
        || registry.eq_ignore_ascii_case(actual)
        || (docker(registry) && docker(actual))
        || registry
            .strip_prefix('*')
            .is_some_and(|suffix| suffix.starts_with('.') && actual.ends_with(suffix));
    let path = path.trim_end_matches("/*").trim_end_matches('*');
    let repository = image.repository();
    registry_matches
        && (path.is_empty()
            || repository == path
            || repository.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}
