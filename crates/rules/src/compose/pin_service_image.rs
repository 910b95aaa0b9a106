use super::images::{Version, version};
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;

pub(crate) struct PinServiceImage;

/// Tags that are moved to whatever is newest.
const MOVING: &[&str] = &["latest", "stable", "edge", "nightly", "dev", "test"];

impl ComposeRule for PinServiceImage {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(image) = &service.image else { continue };
            let text = image.value.as_str();
            let (message, name) = match version(text) {
                Version::Untagged => {
                    (format!("`{text}` has no tag, so every pull takes whatever was pushed last"), text)
                }
                Version::Tag(tag) if is_moving(tag) => (
                    format!(
                        "`{text}` is whatever was pushed last: the same file runs another program tomorrow"
                    ),
                    text.rsplit_once(':').map_or(text, |(name, _)| name),
                ),
                _ => continue,
            };
            let tag = crate::dockerfile::images::newest_tag(name).filter(|_| service.build.is_none());
            let help = match &tag {
                Some(tag) => format!("name the release line that you tested, such as `{name}:{tag}`"),
                None => format!("name the release that you tested: `{name}:<version>`"),
            };
            let draft = report.flag_compose(image.span(), message);
            draft.help(help).also("CL-0004");
            if let Some(tag) = tag.filter(|_| image.written() == Some(text)) {
                draft.mend_project(stack, stack.requoted(image.span(), &format!("{name}:{tag}")), false);
            }
            // What is built here is not taken from a registry: the name only says what to call it.
            if service.build.is_some() {
                draft.severity(Severity::Info);
            }
        }
    }
}

/// Whether a tag is one that is moved to whatever is newest.
pub(super) fn is_moving(tag: &str) -> bool {
    MOVING.contains(&tag.trim().to_ascii_lowercase().as_str())
}
