//! What ADD adds, as far as the file says.

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
}
