//! `${VAR}`, as Compose replaces it in values.

use crate::span::Span;

/// Defaults may hold variables, whose defaults may hold variables, so deep.
const MAX_NESTING: usize = 16;
/// A value does not grow beyond this.
const MAX_RESULT: usize = 1024 * 1024;

/// A variable that a value uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What the use says for the case that it is not set.
    pub fallback: Fallback,
    /// From the `$` to the end of the use.
    pub span: Span,
}

/// What a use of a variable says for the case that it is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fallback {
    /// `$VAR`, `${VAR}`: nothing; Compose warns and takes the empty text.
    None,
    /// `${VAR-text}`, or `${VAR:-text}` where the empty text counts as not set.
    Default {
        /// The text, variables in it not replaced.
        text: String,
        /// With the colon.
        when_empty: bool,
    },
    /// `${VAR?text}`, `${VAR:?text}`: an error.
    Required {
        /// The message.
        message: String,
        /// With the colon.
        when_empty: bool,
    },
    /// `${VAR+text}`, `${VAR:+text}`: the text stands for a variable that *is* set, and nothing for one that
    /// is not.
    Alternative {
        /// The text, variables in it not replaced.
        text: String,
        /// With the colon.
        when_empty: bool,
    },
}

/// Why a value cannot be interpolated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InterpolationError {
    /// A `$` that begins no variable; a dollar sign is written `$$`.
    #[error("`$` begins no variable; write `$$` for a dollar sign")]
    Invalid {
        /// The byte it stands at.
        at: usize,
    },
    /// A `${` without its closing brace.
    #[error("the brace of \"${{{name}\" is never closed")]
    Unclosed {
        /// The byte of the `$`.
        at: usize,
        /// The variable's name.
        name: String,
    },
    /// A required variable is not set.
    #[error("variable {name} is required: {message}")]
    Required {
        /// Its name.
        name: String,
        /// What the file says about it.
        message: String,
    },
    /// Defaults within defaults within defaults, or a result of more than 1 MiB.
    #[error("variables are nested too deep or grow too large")]
    TooMuch,
}

/// A piece of a value.
enum Piece<'a> {
    Text(&'a str),
    Dollar,
    Use { name: &'a str, operator: Option<Operator>, argument: &'a str, at: usize, end: usize },
}

#[derive(Clone, Copy)]
struct Operator {
    sign: u8,
    when_empty: bool,
}

/// Replaces the variables in a value. `get` gives a variable's value; one that it does not know is replaced by
/// its default, and by the empty text when it has none.
pub fn interpolate(value: &str, get: &dyn Fn(&str) -> Option<String>) -> Result<String, InterpolationError> {
    replace(value, get, false, 0)
}

/// The same, but a variable that is not known and has no default stays as it is written, required or not.
pub(crate) fn interpolate_known(
    value: &str,
    get: &dyn Fn(&str) -> Option<String>,
) -> Result<String, InterpolationError> {
    replace(value, get, true, 0)
}

fn replace(
    value: &str,
    get: &dyn Fn(&str) -> Option<String>,
    keep_unknown: bool,
    depth: usize,
) -> Result<String, InterpolationError> {
    if depth > MAX_NESTING {
        return Err(InterpolationError::TooMuch);
    }
    let mut result = String::with_capacity(value.len());
    for piece in pieces(value) {
        match piece? {
            Piece::Text(text) => result.push_str(text),
            Piece::Dollar => result.push('$'),
            Piece::Use { name, operator, argument, at, end } => {
                let known = get(name);
                let nested = || replace(argument, get, keep_unknown, depth + 1);
                let Some(Operator { sign, when_empty }) = operator else {
                    match known {
                        Some(known) => result.push_str(&known),
                        None if keep_unknown => result.push_str(value.get(at..end).unwrap_or_default()),
                        None => {}
                    }
                    continue;
                };
                let set = known.filter(|known| !(when_empty && known.is_empty()));
                match (sign, set) {
                    (b'+', Some(_)) => result.push_str(&nested()?),
                    (b'+', None) => {}
                    (_, Some(known)) => result.push_str(&known),
                    (b'-', None) => result.push_str(&nested()?),
                    (_, None) if keep_unknown => result.push_str(value.get(at..end).unwrap_or_default()),
                    (_, None) => {
                        return Err(InterpolationError::Required {
                            name: name.to_owned(),
                            message: nested()?,
                        });
                    }
                }
            }
        }
        if result.len() > MAX_RESULT {
            return Err(InterpolationError::TooMuch);
        }
    }
    Ok(result)
}

