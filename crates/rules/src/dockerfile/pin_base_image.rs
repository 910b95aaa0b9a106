use super::edits::Replacement;
use super::images::newest_tag;
use super::use_slim_base::smaller_tag;
use super::{Base, Build, DockerfileRule, Reporter, Stage};

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
                (None, Base::Image(text))
                    if !text.contains([':', '@', '$']) && !build.doubles_from(stage) =>
                {
                    (text.clone(), None)
                }
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
                        .mend(pinned(build, stage, &name), false)
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
                        .mend(pinned(build, stage, &name), false)
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

/// The image with the newest release line that it has today. What is shipped gets the slim variant, where there is one;
/// none where `use-slim-base` would want another image at once.
fn pinned<'s>(build: &Build<'s>, stage: &Stage<'s>, name: &str) -> Option<Replacement> {
    build.base_image_of(stage)?.official()?;
    let tag = newest_tag(name)?;
    let whole = tag.strip_suffix("-slim").unwrap_or(&tag);
    let tag = match build.is_shipped(stage) && !build.is_toolbox() {
        true if tag == whole && smaller_tag(name, whole).is_some() => return None,
        true => tag.as_str(),
        false => whole,
    };
    build.with_tag(stage, tag)
}

/// What to write instead, with the newest release line that the official image has.
fn suggestion(name: &str) -> String {
    match newest_tag(name) {
        Some(tag) => format!("name the release line that you tested, such as `{name}:{tag}`"),
        None => format!("name the release that you tested: `{name}:<version>`, or pin it by digest"),
    }
}
