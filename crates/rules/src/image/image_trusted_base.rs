use super::{Audit, ImageRule, Reporter};
use crate::dockerfile::ImageRef;
use crate::dockerfile::trusted_registry::is_under;
use crate::draft::Place;

pub(crate) struct ImageTrustedBase;

/// Where builders note the base image, by the OCI specification.
const BASE_NAME: &str = "org.opencontainers.image.base.name";

impl ImageRule for ImageTrustedBase {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let trusted = &audit.settings.trusted_registries;
        let labels = audit.image.config.labels();
        let annotation = audit.image.annotations.get(BASE_NAME).map(String::as_str);
        let Some(base) = annotation.or_else(|| labels.get(BASE_NAME).copied()) else { return };
        let Some(image) = ImageRef::parse(base) else { return };
        if trusted.is_empty() || trusted.iter().any(|t| is_under(&image, t)) {
            return;
        }
        report
            .at(
                Place::Image,
                format!("the image is built on `{base}`, which comes from none of the registries that plimsoll.toml trusts"),
            )
            .help(format!("build on an image of {}", trusted.join(", ")))
            .also("CIS-DI-0002");
    }
}