/// The variables that a piece of source text uses, those in defaults behind the one whose default it is.
/// `place` gives the span of a byte range of the text. What is no variable is passed over.
pub(crate) fn variables(text: &str, place: &dyn Fn(usize, usize) -> Span) -> Vec<Variable> {
    let mut found = Vec::new();
    // What is left to search, with where it starts in the text.
    let mut todo = vec![(text, 0, 0)];
    while let Some((part, start, depth)) = todo.pop() {
        if depth > MAX_NESTING {
            continue;
        }
        for piece in pieces(part) {
            let Ok(Piece::Use { name, operator, argument, at, end }) = piece else { continue };
            let fallback = match operator {
                None => Fallback::None,
                Some(Operator { sign, when_empty }) => {
                    let text = argument.to_owned();
                    match sign {
                        b'-' => Fallback::Default { text, when_empty },
                        b'?' => Fallback::Required { message: text, when_empty },
                        _ => Fallback::Alternative { text, when_empty },
                    }
                }
            };
            found.push(Variable { name: name.to_owned(), fallback, span: place(start + at, start + end) });
            if !argument.is_empty() {
                // The argument ends where the closing brace stands.
                todo.push((argument, start + end - 1 - argument.len(), depth + 1));
            }
        }
    }
    found.sort_by_key(|variable| variable.span.bytes.start);
    found
}

/// Splits a value. After an error the rest follows.
fn pieces(value: &str) -> impl Iterator<Item = Result<Piece<'_>, InterpolationError>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = value.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let Some(after) = rest.strip_prefix('$') else {
            let length = rest.find('$').unwrap_or(rest.len());
            at += length;
            return Some(Ok(Piece::Text(rest.get(..length).unwrap_or_default())));
        };
        if after.starts_with('$') {
            at += 2;
            return Some(Ok(Piece::Dollar));
        }
        if let Some(inner) = after.strip_prefix('{') {
            if let Some((name, operator, argument, length)) = braced(inner) {
                at += 2 + length;
                return Some(Ok(Piece::Use { name, operator, argument, at: start, end: at }));
            }
            if let Some(name) = unclosed(inner) {
                at += 1;
                return Some(Err(InterpolationError::Unclosed { at: start, name: name.to_owned() }));
            }
        } else {
            let length = name_length(after);
            if length > 0 {
                at += 1 + length;
                let name = after.get(..length).unwrap_or_default();
                return Some(Ok(Piece::Use { name, operator: None, argument: "", at: start, end: at }));
            }
        }
        at += 1;
        Some(Err(InterpolationError::Invalid { at: start }))
    })
}

/// Reads what follows `${`; gives its parts and its length with the closing brace.
fn braced(inner: &str) -> Option<(&str, Option<Operator>, &str, usize)> {
    let length = name_length(inner);
    let name = inner.get(..length).filter(|name| !name.is_empty())?;
    let rest = inner.get(length..)?;
    if rest.starts_with('}') {
        return Some((name, None, "", length + 1));
    }
    let (when_empty, sign_at) = match rest.strip_prefix(':') {
        Some(_) => (true, 1),
        None => (false, 0),
    };
    let sign = *rest.as_bytes().get(sign_at)?;
    if !matches!(sign, b'-' | b'?' | b'+') {
        return None;
    }
    let argument = rest.get(sign_at + 1..)?;
    // Braces of variables within are balanced.
    let mut depth = 0_usize;
    let mut before = b' ';
    for (at, byte) in argument.bytes().enumerate() {
        match byte {
            b'{' if before == b'$' => depth += 1,
            b'}' if depth == 0 => {
                let operator = Operator { sign, when_empty };
                let end = length + sign_at + 1 + at + 1;
                return Some((name, Some(operator), argument.get(..at)?, end));
            }
            b'}' => depth -= 1,
            _ => {}
        }
        before = byte;
    }
    None
}

