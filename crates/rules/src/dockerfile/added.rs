//! What ADD adds, as far as the file says.

use plimsoll_dockerfile::Instruction;
use plimsoll_dockerfile::instructions::{CopyFiles, CopySource};

use super::Build;
use crate::draft::Draft;

/// The source that ADD downloads without anything to check it by.
pub(crate) fn unverified_download<'a, 's>(add: &'a CopyFiles<'s>) -> Option<&'a CopySource<'s>> {
    if add.checksum.is_some() {
        return None;
    }
    add.sources.iter().find(|s| {
        let text = s.text.to_ascii_lowercase();
        (text.starts_with("https://") || text.starts_with("http://")) && !is_git(&text)
    })
}

/// BuildKit clones these; a commit in the fragment pins them.
fn is_git(url: &str) -> bool {
    let path = url.split(['#', '?']).next().unwrap_or(url);
    path.ends_with(".git")
}

/// Adds the codes of the peers that want no ADD here, although it does what only ADD can.
pub(crate) fn mark_peers(
    draft: &mut Draft,
    build: &Build<'_>,
    instruction: &Instruction<'_>,
    add: &CopyFiles<'_>,
) {
    // hadolint wants every source to be of the schemes and endings that it knows.
    let odd = add.sources.iter().map(|s| build.unquoted(&s.text)).any(|s| {
        let web = s.starts_with("http://") || s.starts_with("https://");
        let ending = s.ends_with(".tar.zst");
        !web && (is_remote(&s) || !is_archive(&s) || ending || may_be_archive(&s))
    });
    let trivy = ![".tar", "http://", "https://", "git@"]
        .iter()
        .any(|w| build.source.slice(instruction.span).contains(w));
    draft
        .also("CKV_DOCKER_4")
        .also_if(odd, "DL3020")
        .also_if(trivy, "DS-0005")
        .also("prefer-copy-over-add")
        .also("CIS-DI-0009");
}

/// Whether it is fetched from elsewhere: a URL or a Git repository.
pub(crate) fn is_remote(source: &str) -> bool {
    ["http://", "https://", "git://", "ssh://", "git@"].iter().any(|scheme| source.starts_with(scheme))
}

/// Whether ADD unpacks it, by its name.
pub(crate) fn is_archive(source: &str) -> bool {
    [
        ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz", ".tar.zst", ".tar.Z",
        ".tar.lz", ".gz", ".bz2", ".xz", ".lz", ".lzma", ".Z",
    ]
    .iter()
    .any(|ending| source.trim_end_matches('*').ends_with(ending))
        // `rootfs.tar.*`, whatever it is pressed with.
        || source.rsplit('/').next().unwrap_or(source).split_once(".tar.").is_some_and(|(_, end)| is_pattern(end))
}

/// Whether more than one name, or any, may stand there: a glob or a variable.
pub(crate) fn is_pattern(source: &str) -> bool {
    source.contains(['*', '?', '[', '$'])
}

/// Whether ADD may find an archive there, as far as the name says: it ends in a glob or a variable.
pub(crate) fn may_be_archive(source: &str) -> bool {
    let last = source.rsplit('/').next().unwrap_or(source);
    let ending = match last.rsplit_once('.') {
        Some((_, ending)) if !is_pattern(ending) => return false,
        Some((_, ending)) => ending,
        None => last,
    };
    is_pattern(ending)
}
