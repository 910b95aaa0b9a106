use plimsoll_dockerfile::{Body, Text};

use super::edits::Replacement;
use super::images::newest_tag;
use super::releases::retired;
use super::use_slim_base::smaller_tag;
use super::{Base, Build, DockerfileRule, ImageRef, Reporter, Stage};
use crate::Severity;

pub(crate) struct PinBaseImage;

impl DockerfileRule for PinBaseImage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            judge_copies(build, stage, report);
            // A stage's name with capitals: `invalid-default-arg` says that no stage is found by it.
            if matches!(&stage.base, Base::Image(text) if build.meaning.stage_named(text, stage.index).is_some())
            {
                continue;
            }
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
            // Nothing is pushed to it any more; `end-of-life-base` says the rest.
            let retired = image.as_ref().and_then(|i| retired(i));
            let severity = if retired.is_some() { Severity::Info } else { Severity::Warning };
            match tag {
                None => {
                    report
                        .flag(
                            span,
                            match retired {
                                Some(_) => format!("`{name}` has no tag, and the image is retired: nobody sees which release it stopped at"),
                                None => format!("`{name}` has no tag, so the build takes whatever was pushed last"),
                            },
                        )
                        .severity(severity)
                        .mend(pinned(build, stage, &name).filter(|_| retired.is_none()), false)
                        .help(suggestion(&name, retired))
                        .also_if(literal, "DL3006")
                        .also("DS-0001")
                        .also("CKV_DOCKER_7")
                        .also("DKL-DI-0006")
                        .also("missing-image-version");
                }
                Some("latest") => {
                    report
                        .flag(
                            span,
                            match retired {
                                Some(_) => format!("`{name}:latest` is a retired image: nobody sees which release it stopped at"),
                                None => format!("`{name}:latest` is whatever was pushed last, so the same file builds another image tomorrow"),
                            },
                        )
                        .severity(severity)
                        .mend(pinned(build, stage, &name).filter(|_| retired.is_none()), false)
                        .help(suggestion(&name, retired))
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
    let whole = whole(&tag);
    let tag = match build.is_shipped(stage) && !build.is_toolbox() {
        true if tag == whole && smaller_tag(name, whole).is_some() => return None,
        true => tag.as_str(),
        false => whole,
    };
    build.with_tag(stage, tag)
}

/// The images that COPY and RUN take files from with the tag `latest`. Those with no tag are `copy-from-unknown-stage`'s.
fn judge_copies(build: &Build<'_>, stage: &Stage<'_>, report: &mut Reporter) {
    for (_, instruction) in build.instructions(stage) {
        let from: Vec<&Text<'_>> = match &instruction.innermost().body {
            Body::Copy(copy) => copy.from.iter().collect(),
            Body::Run(run) => run.mounts.iter().filter_map(|m| m.from()).collect(),
            _ => continue,
        };
        for from in from {
            let image = ImageRef::parse(from).filter(|i| i.tag() == Some("latest") && i.digest().is_none());
            let Some(image) = image.filter(|_| build.stage_called(from).is_none()) else { continue };
            let name = image.familiar_name();
            report
                .flag(
                    from.span,
                    format!("`{name}:latest` is whatever was pushed last, so the same file takes other files tomorrow"),
                )
                .help(match newest_tag(&name) {
                    Some(tag) => format!("name the release that you tested, such as `--from={name}:{}`", whole(&tag)),
                    None => format!("name the release that you tested: `--from={name}:<version>`, or pin it by digest"),
                })
                .mend(fixed(&image, from), false);
        }
    }
}

fn fixed(image: &ImageRef, from: &Text<'_>) -> Option<Replacement> {
    let tag = newest_tag(image.official()?)?;
    let name = from.as_str().strip_suffix(":latest").filter(|_| from.is_verbatim())?;
    Some((from.span, format!("{name}:{}", whole(&tag))))
}

/// A tag without its slim variant, which has fewer of the programs that are taken.
fn whole(tag: &str) -> &str {
    tag.strip_suffix("-slim").unwrap_or(tag)
}

/// What to write instead, with the newest release line that the official image has.
fn suggestion(name: &str, retired: Option<&str>) -> String {
    if let Some(instead) = retired {
        return format!("use {instead}, with its release line for a tag");
    }
    match newest_tag(name) {
        Some(tag) => format!("name the release line that you tested, such as `{name}:{tag}`"),
        None => format!("name the release that you tested: `{name}:<version>`, or pin it by digest"),
    }
}
