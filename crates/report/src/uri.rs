//! File names as URI references.

use std::fmt::Write;

/// A path as a reference relative to where plimsoll was started, or as a `file:` URI where it is absolute.
pub(crate) fn of_path(path: &str) -> String {
    if path.starts_with('/') {
        return format!("file://{}", encode(path));
    }
    encode(path.trim_start_matches("./"))
}

/// `path` with every byte that is not unreserved or a slash percent-encoded: also the colon, which in a
/// first segment would read as a scheme.
pub(crate) fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' => {
                out.push(char::from(byte));
            }
            // Writing to a String never fails.
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(of_path("./app/Dockerfile"), "app/Dockerfile");
        assert_eq!(of_path("/srv/a b"), "file:///srv/a%20b");
        assert_eq!(encode("app:1/\x1b[é"), "app%3A1/%1B%5B%C3%A9");
    }
}
