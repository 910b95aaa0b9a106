use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct Maintainer;

impl DockerfileRule for Maintainer {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Maintainer(name) = &instruction.body else { continue };
            let draft = report.flag(
                instruction.keyword.span,
                "MAINTAINER is deprecated: tools read the author from a label",
            );
            draft
                .help("write `LABEL org.opencontainers.image.authors=\"...\"`")
                .also("DL4000")
                .also("MaintainerDeprecated")
                .also("DS-0022")
                .also("CKV_DOCKER_6")
                .also("maintainer-is-deprecated");
            let bare = name.trim_matches(['"', '\'']);
            if !bare.is_empty() && !bare.contains(['"', '\\', '$', '`', '\n']) && name.is_verbatim() {
                let label = format!("LABEL org.opencontainers.image.authors=\"{bare}\"");
                draft.replace(instruction.keyword.span.to(name.span), label, false);
            }
        }
    }
}
