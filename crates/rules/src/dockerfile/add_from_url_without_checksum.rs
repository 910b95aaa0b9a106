use plimsoll_dockerfile::Body;

use super::added::{mark_peers, unverified_download};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct AddFromUrlWithoutChecksum;

impl DockerfileRule for AddFromUrlWithoutChecksum {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for outer in &build.tree.instructions {
            let instruction = outer.innermost();
            let Body::Add(add) = &instruction.body else { continue };
            let Some(source) = unverified_download(add) else { continue };
            let plain = source.text.to_ascii_lowercase().starts_with("http://");
            let why = if plain {
                "over plain HTTP and without a checksum: whoever is on the way puts in what he likes"
            } else {
                "without a checksum: whatever the server has on the day goes into the image"
            };
            let draft = report.flag(source.text.span, format!("ADD downloads this {why}"));
            draft.help("write `ADD --checksum=sha256:<64 hex digits> ...`; the build then fails when the file changes");
            // None of them looks into an ONBUILD.
            if std::ptr::eq(outer, instruction) {
                mark_peers(draft, build, instruction, add);
            }
        }
    }
}
