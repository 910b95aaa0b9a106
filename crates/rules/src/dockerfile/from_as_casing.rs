use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct FromAsCasing;

impl DockerfileRule for FromAsCasing {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::From(from) = &instruction.body else { continue };
            let Some(word) = &from.as_keyword else { continue };
            let right = match instruction.keyword.as_str() {
                "FROM" => "AS",
                "from" => "as",
                _ => continue,
            };
            if word.as_str() == right {
                continue;
            }
            report
                .flag(
                    word.span,
                    format!(
                        "`{word}` does not match `{}`: the two keywords are written in different case",
                        instruction.keyword
                    ),
                )
                .help(format!("write `{right}`"))
                .also("FromAsCasing")
                .replace(word.span, right, true);
        }
    }
}
