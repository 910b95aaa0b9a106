//! Names of images: `registry/repository:tag@digest`.

use std::borrow::Cow;
use std::ops::Range;

/// The registry of names that name none.
pub const DOCKER_HUB: &str = "docker.io";

/// An image's name taken apart.
///
/// Variables may still be in it; `${VERSION:-1}` is then one opaque piece, whatever it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef<'t> {
    text: &'t str,
    registry: Option<Range<usize>>,
    repository: Range<usize>,
    tag: Option<Range<usize>>,
    digest: Option<Range<usize>>,
}

impl<'t> ImageRef<'t> {
    /// Reads a name; `None` where it is none that a registry would take.
    pub fn parse(text: &'t str) -> Option<ImageRef<'t>> {
        let mut end = text.len();
        let mut digest = None;
        if let Some(at) = find(text, 0..end, b'@') {
            digest = Some(at + 1..end);
            end = at;
        }
        let path_start = rfind(text, 0..end, b'/').map_or(0, |at| at + 1);
        let mut tag = None;
        if let Some(at) = find(text, path_start..end, b':') {
            tag = Some(at + 1..end);
            end = at;
        }
        let mut registry = None;
        let mut start = 0;
        if let Some(slash) = find(text, 0..end, b'/')
            && is_registry(&text[..slash])
        {
            registry = Some(0..slash);
            start = slash + 1;
        }
        let reference = ImageRef { text, registry, repository: start..end, tag, digest };
        reference.is_valid().then_some(reference)
    }

    fn is_valid(&self) -> bool {
        let valid = |range: &Range<usize>, is: fn(&str) -> bool| {
            let part = &self.text[range.clone()];
            !part.is_empty() && (part.contains('$') || is(part))
        };
        valid(&self.repository, is_repository)
            && self.registry.as_ref().is_none_or(|range| valid(range, is_host))
            && self.tag.as_ref().is_none_or(|range| valid(range, is_tag))
            && self.digest.as_ref().is_none_or(|range| valid(range, is_digest))
    }

    /// The name as written.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The registry: `docker.io` where none is named.
    pub fn registry(&self) -> &'t str {
        match &self.registry {
            Some(range) if &self.text[range.clone()] != "index.docker.io" => &self.text[range.clone()],
            _ => DOCKER_HUB,
        }
    }

    /// The repository as registries know it: `library/python` for Docker Hub's `python`.
    pub fn repository(&self) -> Cow<'t, str> {
        let written = &self.text[self.repository.clone()];
        if self.registry() == DOCKER_HUB && !written.contains('/') {
            Cow::Owned(format!("library/{written}"))
        } else {
            Cow::Borrowed(written)
        }
    }

    /// The repository as written, the registry aside.
    pub fn written_repository(&self) -> &'t str {
        &self.text[self.repository.clone()]
    }

    /// The tag, where one is given.
    pub fn tag(&self) -> Option<&'t str> {
        self.tag.clone().map(|range| &self.text[range])
    }

    /// The digest, where one is given.
    pub fn digest(&self) -> Option<&'t str> {
        self.digest.clone().map(|range| &self.text[range])
    }

    /// The name of a Docker Official Image, such as `python`.
    pub fn official(&self) -> Option<&'t str> {
        if self.registry() != DOCKER_HUB {
            return None;
        }
        let written = self.written_repository();
        let name = written.strip_prefix("library/").unwrap_or(written);
        (!name.contains(['/', '$'])).then_some(name)
    }

    /// The last part of the repository: `python` in `ghcr.io/team/python`.
    pub fn short_name(&self) -> &'t str {
        let written = self.written_repository();
        rfind(written, 0..written.len(), b'/').map_or(written, |at| &written[at + 1..])
    }

    /// Registry, repository, tag and digest in full: `docker.io/library/python:3`.
    pub fn normalized(&self) -> String {
        let mut name = format!("{}/{}", self.registry(), self.repository());
        for (mark, part) in [(':', self.tag()), ('@', self.digest())] {
            if let Some(part) = part {
                name.push(mark);
                name.push_str(part);
            }
        }
        name
    }

    /// Where the registry stands in the text.
    pub fn registry_range(&self) -> Option<Range<usize>> {
        self.registry.clone()
    }

    /// Where the repository stands in the text.
    pub fn repository_range(&self) -> Range<usize> {
        self.repository.clone()
    }

    /// Where the tag stands in the text, its colon aside.
    pub fn tag_range(&self) -> Option<Range<usize>> {
        self.tag.clone()
    }

    /// Where the digest stands in the text, its `@` aside.
    pub fn digest_range(&self) -> Option<Range<usize>> {
        self.digest.clone()
    }

    /// Whether variables are in it.
    pub fn has_variable(&self) -> bool {
        self.text.contains('$')
    }
}

