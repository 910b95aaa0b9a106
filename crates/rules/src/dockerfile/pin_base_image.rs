use super::{Build, DockerfileRule, Reporter};

pub(crate) struct PinBaseImage;

impl DockerfileRule for PinBaseImage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let Some(image) = build.base_image_of(stage) else { continue };
            if image.digest().is_some() {
                continue;
            }
            let span = build.image_span(stage);
            let name = image.familiar_name();
            match image.tag() {
                None => {
                    report
                        .flag(
                            span,
                            format!("`{name}` has no tag, so the build takes whatever was pushed last"),
                        )
                        .help(suggestion(&name))
                        .also("DL3006")
                        .also("DS-0001")
                        .also("CKV_DOCKER_7")
                        .also("DKL-DI-0006")
                        .also("missing-image-version");
                }
                Some("latest") => {
                    report
                        .flag(span, format!("`{name}:latest` is whatever was pushed last, so the same file builds another image tomorrow"))
                        .help(suggestion(&name))
                        .also("DL3007")
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
