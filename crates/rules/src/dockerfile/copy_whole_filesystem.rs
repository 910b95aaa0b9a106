use plimsoll_dockerfile::Body;

use super::{Base, Build, DockerfileRule, Reporter};

pub(crate) struct CopyWholeFilesystem;

impl DockerfileRule for CopyWholeFilesystem {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        // Onto nothing it is the way to make one layer of many.
        for stage in build.stages().iter().filter(|s| s.base != Base::Scratch) {
            for (_, instruction) in build.instructions(stage) {
                let Body::Copy(copy) = &instruction.body else { continue };
                let (Some(from), Some(to)) = (&copy.from, &copy.destination) else { continue };
                let is_root = |path: &str| build.unquoted(path) == "/";
                if !is_root(to) || !copy.sources.iter().any(|s| is_root(&s.text)) {
                    continue;
                }
                report.flag(
                    instruction.arguments.full_span(),
                    format!("this copies all of `{from}` over the image: its users, its packages and what it left behind"),
                )
                .help("copy the folders that are needed").also("DL3067");
            }
        }
    }
}
