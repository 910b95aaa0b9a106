use super::weight::{Cause, is_worthwhile};
use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;
use crate::profile::format_size;

pub(crate) struct ImagePackageCaches;

impl ImageRule for ImagePackageCaches {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for (cause, share) in audit.weights().causes.iter().filter(|(cause, _)| cause.is_cache()) {
            for (&layer, &size) in &share.layers {
                if !is_worthwhile(size, audit.image.size()) {
                    continue;
                }
                report
                    .at(
                        Place::Layer(layer),
                        format!(
                            "{} leaves {} of {} in the image",
                            audit.made_by(layer),
                            format_size(size),
                            cause.as_str()
                        ),
                    )
                    .help(cause.remedy())
                    .also_if(matches!(cause, Cause::AptLists | Cause::AptArchives), "DKL-DI-0005")
                    .also_if(*cause == Cause::ApkCache, "DKL-DI-0004");
            }
        }
    }
}
