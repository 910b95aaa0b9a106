//! What was found, without what was leaked.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::detector::Detector;

/// A secret found in an input. It holds where the secret stands, never the secret.
#[derive(Clone)]
pub struct Leak {
    /// What kind of secret, and what to do about it.
    pub detector: Arc<Detector>,
    /// The secret's bytes in the input; the encoded text where it was encoded.
    pub span: Range<u64>,
    /// The line its first byte stands in, from 1.
    pub line: u64,
    /// The character in that line, from 1.
    pub column: u64,
    /// The secret's public beginning and an ellipsis.
    pub redacted: String,
    /// Bits of Shannon entropy for each byte.
    pub entropy: f32,
    /// Whether it stood there in base64.
    pub encoded: bool,
}

impl fmt::Debug for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leak")
            .field("detector", &self.detector.name)
            .field("span", &self.span)
            .field("line", &self.line)
            .field("column", &self.column)
            .field("redacted", &self.redacted)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Leak {
    fn eq(&self, other: &Self) -> bool {
        self.detector.name == other.detector.name
            && self.span == other.span
            && (self.line, self.column) == (other.line, other.column)
            && self.redacted == other.redacted
    }
}

/// The text with every leak's span replaced by its redacted form.
///
/// The spans must be those of the same text; what lies outside of it is ignored.
pub fn redact(text: &str, leaks: &[Leak]) -> String {
    let mut spans: Vec<(usize, usize, &str)> = leaks
        .iter()
        .filter_map(|leak| {
            let start = floor(text, usize::try_from(leak.span.start).ok()?);
            let end = ceil(text, usize::try_from(leak.span.end).ok()?);
            Some((start, end, leak.redacted.as_str()))
        })
        .filter(|(start, end, _)| start < end)
        .collect();
    spans.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, shown) in spans {
        if start >= at {
            out.push_str(text.get(at..start).unwrap_or_default());
            out.push_str(shown);
        }
        at = at.max(end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at.min(text.len())..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len())
}

/// What may be shown of a secret: the prefix its issuer gives all of them, or the head of a long one.
pub(crate) fn head(detector: &Detector, secret: &[u8]) -> String {
    let prefix = detector
        .keywords
        .iter()
        .filter(|keyword| secret.starts_with(keyword.as_bytes()))
        .map(|keyword| keyword.len())
        .max()
        .filter(|len| detector.rank >= 3 && len * 2 < secret.len());
    let shown = match (prefix, secret.len()) {
        (Some(len), _) => len.min(16),
        (None, 32..) => 4,
        (None, 20..) => 2,
        _ => 0,
    };
    let mut out: String = secret
        .iter()
        .take(shown)
        .map(|b| if (0x20..0x7f).contains(b) { char::from(*b) } else { '?' })
        .collect();
    out.push('…');
    out
}
