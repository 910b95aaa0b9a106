//! What makes a match a secret: checksums, decoding, entropy, and not being a placeholder.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::detector::{Check, Detector, Severity};
use crate::names::{identifies, issued_secret_name, secret_name};
use crate::placeholder::{is_placeholder, mostly_filler};
use crate::{generic, pem, samples};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Decodes base64 of either alphabet, padded or not.
pub(crate) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    if text.iter().any(|b| matches!(b, b'-' | b'_')) {
        URL_SAFE.decode(text).ok()
    } else {
        STANDARD.decode(text).ok()
    }
}

/// Bits of Shannon entropy for each byte.
pub(crate) fn entropy(bytes: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let len = bytes.len().max(1) as f32;
    counts
        .iter()
        .filter(|n| **n > 0)
        .map(|n| {
            let share = *n as f32 / len;
            -share * share.log2()
        })
        .sum()
}

/// What a check may look at.
pub(crate) struct Evidence<'a> {
    pub(crate) detector: &'a Detector,
    /// The secret itself.
    pub(crate) secret: &'a [u8],
    /// Where it stands.
    pub(crate) text: &'a [u8],
    pub(crate) start: usize,
    /// The name and the operator, where it is assigned.
    pub(crate) assignment: Option<&'a crate::assignment::Assignment>,
    pub(crate) binary: bool,
    /// Whether settings stand here, not source text.
    pub(crate) settings: bool,
}

impl Evidence<'_> {
    /// The name that the secret is assigned to.
    fn name(&self) -> Option<&str> {
        std::str::from_utf8(self.text.get(self.assignment?.name.clone())?).ok()
    }
}

/// Whether the match is a secret.
pub(crate) fn holds(e: &Evidence<'_>) -> bool {
    let detector = e.detector;
    if detector.entropy > 0.0 && entropy(e.secret) < detector.entropy {
        return false;
    }
    if !detector.checks.iter().all(|check| passes(*check, e)) {
        return false;
    }
    // An issuer's id has the form of its key often enough.
    if detector.rank == 2 && detector.severity == Severity::Error && e.name().is_some_and(identifies) {
        return false;
    }
    if samples::is_public(e.secret) {
        return false;
    }
    detector.has(Check::Certain)
        || detector.has(Check::Password)
        || detector.has(Check::LiteralPassword)
        || detector.has(Check::AnyLiteral)
        || detector.has(Check::Strong)
        || !filled(body(detector, e.secret))
}

/// The secret without the prefix that its issuer gives all of them.
fn body<'a>(detector: &Detector, secret: &'a [u8]) -> &'a [u8] {
    detector
        .keywords
        .iter()
        .filter_map(|keyword| secret.strip_prefix(keyword.as_bytes()))
        .min_by_key(|rest| rest.len())
        .unwrap_or(secret)
}

/// Whether a token's body is filled in by hand: `xxxxxxxx`, `1234567890`, `EXAMPLE`.
fn filled(body: &[u8]) -> bool {
    let has = |part: &[u8]| memchr::memmem::find(body, part).is_some();
    mostly_filler(body)
        || has(b"EXAMPLE")
        || has(b"xxxxxx")
        || has(b"XXXXXX")
        || has(b"YOUR_")
        || has(b"your_")
        || has(b"your-")
        || body.starts_with(b"$")
        || body.starts_with(b"<")
        || is_placeholder(body) && body.len() < 24
}

