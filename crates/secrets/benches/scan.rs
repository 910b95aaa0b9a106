//! How fast settings, source text and binary files are scanned, on inputs made up here.
//!
//! The measure on a real root file system is `examples/scan.rs`.

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll_secrets::{Context, Scanner};

fn main() {
    divan::main();
}

const SIZE: usize = 4 << 20;

/// Lines as they stand in programs, with a keyword here and there.
fn source() -> Vec<u8> {
    let lines = "def handler(request, context):\n    # read the next token of the stream\n    \
        items = [parse(part) for part in request.body.split(',')]\n    return {'status': 200, 'items': items}\n\n";
    lines.repeat(SIZE / lines.len()).into_bytes()
}

fn settings() -> Vec<u8> {
    let lines = "[server]\nhost = 0.0.0.0\nport = 8080\npassword = ${DB_PASSWORD}\nlog_level = info\n\
        allowed_origins = https://acme.dev, https://www.acme.dev\n\n";
    lines.repeat(SIZE / lines.len()).into_bytes()
}

/// Bytes as they stand in machine code: chance with many zeros.
fn binary() -> Vec<u8> {
    let mut state = 7u64;
    (0..SIZE)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let byte = (state >> 56) as u8;
            if byte < 80 { 0 } else { byte }
        })
        .collect()
}

fn scan(bencher: Bencher, text: Vec<u8>, context: Context) {
    let scanner = Scanner::default();
    bencher.counter(BytesCount::of_slice(&text)).bench(|| scanner.scan(&text, context));
}

#[divan::bench(sample_count = 10)]
fn scan_source(bencher: Bencher) {
    scan(bencher, source(), Context::Source);
}

#[divan::bench(sample_count = 10)]
fn scan_settings(bencher: Bencher) {
    scan(bencher, settings(), Context::Config);
}

#[divan::bench(sample_count = 10)]
fn scan_binary(bencher: Bencher) {
    scan(bencher, binary(), Context::Binary);
}

#[divan::bench(sample_count = 10)]
fn keywords_source(bencher: Bencher) {
    let (scanner, text) = (Scanner::default(), source());
    bencher.counter(BytesCount::of_slice(&text)).bench(|| scanner.keyword_hits(&text, Context::Source));
}

#[divan::bench(sample_count = 10)]
fn keywords_binary(bencher: Bencher) {
    let (scanner, text) = (Scanner::default(), binary());
    bencher.counter(BytesCount::of_slice(&text)).bench(|| scanner.keyword_hits(&text, Context::Binary));
}

#[divan::bench]
fn start() -> Scanner {
    Scanner::default()
}

/// What the first settings file costs: its keywords' table, and the patterns that it needs.
#[divan::bench]
fn start_with_a_first_file() -> usize {
    Scanner::default().scan(b"MODE=prod\nDB_PASSWORD=${DB_PASSWORD}\n", Context::Environment).len()
}
