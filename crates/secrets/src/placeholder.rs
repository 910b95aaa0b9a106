//! Tells a secret from what stands where one would: `changeme`, `${X}`, `<token>`, `xxxx`, a sequence, a path.

use crate::lexicon::{NO_SECRET, NUMBERED, PLACEHOLDER_PART, TRANSLATION};

fn folded(value: &[u8]) -> Vec<u8> {
    value.iter().map(u8::to_ascii_lowercase).collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

/// Whether a value stands where a secret would and is none: a placeholder, an expression, a reference, a path.
pub fn placeholder(value: &str) -> bool {
    is_placeholder(value.as_bytes())
}

pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    expression(value) || filler(value) || location(value) || {
        let lower = folded(value);
        let word = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
        let letters: Vec<u8> = lower.iter().copied().filter(word).collect();
        letters.is_empty()
            || NO_SECRET.has(&letters)
            || TRANSLATION.has(&letters)
            || numbered_word(&lower)
            || PLACEHOLDER_PART.all().any(|part| contains(&lower, part))
            || screaming_name(value)
    }
}

/// `password123`, `test1234`, `token1`: a test's own.
fn numbered_word(value: &[u8]) -> bool {
    let word = value.iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |last| last + 1);
    let (word, number) = value.split_at(word);
    (1..=4).contains(&number.len()) && NUMBERED.has(word)
}

/// Whether the value is computed somewhere else: `$X`, `${X}`, `{{ x }}`, `%X%`, `<token>`, `#{x}`, `f()`.
pub(crate) fn expression(value: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or(b' ');
    let last = value.last().copied().unwrap_or(b' ');
    let wrapped = matches!(
        (first, last),
        (b'<', b'>') | (b'[', b']') | (b'{', b'}') | (b'%', b'%') | (b'(', b')') | (b'@', b'@')
    );
    let starts = [
        &b"$"[..],
        b"%(",
        b"#{",
        b"@{",
        b"{",
        b"<",
        b"!Ref",
        b"!Sub",
        b"!GetAtt",
        b"!env",
        b"!vault",
        b"@Microsoft.KeyVault(",
        b"ref+",
        b"!secret",
        b"!ImportValue",
        b"!FindInMap",
        b"!Join",
        b"!reference",
        b"&lt",
        b"+",
        b"%{",
    ];
    let holds = [
        &b"${"[..],
        b"$(",
        b"{{",
        b"<%",
        b"#{",
        b"%(",
        b"{0}",
        b"{1}",
        b"()",
        b"getenv",
        b"process.env",
        b"os.environ",
        b"env[",
    ];
    let quoted = contains(value, b"'$") || contains(value, b"\"$");
    wrapped
        || quoted
        || starts.iter().any(|s| value.starts_with(s))
        || holds.iter().any(|s| contains(value, s))
}

/// Whether the value names a place: a path, an address, a resource.
pub(crate) fn location(value: &[u8]) -> bool {
    let route = contains(value, b"/")
        && (contains(value, b"#") || contains(value, b"."))
        && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'#' | b'_' | b'-' | b'.'));
    if route {
        return true;
    }
    let starts = [
        &b"/"[..],
        b"./",
        b"../",
        b"~/",
        b"http://",
        b"https://",
        b"file:",
        b"arn:",
        b"urn:",
        b"vault:",
        b"secretsmanager:",
        b"ssm:",
        b"op://",
    ];
    if starts.iter().any(|s| value.starts_with(s)) {
        // A base64 text may begin with a slash; it has no dots and few slashes.
        let slashes = memchr::memchr_iter(b'/', value).count();
        return !value.starts_with(b"/") || slashes > 1 || value.len() < 20 || contains(value, b".");
    }
    false
}

/// Whether most of the value is one character, a sequence, or a handful of characters again and again.
pub(crate) fn filler(value: &[u8]) -> bool {
    filled(value, 2)
}

/// The same for tokens of a known form, which may hold a sequence by chance or by their maker's taste.
pub(crate) fn mostly_filler(value: &[u8]) -> bool {
    filled(value, 4)
}

/// Whether all but one `share`th of the value is filler.
fn filled(value: &[u8], share: usize) -> bool {
    let (mut longest_same, mut longest_sequence) = (1usize, 1usize);
    let (mut same, mut sequence) = (1usize, 1usize);
    let mut in_sequences = 0usize;
    for pair in value.windows(2) {
        let (a, b) = (pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase());
        same = if a == b { same + 1 } else { 1 };
        let next = b == a.wrapping_add(1)
            || (a, b) == (b'9', b'0')
            || (a, b) == (b'0', b'9')
            || (a, b) == (b'9', b'a');
        if next {
            sequence += 1;
        } else {
            if sequence >= 4 {
                in_sequences += sequence;
            }
            sequence = 1;
        }
        longest_same = longest_same.max(same);
        longest_sequence = longest_sequence.max(sequence);
    }
    if sequence >= 4 {
        in_sequences += sequence;
    }
    let len = value.len();
    longest_same >= 4 && longest_same * 2 > len
        || in_sequences * share > len * (share - 1)
        || len >= 12 && distinct(value) < 5
        || len >= 24 && (longest_same >= 10 || interleaved_sequence(value))
}

/// `a1b2c3d4e5f6...`: two sequences, one in the other.
fn interleaved_sequence(value: &[u8]) -> bool {
    let steps = value
        .windows(3)
        .filter(|w| {
            w[2].to_ascii_lowercase() == w[0].to_ascii_lowercase().wrapping_add(1)
                || (w[0], w[2]) == (b'9', b'0')
        })
        .count();
    steps * 10 > value.len() * 6
}

fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in value {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|s| **s).count()
}

/// `SOME_PASSWORD`: a variable's name.
fn screaming_name(value: &[u8]) -> bool {
    contains(value, b"_")
        && value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        && value.iter().filter(|b| b.is_ascii_digit()).count() * 4 < value.len()
}

/// `8-4-4-4-12` hexadecimal digits.
pub(crate) fn uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::placeholder;

    #[test]
    fn no_secrets() {
        for value in [
            "changeme",
            "CHANGE_ME",
            "${DB_PASSWORD}",
            "$PASSWORD",
            "<token>",
            "<your-token>",
            "xxxxxxxx",
            "XXXXXXXX",
            "********",
            "your_api_key",
            "YOUR-TOKEN-HERE",
            "password",
            "Pass-Word",
            "{{ vault.token }}",
            "%PASSWORD%",
            "#{password}",
            "1234567890",
            "abcdefghijklmnop",
            "0123456789abcdef0123456789abcdef",
            "00000000000000000000",
            "SOME_PASSWORD",
            "/run/secrets/db",
            "./key.pem",
            "https://example.com/token",
            "getPassword()",
            "",
            "arn:aws:secretsmanager:eu-west-1:1:secret:x",
            "a1b2c3d4e5f6g7h8i9j0k1l2m3n4",
            "process.env.TOKEN",
            "null",
            "@jwt.secret@",
            "!vault",
            "password123",
            "Passwort",
            "Contrase\u{f1}a",
            "...",
        ] {
            assert!(placeholder(value), "{value}");
        }
    }

    #[test]
    fn secrets() {
        for value in [
            "hunter2",
            "correct horse",
            "Tr0ub4dor&3",
            "9f8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d",
            "kalimba77",
            "Gr8!tCircle",
        ] {
            assert!(!placeholder(value), "{value}");
        }
    }
}
