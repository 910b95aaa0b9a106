//! `<<NAME` and the lines up to `NAME`.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::Version;
use crate::shellword::{self, LexError, Mode, NoVariables};
use crate::source::Span;

/// A heredoc: its announcement in the instruction's line, and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Heredoc<'s> {
    /// The word that ends it.
    pub name: Cow<'s, str>,
    /// The number before `<<`; 0 where there is none.
    pub fd: u32,
    /// Whether variables in it are expanded: no part of the name was quoted.
    pub expand: bool,
    /// Whether leading tabs are taken off its lines (`<<-`).
    pub chomp: bool,
    /// The word that announces it, as `<<-"EOF"`.
    pub span: Span,
    /// Its lines.
    pub body: Span,
    /// Its lines as they stand in the file, tabs and line endings included.
    pub content: Cow<'s, str>,
    /// The line that ends it, its line ending aside; `None` where it never ends.
    pub terminator: Option<Span>,
}

impl Heredoc<'_> {
    /// Its lines as the build sees them: leading tabs taken off where `<<-` says so.
    pub fn chomped(&self) -> Cow<'_, str> {
        if !self.chomp || !self.content.contains('\t') {
            return Cow::Borrowed(&self.content);
        }
        Cow::Owned(self.content.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect())
    }
}

/// A heredoc announced in a line, `start..end` being its word.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) name: String,
    pub(crate) fd: u32,
    pub(crate) expand: bool,
    pub(crate) chomp: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The heredocs that a line announces. A line that cannot be read as words announces none; a heredoc word
/// that cannot is an error.
pub(crate) fn announced(line: &str, version: Version) -> Result<Vec<Announced>, LexError> {
    let mode = Mode {
        escape: '\\',
        raw_quotes: true,
        raw_escapes: true,
        plain_quotes: false,
        version,
        bounded: false,
    };
    let Ok(words) = shellword::split_words(line, mode, &mut NoVariables) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for word in words {
        if let Some(mut heredoc) = parse_word(&word.text, version).map_err(|mut error| {
            error.at = word.start;
            error
        })? {
            (heredoc.start, heredoc.end) = (word.start, word.end);
            found.push(heredoc);
        }
    }
    Ok(found)
}

/// Reads one word as `3<<-"NAME"`.
fn parse_word(word: &str, version: Version) -> Result<Option<Announced>, LexError> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let Some(rest) = word[digits..].strip_prefix("<<") else { return Ok(None) };
    let (chomp, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = if version == Version::Current { rest.trim_ascii_start() } else { rest };
    if rest.is_empty() || rest.contains('<') {
        return Ok(None);
    }
    let mode = Mode {
        escape: '\\',
        raw_quotes: false,
        raw_escapes: false,
        plain_quotes: false,
        version,
        bounded: false,
    };
    let words = shellword::split_words(rest, mode, &mut NoVariables)?;
    let [name] = &words[..] else { return Ok(None) };
    let raw = shellword::split_words(rest, Mode { raw_quotes: true, ..mode }, &mut NoVariables)?;
    let [raw_name] = &raw[..] else {
        return Err(LexError { at: 0, message: format!("the heredoc name {rest} cannot be read") });
    };
    let quotes = |text: &str| text.bytes().filter(|byte| matches!(byte, b'\'' | b'"')).count();
    Ok(Some(Announced {
        expand: quotes(&name.text) == quotes(&raw_name.text),
        name: name.text.clone(),
        fd: word[..digits].parse().unwrap_or(if digits == 0 { 0 } else { u32::MAX }),
        chomp,
        start: 0,
        end: 0,
    }))
}

/// Where each line stands last, so that the end of a heredoc that never comes is not searched for again and
/// again. Made when the first one does not come.
#[derive(Default)]
pub(crate) struct LastLines<'s> {
    exact: HashMap<&'s str, usize>,
    without_tabs: HashMap<&'s str, usize>,
    trimmed: HashMap<&'s str, usize>,
}

impl<'s> LastLines<'s> {
    pub(crate) fn new(text: &'s str) -> LastLines<'s> {
        let mut lines = LastLines::default();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\r', '\n']);
            lines.exact.insert(content, at);
            lines.without_tabs.insert(content.trim_start_matches('\t'), at);
            lines.trimmed.insert(content.trim(), at);
            at += line.len();
        }
        lines
    }

    /// Whether the end comes at or after `from`.
    pub(crate) fn ends_after(&self, name: &str, chomp: bool, from: usize) -> bool {
        let lines = if chomp { &self.without_tabs } else { &self.exact };
        lines.get(name).is_some_and(|&at| at >= from)
    }

    /// Whether a line comes that would be the end if it were not for spaces around it.
    pub(crate) fn nearly_ends_after(&self, name: &str, from: usize) -> bool {
        self.trimmed.get(name.trim()).is_some_and(|&at| at >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str, version: Version) -> Vec<String> {
        announced(line, version).unwrap().into_iter().map(|h| format!("{}{}", h.fd, h.name)).collect()
    }

    #[test]
    fn names_are_found() {
        assert_eq!(names("RUN <<A 3<<-'B C' cat<<D <<<E", Version::Current), ["0A", "3B C"]);
        assert_eq!(names("RUN cat << EOF", Version::Current), ["0EOF"]);
        assert_eq!(names("RUN cat << EOF", Version::V0_12), [""; 0]);
        assert_eq!(names("RUN 'open <<EOF", Version::Current), [""; 0]);
        assert!(announced("RUN <<${a:-x y}", Version::V0_12).is_err());
    }

    #[test]
    fn a_continuation_may_cut_the_mark() {
        let source = crate::Source::from("FROM a\nRUN cat <\\\n# c\n<EOF\nhello\nEOF\nUSER x\n");
        let file = crate::parse(&source);
        assert_eq!(file.instructions[1].heredocs[0].content, "hello\n");
        assert_eq!(file.instructions.len(), 3);
    }

    #[test]
    fn quoting_turns_expansion_off() {
        for (line, expand) in [("<<EOF", true), ("<<'EOF'", false), ("<<E\"O\"F", false), ("<<\\EOF", true)] {
            assert_eq!(announced(line, Version::Current).unwrap()[0].expand, expand, "{line}");
        }
    }
}
