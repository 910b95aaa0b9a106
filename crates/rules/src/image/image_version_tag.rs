use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;

pub(crate) struct ImageVersionTag;

impl ImageRule for ImageVersionTag {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let names = &audit.image.names;
        if names.iter().any(|name| is_version(name)) {
            return;
        }
        let message = match names.first() {
            None => "the image has no name and no tag, so nobody can tell which build it is".to_owned(),
            Some(name) => format!(
                "the image is only called `{name}`: tomorrow that name is another build, and there is no way back to this one"
            ),
        };
        report
            .at(Place::Image, message)
            .help("give it a tag that is never given again: a version, or the commit that it was built from")
            .also("DKL-DI-0006");
    }
}

/// Whether a name says which build it is: by a digest, or by a tag other than `latest`.
fn is_version(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        Some((_, tag)) => !tag.is_empty() && tag != "latest",
        // An OCI layout may name an image by its tag alone, and tools write `latest` there when nobody named one.
        None => name.contains('@') || !name.contains('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn a_port_is_no_tag() {
        assert!(is_version("localhost:5000/app:1.2") && is_version("app@sha256:00") && is_version("1.2"));
        assert!(!is_version("localhost:5000/app") && !is_version("app:latest") && !is_version("acme/app"));
    }
}