fn passes(check: Check, e: &Evidence<'_>) -> bool {
    let secret = e.secret;
    match check {
        Check::Crc32 => !e.binary || crc32_holds(secret),
        Check::AwsAccount => !e.binary || aws_account(secret).is_some(),
        Check::Jwt => jwt_payload(secret).is_some_and(|payload| {
            // The subject of every tutorial, and the project that runs on a developer's own machine.
            !["\"John Doe\"", "supabase-demo", "EXAMPLE"]
                .iter()
                .any(|s| memchr::memmem::find(&payload, s.as_bytes()).is_some())
                && claims(&payload)
        }),
        Check::SupabaseRole => jwt_payload(secret).is_some_and(|p| {
            memchr::memmem::find(&p, b"supabase").is_some()
                && memchr::memmem::find(&p, b"service_role").is_some()
        }),
        Check::PrivateKey => pem::is_private_key(secret),
        Check::EncodedPem => {
            decode_base64(secret).is_some_and(|text| memchr::memmem::find(&text, b"PRIVATE KEY").is_some())
        }
        Check::BasicAuth => basic_auth(secret),
        Check::Mixed => secret.iter().any(u8::is_ascii_digit) && secret.iter().any(u8::is_ascii_alphabetic),
        Check::Bech32 => !e.binary || bech32_holds(secret),
        Check::TeamCity => teamcity(secret),
        Check::Base64 => decode_base64(secret).is_some(),
        Check::NotWords => !generic::wordy(secret),
        Check::Password => generic::password(e),
        Check::Strong => generic::strong(e),
        Check::SecretName => generic::named(e),
        Check::Comparison => e
            .assignment
            .is_some_and(|a| a.operator == crate::assignment::Operator::Compare && a.quote.is_some()),
        Check::NamedSecret => e.name().is_some_and(secret_name),
        Check::NamedKey => e.name().is_some_and(issued_secret_name),
        Check::NotJwt => !secret.starts_with(b"eyJ"),
        Check::Elastic => decode_base64(secret)
            .is_some_and(|text| text.get(20) == Some(&b':') && text.iter().all(|b| (0x21..0x7f).contains(b))),
        Check::KubernetesSubject => {
            jwt_payload(secret).is_some_and(|p| memchr::memmem::find(&p, b"system:serviceaccount:").is_some())
        }
        Check::LiteralPassword => generic::literal_password(e) && !documentation_host(e) && !local_default(e),
        Check::AnyLiteral => generic::any_literal(secret),
        Check::NotSampleAccount => !matches!(
            secret,
            b"123456789012" | b"111122223333" | b"444455556666" | b"777788889999" | b"012345678901"
        ),
        Check::ConnectionString => e.assignment.is_some_and(|a| {
            a.operator == crate::assignment::Operator::Assign && in_connection_string(e.text, a.name.start)
        }),
        Check::CurrentTenant => current_tenant(e),
        Check::NotPublicWidget => {
            let from = e.start.saturating_sub(240);
            let before = e.text.get(from..e.start).unwrap_or_default();
            memchr::memmem::rfind(before, b"Gitalk(").is_none()
        }
        Check::NotForSearch => !for_search(e),
        Check::Base64Text => decode_base64(secret).is_some_and(|text| {
            text.len() > 3 && text.iter().all(|b| (0x21..0x7f).contains(b)) && !is_placeholder(&text)
        }),
        Check::Certain => true,
    }
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Six digits in base 62.
pub(crate) fn base62_of(mut n: u32) -> [u8; 6] {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(n % 62) as usize];
        n /= 62;
    }
    digits
}

/// Whether a token's last six characters are the CRC-32 of what stands between its prefix and them.
fn crc32_holds(token: &[u8]) -> bool {
    let body = match memchr::memrchr(b'_', token) {
        Some(at) => &token[at + 1..],
        None => token,
    };
    let Some((random, sum)) = body.split_last_chunk::<6>() else { return false };
    base62_of(crc32fast::hash(random)) == *sum
}

/// The account in an access key id: 40 of its bits, in ids given out since 2019. Older ids name none, and are
/// told by their first bit; they count as account 0.
pub(crate) fn aws_account(id: &[u8]) -> Option<u64> {
    let mut bits: u64 = 0;
    for byte in id.get(4..14)? {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    if bits >> 49 == 0 {
        return Some(0);
    }
    let account = bits >> 9 & ((1 << 40) - 1);
    (account < 1_000_000_000_000).then_some(account)
}

fn json_object(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    bytes.starts_with(b"{") && memchr::memchr(b'"', bytes).is_some()
}

/// The payload of a JSON web token; none where it does not decode to one.
pub(crate) fn jwt_payload(token: &[u8]) -> Option<Vec<u8>> {
    let mut parts = token.split(|b| *b == b'.');
    let header = URL_SAFE.decode(parts.next()?).ok()?;
    let payload = parts.next()?;
    if !json_object(&header) || memchr::memmem::find(&header, b"\"alg\"").is_none() {
        return None;
    }
    // An encrypted one has no payload to read.
    let payload = URL_SAFE.decode(payload).ok()?;
    let encrypted = memchr::memmem::find(&header, b"\"enc\"").is_some();
    (encrypted || json_object(&payload)).then_some(payload)
}

/// Whether the payload says who or what it is for, or how long it holds; `{"some":"payload"}` is an example.
fn claims(payload: &[u8]) -> bool {
    const CLAIMS: &[&[u8]] = &[
        b"\"iss", b"\"sub", b"\"aud", b"\"exp", b"\"nbf", b"\"iat", b"\"jti", b"id\"", b"Id\"", b"ID\"",
        b"user", b"User", b"mail", b"role", b"scope", b"name", b"Name", b"\"key", b"\"tid", b"\"org",
        b"account", b"client", b"typ", b"token",
    ];
    !json_object(payload) || CLAIMS.iter().any(|claim| memchr::memmem::find(payload, claim).is_some())
}

fn basic_auth(text: &[u8]) -> bool {
    let Some(decoded) = decode_base64(text) else { return false };
    let Some(colon) = memchr::memchr(b':', &decoded) else { return false };
    let printable = decoded.iter().all(|b| (0x20..0x7f).contains(b));
    let password = &decoded[colon + 1..];
    printable && colon > 0 && password.len() > 3 && !is_placeholder(password)
}

/// Whether the name or the configuration around it is that of a search box on a public page.
fn for_search(e: &Evidence<'_>) -> bool {
    let named = e.name().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        ["search", "public", "docsearch"].iter().any(|word| name.contains(word))
    });
    let from = e.start.saturating_sub(200);
    let to = e.text.len().min(e.start + e.secret.len() + 200);
    let beside = e.text.get(from..to).unwrap_or_default().to_ascii_lowercase();
    named
        || [&b"indexname"[..], b"index_name", b"docsearch"]
            .iter()
            .any(|w| memchr::memmem::find(&beside, w).is_some())
}

