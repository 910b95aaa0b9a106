//! One pattern of a `.dockerignore`, compiled.
//!
//! Docker turns a pattern into a Go regular expression by replacing piece for piece, and what the result
//! means is what the pattern means, corner cases included: `**/` is `(.*/)?`, `*` is `[^/]*`, a class is
//! handed over as it stands. So the same two steps are taken here; matching then simulates the automaton,
//! which takes time in proportion to pattern times path on any input.

use crate::gopath::{BadPattern, check_pattern};

/// A step of the automaton. State `i` stands before `steps[i]`; the state after the last accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Char(char),
    /// Any one character of the set.
    Set(Set),
    /// Any number of characters of the set.
    SetRepeated(Set),
    /// Any number of any characters.
    Deep,
    /// Passes to the next step or over it.
    Optional,
    /// Any characters up to a slash, and that.
    DeepSlash,
    /// Passes at the start of the path only: `^` in the middle of a regular expression.
    Start,
    /// Passes between a letter and something else, or (`true`) elsewhere: what `\b` and `\B` in a pattern
    /// mean to Go, though whoever writes `src\bin` means a folder.
    WordEdge(bool),
    /// Never passes: other regular expression that no path pattern means.
    Never,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Set {
    fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|&(low, high)| low <= c && c <= high) != self.negated
    }
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    steps: Vec<Step>,
    /// The longest text that every matching path contains: most paths are turned away by it alone.
    required: String,
    /// Set when the pattern is only text: then `required` is the whole path.
    literal: bool,
}

impl Glob {
    /// Compiles a cleaned pattern. Fails where Docker fails the build: a malformed class or escape.
    pub(crate) fn compile(pattern: &str) -> Result<Glob, BadPattern> {
        check_pattern(pattern)?;
        let (kind, regex) = to_regex(pattern);
        let steps = match kind {
            Kind::Exact => pattern.chars().map(Step::Char).collect(),
            Kind::Prefix => {
                let prefix = pattern.strip_suffix("**").unwrap_or(pattern);
                prefix.chars().map(Step::Char).chain([Step::Deep]).collect()
            }
            Kind::Suffix => {
                let suffix = pattern.strip_prefix("**").unwrap_or(pattern);
                match suffix.strip_prefix('/') {
                    Some(name) => [Step::Optional, Step::DeepSlash]
                        .into_iter()
                        .chain(name.chars().map(Step::Char))
                        .collect(),
                    None => [Step::Deep].into_iter().chain(suffix.chars().map(Step::Char)).collect(),
                }
            }
            Kind::Regex => parse_regex(&regex)?,
        };
        let literal = steps.iter().all(|step| matches!(step, Step::Char(_)));
        Ok(Glob { required: longest_text(&steps), literal, steps })
    }

