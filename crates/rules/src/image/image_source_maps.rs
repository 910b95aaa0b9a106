use super::weight::Cause;
use super::{Audit, ImageRule, Reporter, cause_findings};

pub(crate) struct ImageSourceMaps;

impl ImageRule for ImageSourceMaps {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        cause_findings::tell(
            audit,
            report,
            &[Cause::SourceMaps],
            "they are for debugging, and show the source to every visitor where they are served",
        );
    }
}
