//! The wildcards of `${name#pattern}` and its kin: `*` is any run, `?` any one character, a backslash takes
//! the meaning off.

use std::borrow::Cow;

/// How many places one pattern is tried at, and how many characters are compared there, in all: matching
/// costs the square of the value's length at worst, and a hostile file has many patterns.
const MAX_STEPS: usize = 1 << 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Run,
    One,
    Char(char),
}

/// `${name#pattern}`, `${name##pattern}`.
pub(crate) fn trim_prefix(glob: &str, value: &str, greedy: bool) -> Result<String, String> {
    let chars: Vec<char> = value.chars().collect();
    let mut search = Search { pieces: &compile(glob)?, chars: &chars, steps: 0 };
    Ok(match search.match_at(0, greedy)? {
        Some(end) => chars[end..].iter().collect(),
        None => value.to_owned(),
    })
}

/// `${name%pattern}`, `${name%%pattern}`.
pub(crate) fn trim_suffix(glob: &str, value: &str, greedy: bool) -> Result<String, String> {
    let mut pieces = compile(glob)?;
    pieces.reverse();
    let chars: Vec<char> = value.chars().rev().collect();
    let mut search = Search { pieces: &pieces, chars: &chars, steps: 0 };
    Ok(match search.match_at(0, greedy)? {
        Some(end) => chars[end..].iter().rev().collect(),
        None => value.to_owned(),
    })
}

/// `${name/pattern/replacement}`, `${name//pattern/replacement}`.
pub(crate) fn replace(glob: &str, value: &str, replacement: &str, all: bool) -> Result<String, String> {
    let chars: Vec<char> = value.chars().collect();
    let mut search = Search { pieces: &compile(glob)?, chars: &chars, steps: 0 };
    let mut result = String::with_capacity(value.len());
    let mut at = 0;
    let mut last_end = None;
    while at <= chars.len() {
        let Some((start, end)) = search.find(at)? else { break };
        result.extend(&chars[at..start]);
        // An empty match right after a match is not one.
        if start != end || last_end != Some(start) {
            if all {
                let matched: String = chars[start..end].iter().collect();
                result.push_str(&fill(replacement, &matched));
            } else {
                result.push_str(replacement);
            }
        }
        last_end = Some(end);
        at = end;
        if !all {
            break;
        }
        if start == end {
            result.extend(chars.get(end));
            at += 1;
        }
    }
    if at <= chars.len() {
        result.extend(&chars[at..]);
    }
    Ok(result)
}

fn compile(glob: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::with_capacity(glob.len());
    let mut chars = glob.chars().peekable();
    while let Some(c) = chars.next() {
        let piece = match c {
            // Two runs match what one does.
            '*' if pieces.last() == Some(&Piece::Run) => continue,
            '*' => Piece::Run,
            '?' => Piece::One,
            '\\' => match chars.peek() {
                Some('}' | '/') => continue,
                Some(&escaped @ ('*' | '?' | '\\')) => {
                    chars.next();
                    Piece::Char(escaped)
                }
                Some(other) => return Err(format!("invalid escape \\{other} in the pattern {glob}")),
                None => return Err(format!("the pattern {glob} ends in an escape")),
            },
            c => Piece::Char(c),
        };
        pieces.push(piece);
    }
    Ok(pieces)
}

/// A pattern being looked for.
struct Search<'p> {
    pieces: &'p [Piece],
    chars: &'p [char],
    steps: usize,
}

