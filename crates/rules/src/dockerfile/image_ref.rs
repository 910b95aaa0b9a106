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