    /// Whether the whole path matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        if self.literal {
            return path == self.required;
        }
        path.contains(&self.required) && self.run(path, |_| {}).is_some_and(|states| accepts(&states))
    }

    /// Whether each folder above the path matches, from the root down, and last the path itself.
    pub(crate) fn matches_on_the_way(&self, path: &str) -> Vec<bool> {
        let depth = path.matches('/').count() + 1;
        let mut found = Vec::with_capacity(depth);
        if self.literal {
            found.extend(path.match_indices('/').map(|(slash, _)| path.get(..slash) == Some(&self.required)));
            found.push(path == self.required);
        } else if path.contains(&self.required) {
            let last = self.run(path, |states| found.push(accepts(states)));
            found.extend(last.map(|states| accepts(&states)));
        }
        found.resize(depth, false);
        found
    }

    /// Whether some path below the folder `dir` could match; never false when one does.
    pub(crate) fn could_match_below(&self, dir: &str) -> bool {
        if self.steps.iter().any(|step| matches!(step, Step::WordEdge(_))) {
            return true;
        }
        match self.run(&format!("{dir}/"), |_| {}) {
            Some(mut states) => {
                states.pop();
                states.contains(&true)
            }
            None => false,
        }
    }

    /// The states that are alive after `text`, or nothing when none is. `at_slash` sees those before each
    /// slash.
    fn run(&self, text: &str, mut at_slash: impl FnMut(&[bool])) -> Option<Vec<bool>> {
        let count = self.steps.len() + 1;
        let mut states = vec![false; count];
        let mut next = vec![false; count];
        if let Some(first) = states.first_mut() {
            *first = true;
        }
        let mut chars = text.chars().peekable();
        self.pass_over(&mut states, None, chars.peek());
        while let Some(c) = chars.next() {
            if c == '/' {
                at_slash(&states);
            }
            next.fill(false);
            let mut alive = false;
            for (at, step) in self.steps.iter().enumerate() {
                if states.get(at) != Some(&true) {
                    continue;
                }
                let (stays, moves) = match step {
                    Step::Char(expected) => (false, c == *expected),
                    Step::Set(set) => (false, set.contains(c)),
                    Step::SetRepeated(set) => (set.contains(c), false),
                    Step::Deep => (true, false),
                    Step::DeepSlash => (true, c == '/'),
                    Step::Optional | Step::Start | Step::WordEdge(_) | Step::Never => (false, false),
                };
                for (to, reached) in [(at, stays), (at + 1, moves)] {
                    if let (true, Some(state)) = (reached, next.get_mut(to)) {
                        *state = true;
                        alive = true;
                    }
                }
            }
            if !alive {
                return None;
            }
            self.pass_over(&mut next, Some(c), chars.peek());
            std::mem::swap(&mut states, &mut next);
        }
        Some(states)
    }

    /// Reaches what can be reached without a character, between the character `before` and the one `after`.
    fn pass_over(&self, states: &mut [bool], before: Option<char>, after: Option<&char>) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word_edge = before.is_some_and(is_word) != after.copied().is_some_and(is_word);
        for (at, step) in self.steps.iter().enumerate() {
            if states.get(at) != Some(&true) {
                continue;
            }
            let (one, two) = match step {
                Step::SetRepeated(_) | Step::Deep => (true, false),
                Step::Optional => (true, true),
                Step::Start => (before.is_none(), false),
                Step::WordEdge(negated) => (word_edge != *negated, false),
                _ => (false, false),
            };
            for (to, reached) in [(at + 1, one), (at + 2, two)] {
                if let (true, Some(state)) = (reached, states.get_mut(to)) {
                    *state = true;
                }
            }
        }
    }
}

/// Whether the state behind the last step is alive.
fn accepts(states: &[bool]) -> bool {
    states.last() == Some(&true)
}

/// The longest run of plain characters.
fn longest_text(steps: &[Step]) -> String {
    let mut longest = String::new();
    let mut run = String::new();
    for step in steps {
        match step {
            Step::Char(c) => run.push(*c),
            _ => run.clear(),
        }
        if run.len() > longest.len() {
            longest.clone_from(&run);
        }
    }
    longest
}

/// How Docker matches a pattern: as text where it can.
enum Kind {
    Exact,
    /// `text**`: the path starts with the text.
    Prefix,
    /// `**text`: the path ends with the text; `**/text` also matches `text` alone.
    Suffix,
    Regex,
}

/// The regular expression that Docker makes of a pattern, without its anchors.
fn to_regex(pattern: &str) -> (Kind, Vec<char>) {
    let mut kind = Kind::Exact;
    let mut regex: Vec<char> = Vec::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_some() {
                    regex.extend("(.*/)?".chars());
                    kind = Kind::Regex;
                } else if matches!(kind, Kind::Exact) {
                    kind = Kind::Prefix;
                } else {
                    regex.extend(".*".chars());
                    kind = Kind::Regex;
                }
                if first {
                    kind = Kind::Suffix;
                }
            }
            '*' => {
                regex.extend("[^/]*".chars());
                kind = Kind::Regex;
            }
            '?' => {
                regex.extend("[^/]".chars());
                kind = Kind::Regex;
            }
            '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => regex.extend(['\\', c]),
            '\\' => {
                regex.push('\\');
                if let Some(escaped) = chars.next() {
                    regex.push(escaped);
                    kind = Kind::Regex;
                }
            }
            '[' | ']' => {
                regex.push(c);
                kind = Kind::Regex;
            }
            _ => regex.push(c),
        }
        first = false;
    }
    (kind, regex)
}

/// Reads the part of Go's regular expressions that [`to_regex`] can write.
fn parse_regex(regex: &[char]) -> Result<Vec<Step>, BadPattern> {
    let mut steps = Vec::new();
    let mut rest = regex;
    loop {
        rest = match rest {
            [] => return Ok(steps),
            ['(', '.', '*', '/', ')', '?', after @ ..] => {
                steps.extend([Step::Optional, Step::DeepSlash]);
                after
            }
            ['.', '*', after @ ..] => {
                steps.push(Step::Deep);
                after
            }
            ['^', after @ ..] => {
                steps.push(Step::Start);
                after
            }
            ['\\', escaped, after @ ..] => {
                steps.push(match escape(*escaped)? {
                    Escape::Char(c) => Step::Char(c),
                    Escape::Set(set) => Step::Set(set),
                    Escape::WordEdge { negated } => Step::WordEdge(negated),
                    Escape::Assertion => Step::Never,
                });
                after
            }
            ['[', after @ ..] => {
                let (set, after) = parse_class(after)?;
                match after {
                    ['*', after @ ..] => {
                        steps.push(Step::SetRepeated(set));
                        after
                    }
                    _ => {
                        steps.push(Step::Set(set));
                        after
                    }
                }
            }
            [c, after @ ..] => {
                steps.push(Step::Char(*c));
                after
            }
        };
    }
}

