//! The one place where text from inputs is made fit to print.
//!
//! File names, paths in an image, messages that quote a file: all of it is somebody else's, and may
//! hold escape sequences that repaint a terminal, line breaks that forge a second finding, or
//! bidirectional overrides that show a line in another order than it runs. Such characters come out
//! as visible escapes (`\x1b`, `\u{202e}`). No format prints input text that has not been here, but
//! for JSON, whose own escapes (see [`crate::json`]) keep the text exact for a program.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` on one line: line breaks and tabs become `\n` and `\t` like every other control character.
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, is_unprintable)
}

/// `text` with its line breaks kept, tabs as four spaces, everything else that is not for printing escaped.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    let clean = escape(text, |c| c != '\n' && c != '\t' && is_unprintable(c));
    if clean.contains('\t') { Cow::Owned(clean.replace('\t', "    ")) } else { clean }
}

/// Whether `text` is nothing but printable ASCII, which nearly all text is: told without decoding it.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn escape(text: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(&is_bad) else { return Cow::Borrowed(text) };
    let (good, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(good);
    for c in rest.chars() {
        if is_bad(c) { push_escaped(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // Writing to a String never fails.
        c if c.is_ascii() => _ = write!(out, "\\x{:02x}", u32::from(c)),
        c => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
    }
}

/// Whether a character steers the terminal or the layout, or is not seen at all, rather than shows something.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidi_characters_become_visible() {
        assert_eq!(line("plain text, Grüße 世界"), "plain text, Grüße 世界");
        assert_eq!(line("\x1b[31mred\x07\n\u{9b}2J"), "\\x1b[31mred\\x07\\n\\u{9b}2J");
        assert_eq!(line("a\u{202e}b\u{2066}c\u{feff}"), "a\\u{202e}b\\u{2066}c\\u{feff}");
        assert_eq!(text("a\n\tb\r"), "a\n    b\\r");
    }
}
