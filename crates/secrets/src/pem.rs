//! Private keys: whether what stands between two PEM lines is one.

use crate::proof::decode_base64;

const MAX_BODY: usize = 24 * 1024;

/// Whether the text from its `-----BEGIN` on holds a private key that parses.
///
/// The text may be quoted: line ends as `\n`, `\r\n` or not at all, quotes and `+` between lines, indentation.
pub(crate) fn is_private_key(text: &[u8]) -> bool {
    let text = text.get(..text.len().min(MAX_BODY)).unwrap_or_default();
    let Some(label_end) = memchr::memmem::find(text, b"KEY").map(|at| at + 3) else { return false };
    let Some(head_end) = memchr::memmem::find(text.get(label_end..).unwrap_or_default(), b"-----") else {
        return false;
    };
    let label = text.get(..label_end).unwrap_or_default();
    let body = text.get(label_end + head_end + 5..).unwrap_or_default();
    let body = body.get(..memchr::memmem::find(body, b"-----").unwrap_or(body.len())).unwrap_or_default();
    let openpgp = memchr::memmem::find(label, b"PGP").is_some();
    let headers = memchr::memmem::find(body, b"DEK-Info:").is_some()
        || memchr::memmem::find(body, b"Proc-Type:").is_some();
    let base64 = base64_of(body);
    if base64.len() < 40 || crate::placeholder::filler(base64.get(..40).unwrap_or_default()) {
        return false;
    }
    if openpgp {
        // A packet of the kind 5, a secret key, in the old or the new form.
        return base64.len() >= 64 && matches!(base64.first(), Some(b'l' | b'x'));
    }
    if headers {
        return base64.len() >= 64;
    }
    let whole = base64.len() / 4 * 4;
    let Some(der) = decode_base64(base64.get(..whole).unwrap_or_default()) else { return false };
    der.starts_with(b"openssh-key-v1\0")
        || der.starts_with(b"SSH PRIVATE KEY FILE FORMAT")
        || is_der_key(&der)
        || der.starts_with(&[0x3f, 0x6f, 0xf9, 0xeb])
}

/// The base64 characters of a body without what quoting put between the lines.
fn base64_of(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                // An escape: `\n`, `\r`, `\t`, `\\n`; never part of the text.
                while bytes.next_if_eq(&b'\\').is_some() {}
                bytes.next_if(|b| matches!(b, b'n' | b'r' | b't'));
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'=' => out.push(byte),
            // `+` is a digit, unless white space or a quote stands beside it: a string that goes on.
            b'+' if bytes.peek().is_some_and(|b| !b.is_ascii_whitespace() && *b != b'"' && *b != b'\'')
                && out.last().is_some() =>
            {
                out.push(byte);
            }
            b':' => {
                // A header line: `Comment: ...`.
                while out.last().is_some_and(u8::is_ascii_alphabetic) {
                    out.pop();
                }
                // It ends with its line, which may be written as an escape.
                for rest in bytes.by_ref() {
                    if matches!(rest, b'\n' | b'\\') {
                        break;
                    }
                }
                bytes.next_if(|b| matches!(b, b'n' | b'r'));
            }
            _ => {}
        }
    }
    out
}

/// A DER sequence whose length is about what there is, with an integer or a sequence in it.
fn is_der_key(der: &[u8]) -> bool {
    let Some((&tag, rest)) = der.split_first() else { return false };
    let Some((&first, rest)) = rest.split_first() else { return false };
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let n = usize::from(first & 0x7f);
        let Some((digits, rest)) = rest.split_at_checked(n) else { return false };
        if n > 3 {
            return false;
        }
        (digits.iter().fold(0usize, |sum, d| sum << 8 | usize::from(*d)), rest)
    };
    // A key that is cut short or edited by hand is one still, so the length need not be exact.
    tag == 0x30 && length > 24 && length <= rest.len() * 4 + 16 && matches!(rest.first(), Some(0x02 | 0x30))
}
