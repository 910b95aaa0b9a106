//! Words: what a command is made of, with quotes removed and expansions kept as text.

use std::ops::Range;

/// A byte range of the script text, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` to `end`; an end before the start gives an empty span at `start`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The same bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A variable that is expanded: `$X`, `${X:-y}`, `"$X"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUse {
    /// Its name; positional and special parameters (`1`, `@`, `?`) are left out.
    pub name: Box<str>,
    /// The whole expansion, `${X:-y}`.
    pub span: Span,
    /// Whether it stands in double quotes.
    pub quoted: bool,
    /// Whether the expansion copes with an unset variable: `${X:-y}`, `${X-y}`, `${X:=y}`, `${X:+y}`, `${X:?y}`.
    pub has_default: bool,
}

/// One word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, quotes included.
    pub span: Span,
    /// Quotes and backslashes removed, expansions as `${X}` or as they are written.
    pub(crate) value: Box<str>,
    /// Variables expanded anywhere in the word, also inside its command substitutions' parameters.
    pub variables: Vec<VariableUse>,
    /// Whether anything in it is only known at run time: a variable, a command substitution, arithmetic.
    pub has_expansion: bool,
    /// Whether it holds a command or process substitution.
    pub has_substitution: bool,
    /// Whether the whole word is one quoted string.
    pub quoted: bool,
    /// Whether an unquoted `*`, `?` or `[` makes the shell look for files.
    pub has_glob: bool,
    /// Whether an unquoted `{a,b}` or `{1..9}` makes several words of it.
    pub has_braces: bool,
}

impl Word {
    /// A word without quotes or expansions.
    pub(crate) fn literal(text: &str, span: Span) -> Self {
        Self {
            span,
            value: text.into(),
            variables: Vec::new(),
            has_expansion: false,
            has_substitution: false,
            quoted: false,
            has_glob: false,
            has_braces: false,
        }
    }

    /// The text, when the word is fully literal (globs and braces count as literal).
    pub fn text(&self) -> Option<&str> {
        (!self.has_expansion).then_some(&*self.value)
    }

    /// The text with expansions kept: `$V` and `"$V"` read `${V}`, anything else as it is written.
    pub fn text_lossy(&self) -> &str {
        &self.value
    }

    /// Whether the word is nothing but one expansion: `$PACKAGES`, `"${X}"`, `$(cat list)`.
    pub fn is_only_expansion(&self) -> bool {
        let v = &*self.value;
        self.has_expansion
            && ((v.starts_with("${") && v.find('}') == Some(v.len() - 1))
                || (v.starts_with("$(") && v.ends_with(')') && v.matches("$(").count() == 1)
                || (v.starts_with('`') && v.ends_with('`')))
    }

    /// Whether the word starts with a dash and is more than a dash.
    pub fn looks_like_flag(&self) -> bool {
        self.value.len() > 1 && self.value.starts_with('-')
    }

    /// The words that brace expansion makes of this one (`/var/{a,b}` gives two), at most 64; itself without braces.
    pub fn brace_alternatives(&self) -> Vec<String> {
        if self.has_braces { expand_braces(&self.value) } else { vec![self.value.to_string()] }
    }
}

const MAX_BRACE_WORDS: usize = 64;

/// Expands comma lists only: sequences (`{1..9}`) name no files that a rule asks for.
fn expand_braces(text: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut todo = vec![text.to_string()];
    while let Some(word) = todo.pop() {
        if done.len() + todo.len() >= MAX_BRACE_WORDS {
            done.push(word);
            continue;
        }
        match first_comma_list(&word) {
            None => done.push(word),
            Some((open, close, parts)) => {
                for part in parts.iter().rev() {
                    todo.push(format!("{}{part}{}", &word[..open], &word[close + 1..]));
                }
            }
        }
    }
    done
}

/// The first `{a,b}` that no `$` introduces: where it opens, where it closes, its parts.
fn first_comma_list(word: &str) -> Option<(usize, usize, Vec<&str>)> {
    let bytes = word.as_bytes();
    let mut from = 0;
    while let Some(open) = word.get(from..)?.find('{').map(|i| i + from) {
        from = open + 1;
        if open > 0 && bytes[open - 1] == b'$' {
            continue;
        }
        let (mut depth, mut start, mut parts) = (0usize, open + 1, Vec::new());
        for (i, byte) in bytes.iter().enumerate().skip(open) {
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 1 => {
                    parts.push(&word[start..i]);
                    if parts.len() > 1 {
                        return Some((open, i, parts));
                    }
                    break;
                }
                b'}' => depth -= 1,
                b',' if depth == 1 => {
                    parts.push(&word[start..i]);
                    start = i + 1;
                }
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn braced(text: &str) -> Vec<String> {
        let mut word = Word::literal(text, Span::new(0, text.len()));
        word.has_braces = true;
        word.brace_alternatives()
    }

    #[test]
    fn braces_make_several_words() {
        assert_eq!(braced("/var/lib/{apt,dpkg}/"), ["/var/lib/apt/", "/var/lib/dpkg/"]);
        assert_eq!(braced("{a,b{c,d}}"), ["a", "bc", "bd"]);
        assert_eq!(braced("${A}{b,c}"), ["${A}b", "${A}c"]);
        assert_eq!(braced("{1..9}"), ["{1..9}"]);
        assert_eq!(braced("{}"), ["{}"]);
        assert_eq!(braced("{a,b"), ["{a,b"]);
    }

    #[test]
    fn braces_that_explode_are_cut() {
        assert!(braced(&"{a,b}".repeat(40)).len() <= MAX_BRACE_WORDS + 1);
    }
}
