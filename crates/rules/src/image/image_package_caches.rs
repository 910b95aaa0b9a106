use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;
use crate::profile::format_size;

pub(crate) struct ImagePackageCaches;

/// Less than this is not worth a line.
const NOTICEABLE: u64 = 200_000;

impl ImageRule for ImagePackageCaches {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for (cause, layers) in &audit.weights().causes {
            if !cause.is_cache() {
                continue;
            }
            for (&layer, &size) in layers.iter().filter(|(_, size)| **size >= NOTICEABLE) {
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
                    .also_if(
                        matches!(cause, super::weight::Cause::AptLists | super::weight::Cause::AptArchives),
                        "DKL-DI-0005",
                    )
                    .also_if(*cause == super::weight::Cause::ApkCache, "DKL-DI-0004");
            }
        }
    }
}
