use plimsoll_dockerfile::{Body, Kind};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct InvalidTrigger;

impl DockerfileRule for InvalidTrigger {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Onbuild(Some(inner)) = &instruction.body else { continue };
            if !matches!(inner.kind, Kind::Onbuild | Kind::From | Kind::Maintainer) {
                continue;
            }
            report
                .flag(inner.keyword.span, format!("ONBUILD cannot hold {}: the build fails", inner.kind))
                .help("only instructions that belong inside a stage can be triggers")
                .also("DL3043");
        }
    }
}
