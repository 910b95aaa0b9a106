//! JSON arrays of strings, read as Go's `encoding/json` reads them.

use std::borrow::Cow;
use std::ops::Range;

/// Go refuses deeper nesting.
const MAX_DEPTH: usize = 10_000;

/// One element: where it stands, quotes included, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element<'t> {
    pub(crate) range: Range<usize>,
    pub(crate) value: Cow<'t, str>,
    pub(crate) is_string: bool,
}

/// The elements of the array that is all of `text`, or with `open_ended` its beginning; `None` where it is no
/// JSON array. Elements that are not strings are given as written, marked.
pub(crate) fn parse_array(text: &str, open_ended: bool) -> Option<Vec<Element<'_>>> {
    let mut elements = Vec::new();
    read_array(text, open_ended, |element| elements.push(element))?;
    Some(elements)
}

/// As [`parse_array`], one element after the other: those before the place where it turns out to be no array
/// are given too.
pub(crate) fn read_array<'t>(
    text: &'t str,
    open_ended: bool,
    mut found: impl FnMut(Element<'t>),
) -> Option<()> {
    let mut reader = Reader { text, bytes: text.as_bytes(), pos: 0 };
    reader.spaces();
    reader.take(b'[')?;
    reader.spaces();
    if reader.take(b']').is_none() {
        loop {
            reader.spaces();
            let start = reader.pos;
            if reader.peek() == Some(b'"') {
                let value = reader.string()?;
                found(Element { range: start..reader.pos, value, is_string: true });
            } else {
                reader.value()?;
                let range = start..reader.pos;
                found(Element { value: Cow::Borrowed(&text[range.clone()]), range, is_string: false });
            }
            reader.spaces();
            if reader.take(b',').is_none() {
                reader.take(b']')?;
                break;
            }
        }
    }
    reader.spaces();
    (open_ended || reader.pos == text.len()).then_some(())
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    pos: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.pos += 1)
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.pos += 1;
        }
    }

    /// Skips one value that is no string, nested ones included.
    fn value(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.spaces();
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                start @ (b'[' | b'{') => {
                    self.pos += 1;
                    self.spaces();
                    let close = if start == b'[' { b']' } else { b'}' };
                    if self.take(close).is_none() {
                        open.push(close);
                        if open.len() >= MAX_DEPTH {
                            return None;
                        }
                        if close == b'}' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                _ => self.number()?,
            }
            // A value has ended: close what ends with it, or go on to the next.
            loop {
                let Some(&close) = open.last() else { return Some(()) };
                self.spaces();
                if self.take(b',').is_some() {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                self.take(close)?;
                open.pop();
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.spaces();
        self.string()?;
        self.spaces();
        self.take(b':')
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        self.bytes[self.pos..].starts_with(word.as_bytes()).then(|| self.pos += word.len())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.pos;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.pos += 1;
        }
        (self.pos > start).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.pos;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.pos += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.pos += 1;
            }
            self.digits()?;
        }
        // Go gives up on a number that no float holds.
        self.text[start..self.pos].parse::<f64>().ok().filter(|number| number.is_finite()).map(|_| ())
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        self.take(b'"')?;
        let start = self.pos;
        loop {
            match self.peek()? {
                b'"' => {
                    let value = &self.text[start..self.pos];
                    self.pos += 1;
                    return Some(Cow::Borrowed(value));
                }
                b'\\' => break,
                byte if byte < 0x20 => return None,
                _ => self.pos += 1,
            }
        }
        let mut value = String::from(&self.text[start..self.pos]);
        loop {
            let run = self.pos;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..=0x1f) {
                self.pos += 1;
            }
            value.push_str(&self.text[run..self.pos]);
            match self.peek()? {
                b'"' => {
                    self.pos += 1;
                    return Some(Cow::Owned(value));
                }
                b'\\' => {
                    self.pos += 1;
                    value.push(self.escape()?);
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.pos += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => byte as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let after_first = self.pos;
                if self.literal("\\u").is_some()
                    && let Some(second @ 0xdc00..0xe000) = self.hex()
                {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return char::from_u32(code);
                }
                // A lone half becomes the replacement character, and what follows is read on its own.
                self.pos = after_first;
                char::REPLACEMENT_CHARACTER
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.pos..self.pos + 4)?;
        let mut code = 0;
        for &digit in digits {
            code = code * 16 + (digit as char).to_digit(16)?;
        }
        self.pos += 4;
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<String>> {
        parse_array(text, false).map(|elements| elements.iter().map(|e| e.value.to_string()).collect())
    }

    #[test]
    fn arrays_of_strings() {
        assert_eq!(strings("[]"), Some(vec![]));
        assert_eq!(strings(r#"[ "a" , "b\n\u00e9" ]"#), Some(vec!["a".into(), "b\né".into()]));
        assert_eq!(strings(r#"["\ud83d\ude00\ud800x"]"#), Some(vec!["😀\u{fffd}x".into()]));
    }

    #[test]
    fn what_is_not_json() {
        for text in
            ["", "[", r#"["a",]"#, r#"['a']"#, r#"["a"] b"#, r#"["a" "b"]"#, "[1e999]", "[01]", "[\"\t\"]"]
        {
            assert_eq!(strings(text), None, "{text}");
        }
    }

    #[test]
    fn other_values_are_marked() {
        let elements = parse_array(r#"["a", 1, {"k": [null, true]}, []]"#, false).unwrap();
        assert_eq!(elements.iter().map(|e| e.is_string).collect::<Vec<_>>(), [true, false, false, false]);
        assert_eq!(elements[2].value, r#"{"k": [null, true]}"#);
        assert!(parse_array(&"[".repeat(1_000_000), false).is_none());
    }
}
