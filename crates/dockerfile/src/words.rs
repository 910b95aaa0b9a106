//! Cutting an instruction's arguments into words, the two ways BuildKit does.

use std::ops::Range;

/// What separates plain words. Unicode's other spaces do not.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c | b'\r')
}

/// The words of `text[range]` between blanks; nothing is quoted.
pub(crate) fn plain(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let bytes = &text.as_bytes()[..range.end];
    let mut pos = range.start;
    std::iter::from_fn(move || {
        pos += bytes[pos..].iter().position(|&byte| !is_blank(byte))?;
        let start = pos;
        pos = bytes[pos..].iter().position(|&byte| is_blank(byte)).map_or(bytes.len(), |n| pos + n);
        Some(start..pos)
    })
}

/// The first word of `text[range]`, and what follows the blanks after it.
pub(crate) fn split_first(text: &str, range: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
    let bytes = &text.as_bytes()[..range.end];
    let Some(length) = bytes[range.start..].iter().position(|&byte| is_blank(byte)) else {
        return (range, None);
    };
    let end = range.start + length;
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
pub(crate) fn quoted(text: &str, range: Range<usize>, escape: char) -> Vec<Quoted> {
    let text = &text[..range.end];
    let mut words = Vec::new();
    let mut chars = text[range.start..].char_indices().map(|(at, c)| (at + range.start, c)).peekable();
    'words: loop {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let Some(&(start, _)) = chars.peek() else { break };
        let mut quote: Option<(usize, char)> = None;
        loop {
            let Some((at, c)) = chars.next() else {
                push(&mut words, start..text.len(), quote);
                break 'words;
            };
            if c == escape && quote.is_none_or(|(_, quote)| quote != '\'') {
                if chars.next().is_none() {
                    push(&mut words, start..at, None);
                    break 'words;
                }
                continue;
            }
            match quote {
                Some((_, open)) if c == open => quote = None,
                Some(_) => {}
                None if c.is_whitespace() => {
                    push(&mut words, start..at, None);
                    break;
                }
                None if c == '"' || c == '\'' => quote = Some((at, c)),
                None => {}
            }
        }
    }
    words
}

fn push(words: &mut Vec<Quoted>, range: Range<usize>, quote: Option<(usize, char)>) {
    if !range.is_empty() {
        words.push(Quoted { range, unclosed: quote.map(|(at, _)| at) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        quoted(text, 0..text.len(), '\\').into_iter().map(|word| &text[word.range]).collect()
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
