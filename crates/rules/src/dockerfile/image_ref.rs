//! Image references: registry, repository, tag and digest.

/// An image's name in its parts, as Docker reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl ImageRef {
    /// Reads `[registry/]repository[:tag][@digest]`; None where it is no reference.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (text, None),
        };
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag.to_owned())),
            _ => (name, None),
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            return None;
        }
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
                (first, rest.to_owned())
            }
            Some(_) => ("docker.io", name.to_owned()),
            None => ("docker.io", format!("library/{name}")),
        };
        Some(Self { registry: registry.to_owned(), repository, tag, digest })
    }

    /// `docker.io` where none is written.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// `library/python` for `python`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, where one is written.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, where one is written.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// `python` for a Docker official image; None for any other.
    pub fn official(&self) -> Option<&str> {
        if self.registry != "docker.io" { None } else { self.repository.strip_prefix("library/") }
    }

    /// The name as people write it, without tag and digest.
    pub fn familiar_name(&self) -> String {
        match self.official() {
            Some(name) => name.to_owned(),
            None if self.registry == "docker.io" => self.repository.clone(),
            None => format!("{}/{}", self.registry, self.repository),
        }
    }

    /// Whether it is one of Microsoft's Windows images.
    pub fn is_windows(&self) -> bool {
        let windows =
            |t: &str| t.contains("windowsservercore") || t.contains("nanoserver") || t.contains("ltsc20");
        let repository = &self.repository;
        self.tag.as_deref().is_some_and(windows)
            || repository.starts_with("windows/")
            || repository == "windows"
            || repository == "microsoft/windowsservercore"
            || repository == "microsoft/nanoserver"
    }
}
