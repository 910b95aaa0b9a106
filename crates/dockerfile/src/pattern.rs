//! The wildcards of `${name#pattern}` and its kin: `*` is any run, `?` any one character, a backslash takes
//! the meaning off.

use std::borrow::Cow;

/// Longer patterns are refused: matching costs the product of both lengths at worst.
const MAX_PATTERN: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Run,
    One,
    Char(char),
}

/// `${name#pattern}`, `${name##pattern}`.
pub(crate) fn trim_prefix(glob: &str, value: &str, greedy: bool) -> Result<String, String> {
    let pieces = compile(glob)?;
    let chars: Vec<char> = value.chars().collect();
    Ok(match match_at(&pieces, &chars, 0, greedy) {
        Some(end) => chars[end..].iter().collect(),
        None => value.to_owned(),
    })
}

/// `${name%pattern}`, `${name%%pattern}`.
pub(crate) fn trim_suffix(glob: &str, value: &str, greedy: bool) -> Result<String, String> {
    let mut pieces = compile(glob)?;
    pieces.reverse();
    let mut chars: Vec<char> = value.chars().collect();
    chars.reverse();
    Ok(match match_at(&pieces, &chars, 0, greedy) {
        Some(end) => chars[end..].iter().rev().collect(),
        None => value.to_owned(),
    })
}

/// `${name/pattern/replacement}`, `${name//pattern/replacement}`.
pub(crate) fn replace(glob: &str, value: &str, replacement: &str, all: bool) -> Result<String, String> {
    let pieces = compile(glob)?;
    let chars: Vec<char> = value.chars().collect();
    let mut result = String::with_capacity(value.len());
    let mut at = 0;
    let mut last_end = None;
    while at <= chars.len() {
        let Some((start, end)) = find(&pieces, &chars, at) else { break };
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
    if glob.len() > MAX_PATTERN {
        return Err("this pattern is too long".to_owned());
    }
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

/// Where the first match at or after `from` begins and ends, as long as it can be.
fn find(pieces: &[Piece], chars: &[char], from: usize) -> Option<(usize, usize)> {
    let mut start = from;
    loop {
        if let Some(end) = match_at(pieces, chars, start, true) {
            return Some((start, end));
        }
        let first = pieces.first()?;
        // Only a newline keeps a run from matching here and lets it match further on.
        start = match first {
            Piece::Run => start + chars.get(start..)?.iter().position(|&c| c == '\n')? + 1,
            Piece::One => start + 1,
            Piece::Char(wanted) => start + 1 + chars.get(start + 1..)?.iter().position(|c| c == wanted)?,
        };
        if start > chars.len() {
            return None;
        }
    }
}

/// The end of a match that begins at `start`, the shortest or the longest.
fn match_at(pieces: &[Piece], chars: &[char], start: usize, greedy: bool) -> Option<usize> {
    let mut parts = pieces.split(|&piece| piece == Piece::Run);
    let mut at = start;
    let head = parts.next().unwrap_or(&[]);
    if !fixed_at(head, chars, at) {
        return None;
    }
    at += head.len();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        // A run does not cross a line.
        let limit = chars.get(at..)?.iter().position(|&c| c == '\n').map_or(chars.len(), |n| at + n);
        let mut places = at..=limit;
        let found = if greedy && parts.peek().is_none() {
            places.rev().find(|&place| fixed_at(part, chars, place))?
        } else {
            places.find(|&place| fixed_at(part, chars, place))?
        };
        at = found + part.len();
    }
    Some(at)
}

fn fixed_at(part: &[Piece], chars: &[char], at: usize) -> bool {
    let Some(window) = chars.get(at..at + part.len()) else { return false };
    part.iter().zip(window).all(|(piece, &c)| match piece {
        Piece::Char(wanted) => *wanted == c,
        Piece::One => c != '\n',
        Piece::Run => true,
    })
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
