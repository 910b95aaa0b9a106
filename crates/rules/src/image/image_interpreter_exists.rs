use super::start::{FaultKind, Part};
use super::{Audit, ImageRule, Reporter};

pub(crate) struct ImageInterpreterExists;

impl ImageRule for ImageInterpreterExists {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        audit
            .tell_faults(report, |fault| fault.part == Part::Command && fault.kind == FaultKind::Interpreter);
    }
}
