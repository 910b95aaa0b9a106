//! Masking secrets, in the one place through which everything goes that a person will see.

use std::ops::Range;

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
    secrets: Vec<(String, String)>,
}

impl Redactor {
    /// From byte ranges of `text` that hold secrets; they may overlap.
    pub fn new(text: &str, spans: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut merged: Vec<Range<usize>> = Vec::new();
        let mut spans: Vec<_> =
            spans.into_iter().filter(|s| s.start < s.end && text.get(s.clone()).is_some()).collect();
        spans.sort_by_key(|s| (s.start, s.end));
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        let mut secrets: Vec<(String, String)> = merged
            .iter()
            .map(|s| &text[s.clone()])
            .flat_map(|s| std::iter::once(s).chain(s.lines()))
            .map(str::trim)
            .filter(|s| s.chars().count() >= LONG_ENOUGH_TO_LOOK_FOR)
            .map(|s| (s.to_owned(), mask(s)))
            .collect();
        // The longest first, so that a secret inside another does not tear it apart.
        secrets.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        secrets.dedup();
        Self { spans: merged, secrets }
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The file's text with every secret masked, byte for byte, so that byte ranges, lines and columns still hold.
    pub fn source(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for span in &self.spans {
            out.push_str(&text[at..span.start]);
            mask_into(&text[span.clone()], &mut out);
            at = span.end;
        }
        out.push_str(&text[at..]);
        out
    }

    /// A message, with every secret of the file masked in it.
    pub fn message(&self, message: &str) -> String {
        let mut message = message.to_owned();
        for (secret, masked) in &self.secrets {
            if message.contains(secret.as_str()) {
                message = message.replace(secret.as_str(), masked);
            }
        }
        message
    }
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
    fn spans_that_cut_characters_are_left_out() {
        assert!(Redactor::new("é", std::iter::once(1..2)).is_empty());
    }
}
