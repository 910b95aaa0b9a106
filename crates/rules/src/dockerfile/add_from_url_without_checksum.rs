use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct AddFromUrlWithoutChecksum;

impl DockerfileRule for AddFromUrlWithoutChecksum {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in build.tree.instructions.iter().map(|i| i.innermost()) {
            let Body::Add(files) = &instruction.body else { continue };
            if files.checksum.is_some() {
                continue;
            }
            let download = files.sources.iter().find(|s| {
                let text = s.text.to_ascii_lowercase();
                let web = text.starts_with("https://") || text.starts_with("http://");
                web && !is_git(&text)
            });
            let Some(source) = download else { continue };
            let plain = source.text.to_ascii_lowercase().starts_with("http://");
            let why = if plain {
                "over plain HTTP and without a checksum: whoever is on the way puts in what he likes"
            } else {
                "without a checksum: whatever the server has on the day goes into the image"
            };
            report
                .flag(source.text.span, format!("ADD downloads this {why}"))
                .help("write `ADD --checksum=sha256:<64 hex digits> ...`; the build then fails when the file changes");
        }
    }
}

/// BuildKit clones these; a commit in the fragment pins them.
fn is_git(url: &str) -> bool {
    let path = url.split(['#', '?']).next().unwrap_or(url);
    path.ends_with(".git")
}
