use super::{Build, DockerfileRule, Reporter};
use crate::data::official_tags;

pub(crate) struct UnknownOfficialTag;

impl DockerfileRule for UnknownOfficialTag {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let Some(image) = build.base_image_of(stage) else { continue };
            let (Some(name), Some(tag)) = (image.official_mirrored(), image.tag()) else { continue };
            let Some(mut tags) = official_tags(&name) else { continue };
            // Some images have no list.
            if tags.clone().next().is_none() || !is_tag(tag) || tags.any(|t| t == tag) {
                continue;
            }
            let help = match super::images::newest_tag(&name) {
                Some(newest) => format!("take a tag that is listed, such as `{name}:{newest}`"),
                None => "take a tag that the image's page lists".to_owned(),
            };
            report
                .flag(
                    build.image_span(stage),
                    format!("the official image `{name}` does not list the tag `{tag}`: it is misspelt, or nobody rebuilds it any more"),
                )
                .help(help);
        }
    }
}

/// What is no tag at all stands for one that a template will put in: `%%SUITE%%`.
fn is_tag(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}
