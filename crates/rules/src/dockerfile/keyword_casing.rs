use plimsoll_dockerfile::{Body, Instruction};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct KeywordCasing;

impl DockerfileRule for KeywordCasing {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(first) = build.stages().first() else { return };
        // ARGs before the first FROM are not counted: BuildKit keeps them apart.
        let instructions = &build.tree.instructions[first.instructions.start..];
        let lower = instructions.iter().filter(|i| is_lower(i)).count();
        let upper = instructions.iter().filter(|i| is_upper(i)).count();
        let majority_lower = lower > upper;
        for instruction in instructions {
            if instruction.corrected
                || if majority_lower { is_lower(instruction) } else { is_upper(instruction) }
            {
                continue;
            }
            let word = &instruction.keyword;
            let right = if majority_lower { word.to_ascii_lowercase() } else { word.to_ascii_uppercase() };
            let draft =
                report.flag(word.span, format!("`{word}` is written unlike the file's other instructions"));
            draft
                .help(format!("write `{right}`"))
                .also("ConsistentInstructionCasing")
                .replace(word.span, right, true);
            // FROM and its AS go together: another rule tells of what does not.
            if let Body::From(from) = &instruction.body
                && let Some(keyword) = &from.as_keyword
            {
                let right = if majority_lower { "as" } else { "AS" };
                if keyword.as_str() != right {
                    draft.replace(keyword.span, right, true);
                }
            }
        }
    }
}

fn is_lower(instruction: &Instruction<'_>) -> bool {
    !instruction.keyword.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_upper(instruction: &Instruction<'_>) -> bool {
    !instruction.keyword.bytes().any(|b| b.is_ascii_lowercase())
}
