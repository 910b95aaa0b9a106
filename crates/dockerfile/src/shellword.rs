//! BuildKit's word lexer: quotes, escapes and `$` expressions in one word or line.
//!
//! Two things stand on it: finding heredocs in a line, which keeps everything as written, and expanding
//! variables ([`crate::meaning`]).

use std::ops::Range;

use crate::Version;
use crate::pattern;

/// How deep `${a:-${b:-...}}` may nest. BuildKit has no limit; no file that a person wrote comes near.
const MAX_DEPTH: u32 = 48;

/// The most bytes one expansion may give; a few lines of `ENV A=$A$A` would otherwise ask for any amount.
pub(crate) const MAX_EXPANDED_BYTES: usize = 1 << 14;

/// Why a word cannot be read, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LexError {
    pub(crate) at: usize,
    pub(crate) message: String,
}

/// One word of a line: what it says, and the bytes of the input it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What the lexer does with what it reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) escape: char,
    /// Keep quotes in the result.
    pub(crate) raw_quotes: bool,
    /// Keep escapes in the result.
    pub(crate) raw_escapes: bool,
    /// Quotes are ordinary characters (heredoc bodies).
    pub(crate) plain_quotes: bool,
    pub(crate) version: Version,
    /// Whether results are bounded by [`MAX_EXPANDED_BYTES`].
    pub(crate) bounded: bool,
}

impl Mode {
    /// Takes quotes and escapes off and puts variables in.
    pub(crate) fn expand(escape: char) -> Mode {
        Mode {
            escape,
            raw_quotes: false,
            raw_escapes: false,
            plain_quotes: false,
            version: Version::Current,
            bounded: true,
        }
    }

    /// Puts variables into the lines of a heredoc: quotes are ordinary there, and the escape is always the backslash.
    pub(crate) fn body() -> Mode {
        Mode { plain_quotes: true, ..Mode::expand('\\') }
    }
}

/// What is known of a variable.
pub(crate) enum Lookup {
    /// It is set to this.
    Set(String),
    /// It is not set.
    Unset,
    /// Nothing can be said: the expression stays as it is written.
    Unknown,
}

/// What variables stand for.
pub(crate) trait Variables {
    /// The value of a variable that is read at `range` of the input, with this modifier (`-` also for `:-`).
    fn get(&mut self, name: &str, range: Range<usize>, modifier: Option<char>) -> Lookup;
}

/// Nothing is known.
pub(crate) struct NoVariables;

impl Variables for NoVariables {
    fn get(&mut self, _name: &str, _range: Range<usize>, _modifier: Option<char>) -> Lookup {
        Lookup::Unknown
    }
}

/// Reads the whole input as one word.
pub(crate) fn expand_word(
    input: &str,
    mode: Mode,
    variables: &mut dyn Variables,
) -> Result<String, LexError> {
    let mut lexer = Lexer::new(input, mode, variables);
    let mut result = String::with_capacity(input.len());
    lexer.run(None, mode.raw_escapes, &mut result, None)?;
    Ok(result)
}

/// Reads the input as words, split at the spaces that no quote or escape protects (those that come out of
/// variables included).
pub(crate) fn split_words(
    input: &str,
    mode: Mode,
    variables: &mut dyn Variables,
) -> Result<Vec<Word>, LexError> {
    let mut lexer = Lexer::new(input, mode, variables);
    let mut words = Words::default();
    let mut result = String::new();
    lexer.run(None, mode.raw_escapes, &mut result, Some(&mut words))?;
    Ok(words.finish())
}

#[derive(Default)]
struct Words {
    done: Vec<Word>,
    text: String,
    start: usize,
    end: usize,
    in_word: bool,
}

impl Words {
    fn char(&mut self, c: char, start: usize, end: usize) {
        if !c.is_whitespace() {
            self.raw(c.encode_utf8(&mut [0; 4]), start, end);
        } else if self.in_word && !self.text.is_empty() {
            self.push();
        }
    }

    fn raw(&mut self, text: &str, start: usize, end: usize) {
        if !self.in_word {
            self.start = start;
        }
        self.in_word = true;
        self.end = end;
        self.text.push_str(text);
    }

    fn push(&mut self) {
        self.done.push(Word { text: std::mem::take(&mut self.text), start: self.start, end: self.end });
        self.in_word = false;
    }

    fn finish(mut self) -> Vec<Word> {
        if !self.text.is_empty() {
            self.push();
        }
        self.done
    }
}

struct Lexer<'a> {
    input: &'a str,
    pos: usize,
    mode: Mode,
    raw_escapes: bool,
    depth: u32,
    produced: usize,
    variables: &'a mut dyn Variables,
}

