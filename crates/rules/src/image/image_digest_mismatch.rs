use plimsoll_image::{Mismatch, MismatchOf};

use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;

pub(crate) struct ImageDigestMismatch;

impl ImageRule for ImageDigestMismatch {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let all = &audit.image.mismatches;
        for mismatch in all {
            // Another blob has other files: that is one fault.
            let told = |m: &Mismatch| m.what == MismatchOf::LayerDigest && m.layer == mismatch.layer;
            if mismatch.what == MismatchOf::DiffId && all.iter().any(told) {
                continue;
            }
            let what = match mismatch.what {
                MismatchOf::LayerDigest => "the layer's blob has digest",
                MismatchOf::DiffId => "the layer's files have diff id",
                MismatchOf::ConfigDigest => "the configuration has digest",
                MismatchOf::ManifestDigest => "the manifest has digest",
                // An archive that contradicts itself is an error of the input, which the engine reports.
                MismatchOf::LayerSize | MismatchOf::JsonSize => continue,
            };
            let place = mismatch.layer.map_or(Place::Image, Place::Layer);
            report
                .at(
                    place,
                    format!(
                        "{what} {}, but {} is stated: the archive was damaged or changed",
                        short(&mismatch.actual),
                        short(&mismatch.expected)
                    ),
                )
                .help("do not run it: pull or build the image again, and compare with the registry's digest");
        }
    }
}

/// Enough of a digest to compare by eye.
fn short(digest: &str) -> &str {
    if digest.starts_with("sha256:") { digest.get(..19).unwrap_or(digest) } else { digest }
}
