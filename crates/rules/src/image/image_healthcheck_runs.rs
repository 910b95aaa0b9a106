use super::start::Part;
use super::{Audit, ImageRule, Reporter};

pub(crate) struct ImageHealthcheckRuns;

impl ImageRule for ImageHealthcheckRuns {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        audit.tell_faults(report, |fault| fault.part == Part::Healthcheck);
    }
}
