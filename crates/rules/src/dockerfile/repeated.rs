//! Instructions of which only the last in a stage counts.

use plimsoll_dockerfile::{Instruction, Kind};

use super::{Build, Reporter};
use crate::Severity;

/// The peers' codes for a repeated instruction.
pub(crate) struct Codes {
    /// hadolint's, which it reports on every one but the first.
    pub(crate) later: &'static str,
    /// Trivy's and Semgrep's, which go with it.
    pub(crate) with_later: &'static [&'static str],
}

/// Flags each instruction of the kind that a later one of its stage undoes, and the one that holds.
pub(crate) fn report_repeated(build: &Build<'_>, kind: Kind, codes: &Codes, report: &mut Reporter) {
    for stage in build.stages() {
        let all: Vec<&Instruction<'_>> = build.own_of(stage, kind).collect();
        let Some((last, undone)) = all.split_last() else { continue };
        for (number, instruction) in undone.iter().enumerate() {
            let line = build.line_of(last);
            let draft = report.flag(
                instruction.keyword.span,
                format!("this {kind} has no effect: the one on line {line} replaces it"),
            );
            draft
                .help("keep the one that is meant")
                .also("MultipleInstructionsDisallowed")
                .mend(build.without_instruction(instruction), true);
            add_later(draft, codes, number > 0);
        }
        if let Some(before) = undone.last() {
            let line = build.line_of(before);
            let draft = report.flag(
                last.keyword.span,
                format!("this {kind} replaces the one on line {line} of the same stage"),
            );
            // The fault is the line without effect; here is only where to look.
            draft.severity(Severity::Info).help("keep the one that is meant");
            if undone.len() == 1 {
                draft.mend(build.without_instruction(before), true);
            }
            add_later(draft, codes, true);
        }
    }
}

fn add_later(draft: &mut crate::draft::Draft, codes: &Codes, later: bool) {
    draft.also_if(later, codes.later);
    for code in codes.with_later {
        draft.also_if(later, code);
    }
}
