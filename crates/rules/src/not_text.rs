//! What is no text, told by its first bytes before anything of it is parsed.

use crate::{InputError, Outcome};

/// So much of a file is looked at for what no text has.
const HEAD: usize = 8 << 10;

/// How archives and what is compressed begin.
const ARCHIVES: [&[u8]; 6] =
    [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\0", b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c"];

/// Where a tar archive says that it is one.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// Why bytes are no text that a linter reads, and what to do instead; None where they may be.
fn why(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    if ARCHIVES.iter().any(|magic| head.starts_with(magic)) || head.get(TAR_MAGIC) == Some(b"ustar") {
        return Some("an archive, not a text file: `plimsoll image FILE` audits a saved image");
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || is_wide(head) {
        return Some("UTF-16 text, which no builder reads: save it as UTF-8");
    }
    head.contains(&0).then_some("a binary file, not a text file")
}

/// Whether every other byte is nearly always zero: Latin text in UTF-16 without a mark.
fn is_wide(head: &[u8]) -> bool {
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let half = head.len() / 2;
    half > 0 && (even.min(odd) == 0) && even.max(odd) * 10 > half * 9
}

/// The outcome for bytes that are no text: one error and nothing checked. None where they may be text.
pub(crate) fn refused(name: &str, bytes: &[u8]) -> Option<Outcome> {
    Some(not_checked(name, why(bytes)?.to_owned()))
}

/// An outcome of one error, in which nothing was checked.
pub(crate) fn not_checked(name: &str, message: String) -> Outcome {
    let error = InputError { file: Some(name.to_owned()), image: None, layer: None, offset: None, message };
    Outcome { errors: vec![error], ..Outcome::default() }
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn only_what_is_no_text_is_refused() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut tar = vec![b'x'; 257];
        tar.extend(b"ustar\x0000");
        for (bytes, start) in [
            (b"\x1f\x8b\x08\0".to_vec(), "an archive"),
            (tar, "an archive"),
            (wide("FROM debian:13\r\n"), "UTF-16"),
            (wide("\u{feff}FROM debian:13\r\n"), "UTF-16"),
            (b"\x7fELF\x02\x01\x01\0\0\0".to_vec(), "a binary"),
        ] {
            assert!(why(&bytes).is_some_and(|text| text.starts_with(start)), "{start}: {bytes:?}");
        }
        for text in ["", "F", "FROM debian:13\n", "\u{feff}FROM x\n", "BZh was here\n", "# Gr\u{fc}\u{df}e\n"]
        {
            assert_eq!(why(text.as_bytes()), None, "{text}");
        }
        // Latin-1 is somebody's comment; the rest of it is read.
        assert_eq!(why(b"# Gr\xfc\xdfe\nFROM x\n"), None);
    }
}
