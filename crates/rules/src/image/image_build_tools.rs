use super::weight::{Cause, is_worthwhile};
use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;
use crate::profile::format_size;

pub(crate) struct ImageBuildTools;

/// Headers of a few libraries are no compiler.
const NOTICEABLE: u64 = 5_000_000;

impl ImageRule for ImageBuildTools {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let Some(share) = audit.weights().causes.get(&Cause::Compilers) else { return };
        let Some((&layer, _)) = share.layers.iter().max_by_key(|(_, size)| **size) else { return };
        if share.bytes() < NOTICEABLE || !is_worthwhile(share.bytes(), audit.image.size()) {
            return;
        }
        report
            .at(
                Place::Layer(layer),
                format!(
                    "{} brings compilers and headers ({} in all) into the image: dead weight, and tools for an intruder",
                    audit.made_by(layer),
                    format_size(share.bytes())
                ),
            )
            .help("build in an earlier stage and copy only the result: `COPY --from=build ...`")
            .also("CIS-DI-0003");
    }
}
