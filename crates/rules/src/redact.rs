//! Masking secrets, in the one place through which everything goes that a person will see.

use std::ops::Range;

use aho_corasick::AhoCorasick;

/// How much of a masked secret's head stays readable, so that its owner recognises it.
const HEAD: usize = 4;
/// A secret shorter than this keeps no head.
const LONG_ENOUGH_FOR_A_HEAD: usize = 16;
/// A secret shorter than this is masked where it stands, but not looked for in other texts: `root` is a word.
const LONG_ENOUGH_TO_LOOK_FOR: usize = 6;

/// What may not be seen of one file.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    spans: Vec<Range<usize>>,
    secrets: Option<Secrets>,
}

/// The secrets as they are looked for in other texts, all at once: a file may hold thousands, and as many findings.
#[derive(Clone, Debug)]
enum Secrets {
    Known(AhoCorasick),
    /// More than can be looked for, so that nothing may be shown.
    TooMany,
}

impl Redactor {
    /// From byte ranges of `text` that hold secrets; they may overlap.
    pub fn new(text: &str, spans: impl IntoIterator<Item = Range<usize>>) -> Self {
        let merged = merged(spans.into_iter().filter(|s| s.start < s.end && text.get(s.clone()).is_some()));
        let mut secrets: Vec<&str> = merged
            .iter()
            .map(|s| &text[s.clone()])
            .flat_map(|s| std::iter::once(s).chain(s.lines()))
            .map(str::trim)
            .filter(|s| s.chars().count() >= LONG_ENOUGH_TO_LOOK_FOR)
            .collect();
        secrets.sort_unstable();
        secrets.dedup();
        let secrets = (!secrets.is_empty())
            .then(|| AhoCorasick::new(&secrets).map_or(Secrets::TooMany, Secrets::Known));
        Self { spans: merged, secrets }
    }

    /// Masks these byte ranges of `text` too, but looks for what stands there nowhere else: it may be a word.
    pub fn masking(mut self, text: &str, spans: impl IntoIterator<Item = Range<usize>>) -> Self {
        let spans = spans.into_iter().filter(|s| s.start < s.end && text.get(s.clone()).is_some());
        self.spans = merged(self.spans.drain(..).chain(spans));
        self
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The file's text with every secret masked, byte for byte, so that byte ranges, lines and columns still hold.
    pub fn source(&self, text: &str) -> String {
        mask_spans(text, &self.spans)
    }

    /// A message, with every secret of the file masked in it.
    pub fn message(&self, message: &str) -> String {
        let found = match &self.secrets {
            None => return message.to_owned(),
            Some(Secrets::TooMany) => return mask(message),
            Some(Secrets::Known(secrets)) => secrets.find_overlapping_iter(message).map(|m| m.range()),
        };
        mask_spans(message, &merged(found))
    }
}

/// What stands between the quotes, where a range of a text has them: a masked value keeps them.
pub fn within_quotes(text: &str, range: Range<usize>) -> Range<usize> {
    let quoted = text.get(range.clone()).is_some_and(|value| {
        value.len() > 2
            && ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote))
    });
    if quoted { range.start + 1..range.end - 1 } else { range }
}

/// The ranges in order, those that touch made one.
fn merged(ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut ranges: Vec<_> = ranges.into_iter().collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The text with these ranges masked, byte for byte.
fn mask_spans(text: &str, spans: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.start]);
        mask_into(&text[span.clone()], &mut out);
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}

/// A secret as it may be shown: the head of a long one, and a star for every other character.
pub fn mask(secret: &str) -> String {
    let mut out = String::with_capacity(secret.len());
    mask_into(secret, &mut out);
    out
}

fn mask_into(secret: &str, out: &mut String) {
    let head = if secret.len() >= LONG_ENOUGH_FOR_A_HEAD { HEAD } else { 0 };
    for (at, c) in secret.char_indices() {
        if c == '\n' || c == '\r' || (at < head && c.is_ascii()) {
            out.push(c);
        } else {
            // As many stars as bytes: spans are byte ranges.
            (0..c.len_utf8()).for_each(|_| out.push('*'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hold_every_offset() {
        let text = "ENV A=hunter2supersecret B=é1234567\nRUN x";
        let a = text.find("hunter").unwrap();
        let b = text.find('é').unwrap();
        let redactor = Redactor::new(text, [a..a + 18, b..b + 9, a + 3..a + 5]);
        let masked = redactor.source(text);
        assert_eq!(masked, "ENV A=hunt************** B=*********\nRUN x");
        assert_eq!(masked.len(), text.len());
        assert_eq!(redactor.message("`hunter2supersecret` is out"), "`hunt**************` is out");
    }

    #[test]
    fn secrets_that_overlap_are_both_masked() {
        let text = "first=abcdefgh\nsecond=defghijk";
        let redactor = Redactor::new(text, [6..14, 22..30]);
        assert_eq!(redactor.message("abcdefghijk defghijk"), "*********** ********");
    }

    #[test]
    fn spans_that_cut_characters_are_left_out() {
        assert!(Redactor::new("é", std::iter::once(1..2)).is_empty());
    }
}