/// Where each byte stands that is in no `${...}`.
fn outside_braces(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, u8)> {
    let bytes = text.as_bytes();
    let mut depth = 0u32;
    range.filter_map(move |at| {
        let byte = bytes[at];
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => depth += 1,
            b'}' if depth > 0 => {
                depth -= 1;
                return None;
            }
            _ => {}
        }
        (depth == 0).then_some((at, byte))
    })
}

fn find(text: &str, range: Range<usize>, wanted: u8) -> Option<usize> {
    outside_braces(text, range).find(|&(_, byte)| byte == wanted).map(|(at, _)| at)
}

fn rfind(text: &str, range: Range<usize>, wanted: u8) -> Option<usize> {
    outside_braces(text, range).filter(|&(_, byte)| byte == wanted).last().map(|(at, _)| at)
}

/// Whether the first part of a name is a registry rather than a user of Docker Hub.
fn is_registry(part: &str) -> bool {
    part == "localhost"
        || part.contains(['.', ':', '[']) && !part.contains('$')
        || part.bytes().any(|b| b.is_ascii_uppercase()) && !part.contains('$')
}

fn is_host(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
}

fn is_repository(path: &str) -> bool {
    path.len() <= 255
        && path.split('/').all(|part| {
            let inner =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
            let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            part.bytes().all(inner) && edge(part.as_bytes().first()) && edge(part.as_bytes().last())
        })
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => hex.len() == 64,
        "sha384" => hex.len() == 96,
        "sha512" => hex.len() == 128,
        _ => hex.len() >= 32,
    };
    length && !algorithm.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let with_digest = format!("localhost:5000/a/b:1.2@{digest}");
        let image = ImageRef::parse(&with_digest).unwrap();
        assert_eq!((image.registry(), &*image.repository()), ("localhost:5000", "a/b"));
        assert_eq!((image.tag(), image.digest()), (Some("1.2"), Some(&*digest)));
        assert_eq!(image.tag_range(), Some(19..22));
        assert_eq!(image.official(), None);
    }

    #[test]
    fn docker_hub_is_where_no_registry_is_named() {
        for (text, repository, official) in [
            ("python", "library/python", Some("python")),
            ("library/python:3", "library/python", Some("python")),
            ("index.docker.io/python", "library/python", Some("python")),
            ("docker.io/team/app", "team/app", None),
        ] {
            let image = ImageRef::parse(text).unwrap();
            assert_eq!((image.registry(), &*image.repository()), (DOCKER_HUB, repository), "{text}");
            assert_eq!(image.official(), official, "{text}");
        }
    }

    #[test]
    fn variables_are_opaque() {
        let image = ImageRef::parse("${REG:-ghcr.io/x}/app:${V:-1.0}-slim").unwrap();
        assert_eq!(image.tag(), Some("${V:-1.0}-slim"));
        assert_eq!(image.short_name(), "app");
        assert_eq!(ImageRef::parse("$IMAGE").unwrap().official(), None);
    }

    #[test]
    fn what_no_registry_takes() {
        for wrong in ["", "UPPER/", "a b", "a:", "Python", "a//b", "a@sha256:12", "-a", "a:.b"] {
            assert_eq!(ImageRef::parse(wrong), None, "{wrong}");
        }
    }
}
