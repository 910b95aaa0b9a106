use super::weight::Cause;
use super::{Audit, ImageRule, Reporter, cause_findings};

pub(crate) struct ImagePackageManagers;

impl ImageRule for ImagePackageManagers {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        cause_findings::tell(
            audit,
            report,
            &[Cause::PackageManagers],
            "the service installs nothing, an intruder would",
        );
    }
}
