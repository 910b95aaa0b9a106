//! The engine from outside: streams, contexts, encoding, redaction.

use plimsoll_secrets::{Context, Leak, Scanner, redact};
use proptest::prelude::*;

/// A GitHub token made of chance; written apart so that it is none in this file.
fn token() -> String {
    ["ghp", "_", "k3RzW8vQ1mXn5TbY7LdJ", "2GfHs9PcVa4EuK6o"].concat()
}

fn names(leaks: &[Leak]) -> Vec<&str> {
    leaks.iter().map(|leak| &*leak.detector.name).collect()
}

fn streamed(scanner: &Scanner, text: &[u8], context: Context, sizes: &[usize]) -> Vec<Leak> {
    let mut stream = scanner.stream(context);
    let mut rest = text;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let (now, later) = rest.split_at((*sizes.next().unwrap_or(&1)).clamp(1, rest.len()));
        stream.push(now);
        rest = later;
    }
    stream.finish()
}

#[test]
fn line_and_column_count_characters_from_one() {
    let text = format!("# ä\nÜ=1; key={}\n", token());
    let leaks = Scanner::default().scan(text.as_bytes(), Context::Config);
    assert_eq!((leaks[0].line, leaks[0].column), (2, 10));
    assert_eq!(&text[leaks[0].span.start as usize..leaks[0].span.end as usize], token());
}

#[test]
fn a_secret_is_never_shown() {
    let text = format!("A={0}\nDB_PASSWORD=kaleidoskop42\n", token());
    let leaks = Scanner::default().scan(text.as_bytes(), Context::Environment);
    assert_eq!(names(&leaks), ["github-pat", "password-assignment"]);
    assert_eq!(leaks[0].redacted, "ghp_…");
    assert_eq!(leaks[1].redacted, "…");
    assert_eq!(redact(&text, &leaks), "A=ghp_…\nDB_PASSWORD=…\n");
    let shown = format!("{leaks:?}");
    assert!(!shown.contains(&token()[4..12]) && !shown.contains("kaleido"), "{shown}");
}

#[test]
fn a_variable_is_judged_by_its_name() {
    let scanner = Scanner::default();
    let leaks = scanner.scan_variable("DB_PASSWORD", "kaleidoskop42");
    assert_eq!(
        (names(&leaks), leaks[0].span.clone(), leaks[0].column),
        (vec!["password-assignment"], 0..13, 1)
    );
    assert!(scanner.scan_variable("DB_PASSWORD_FILE", "kaleidoskop42").is_empty());
    assert!(scanner.scan_variable("GREETING", "kaleidoskop42").is_empty());
    assert_eq!(names(&scanner.scan_variable("GREETING", &token())), ["github-pat"]);
}

#[test]
fn an_images_history_is_settings() {
    let scanner = Scanner::default();
    for text in [
        "RUN |1 DB_PASSWORD=kaleidoskop42 /bin/sh -c apt-get update # buildkit",
        "/bin/sh -c #(nop)  ENV DB_PASSWORD=kaleidoskop42",
        "ENV MODE=prod DB_PASSWORD=kaleidoskop42",
        "PGPASSWORD=kaleidoskop42 psql -h db app",
        "docker run -e DB_PASSWORD=kaleidoskop42 app",
    ] {
        assert_eq!(names(&scanner.scan(text.as_bytes(), Context::Shell)), ["password-assignment"], "{text}");
    }
}

#[test]
fn settings_are_judged_by_name_and_source_text_is_not() {
    let text = "db_password = \"kaleidoskop42\"\n";
    let scanner = Scanner::default();
    assert_eq!(scanner.scan(text.as_bytes(), Context::Config).len(), 1);
    assert_eq!(scanner.scan(text.as_bytes(), Context::Source).len(), 0);
}

#[test]
fn binary_files_give_only_what_is_distinctive() {
    let with = |text: &str| [b"\x7fELF\0\0", text.as_bytes(), b"\0"].concat();
    let scanner = Scanner::default();
    assert!(scanner.scan(&with("DB_PASSWORD=kaleidoskop42\n"), Context::Config).is_empty());
    // The checksum is wrong: in text it may have been typed, in a binary file it is chance.
    assert!(scanner.scan(&with(&token()), Context::Config).is_empty());
    let right = format!("{}{}", &token()[..34], checksum(&token()[4..34]));
    assert_eq!(names(&scanner.scan(&with(&right), Context::Config)), ["github-pat"]);
}

/// The checksum as GitHub's announcement describes it: CRC-32 in base 62, six digits.
fn checksum(body: &str) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut n = crc32fast::hash(body.as_bytes());
    let mut out = [b'0'; 6];
    for digit in out.iter_mut().rev() {
        *digit = digits[(n % 62) as usize];
        n /= 62;
    }
    String::from_utf8(out.to_vec()).expect("ASCII")
}

#[test]
fn base64_is_decoded_once() {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let scanner = Scanner::default();
    let inner = format!("[core]\ntoken = {}\n", token());
    let text = format!("kind: Secret\ndata:\n  app.ini: {}\n", encode(&inner));
    let leaks = scanner.scan(text.as_bytes(), Context::Config);
    assert_eq!(names(&leaks), ["github-pat"]);
    assert!(leaks[0].encoded && leaks[0].line == 3);
    assert!(!redact(&text, &leaks).contains(&encode(&inner)[..16]));
    let twice = format!("x: {}\n", encode(&encode(&inner)));
    assert!(scanner.scan(twice.as_bytes(), Context::Config).is_empty());
}

