use super::{Build, DockerfileRule, Reporter};

pub(crate) struct PinBaseImageDigest;

impl DockerfileRule for PinBaseImageDigest {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let Some(image) = build.base_image_of(stage) else { continue };
            if image.digest().is_some() {
                continue;
            }
            let name = image.familiar_name();
            let tag = image.tag().unwrap_or("latest");
            report
                .flag(build.image_span(stage), format!("`{name}:{tag}` can be pushed again under the same tag, so the same file may build on something else"))
                .help(format!("pin it, `{name}:{tag}@sha256:...`, and let a bot raise the digest"))
                .also("dockerfile-source-not-pinned");
        }
    }
}
