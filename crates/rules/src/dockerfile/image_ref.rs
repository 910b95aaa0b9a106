//! Image references that own their text, with what rules say of them.

use plimsoll_dockerfile::ImageRef as Parts;

/// An image's name, its variables put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    text: String,
}

impl ImageRef {
    /// Reads `[registry/]repository[:tag][@digest]`; None where no registry would take it.
    pub fn parse(text: &str) -> Option<Self> {
        Parts::parse(text).map(|_| Self { text: text.to_owned() })
    }

    /// Whether it is one of a list of registries and beginnings of repositories: a whole organisation where a beginning
    /// ends in `/`, else one image or several whose names begin so.
    pub(crate) fn is_one_of(&self, list: &[(&str, &str)]) -> bool {
        let (registry, repository) = (self.registry(), self.repository());
        let begins = |start: &str| {
            let is_whole = start.ends_with(['/', '-']);
            repository.strip_prefix(start).is_some_and(|rest| is_whole || !rest.starts_with('/'))
        };
        list.iter().any(|(of, start)| *of == registry && begins(start))
    }

    fn parts(&self) -> Option<Parts<'_>> {
        Parts::parse(&self.text)
    }

    /// `docker.io` where none is written.
    pub fn registry(&self) -> &str {
        self.parts().map_or("", |p| p.registry())
    }

    /// `library/python` for `python`.
    pub fn repository(&self) -> String {
        self.parts().map_or(String::new(), |p| p.repository().into_owned())
    }

    /// The tag, where one is written.
    pub fn tag(&self) -> Option<&str> {
        self.parts()?.tag()
    }

    /// The digest, where one is written.
    pub fn digest(&self) -> Option<&str> {
        self.parts()?.digest()
    }

    /// `python` for a Docker official image; None for any other.
    pub fn official(&self) -> Option<&str> {
        self.parts()?.official()
    }

    /// The name as people write it, without tag and digest.
    pub fn familiar_name(&self) -> String {
        match self.official() {
            Some(name) => name.to_owned(),
            None if self.registry() == "docker.io" => self.repository(),
            None => format!("{}/{}", self.registry(), self.repository()),
        }
    }
}
