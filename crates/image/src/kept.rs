//! Which files every record keeps whole, because rules ask for their contents.

/// Exact paths: accounts, the distribution, the loader's folders, package databases.
const PATHS: [&str; 17] = [
    "etc/alpine-release",
    "etc/debian_version",
    "etc/group",
    "etc/gshadow",
    "etc/ld.so.conf",
    "etc/lsb-release",
    "etc/os-release",
    "etc/passwd",
    "etc/redhat-release",
    "etc/shadow",
    "lib/apk/db/installed",
    "usr/etc/group",
    "usr/etc/passwd",
    "usr/lib/apk/db/installed",
    "usr/lib/os-release",
    "usr/local/etc/ld.so.conf",
    "var/lib/dpkg/status",
];

/// Folders, and how the names in them end.
const PATTERNS: [(&str, &str, &str); 5] = [
    ("etc/", "ld-musl-", ".path"),
    ("etc/ld.so.conf.d/", "", ".conf"),
    ("usr/lib/", "os-release", ""),
    ("var/lib/dpkg/info/", "", ".md5sums"),
    ("var/lib/dpkg/status.d/", "", ""),
];

/// Whether a file at this clean path is kept whole.
pub(crate) fn is_kept(path: &[u8]) -> bool {
    if !matches!(path.first(), Some(b'e' | b'l' | b'u' | b'v')) {
        return false;
    }
    PATHS.iter().any(|known| known.as_bytes() == path)
        || PATTERNS.iter().any(|(folder, start, end)| {
            path.strip_prefix(folder.as_bytes()).is_some_and(|name| {
                !name.contains(&b'/') && name.starts_with(start.as_bytes()) && name.ends_with(end.as_bytes())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::is_kept;

    #[test]
    fn keeps_databases_of_packages_alone() {
        for path in [
            "etc/passwd",
            "var/lib/dpkg/info/libc6:amd64.md5sums",
            "var/lib/dpkg/status.d/base",
            "etc/ld-musl-x86_64.path",
        ] {
            assert!(is_kept(path.as_bytes()), "{path}");
        }
        for path in
            ["etc/passwd-", "app/etc/passwd", "var/lib/dpkg/info/libc6.list", "etc/ld.so.conf.d/x/y.conf"]
        {
            assert!(!is_kept(path.as_bytes()), "{path}");
        }
    }
}
