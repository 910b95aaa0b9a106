//! Every detector's own examples.

use sha2::{Digest, Sha256};

use crate::proof::{BECH32, base62_of, bech32_sum};
use crate::{Context, DetectorSpec, Scanner, built_in};

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// A generator that is the same in every run.
struct Chance(u64);

impl Chance {
    fn seeded(text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        Self(u64::from_le_bytes(*digest.first_chunk().expect("a digest has 32 bytes")))
    }

    fn below(&mut self, n: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) % n as u64) as usize
    }

    fn of(&mut self, alphabet: &str, n: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..n).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

/// The text with its `{{...}}` made up.
pub(crate) fn expand(template: &str) -> String {
    let mut chance = Chance::seeded(template);
    let mut out = String::new();
    let mut rest = template;
    while let Some((head, tail)) = rest.split_once("{{") {
        out.push_str(head);
        let Some((hole, tail)) = tail.split_once("}}") else { panic!("an open hole in {template}") };
        rest = tail;
        let (kind, n) = hole.split_once(':').unwrap_or((hole, "0"));
        let n: usize = n.parse().unwrap_or(0);
        let base62 = format!("{DIGITS}{UPPER}{LOWER}");
        let made = match kind {
            "base62" => chance.of(&base62, n),
            "base36" => chance.of(&format!("{DIGITS}{LOWER}"), n),
            "BASE36" => chance.of(&format!("{DIGITS}{UPPER}"), n),
            "hex" => chance.of("0123456789abcdef", n),
            "HEX" => chance.of("0123456789ABCDEF", n),
            "digits" => chance.of(DIGITS, n),
            "lower" => chance.of(LOWER, n),
            "upper" => chance.of(UPPER, n),
            "base32" => chance.of(&format!("{UPPER}234567"), n),
            "base32l" => chance.of(&format!("{LOWER}234567"), n),
            "b64" => chance.of(&format!("{base62}+/"), n),
            "b64url" => chance.of(&format!("{base62}-_"), n),
            "uuid" => [8, 4, 4, 4, 12].map(|n| chance.of("0123456789abcdef", n)).join("-"),
            "crc32" => {
                let body = out.rsplit(['_', '=', ' ']).next().unwrap_or_default();
                String::from_utf8(base62_of(crc32fast::hash(body.as_bytes())).to_vec()).expect("ASCII")
            }
            "bech32" => chance.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", n),
            "crypt" => chance.of(&format!("{base62}./"), n),
            "age" => age_key(&mut chance),
            // Two halves of what nobody's scanner shall find in a file of ours.
            "join" => hole.strip_prefix("join:").unwrap_or_default().replace('|', ""),
            "base64" | "encoded-pat" | "basic" | "jwt" | "k8s" | "supabase" | "elastic" | "pem" | "pem64"
            | "openssh" => encoded(kind, hole, &mut chance),
            _ => {
                out.push_str("{{");
                out.push_str(hole);
                out.push_str("}}");
                continue;
            }
        };
        out.push_str(&made);
    }
    out + rest
}

/// A key with a right checksum.
fn age_key(chance: &mut Chance) -> String {
    let body = format!("age-secret-key-1{}", chance.of(std::str::from_utf8(BECH32).expect("ASCII"), 52));
    let sum = bech32_sum(format!("{body}qqqqqq").as_bytes()).expect("its characters are right") ^ 1;
    let digits = (0..6).rev().map(|i| char::from(BECH32[(sum >> (5 * i) & 31) as usize]));
    format!("{body}{}", digits.collect::<String>()).to_ascii_uppercase()
}

