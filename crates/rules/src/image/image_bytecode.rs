use super::weight::Cause;
use super::{Audit, ImageRule, Reporter, cause_findings};

pub(crate) struct ImageBytecode;

impl ImageRule for ImageBytecode {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        cause_findings::tell(
            audit,
            report,
            &[Cause::Bytecode],
            "Python makes it again where it may write, and runs without it",
        );
    }
}
