use plimsoll_dockerfile::{Body, Kind};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct RedundantPlatform;

impl DockerfileRule for RedundantPlatform {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in build.tree.instructions.iter().filter(|i| i.kind == Kind::From) {
            let Body::From(from) = &instruction.body else { continue };
            let Some(platform) = &from.platform else { continue };
            if !matches!(platform.as_str(), "$TARGETPLATFORM" | "${TARGETPLATFORM}") {
                continue;
            }
            let Some(flag) = instruction.flag("platform") else { continue };
            let draft = report.flag(flag.span, format!("`--platform={platform}` is what FROM takes anyway"));
            draft.help("leave it out").also("DL3065").also("RedundantTargetPlatform");
            let gap = plimsoll_dockerfile::Span::new(flag.span.start, from.image.span.start);
            let between = build.source.slice(gap).get(flag.span.len() as usize..).unwrap_or("x");
            if between.trim_matches([' ', '\t']).is_empty() {
                draft.replace(gap, "", true);
            }
        }
    }
}
