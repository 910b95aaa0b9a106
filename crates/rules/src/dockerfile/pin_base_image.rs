use super::{Base, Build, DockerfileRule, Reporter};

pub(crate) struct PinBaseImage;

impl DockerfileRule for PinBaseImage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let span = build.image_span(stage);
            let image = build.base_image_of(stage);
            let (name, tag) = match (&image, &stage.base) {
                (Some(image), _) if image.digest().is_some() => continue,
                (Some(image), _) => (image.familiar_name(), image.tag()),
                // A template's placeholder, `%%BASE%%`: no reference, but what is written has no tag.
                (None, Base::Image(text)) if !text.contains([':', '@', '$']) => (text.clone(), None),
                _ => continue,
            };
            // The peers put no variables in.
            let literal = !build.source.slice(span).contains('$');
            match tag {
                None => {
                    report
                        .flag(
                            span,
                            format!("`{name}` has no tag, so the build takes whatever was pushed last"),
                        )
                        .help(suggestion(&name))
                        .also_if(literal, "DL3006")
                        .also("DS-0001")
                        .also("CKV_DOCKER_7")
                        .also("DKL-DI-0006")
                        .also("missing-image-version");
                }
                Some("latest") => {
                    report
                        .flag(span, format!("`{name}:latest` is whatever was pushed last, so the same file builds another image tomorrow"))
                        .help(suggestion(&name))
                        .also_if(build.source.slice(span).ends_with(":latest"), "DL3007")
                        .also("DS-0001")
                        .also("CKV_DOCKER_7")
                        .also("DKL-DI-0006")
                        .also("avoid-latest-version");
                }
                Some(_) => {}
            }
        }
    }
}

/// What to write instead, with the newest release line that the official image has.
fn suggestion(name: &str) -> String {
    match super::images::newest_tag(name) {
        Some(tag) => format!("name the release line that you tested, such as `{name}:{tag}`"),
        None => format!("name the release that you tested: `{name}:<version>`, or pin it by digest"),
    }
}
