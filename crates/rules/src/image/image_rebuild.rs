use super::{Audit, ImageRule, Reporter};
use crate::data::Date;
use crate::draft::Place;

pub(crate) struct ImageRebuild;

/// After how many days an image is old, where plimsoll.toml does not say.
const DAYS: u32 = 90;

impl ImageRule for ImageRebuild {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let created =
            audit.image.config.oci.created().as_deref().and_then(|c| c.get(..10)?.parse::<Date>().ok());
        // Reproducible builds are all of one day, long before there were images.
        let Some(created) = created.filter(|c| c.days() > Self::first_image()) else { return };
        let limit = audit.settings.max_image_age.unwrap_or(DAYS);
        let age = audit.settings.today.days() - created.days();
        if age > i64::from(limit) {
            report
                .at(
                    Place::Image,
                    format!("the image was built {age} days ago, on {created}: what its packages have been mended of since is still in it"),
                )
                .help(format!("build it again on a fresh base, `docker build --pull --no-cache`, at least every {limit} days"))
                .also("CIS-DI-0004");
        }
    }
}

impl ImageRebuild {
    /// Docker came out in March 2013.
    fn first_image() -> i64 {
        Date(20_130_301).days()
    }
}
