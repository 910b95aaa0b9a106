use super::start::{FaultKind, Part};
use super::{Audit, ImageRule, Reporter};

pub(crate) struct ImageLibraryExists;

impl ImageRule for ImageLibraryExists {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        audit.tell_faults(report, |fault| fault.part == Part::Command && fault.kind == FaultKind::Library);
    }
}
