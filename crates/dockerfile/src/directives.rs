//! `# syntax=`, `# escape=`, `# check=` at the top of a file.

use crate::Version;
use crate::flags::parse_go_bool;
use crate::source::Span;
use crate::text::Text;

/// Which parser directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DirectiveKind {
    /// Which frontend reads the file.
    Syntax,
    /// Which character escapes and continues lines.
    Escape,
    /// Which build checks are skipped, and whether they fail the build.
    Check,
}

impl DirectiveKind {
    /// Its name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            DirectiveKind::Syntax => "syntax",
            DirectiveKind::Escape => "escape",
            DirectiveKind::Check => "check",
        }
    }
}

/// One parser directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive<'s> {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// Which one.
    pub kind: DirectiveKind,
    /// Its name as written.
    pub name: Text<'s>,
    /// What it is set to.
    pub value: Text<'s>,
    /// Its line, from 1.
    pub line: u32,
}

/// A comment: a line that begins with `#`, also one inside a continued instruction. Parser directives are
/// not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'s> {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// What stands after the `#`, without the spaces around it.
    pub text: &'s str,
    /// Its line, from 1.
    pub line: u32,
}

/// Reads `#name=value`, where `text` begins with the `#` at `start` in the source.
pub(crate) fn parse<'s>(text: &'s str, start: u32, line: u32, version: Version) -> Option<Directive<'s>> {
    let bytes = text.as_bytes();
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | 0x0c);
    let after_hash = text.get(1..)?;
    let name_start = match version {
        Version::Current => text.len() - after_hash.trim_start().len(),
        Version::V0_12 => 1 + after_hash.bytes().take_while(is_space).count(),
    };
    let mut at = name_start;
    if !bytes.get(at)?.is_ascii_alphabetic() {
        return None;
    }
    while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
        at += 1;
    }
    let name = &text[name_start..at];
    let kind = [DirectiveKind::Syntax, DirectiveKind::Escape, DirectiveKind::Check]
        .into_iter()
        .find(|kind| kind.as_str().eq_ignore_ascii_case(name))
        .filter(|kind| version == Version::Current || *kind != DirectiveKind::Check)?;
    let name_end = at;
    while bytes.get(at).is_some_and(is_space) {
        at += 1;
    }
    if bytes.get(at) != Some(&b'=') {
        return None;
    }
    at += 1;
    let mut end = bytes.len();
    while end > at && is_space(&bytes[end - 1]) {
        end -= 1;
    }
    while at < end && is_space(&bytes[at]) {
        at += 1;
    }
    if at == end {
        // A value of nothing but spaces is the last of them; no value at all is no directive.
        end = bytes.len();
        if bytes.get(end - 1) == Some(&b'=') {
            return None;
        }
        at = end - 1;
    }
    let span = |from: usize, to: usize| Span::new(start + from as u32, start + to as u32);
    Some(Directive {
        span: span(0, bytes.len()),
        kind,
        name: Text::new(name, span(name_start, name_end)),
        value: Text::new(&text[at..end], span(at, end)),
        line,
    })
}

/// What is wrong with the value of a `check` directive: the part, and what it should be.
pub(crate) fn check_errors<'t>(value: &'t Text<'_>) -> impl Iterator<Item = (Span, String)> + 't {
    let mut at = 0;
    value.split(';').filter_map(move |part| {
        let start = at;
        at += part.len() + 1;
        let span = |range: std::ops::Range<usize>| value.piece(start + range.start..start + range.end).span;
        let Some((key, given)) = part.split_once('=') else {
            return Some((span(0..part.len()), format!("{part:?} is no option with a value")));
        };
        match key.trim() {
            "skip" | "experimental" => None,
            "error" if parse_go_bool(given.trim()).is_some() => None,
            "error" => {
                let message = format!("error takes true or false, not {:?}", given.trim());
                Some((span(key.len() + 1..part.len()), message))
            }
            other => Some((span(0..key.len()), format!("check has no option {other:?}"))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(DirectiveKind, &str)> {
        parse(text, 0, 1, Version::Current).map(|d| (d.kind, &text[d.value.span.range()]))
    }

    #[test]
    fn directives() {
        assert_eq!(read("# escape=`"), Some((DirectiveKind::Escape, "`")));
        assert_eq!(read("#SYNTAX = a b  "), Some((DirectiveKind::Syntax, "a b")));
        assert_eq!(read("#check=skip=all"), Some((DirectiveKind::Check, "skip=all")));
        assert_eq!(read("# escape="), None);
        assert_eq!(read("# escape= "), Some((DirectiveKind::Escape, " ")));
        assert_eq!(read("# escape x=`"), None);
        assert_eq!(read("# foo=bar"), None);
        assert_eq!(read("#"), None);
    }

    #[test]
    fn options_of_checks() {
        let wrong = |text: &str| {
            let directive = parse(text, 0, 1, Version::Current).unwrap();
            check_errors(&directive.value).map(|(span, _)| text[span.range()].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(wrong("# check=skip=A, B;error=True;experimental=all"), [""; 0]);
        assert_eq!(wrong("# check=all"), ["all"]);
        assert_eq!(wrong("# check=skip=A;skpi=B;error=maybe"), ["skpi", "maybe"]);
    }
}
