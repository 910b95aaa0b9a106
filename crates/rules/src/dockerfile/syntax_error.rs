use plimsoll_dockerfile::{Code, Severity as Gravity};

use super::invalid_port::is_out_of_range;
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct SyntaxError;

impl DockerfileRule for SyntaxError {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for diagnostic in &build.tree.diagnostics {
            // These faults have rules of their own.
            let is_port = diagnostic.code == Code::InvalidArgument
                && is_out_of_range(build.source.slice(diagnostic.span));
            if is_port
                || matches!(
                    diagnostic.code,
                    Code::EmptyContinuationLine | Code::InvalidTrigger | Code::InstructionBeforeFrom
                )
            {
                continue;
            }
            let draft = report.flag(diagnostic.span, diagnostic.message.clone());
            if let Some(help) = &diagnostic.help {
                draft.help(help.clone());
            }
            match diagnostic.severity {
                Gravity::Error => draft.also("DL1000"),
                Gravity::Warning => draft.severity(Severity::Warning),
            };
        }
    }
}
