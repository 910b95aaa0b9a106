//! Paths as bytes: cleaning as the engines do it, and splitting.

/// Writes `raw` to `out` without leading or trailing slashes, empty, `.` and `..` components; `..` at the top stays at
/// the top. The root itself is empty. Returns whether a `..` stood in it.
pub(crate) fn clean(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut climbed = false;
    for part in raw.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                climbed = true;
                let cut = out[start..].iter().rposition(|&b| b == b'/').unwrap_or(0);
                out.truncate(start + cut);
            }
            part => {
                if out.len() > start {
                    out.push(b'/');
                }
                out.extend_from_slice(part);
            }
        }
    }
    climbed
}

/// [`clean`] for one path.
pub fn cleaned(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    clean(raw, &mut out);
    out
}

/// The folder part (empty at the top) and the last component of a clean path.
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b'/', path) {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (&[], path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_as_go_does_below_a_root() {
        for (raw, want) in [
            ("./a/b/", "a/b"),
            ("/a//b/.", "a/b"),
            ("../../etc/x", "etc/x"),
            ("a/../b", "b"),
            ("a/b/../../..", ""),
            ("./", ""),
            (".", ""),
            ("a/..b/...", "a/..b/..."),
        ] {
            assert_eq!(String::from_utf8(cleaned(raw.as_bytes())).unwrap(), want, "{raw}");
        }
    }
}
