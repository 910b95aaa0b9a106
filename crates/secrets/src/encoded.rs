//! Secrets written in base64 once: Kubernetes secrets, environment values, Docker's `auth`, strings in source text.

use std::ops::Range;

use crate::context::Class;
use crate::proof::decode_base64;
use crate::scanner::{Match, Part, Scanner};

/// How long an encoded text is at least, and how much of it is decoded.
const MIN_RUN: usize = 16;
const MAX_RUN: usize = 12 * 1024;
/// How much is decoded to see whether it is text.
const PEEK: usize = 24;

fn digit(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'+' || b == b'/'
}

/// Decodes the base64 texts that begin in the part's range, and scans them.
pub(crate) fn sweep(scanner: &Scanner, part: &Part<'_>, class: Class, out: &mut Vec<Match>) {
    let bytes = part.bytes;
    let mut at = part.range.start;
    // A run that began before the range is the part's before this.
    if at > 0 && bytes.get(at - 1).copied().is_some_and(digit) {
        at += run(bytes, at);
    }
    while at < part.range.end {
        // A run of `MIN_RUN` holds a digit at every `MIN_RUN`th place: look there, then back to its start.
        let Some(&probe) = bytes.get(at + MIN_RUN - 1) else { return };
        if !digit(probe) {
            at += MIN_RUN;
            continue;
        }
        let back = bytes[at..at + MIN_RUN].iter().rev().take_while(|b| digit(**b)).count();
        let start = at + MIN_RUN - back;
        let length = run(bytes, start);
        if start < part.range.end && length >= MIN_RUN {
            decode(scanner, part, class, start..start + length, out);
        }
        at = start + length + 1;
    }
}

fn run(bytes: &[u8], start: usize) -> usize {
    bytes.get(start..).unwrap_or_default().iter().take_while(|b| digit(**b)).count()
}

fn decode(scanner: &Scanner, part: &Part<'_>, class: Class, run: Range<usize>, out: &mut Vec<Match>) {
    let (start, length) = (run.start, run.len());
    let padding = match length {
        ..=MAX_RUN => part.bytes.iter().skip(start + length).take(2).take_while(|b| **b == b'=').count(),
        _ => 0,
    };
    let length = length.min(MAX_RUN);
    let Some(text) = part.bytes.get(start..start + length / 4 * 4) else { return };
    let Some(peek) = text.get(..PEEK.min(text.len())).and_then(decode_base64) else { return };
    if !is_text(&peek) {
        return;
    }
    let whole = part.bytes.get(start..start + length).unwrap_or_default();
    let Some(decoded) = decode_base64(whole).or_else(|| decode_base64(text)) else { return };
    if !is_text(&decoded) {
        return;
    }
    let mut inner = Vec::new();
    let range = 0..decoded.len();
    scanner.sweep(&Part { bytes: &decoded, offset: 0, range }, class, 1, &mut inner);
    let span = part.offset + start as u64..part.offset + (start + length + padding) as u64;
    out.extend(inner.into_iter().map(|found| Match { span: span.clone(), encoded: true, ..found }));
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| (0x20..0x7f).contains(b) || matches!(b, b'\t' | b'\n' | b'\r'))
}
