//! The images of services.

use plimsoll_compose::Service;

use crate::dockerfile::ImageRef;

/// A service's image by what the file says; None where it depends on a variable that has no default.
pub(crate) fn image(service: &Service) -> Option<ImageRef> {
    let text = service.image.as_ref()?.value.trim();
    if text.contains('$') {
        return None;
    }
    ImageRef::parse(text)
}

/// The tag that an image's text has, also when the rest depends on variables.
pub(crate) enum Version<'t> {
    /// By digest.
    Digest,
    /// A tag; it may hold a variable.
    Tag(&'t str),
    /// None.
    Untagged,
    /// The whole may come from a variable.
    Unknown,
}

/// What the text of an image says of its version, variables in it not known.
pub(crate) fn version(text: &str) -> Version<'_> {
    let text = text.trim();
    if text.contains('@') {
        return Version::Digest;
    }
    let last = text.rfind('/').map_or(text, |at| &text[at + 1..]);
    // A colon in `${TAG:?}` is none of the reference's.
    let mut depth = 0_usize;
    for (at, byte) in last.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return Version::Tag(&last[at + 1..]),
            _ => {}
        }
    }
    if last.contains('$') || text.is_empty() { Version::Unknown } else { Version::Untagged }
}
