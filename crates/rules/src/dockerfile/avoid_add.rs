use plimsoll_dockerfile::Body;

use super::added::{is_archive, is_remote, mark_peers, unverified_download};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct AvoidAdd;

impl DockerfileRule for AvoidAdd {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Add(add) = &instruction.body else { continue };
            let sources: Vec<_> = add.sources.iter().map(|s| build.unquoted(&s.text)).collect();
            let remote = sources.iter().any(|s| is_remote(s));
            // What is missing there is a checksum, and said as that.
            if unverified_download(add).is_some() {
                continue;
            }
            if !remote && !sources.iter().any(|s| is_archive(s)) {
                continue;
            }
            let what = if remote { "fetches from elsewhere" } else { "unpacks an archive" };
            let draft = report.flag(
                instruction.keyword.span,
                format!("ADD {what} in one step, which leaves no place to verify what came"),
            );
            draft.help("fetch, verify and unpack in one RUN, or COPY from a stage that did");
            mark_peers(draft, build, instruction, add);
        }
    }
}