/// The name of a variable whose braces are open, in what follows `${`: they end with the text.
fn unclosed(inner: &str) -> Option<&str> {
    let name = inner.get(..name_length(inner)).filter(|name| !name.is_empty())?;
    let rest = inner.get(name.len()..)?;
    let is_use = rest.is_empty() || rest.trim_start_matches(':').starts_with(['-', '?', '+']);
    (is_use && !rest.contains('}')).then_some(name)
}

/// The length of the variable name that a text begins with.
fn name_length(text: &str) -> usize {
    match text.bytes().next() {
        Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
            text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn env(name: &str) -> Option<String> {
        match name {
            "A" => Some("a".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    fn invalid(at: usize) -> Result<String, InterpolationError> {
        Err(InterpolationError::Invalid { at })
    }

    #[test]
    fn replaces_as_compose_does() {
        for (value, expected) in [
            ("$A-${A}", "a-a"),
            ("$$A $$$A", "$A $a"),
            ("${X}|", "|"),
            ("${X:-d} ${EMPTY:-d} ${EMPTY-d}|", "d d |"),
            ("${A:-d}", "a"),
            ("${X:+d}${EMPTY:+d}${EMPTY+e}${A:+f}", "ef"),
            ("${X:-${Y:-z}}", "z"),
            ("${X:-$A/${A}b}", "a/ab"),
            ("${A:?must}", "a"),
            ("${X:-a:b-c?d}", "a:b-c?d"),
            ("${X:-{}}", "{}"),
            ("$A_b", ""),
        ] {
            assert_eq!(interpolate(value, &env).as_deref(), Ok(expected), "{value}");
        }
    }

    #[test]
    fn refuses_what_is_no_variable() {
        assert_eq!(interpolate("a$", &env), invalid(1));
        assert_eq!(interpolate("$1", &env), invalid(0));
        assert_eq!(interpolate("${", &env), invalid(0));
        let unclosed = |at, name: &str| Err(InterpolationError::Unclosed { at, name: name.to_owned() });
        assert_eq!(interpolate("${A", &env), unclosed(0, "A"));
        assert_eq!(interpolate("x ${LEVEL:-info", &env), unclosed(2, "LEVEL"));
        assert_eq!(interpolate("${}", &env), invalid(0));
        assert_eq!(interpolate("${A!x}", &env), invalid(0));
        assert_eq!(
            interpolate("${X:?set X}", &env),
            Err(InterpolationError::Required { name: "X".to_owned(), message: "set X".to_owned() })
        );
    }

    #[test]
    fn keeps_what_is_not_known() {
        assert_eq!(interpolate_known("$X ${X:?m} ${X:-d} $A", &env).as_deref(), Ok("$X ${X:?m} d a"));
    }

    #[test]
    fn finds_nested_variables() {
        let place = |start: usize, end: usize| Span { bytes: start..end, ..Span::default() };
        let text = "x ${A:-${B:?m}} $C $$D $1";
        let seen: Vec<_> =
            variables(text, &place).into_iter().map(|v| (v.name, &text[v.span.bytes])).collect();
        assert_eq!(
            seen,
            [("A".to_owned(), "${A:-${B:?m}}"), ("B".to_owned(), "${B:?m}"), ("C".to_owned(), "$C")]
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("{}x{}", "${A1:-".repeat(1000), "}".repeat(1000));
        assert_eq!(interpolate(&deep, &env), Err(InterpolationError::TooMuch));
        let place = |start: usize, end: usize| Span { bytes: start..end, ..Span::default() };
        assert!(variables(&deep, &place).len() <= MAX_NESTING + 1);
    }

    proptest! {
        #[test]
        fn never_panics(value in "([${}:?+-]|[AX]|\u{e9}){0,30}") {
            let _ = interpolate(&value, &env);
            let place = |start: usize, end: usize| Span { bytes: start..end, ..Span::default() };
            for variable in variables(&value, &place) {
                let text = value.get(variable.span.bytes.clone());
                prop_assert!(text.is_some_and(|text| text.starts_with('$') && text.contains(&variable.name)));
            }
        }
    }
}