/// Whether the host behind the password is one that is reserved for documentation.
fn documentation_host(e: &Evidence<'_>) -> bool {
    let host = e.text.get(e.start + e.secret.len()..).unwrap_or_default();
    host.starts_with(b"@[2001:db8:") || host.starts_with(b"@192.0.2.") || host.starts_with(b"@203.0.113.")
}

/// `postgres:postgres@localhost`, `root:root@db`: the user again as the password, on a host without a domain.
fn local_default(e: &Evidence<'_>) -> bool {
    let before = e.text.get(..e.start).unwrap_or_default();
    let user = before.strip_suffix(b":").and_then(|head| head.strip_suffix(e.secret)).unwrap_or_default();
    let host = e.text.get(e.start + e.secret.len()..).unwrap_or_default();
    let host = host.strip_prefix(b"@").unwrap_or_default();
    let host = host.split(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'.' | b'-' | b'_')).next();
    user.ends_with(b"/") && host.is_some_and(|host| !host.contains(&b'.') || host.starts_with(b"127."))
}

fn in_connection_string(text: &[u8], at: usize) -> bool {
    const KEYS: &[&[u8]] = &[
        b"server=",
        b"datasource=",
        b"host=",
        b"hostname=",
        b"address=",
        b"uid=",
        b"userid=",
        b"username=",
        b"user=",
        b"catalog=",
        b"database=",
        b"dbname=",
        b"provider=",
        b"driver=",
    ];
    let line = crate::assignment::line_before(text, at);
    // `user = User(password=`: an argument; `credentials { username = x; password = y }`: a block.
    if line.ends_with(b"(") || memchr::memmem::find(line, b"{ ").is_some() {
        return false;
    }
    let head: Vec<u8> = line.iter().filter(|b| **b != b' ').map(u8::to_ascii_lowercase).collect();
    !head.ends_with(b"&")
        && !head.ends_with(b"?")
        && KEYS.iter().any(|key| memchr::memmem::find(&head, key).is_some())
}

/// Whether no tenant of Auth0 without a region is named within a few lines.
fn current_tenant(e: &Evidence<'_>) -> bool {
    let from = e.start.saturating_sub(300);
    let to = e.text.len().min(e.start + 300);
    let beside = e.text.get(from..to).unwrap_or_default();
    memchr::memmem::find_iter(beside, b".auth0.com").all(|at| {
        let head = beside.get(..at).unwrap_or_default();
        let label =
            head.rsplit(|b| matches!(b, b'.' | b'/' | b'"' | b'\'' | b'=')).next().unwrap_or_default();
        let region = label.split(|b| *b == b'-').next().unwrap_or_default();
        region.len() == 2 && label.len() <= 4
    })
}

/// The checksum of BIP 173.
fn bech32_holds(text: &[u8]) -> bool {
    bech32_sum(text) == Some(1)
}

pub(crate) const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The polynomial's remainder: 1 for a text whose checksum holds.
pub(crate) fn bech32_sum(text: &[u8]) -> Option<u32> {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let separator = memchr::memrchr(b'1', text)?;
    let (prefix, data) = (&text[..separator], &text[separator + 1..]);
    let lower = |b: &u8| b.to_ascii_lowercase();
    let digits: Option<Vec<u8>> =
        data.iter().map(lower).map(|b| BECH32.iter().position(|c| *c == b).map(|at| at as u8)).collect();
    let digits = digits?;
    let expanded =
        prefix.iter().map(lower).map(|b| b >> 5).chain([0]).chain(prefix.iter().map(lower).map(|b| b & 31));
    let sum = expanded.chain(digits).fold(1u32, |sum, value| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        GENERATOR.iter().enumerate().filter(|(i, _)| top >> i & 1 == 1).fold(sum, |sum, (_, g)| sum ^ g)
    });
    Some(sum)
}

fn teamcity(token: &[u8]) -> bool {
    let parts: Option<Vec<Vec<u8>>> = token.split(|b| *b == b'.').map(decode_base64).collect();
    let Some(parts) = parts else { return false };
    let printable = |part: &Vec<u8>| part.iter().all(|b| (0x20..0x7f).contains(b));
    parts.len() == 3
        && parts.iter().all(printable)
        && parts.last().is_some_and(|p| crate::placeholder::uuid(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_shannons() {
        assert_eq!(entropy(b"aaaa"), 0.0);
        assert_eq!(entropy(b"abcd"), 2.0);
        assert_eq!(entropy(b""), 0.0);
    }

    #[test]
    fn bech32_takes_the_standards_own_examples() {
        for good in ["A12UEL5L", "a12uel5l", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"] {
            assert!(bech32_holds(good.as_bytes()), "{good}");
        }
        assert!(!bech32_holds(b"A12UEL5M"));
    }

    #[test]
    fn an_access_key_id_decodes_to_its_account() {
        // The example with which the encoding was published.
        assert_eq!(aws_account(["ASIA", "QNZGKIQY56JQ7WML"].concat().as_bytes()), Some(29_608_264_753));
    }
}
