use super::weight::Cause;
use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;
use crate::profile::format_size;

pub(crate) struct ImageBuildTools;

/// Headers of a few libraries are no compiler.
const NOTICEABLE: u64 = 5_000_000;

impl ImageRule for ImageBuildTools {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let Some(layers) = audit.weights().causes.get(&Cause::Compilers) else { return };
        let total: u64 = layers.values().sum();
        let Some((&layer, _)) = layers.iter().max_by_key(|(_, size)| **size) else { return };
        if total < NOTICEABLE {
            return;
        }
        report
            .at(
                Place::Layer(layer),
                format!(
                    "{} brings compilers and headers ({} in all) into the image: dead weight, and tools for an intruder",
                    audit.made_by(layer),
                    format_size(total)
                ),
            )
            .help("build in an earlier stage and copy only the result: `COPY --from=build ...`")
            .also("CIS-DI-0003");
    }
}
