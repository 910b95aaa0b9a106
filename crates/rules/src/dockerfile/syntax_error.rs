use plimsoll_dockerfile::{Code, Severity as Gravity};

use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct SyntaxError;

impl DockerfileRule for SyntaxError {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for diagnostic in &build.tree.diagnostics {
            let draft = report.flag(diagnostic.span, diagnostic.message.clone());
            if let Some(help) = &diagnostic.help {
                draft.help(help.clone());
            }
            match diagnostic.severity {
                Gravity::Error => draft.also("DL1000"),
                Gravity::Warning => draft.severity(Severity::Warning),
            };
            draft.also_if(diagnostic.code == Code::InstructionBeforeFrom, "DL3061");
        }
    }
}
