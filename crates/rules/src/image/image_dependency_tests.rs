use super::weight::Cause;
use super::{Audit, ImageRule, Reporter, cause_findings};

pub(crate) struct ImageDependencyTests;

impl ImageRule for ImageDependencyTests {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        cause_findings::tell(audit, report, &[Cause::Tests], "they ran before the package was published");
    }
}