impl<'p> Search<'p> {
    /// Where the first match at or after `from` begins and ends, as long as it can be.
    fn find(&mut self, from: usize) -> Result<Option<(usize, usize)>, String> {
        let chars = self.chars;
        let next = |from: usize, is: &dyn Fn(char) -> bool| {
            chars.get(from..).and_then(|rest| rest.iter().position(|&c| is(c))).map(|at| from + at)
        };
        let mut start = from;
        while start <= chars.len() {
            if let Some(end) = self.match_at(start, true)? {
                return Ok(Some((start, end)));
            }
            // Only a newline keeps a run from matching here and lets it match further on.
            let further = match self.pieces.first() {
                Some(Piece::Run) => next(start, &|c| c == '\n').map(|at| at + 1),
                Some(Piece::One) => Some(start + 1),
                Some(&Piece::Char(wanted)) => next(start + 1, &|c| c == wanted),
                None => None,
            };
            match further {
                Some(further) => start = further,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The end of a match that begins at `start`, the shortest or the longest.
    fn match_at(&mut self, start: usize, greedy: bool) -> Result<Option<usize>, String> {
        let mut parts = self.pieces.split(|&piece| piece == Piece::Run).peekable();
        let head = parts.next().unwrap_or(&[]);
        if !self.fixed_at(head, start)? {
            return Ok(None);
        }
        let mut at = start + head.len();
        while let Some(part) = parts.next() {
            // A run does not cross a line.
            let rest = self.chars.get(at..).unwrap_or(&[]);
            let limit = at + rest.iter().position(|&c| c == '\n').unwrap_or(rest.len());
            let last_first = greedy && parts.peek().is_none();
            let mut found = None;
            for step in 0..=limit - at {
                let place = if last_first { limit - step } else { at + step };
                if self.fixed_at(part, place)? {
                    found = Some(place);
                    break;
                }
            }
            let Some(found) = found else { return Ok(None) };
            at = found + part.len();
        }
        Ok(Some(at))
    }

    fn fixed_at(&mut self, part: &[Piece], at: usize) -> Result<bool, String> {
        let Some(window) = self.chars.get(at..at + part.len()) else { return Ok(false) };
        let mut alike = true;
        let mut compared = 1;
        for (piece, &c) in part.iter().zip(window) {
            alike = match piece {
                Piece::Char(wanted) => *wanted == c,
                Piece::One => c != '\n',
                Piece::Run => true,
            };
            compared += 1;
            if !alike {
                break;
            }
        }
        self.steps += compared;
        if self.steps > MAX_STEPS {
            return Err("this pattern takes too long to look for".to_owned());
        }
        Ok(alike)
    }
}

/// BuildKit hands the replacement to Go's regexp, where `$0` is the match, `$$` a dollar sign, and any other
/// `$name` nothing.
fn fill<'a>(template: &'a str, matched: &str) -> Cow<'a, str> {
    if !template.contains('$') {
        return Cow::Borrowed(template);
    }
    let mut result = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let braced = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (name, after) = match braced {
            Some(parts) => parts,
            None => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                rest.split_at(length)
            }
        };
        if name.is_empty() {
            result.push('$');
        } else {
            if name == "0" {
                result.push_str(matched);
            }
            rest = after;
        }
    }
    result.push_str(rest);
    Cow::Owned(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims() {
        assert_eq!(trim_prefix("*/", "a/b/c", false).unwrap(), "b/c");
        assert_eq!(trim_prefix("*/", "a/b/c", true).unwrap(), "c");
        assert_eq!(trim_suffix(".*", "a.b.c", false).unwrap(), "a.b");
        assert_eq!(trim_suffix(".*", "a.b.c", true).unwrap(), "a");
        assert_eq!(trim_suffix("\\*", "ab*", false).unwrap(), "ab");
        assert_eq!(trim_prefix("?", "éa", false).unwrap(), "a");
        assert!(trim_prefix("\\x", "x", false).is_err());
    }

    #[test]
    fn what_takes_too_long_is_refused() {
        let value = "a".repeat(16_000);
        for glob in ["a*b", &format!("{}b", "a".repeat(1000)), "a?a?b"] {
            assert!(replace(glob, &value, "", true).is_err(), "{glob}");
        }
        assert_eq!(trim_suffix("/*", &format!("/{value}"), true).as_deref(), Ok(""));
    }

    #[test]
    fn replaces() {
        assert_eq!(replace("/", "a/b/c", "-", false).unwrap(), "a-b/c");
        assert_eq!(replace("/", "a/b/c", "-", true).unwrap(), "a-b-c");
        assert_eq!(replace("b*", "abcb", "x", false).unwrap(), "ax");
        assert_eq!(replace("", "ab", "-", true).unwrap(), "-a-b-");
        assert_eq!(replace("", "ab", "-", false).unwrap(), "-ab");
        assert_eq!(replace("q", "ab", "-", true).unwrap(), "ab");
        assert_eq!(replace("*", "ab", "-", true).unwrap(), "-");
    }
}