#[test]
fn a_match_across_two_windows_is_found_once() {
    let scanner = Scanner::default();
    let size = 700 * 1024;
    for at in [255 * 1024, 256 * 1024 - 20, 256 * 1024, 273 * 1024 + 100, 512 * 1024 - 3] {
        let mut text = vec![b'.'; size];
        for (i, byte) in text.iter_mut().enumerate() {
            if i % 97 == 0 {
                *byte = b'\n';
            }
        }
        let line = format!("\nkey={}\n", token());
        text[at..at + line.len()].copy_from_slice(line.as_bytes());
        let whole = scanner.scan(&text, Context::Config);
        assert_eq!(whole.len(), 1, "{at}");
        assert_eq!(streamed(&scanner, &text, Context::Config, &[4096, 100_000]), whole, "{at}");
    }
}

#[test]
fn utf16_is_text() {
    let scanner = Scanner::default();
    let text = format!(
        "Windows Registry Editor\r\n# \u{1d11e}\u{e4} DB_PASSWORD=\"kaleidoskop42\"\r\nkey={}\r\n",
        token()
    );
    let plain = scanner.scan(text.as_bytes(), Context::Config);
    assert_eq!(names(&plain), ["password-assignment", "github-pat"]);
    for (mark, unit) in [
        (&[0xff, 0xfe][..], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (&[0xfe, 0xff], u16::to_be_bytes),
        (&[], u16::to_le_bytes),
        (&[], u16::to_be_bytes),
    ] {
        let mut bytes = mark.to_vec();
        // Without a mark only plain text is known for what it is.
        let text = if mark.is_empty() { format!("{}{text}", "#\r\n".repeat(50)) } else { text.clone() };
        bytes.extend(text.encode_utf16().flat_map(unit));
        let leaks = scanner.scan(&bytes, Context::Config);
        assert_eq!(names(&leaks), names(&plain));
        let lines = if mark.is_empty() { 50 } else { 0 };
        for (leak, plain) in leaks.iter().zip(&plain) {
            assert_eq!((leak.line, leak.column), (plain.line + lines, plain.column));
        }
        let span = leaks[1].span.start as usize..leaks[1].span.end as usize;
        assert_eq!(bytes[span], token().encode_utf16().flat_map(unit).collect::<Vec<_>>());
        for sizes in [&[1][..], &[7, 3], &[5000]] {
            assert_eq!(streamed(&scanner, &bytes, Context::Config, sizes), leaks);
        }
    }
}

#[test]
fn hostile_repetition_takes_linear_time() {
    let scanner = Scanner::default();
    for unit in [
        "password=",
        "-----BEGIN RSA PRIVATE KEY-----",
        "eyJhbGci",
        "AKIA",
        "://a:",
        "LS0tLS1CRUdJTi",
        "curl -u ",
    ] {
        let text = unit.repeat(400_000 / unit.len());
        scanner.scan(text.as_bytes(), Context::Config);
    }
}

fn pieces() -> impl Strategy<Value = Vec<String>> {
    let piece = prop_oneof![
        Just(token()),
        Just("DB_PASSWORD=kaleidoskop42".to_owned()),
        Just("postgres://app:wq7Xk2mR9@db/app".to_owned()),
        Just("-----BEGIN PRIVATE KEY-----".to_owned()),
        Just("authorization: basic ".to_owned()),
        Just("\"token\": \"".to_owned()),
        Just("eyJhbGciOiJIUzI1NiJ9.".to_owned()),
        "[ -~\n\u{e4}\u{20ac}]{0,60}",
        "\n|=|:|\"|'| ",
    ];
    prop::collection::vec(piece, 0..40)
}

proptest! {
    #[test]
    fn a_stream_finds_what_a_scan_finds(pieces in pieces(), filler in 0usize..600_000, sizes in prop::collection::vec(1usize..90_000, 1..5)) {
        let scanner = Scanner::default();
        let text = pieces.concat();
        let half = text.len() / 2;
        let half = (0..=half).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let text = format!("{}{}{}", &text[..half], "filler text\n".repeat(filler / 12), &text[half..]);
        for context in [Context::Config, Context::Source] {
            prop_assert_eq!(streamed(&scanner, text.as_bytes(), context, &sizes), scanner.scan(text.as_bytes(), context));
        }
    }

    #[test]
    fn nothing_panics_and_spans_lie_within(bytes in prop::collection::vec(any::<u8>(), 0..400), pieces in pieces()) {
        let scanner = Scanner::default();
        let text = [pieces.concat().as_bytes(), &bytes, pieces.concat().as_bytes()].concat();
        for context in [Context::Config, Context::Binary, Context::Source] {
            let mut end = 0;
            for leak in scanner.scan(&text, context) {
                prop_assert!(leak.span.start >= end && leak.span.start < leak.span.end && leak.span.end <= text.len() as u64);
                end = leak.span.end;
            }
        }
    }

    #[test]
    fn what_is_redacted_is_gone(pieces in pieces()) {
        let scanner = Scanner::default();
        let text = pieces.concat();
        let leaks = scanner.scan(text.as_bytes(), Context::Config);
        let clean = redact(&text, &leaks);
        if leaks.iter().any(|l| &*l.detector.name == "github-pat") && text.matches(&token()).count() == leaks.iter().filter(|l| &*l.detector.name == "github-pat").count() {
            prop_assert!(!clean.contains(&token()));
        }
        let shown = format!("{leaks:?}");
        prop_assert!(!shown.contains("kaleidoskop"));
    }
}