impl<'a> Lexer<'a> {
    fn new(input: &'a str, mode: Mode, variables: &'a mut dyn Variables) -> Lexer<'a> {
        Lexer { input, pos: 0, mode, raw_escapes: mode.raw_escapes, depth: 0, produced: 0, variables }
    }

    fn peek(&self) -> Option<char> {
        self.input.get(self.pos..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn fail<T>(&self, at: usize, message: impl Into<String>) -> Result<T, LexError> {
        Err(LexError { at, message: message.into() })
    }

    fn grow(&mut self, by: usize) -> Result<(), LexError> {
        self.produced += by;
        if self.mode.bounded && self.produced > MAX_EXPANDED_BYTES + self.input.len() {
            return self.fail(0, "expands to more than can be read");
        }
        Ok(())
    }

    /// Reads up to `stop` (or the end), with escapes kept or not.
    fn run(
        &mut self,
        stop: Option<char>,
        raw_escapes: bool,
        result: &mut String,
        mut words: Option<&mut Words>,
    ) -> Result<(), LexError> {
        let start = self.pos;
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        while let Some(c) = self.peek() {
            let at = self.pos;
            if Some(c) == stop {
                self.next();
                self.raw_escapes = outer;
                return Ok(());
            }
            match c {
                '$' => {
                    let before = result.len();
                    self.dollar(result)?;
                    if let Some(words) = words.as_deref_mut() {
                        for c in result[before..].chars() {
                            words.char(c, at, self.pos);
                        }
                    }
                }
                '\'' | '"' if !self.mode.plain_quotes => {
                    let before = result.len();
                    if c == '\'' {
                        self.single_quote(result)?
                    } else {
                        self.double_quote(result)?
                    }
                    if let Some(words) = words.as_deref_mut() {
                        words.raw(&result[before..], at, self.pos);
                    }
                }
                '<' if self.mode.version == Version::Current && self.input[at..].starts_with("<<") => {
                    self.pos += 2;
                    while self.peek().is_some_and(|c| c.is_ascii_whitespace() || c == '\u{b}') {
                        self.next();
                    }
                    let text = &self.input[at..self.pos];
                    result.push_str(text);
                    if let Some(words) = words.as_deref_mut() {
                        words.raw(text, at, self.pos);
                    }
                }
                _ if c == self.mode.escape => {
                    self.next();
                    if self.raw_escapes {
                        result.push(c);
                        if let Some(words) = words.as_deref_mut() {
                            words.raw(c.encode_utf8(&mut [0; 4]), at, self.pos);
                        }
                    }
                    let Some(escaped) = self.next() else { break };
                    result.push(escaped);
                    if let Some(words) = words.as_deref_mut() {
                        words.raw(escaped.encode_utf8(&mut [0; 4]), at, self.pos);
                    }
                }
                _ => {
                    self.next();
                    result.push(c);
                    if let Some(words) = words.as_deref_mut() {
                        words.char(c, at, self.pos);
                    }
                }
            }
        }
        self.raw_escapes = outer;
        match stop {
            Some(stop) => self.fail(start, format!("expected {stop} before the end")),
            None => Ok(()),
        }
    }

    fn single_quote(&mut self, result: &mut String) -> Result<(), LexError> {
        let open = self.pos;
        let body = &self.input[open + 1..];
        let Some(length) = memchr::memchr(b'\'', body.as_bytes()) else {
            return self.fail(open, "this single quote is never closed");
        };
        self.pos = open + 1 + length + 1;
        let text = if self.mode.raw_quotes { &self.input[open..self.pos] } else { &body[..length] };
        result.push_str(text);
        Ok(())
    }

    fn double_quote(&mut self, result: &mut String) -> Result<(), LexError> {
        let open = self.pos;
        self.next();
        if self.mode.raw_quotes {
            result.push('"');
        }
        loop {
            let Some(c) = self.peek() else {
                return self.fail(open, "this double quote is never closed");
            };
            match c {
                '"' => {
                    self.next();
                    if self.mode.raw_quotes {
                        result.push('"');
                    }
                    return Ok(());
                }
                '$' => self.dollar(result)?,
                _ if c == self.mode.escape => {
                    self.next();
                    if self.raw_escapes {
                        result.push(c);
                    }
                    match self.peek() {
                        None => {}
                        Some(escaped) if escaped == '"' || escaped == '$' || escaped == self.mode.escape => {
                            self.next();
                            result.push(escaped);
                        }
                        Some(_) => result.push(c),
                    }
                }
                _ => {
                    self.next();
                    result.push(c);
                }
            }
        }
    }

    fn dollar(&mut self, result: &mut String) -> Result<(), LexError> {
        let at = self.pos;
        self.next();
        if self.peek() == Some('{') {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return self.fail(at, "nested too deeply");
            }
            self.braced(at, result)?;
            self.depth -= 1;
            return Ok(());
        }
        let name = self.name();
        if name.is_empty() {
            result.push('$');
            return Ok(());
        }
        self.plain(at, name, result)
    }

    fn plain(&mut self, at: usize, name: &str, result: &mut String) -> Result<(), LexError> {
        match self.variables.get(name, at..self.pos, None) {
            Lookup::Set(value) => self.put(result, &value),
            Lookup::Unset => Ok(()),
            Lookup::Unknown => {
                result.push_str(&self.input[at..self.pos]);
                Ok(())
            }
        }
    }

    fn put(&mut self, result: &mut String, value: &str) -> Result<(), LexError> {
        self.grow(value.len())?;
        result.push_str(value);
        Ok(())
    }

    /// Reads `{...}` after a dollar sign that stands at `at`.
    fn braced(&mut self, at: usize, result: &mut String) -> Result<(), LexError> {
        self.next();
        match self.peek() {
            None => return self.fail(at, "expected } before the end"),
            Some('{' | '}' | ':') => return self.fail(at, "bad substitution"),
            Some(_) => {}
        }
        let name = self.name();
        let mut modifier = self.next();
        let null_is_unset = modifier == Some(':');
        if null_is_unset {
            modifier = self.next();
        }
        match modifier {
            Some('}') if !null_is_unset => self.plain(at, name, result),
            Some('/') if !null_is_unset && self.mode.version == Version::Current => {
                self.replaced(at, name, result)
            }
            Some('+' | '-' | '?') => self.modified(at, name, modifier, null_is_unset, result),
            Some('#' | '%') if null_is_unset || self.mode.version == Version::Current => {
                self.modified(at, name, modifier, null_is_unset, result)
            }
            Some(_) if null_is_unset => self.modified(at, name, modifier, true, result),
            Some(other) => {
                self.fail(at, format!("unsupported modifier ({}) in substitution", other.escape_debug()))
            }
            None => self.fail(at, "expected } before the end"),
        }
    }

    fn modified(
        &mut self,
        at: usize,
        name: &str,
        modifier: Option<char>,
        null_is_unset: bool,
        result: &mut String,
    ) -> Result<(), LexError> {
        let modifier = modifier.unwrap_or('}');
        let trims = matches!(modifier, '#' | '%');
        let raw = trims && self.mode.version == Version::Current;
        let raw = if self.mode.version == Version::Current { raw } else { self.raw_escapes };
        let mut word = String::new();
        self.run(Some('}'), raw, &mut word, None)?;
        let value = match self.variables.get(name, at..self.pos, Some(modifier)) {
            Lookup::Set(value) => Some(value),
            Lookup::Unset => None,
            Lookup::Unknown => {
                let colon = if null_is_unset { ":" } else { "" };
                result.push_str(&format!("${{{name}{colon}{modifier}{word}}}"));
                return Ok(());
            }
        };
        let unset = value.is_none() || (null_is_unset && value.as_deref() == Some(""));
        let is_unset = value.is_none();
        let value = value.unwrap_or_default();
        match modifier {
            '-' if unset => self.put(result, &word),
            '-' => self.put(result, &value),
            '+' if unset => Ok(()),
            '+' => self.put(result, &word),
            '?' if unset => {
                let state = if is_unset { "unset" } else { "empty" };
                let reason = if word.is_empty() { format!("is not allowed to be {state}") } else { word };
                self.fail(at, format!("{name}: {reason}"))
            }
            '?' => self.put(result, &value),
            '#' | '%' => {
                let (greedy, glob) = match word.strip_prefix(modifier) {
                    Some(rest) => (true, rest),
                    None => (false, word.as_str()),
                };
                let trimmed = if modifier == '#' {
                    pattern::trim_prefix(glob, &value, greedy)
                } else {
                    pattern::trim_suffix(glob, &value, greedy)
                };
                match trimmed {
                    Ok(trimmed) => self.put(result, &trimmed),
                    Err(message) => self.fail(at, message),
                }
            }
            other => {
                self.fail(at, format!("unsupported modifier (:{}) in substitution", other.escape_debug()))
            }
        }
    }

    fn replaced(&mut self, at: usize, name: &str, result: &mut String) -> Result<(), LexError> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let mut glob = String::new();
        self.run(Some('/'), true, &mut glob, None)?;
        let mut replacement = String::new();
        self.run(Some('}'), true, &mut replacement, None)?;
        let value = match self.variables.get(name, at..self.pos, Some('/')) {
            Lookup::Set(value) => value,
            Lookup::Unset => String::new(),
            Lookup::Unknown => {
                result.push_str(&format!("${{{name}/{glob}/{replacement}}}"));
                return Ok(());
            }
        };
        match pattern::replace(&glob, &value, &replacement, all) {
            Ok(replaced) => self.put(result, &replaced),
            Err(message) => self.fail(at, message),
        }
    }

    fn name(&mut self) -> &'a str {
        let rest = &self.input[self.pos..];
        let length = match rest.chars().next() {
            Some(c) if c.is_numeric() && !c.is_alphabetic() => {
                rest.find(|c: char| !c.is_numeric()).unwrap_or(rest.len())
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
        self.pos += length;
        &rest[..length]
    }
}
