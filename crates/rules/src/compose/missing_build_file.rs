use super::{ComposeRule, Reporter, Stack, built};

pub(crate) struct MissingBuildFile;

impl ComposeRule for MissingBuildFile {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(build) = &service.build else { continue };
            if let Some(paths) = built::paths(stack.project, build) {
                let place = build.context.as_ref().map_or(&build.key, |c| c.span());
                if stack.beside.lacks(&paths.context) {
                    report
                        .flag_compose(
                            place,
                            format!(
                                "the build context of `{}` is not there, so it cannot be built",
                                service.name
                            ),
                        )
                        .help("correct the path: it is relative to this file");
                    continue;
                }
                if let Some(dockerfile) = paths.dockerfile.filter(|d| stack.beside.lacks(d)) {
                    let named = build.dockerfile.as_ref();
                    let name =
                        dockerfile.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                    report
                        .flag_compose(
                            named.map_or(place, |d| d.span()),
                            format!(
                                "the build context of `{}` has no `{}`, so it cannot be built",
                                service.name,
                                named.map_or(&name, |d| &d.value)
                            ),
                        )
                        .help("correct the path: it is relative to the build context");
                }
            }
            let Some(target) = build.target.as_ref().filter(|t| !t.value.contains('$')) else { continue };
            let Some(image) = stack.built(service) else {
                continue;
            };
            let known = |name: &str| {
                let number = name.parse::<usize>().is_ok_and(|n| n < image.stage_count);
                number || image.stages.iter().any(|stage| stage.eq_ignore_ascii_case(name))
            };
            if !known(&target.value) {
                let near = crate::rule::nearest(&target.value, image.stages.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name a stage of the Dockerfile, or take the target out".to_owned(),
                };
                report
                    .flag_compose(
                        target.span(),
                        format!("the Dockerfile of `{}` has no stage `{}`", service.name, target.value),
                    )
                    .help(help);
            }
        }
    }
}