fn encoded(kind: &str, hole: &str, chance: &mut Chance) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let token = |header: &str, payload: &str, signature: &str| {
        format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    };
    let url_safe = "abcdefghijkmABCDEFGHIJKM0123456789-_";
    match kind {
        "base64" => STANDARD.encode(hole.split_once(':').map_or("", |(_, text)| text)),
        "encoded-pat" => {
            let token = chance.of(&format!("{DIGITS}{UPPER}{LOWER}"), 36);
            STANDARD.encode(format!("[core]\ntoken = ghp_{token}\n"))
        }
        "basic" => STANDARD.encode(format!("deploy:{}", chance.of(LOWER, 9))),
        "elastic" => STANDARD.encode(format!("{}:{}", chance.of(LOWER, 20), chance.of(LOWER, 22))),
        "jwt" => {
            let payload = format!(r#"{{"sub":"{}"}}"#, chance.of(LOWER, 9));
            token(r#"{"alg":"HS256","typ":"JWT"}"#, &payload, &chance.of(url_safe, 43))
        }
        "supabase" => token(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            r#"{"iss":"supabase","ref":"abcdefghijklmnopqrst","role":"service_role","iat":1700000000}"#,
            &chance.of(url_safe, 43),
        ),
        "k8s" => token(
            r#"{"alg":"RS256","kid":"abc"}"#,
            r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:default:app"}"#,
            &chance.of(url_safe, 342),
        ),
        "openssh" => {
            let mut key = b"openssh-key-v1\0".to_vec();
            key.extend((0..200).map(|_| chance.below(256) as u8));
            STANDARD.encode(key)
        }
        _ => {
            // A DER sequence of an integer 0 and bytes of chance.
            let mut der = vec![0x30, 0x82, 0x01, 0x20, 0x02, 0x01, 0x00];
            der.extend((0..0x11d).map(|_| chance.below(256) as u8));
            let pem = STANDARD.encode(der);
            match kind {
                "pem" => pem,
                _ => STANDARD
                    .encode(format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n")),
            }
        }
    }
}

fn found(scanner: &Scanner, text: &str) -> Vec<String> {
    let leaks = scanner.scan(text.as_bytes(), Context::Config);
    leaks.iter().map(|leak| leak.detector.name.to_string()).collect()
}

#[test]
fn every_detector_finds_its_examples_and_passes_over_its_counterexamples() {
    let mut faults = Vec::new();
    for (name, matches, no_matches) in EXAMPLES {
        let scanner = Scanner::builder().enable("*").build().expect("built-in detectors are right");
        if matches.is_empty() || no_matches.is_empty() {
            faults.push(format!("{name} has no examples"));
        }
        for template in *matches {
            let text = expand(template);
            let found = found(&scanner, &text);
            if found != [*name] {
                faults.push(format!("{name}: found {found:?} in {template}"));
            }
        }
        for template in *no_matches {
            if found(&scanner, &expand(template)).iter().any(|f| f == name) {
                faults.push(format!("{name}: found in {template}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_built_in_pattern_compiles_and_every_name_stands_once() {
    let mut names = std::collections::HashSet::new();
    for detector in built_in() {
        assert!(names.insert(&detector.name), "{} stands twice", detector.name);
        let compiled =
            regex::bytes::RegexBuilder::new(&detector.pattern).unicode(false).size_limit(1 << 20).build();
        assert!(compiled.is_ok(), "{}: {:?}", detector.name, compiled.err());
        assert!(
            !detector.title.is_empty() && !detector.revoke.is_empty(),
            "{} lacks its words",
            detector.name
        );
    }
}

#[test]
fn a_users_detector_takes_part() {
    let spec = DetectorSpec {
        name: "acme-key".into(),
        title: "Acme key".into(),
        keywords: vec!["acme_".into()],
        token: Some("acme_[a-z0-9]{12}".into()),
        ..DetectorSpec::default()
    };
    let scanner =
        Scanner::builder().disable("github-*").with(spec).build().expect("a detector that is right");
    assert_eq!(found(&scanner, &expand("x acme_{{base36:12}} ghp_{{base62:36}}")), ["acme-key"]);
}

#[test]
fn a_users_wrong_detector_is_refused() {
    let spec = DetectorSpec {
        name: "acme-key".into(),
        keywords: vec!["acme_".into()],
        token: Some("acme_[".into()),
        ..DetectorSpec::default()
    };
    let error = Scanner::builder().with(spec).build().err().expect("an error");
    assert!(error.to_string().starts_with("detector `acme-key`: "), "{error}");
}