enum Escape {
    Char(char),
    Set(Set),
    WordEdge { negated: bool },
    Assertion,
}

/// What `\c` means in a Go regular expression.
fn escape(c: char) -> Result<Escape, BadPattern> {
    let set = |negated, ranges: &[(char, char)]| Escape::Set(Set { negated, ranges: ranges.to_vec() });
    Ok(match c {
        'a' => Escape::Char('\x07'),
        'f' => Escape::Char('\x0c'),
        'n' => Escape::Char('\n'),
        'r' => Escape::Char('\r'),
        't' => Escape::Char('\t'),
        'v' => Escape::Char('\x0b'),
        'd' | 'D' => set(c == 'D', &[('0', '9')]),
        'w' | 'W' => set(c == 'W', &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        's' | 'S' => set(c == 'S', &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')]),
        'b' | 'B' => Escape::WordEdge { negated: c == 'B' },
        'A' | 'z' | 'p' | 'P' | 'Q' | 'x' | '0' => Escape::Assertion,
        _ if c.is_ascii_alphanumeric() || !c.is_ascii() => return Err(BadPattern),
        _ => Escape::Char(c),
    })
}

/// Reads a class after its `[`; gives what follows its `]`.
fn parse_class(text: &[char]) -> Result<(Set, &[char]), BadPattern> {
    let (negated, mut rest) = match text {
        ['^', after @ ..] => (true, after),
        _ => (false, text),
    };
    let mut ranges = Vec::new();
    let mut first = true;
    loop {
        match rest {
            [] => return Err(BadPattern),
            [']', after @ ..] if !first => return Ok((Set { negated, ranges }, after)),
            ['[', ':', after @ ..] if posix_end(after).is_some() => {
                let end = posix_end(after).unwrap_or_default();
                let name: String = after.iter().take(end).collect();
                ranges.extend(posix_class(&name).ok_or(BadPattern)?);
                rest = after.get(end + 2..).unwrap_or_default();
            }
            ['\\', escaped, after @ ..] if matches!(escaped, 'd' | 'w' | 's' | 'D' | 'W' | 'S') => {
                if let Escape::Set(set) = escape(*escaped)? {
                    ranges.extend(if set.negated { complement(&set.ranges) } else { set.ranges });
                }
                rest = after;
            }
            _ => {
                let (low, after) = class_char(rest)?;
                let (high, after) = match after {
                    ['-', next, ..] if *next != ']' => class_char(after.get(1..).unwrap_or_default())?,
                    _ => (low, after),
                };
                if high < low {
                    return Err(BadPattern);
                }
                ranges.push((low, high));
                rest = after;
            }
        }
        first = false;
    }
}

fn class_char(text: &[char]) -> Result<(char, &[char]), BadPattern> {
    match text {
        ['\\', escaped, after @ ..] => match escape(*escaped)? {
            Escape::Char(c) => Ok((c, after)),
            _ => Err(BadPattern),
        },
        ['\\'] | [] => Err(BadPattern),
        [c, after @ ..] => Ok((*c, after)),
    }
}

/// Where `:]` stands.
fn posix_end(text: &[char]) -> Option<usize> {
    text.windows(2).position(|pair| pair == [':', ']'])
}

fn posix_class(name: &str) -> Option<Vec<(char, char)>> {
    let (negated, name) = match name.strip_prefix('^') {
        Some(name) => (true, name),
        None => (false, name),
    };
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(if negated { complement(ranges) } else { ranges.to_vec() })
}

/// What the sorted ranges leave out.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut left_out = Vec::new();
    let mut from = Some('\0');
    for &(low, high) in ranges {
        if let (Some(from), Some(to)) = (from, ('\0'..low).next_back())
            && from <= to
        {
            left_out.push((from, to));
        }
        from = (high..=char::MAX).nth(1);
    }
    left_out.extend(from.map(|from| (from, char::MAX)));
    left_out
}
