//! Cutting an instruction's arguments into words, the two ways BuildKit does.

use std::ops::Range;

use wide::u8x16;

/// What separates plain words. Unicode's other spaces do not.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c | b'\r')
}

/// How many bytes are compared at once.
const LANES: usize = 16;

/// Where the first byte at or after `at` stands that is one of a kind; the end where there is none. The two functions
/// say whether bytes are of the kind: of many at once, and of one.
#[inline(always)]
fn find(bytes: &[u8], mut at: usize, many: impl Fn(u8x16) -> u8x16, one: impl Fn(u8) -> bool) -> usize {
    while let Some(part) = bytes.get(at..).and_then(|rest| rest.first_chunk::<LANES>()) {
        let found = many(u8x16::from(*part)).to_bitmask();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += LANES;
    }
    while let Some(&byte) = bytes.get(at)
        && !one(byte)
    {
        at += 1;
    }
    at
}

/// Of each byte, whether it is white space, a control character or no ASCII.
#[inline(always)]
fn not_graphic(part: u8x16) -> u8x16 {
    let (low, high) = (u8x16::splat(b' '), u8x16::splat(0x7f));
    part.min(low).simd_eq(part) | part.max(high).simd_eq(part)
}

/// Of each byte, whether it is a quote or one of the escapes.
#[inline(always)]
fn is_quoting(part: u8x16) -> u8x16 {
    let quotes = part.simd_eq(u8x16::splat(b'"')) | part.simd_eq(u8x16::splat(b'\''));
    quotes | part.simd_eq(u8x16::splat(b'\\')) | part.simd_eq(u8x16::splat(b'`'))
}

/// The words of `text[range]` between blanks; nothing is quoted.
pub(crate) fn plain(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let bytes = &text.as_bytes()[..range.end];
    let mut pos = range.start;
    std::iter::from_fn(move || {
        while is_blank(*bytes.get(pos)?) {
            pos += 1;
        }
        let start = pos;
        pos = next_blank(bytes, pos);
        Some(start..pos)
    })
}

/// Where the first blank at or after `at` stands; the end where there is none.
#[inline]
fn next_blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = find(bytes, at, not_graphic, |byte| !byte.is_ascii_graphic());
        match bytes.get(at) {
            Some(&byte) if !is_blank(byte) => at += 1,
            _ => return at,
        }
    }
}

/// The first word of `text[range]`, and what follows the blanks after it.
pub(crate) fn split_first(text: &str, range: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
    let bytes = &text.as_bytes()[..range.end];
    let end = next_blank(bytes, range.start);
    if end == range.end {
        return (range, None);
    }
    let rest = bytes[end..].iter().position(|&byte| !is_blank(byte)).map_or(range.end, |n| end + n);
    (range.start..end, Some(rest..range.end))
}

/// A word in which quotes and escapes protect spaces; they stay in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quoted {
    pub(crate) range: Range<usize>,
    /// Where a quote opens that is never closed.
    pub(crate) unclosed: Option<usize>,
}

/// The words of `text[range]`, quotes and escapes heeded. An escape that is the last character is dropped.
pub(crate) fn quoted(text: &str, range: Range<usize>, escape: char) -> impl Iterator<Item = Quoted> {
    let text = &text[..range.end];
    let mut at = range.start;
    std::iter::from_fn(move || next_quoted(text, &mut at, escape as u8))
}

/// The bytes that mean nothing in a word, whatever stands around them.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128u8 {
        plain[byte as usize] = byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\' | b'`');
        byte += 1;
    }
    plain
};

/// Where the first byte at or after `at` stands that may mean something in a word; the end where there is none.
#[inline]
fn next_meaning(bytes: &[u8], at: usize) -> usize {
    let many = |part: u8x16| not_graphic(part) | is_quoting(part);
    find(bytes, at, many, |byte| !PLAIN[byte as usize])
}

/// Where the first byte at or after `at` stands that may mean something when variables are put in; the end where there is
/// none.
#[inline]
pub(crate) fn next_expansion(bytes: &[u8], at: usize) -> usize {
    let many = |part: u8x16| is_quoting(part) | part.simd_eq(u8x16::splat(b'$'));
    find(bytes, at, many, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b'`' | b'$'))
}

/// The first word at or after `at`, which is moved behind it. Whatever has a meaning here is ASCII, and so
/// are nearly all spaces.
pub(crate) fn next_quoted(text: &str, at: &mut usize, escape: u8) -> Option<Quoted> {
    let bytes = text.as_bytes();
    while let Some(length) = space_at(text, *at) {
        *at += length;
    }
    let start = *at;
    let mut quote: Option<(usize, u8)> = None;
    let mut end = start;
    loop {
        end = next_meaning(bytes, end);
        let Some(&byte) = bytes.get(end) else { break };
        if byte == escape && quote.is_none_or(|(_, quote)| quote != b'\'') {
            if end + 1 == bytes.len() {
                *at = bytes.len();
                return (start < end).then_some(Quoted { range: start..end, unclosed: None });
            }
            // What is escaped is one character; the rest of a longer one means nothing by itself.
            end += 1 + text[end + 1..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        match quote {
            Some((_, open)) if byte == open => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'') => quote = Some((end, byte)),
            None if !byte.is_ascii_graphic() && space_at(text, end).is_some() => break,
            None => {}
        }
        end += 1;
    }
    *at = end;
    (start < end).then_some(Quoted { range: start..end, unclosed: quote.map(|(at, _)| at) })
}

/// How long the white space is that stands at a byte, if one does.
fn space_at(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes().get(at)? {
        byte if byte.is_ascii_graphic() => None,
        byte if byte.is_ascii() => matches!(byte, b'\t'..=b'\r' | b' ').then_some(1),
        _ => {
            let c = text.get(at..)?.chars().next()?;
            c.is_whitespace().then(|| c.len_utf8())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        quoted(text, 0..text.len(), '\\').map(|word| &text[word.range]).collect()
    }

    #[test]
    fn quotes_protect_spaces() {
        assert_eq!(read(r#"a=b\ c "d e"='f g' "#), [r"a=b\ c", r#""d e"='f g'"#]);
        assert_eq!(read(r"a='b\' c\"), [r"a='b\'", "c"]);
        assert_eq!(read("a=\"b c"), ["a=\"b c"]);
        assert_eq!(read(" \\"), [""; 0]);
    }

    #[test]
    fn plain_words() {
        let text = "  a\t b\u{a0}c ";
        assert_eq!(plain(text, 0..text.len()).map(|r| &text[r]).collect::<Vec<_>>(), ["a", "b\u{a0}c"]);
    }
}
