use super::weight::Cause;
use super::{Audit, ImageRule, Reporter, cause_findings};

pub(crate) struct ImageDocumentation;

impl ImageRule for ImageDocumentation {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        cause_findings::tell(
            audit,
            report,
            &[Cause::Documentation, Cause::Locales],
            "nobody reads them in a container",
        );
    }
}
