use super::images::{Version, version};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct PinServiceImageDigest;

impl ComposeRule for PinServiceImageDigest {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(image) = &service.image else { continue };
            let tag = match version(&image.value) {
                Version::Tag(tag) if !super::pin_service_image::is_moving(tag) => tag,
                Version::Unknown if !image.value.is_empty() => {
                    report
                        .flag_compose(
                            image.span(),
                            format!(
                                "which image `{}` runs is not said here: `{}` may be any",
                                service.name, image.value
                            ),
                        )
                        .help("name the image, and let the variable stand for its tag alone")
                        .also("CL-0004");
                    continue;
                }
                _ => continue,
            };
            report
                .flag_compose(
                    image.span(),
                    format!("`{tag}` is a tag, which its owner may move to another image at any time"),
                )
                .help(format!("write `{0}@sha256:...` with the digest that `docker buildx imagetools inspect {0}` prints, and let a bot raise it", image.value))
                .also("CL-0019");
        }
    }
}
