//! Path functions as Go's `path/filepath` has them on Unix, because a build resolves paths with those.

/// A pattern that Go's `filepath.Match` refuses: an open `[`, an empty class, a `\` at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// The shortest path equal to `path`: no doubled slash, no `.`, no `..` but leading ones; `.` for nothing.
/// Purely textual, like Go's `filepath.Clean`.
pub fn clean_path(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match kept.last() {
                Some(&last) if last != ".." => {
                    kept.pop();
                }
                _ if rooted => {}
                _ => kept.push(".."),
            },
            _ => kept.push(part),
        }
    }
    let joined = kept.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// One step of a `filepath.Match` pattern.
enum Step {
    Char(char),
    AnyChar,
    Star,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Step {
    fn accepts(&self, c: char) -> bool {
        match self {
            Step::Char(expected) => c == *expected,
            Step::AnyChar => c != '/',
            Step::Star => false,
            Step::Class { negated, ranges } => {
                ranges.iter().any(|&(low, high)| low <= c && c <= high) != *negated
            }
        }
    }
}

/// Whether the whole `name` matches `pattern`, as Go's `filepath.Match`, which `COPY` sources use: `*` and
/// `?` stay within a path component, `[a-z]` and `[^a-z]` are classes, `\` takes the next character as it
/// is. Fails when the pattern is malformed, whatever the name.
pub fn glob_match(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let steps = parse_steps(pattern)?;
    let name: Vec<char> = name.chars().collect();
    let (mut at_step, mut at_char) = (0, 0);
    // Where the last star stands, and up to where it has eaten.
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (steps.get(at_step), name.get(at_char)) {
            (None, None) => return Ok(true),
            (Some(Step::Star), _) => {
                star = Some((at_step + 1, at_char));
                at_step += 1;
                continue;
            }
            (Some(step), Some(&c)) if step.accepts(c) => {
                at_step += 1;
                at_char += 1;
                continue;
            }
            _ => {}
        }
        // Only the last star can help: an earlier one could but start the later ones further right.
        match star {
            Some((after, eaten)) if name.get(eaten).is_some_and(|&c| c != '/') => {
                star = Some((after, eaten + 1));
                at_step = after;
                at_char = eaten + 1;
            }
            _ => return Ok(false),
        }
    }
}

/// Fails where `filepath.Match` would call the pattern malformed.
pub(crate) fn check_pattern(pattern: &str) -> Result<(), BadPattern> {
    parse_steps(pattern).map(drop)
}

fn parse_steps(pattern: &str) -> Result<Vec<Step>, BadPattern> {
    let mut steps = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        steps.push(match c {
            '*' => Step::Star,
            '?' => Step::AnyChar,
            '\\' => Step::Char(chars.next().ok_or(BadPattern)?),
            '[' => {
                let negated = chars.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                while ranges.is_empty() || chars.next_if_eq(&']').is_none() {
                    let low = class_char(&mut chars)?;
                    let high = match chars.next_if_eq(&'-') {
                        Some(_) => class_char(&mut chars)?,
                        None => low,
                    };
                    ranges.push((low, high));
                }
                Step::Class { negated, ranges }
            }
            _ => Step::Char(c),
        });
    }
    Ok(steps)
}

fn class_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, BadPattern> {
    match chars.next() {
        None | Some('-' | ']') => Err(BadPattern),
        Some('\\') => chars.next().ok_or(BadPattern),
        Some(c) => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_is_go_s() {
        for (path, cleaned) in [
            ("", "."),
            (".", "."),
            ("./a", "a"),
            ("a/", "a"),
            ("a//b", "a/b"),
            ("a/./b", "a/b"),
            ("a/../b", "b"),
            ("../a", "../a"),
            ("a/../..", ".."),
            ("/", "/"),
            ("//a", "/a"),
            ("/../a", "/a"),
            ("!../x", "!../x"),
        ] {
            assert_eq!(clean_path(path), cleaned, "{path:?}");
        }
    }

    #[test]
    fn match_is_go_s() {
        for (pattern, name, expected) in [
            ("abc", "abc", Ok(true)),
            ("*", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*", "ab/c", Ok(false)),
            ("a*/b", "abc/b", Ok(true)),
            ("a*/b", "a/c/b", Ok(false)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Ok(true)),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", Ok(false)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Ok(false)),
            ("ab[c]", "abc", Ok(true)),
            ("ab[b-d]", "abc", Ok(true)),
            ("ab[^b-d]", "abc", Ok(false)),
            ("a\\*b", "a*b", Ok(true)),
            ("a\\*b", "ab", Ok(false)),
            ("a?b", "a/b", Ok(false)),
            ("[\\]a]", "]", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[-x]", "x", Err(BadPattern)),
            ("[x-]", "x", Err(BadPattern)),
            ("[a-b-c]", "a", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("a[", "x", Err(BadPattern)),
            ("a\\", "x", Err(BadPattern)),
            ("*x", "xxx", Ok(true)),
            ("package*.json", "package-lock.json", Ok(true)),
            ("**/*.go", "a/b.go", Ok(true)),
            ("**/*.go", "a/b/c.go", Ok(false)),
        ] {
            assert_eq!(glob_match(pattern, name), expected, "{pattern:?} {name:?}");
        }
    }
}
