//! The tolerant splitter: what reads a script that the shell parser cannot read.
//!
//! It knows quotes, comments, separators, redirects and keywords, and no grammar, so it never fails and takes time
//! linear in the text. On simple scripts it makes the same commands as the parser.

use std::sync::OnceLock;

use crate::command::{Command, Connector, Context, PipelinePlace, Redirect, RedirectKind};
use crate::dialect::Dialect;
use crate::script::{Heredoc, ParsedBy, Pipeline, Script};
use crate::word::{Span, VariableUse, Word};

/// Keywords after which a command may start.
const KEYWORDS: [&str; 11] = ["if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "("];
/// Keywords that end a compound command; nothing of interest follows but a separator or a redirect.
const ENDERS: [&str; 5] = ["fi", "done", "esac", "}", ")"];

/// Splits a script into commands.
pub(crate) fn split(text: &str, dialect: Dialect) -> Script {
    let mut splitter = Splitter {
        text,
        at: 0,
        script: Script::empty(text, dialect, ParsedBy::Splitter),
        current: None,
        connector: Connector::Start,
        pipe: Vec::new(),
        depth: 0,
        heredocs: Vec::new(),
    };
    splitter.run();
    splitter.script
}

struct Splitter<'a> {
    text: &'a str,
    at: usize,
    script: Script,
    current: Option<Command>,
    connector: Connector,
    /// Indices of the commands of the pipeline that is being read.
    pipe: Vec<usize>,
    depth: u16,
    /// Heredocs whose bodies begin at the next line: command, redirect, delimiter, tabs stripped, expanding.
    heredocs: Vec<(Option<usize>, Heredoc)>,
}

impl<'a> Splitter<'a> {
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            match (self.byte(0), self.byte(1)) {
                (b'\n', _) => {
                    self.separate(Connector::Seq, 1);
                    self.heredoc_bodies();
                }
                (b' ' | b'\t' | b'\r', _) => self.at += 1,
                (b'\\', b'\n') => self.at += 2,
                (b'#', _) => {
                    let end = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i);
                    self.script.comments.push(Span::new(self.at, end));
                    self.at = end;
                }
                (b'&', b'&') => self.separate(Connector::And, 2),
                (b'|', b'|') => self.separate(Connector::Or, 2),
                (b'|', b'&') => self.separate(Connector::Pipe, 2),
                (b'|', _) => self.separate(Connector::Pipe, 1),
                (b';', b';') => self.separate(Connector::Seq, 2),
                (b';', _) => self.separate(Connector::Seq, 1),
                (b'&', b'>') => self.redirect(None),
                (b'&', _) => self.separate(Connector::Background, 1),
                (b'(', _) => {
                    // After a word it is a function's `()`; before one, a subshell.
                    self.separate(self.connector, 1);
                    self.depth = self.depth.saturating_add(1);
                }
                (b')', _) => {
                    self.separate(Connector::Seq, 1);
                    self.depth = self.depth.saturating_sub(1);
                }
                (b'<' | b'>', _) => self.redirect(None),
                (b'0'..=b'9', b'<' | b'>') => {
                    let fd = i32::from(self.byte(0) - b'0');
                    self.at += 1;
                    self.redirect(Some(fd));
                }
                _ => self.take_word(),
            }
        }
        self.end_command();
        self.end_pipeline();
    }

    fn separate(&mut self, connector: Connector, width: usize) {
        let had = self.current.is_some();
        self.end_command();
        if connector != Connector::Pipe {
            self.end_pipeline();
        }
        if had || matches!(connector, Connector::And | Connector::Or | Connector::Pipe) {
            if connector == Connector::Background
                && let Some(last) = self.script.commands.last_mut()
            {
                last.context.background = true;
            }
            self.connector = connector;
        }
        self.at += width;
    }

    fn end_command(&mut self) {
        if let Some(command) = self.current.take() {
            self.pipe.push(self.script.commands.len());
            self.script
                .variables
                .extend(command.words.iter().flat_map(|word| word.variables.iter().cloned()));
            self.script.commands.push(command);
        }
    }

    fn end_pipeline(&mut self) {
        let members = std::mem::take(&mut self.pipe);
        let (Some(&first), Some(&last)) = (members.first(), members.last()) else { return };
        if members.len() < 2 {
            return;
        }
        let pipeline = self.script.pipelines.len();
        for (position, &index) in members.iter().enumerate() {
            self.script.commands[index].pipeline =
                Some(PipelinePlace { pipeline, position, length: members.len() });
        }
        let span = Span::new(self.script.commands[first].span.start, self.script.commands[last].span.end);
        let elements = members.iter().map(|&index| index..index + 1).collect();
        self.script.pipelines.push(Pipeline { span, elements, pipefail: false });
    }

    fn command(&mut self) -> &mut Command {
        let (at, connector, depth) = (self.at, self.connector, self.depth);
        self.current.get_or_insert_with(|| Command {
            span: Span::new(at, at),
            words: Vec::new(),
            assignments: Vec::new(),
            redirects: Vec::new(),
            connector,
            pipeline: None,
            context: Context { depth, subshell: depth > 0, ..Context::default() },
            negated: false,
            index: 0,
            inner: Vec::new(),
            installed: OnceLock::new(),
        })
    }

    fn take_word(&mut self) {
        let word = self.word();
        if self.current.is_none() {
            let keyword = if word.quoted { "" } else { &*word.value };
            if KEYWORDS.contains(&keyword) || ENDERS.contains(&keyword) {
                return;
            }
            if let Some((name, value)) = assignment(&word, self.text) {
                let span = word.span;
                let command = self.command();
                command.span = span;
                command.assignments.push(crate::Assignment { name, value: Some(value), span, append: false });
                return;
            }
        }
        let (span, text) = (word.span, self.text);
        let command = self.command();
        let may_be_assignment = command.words.is_empty() && !command.assignments.is_empty();
        if let Some((name, value)) = may_be_assignment.then(|| assignment(&word, text)).flatten() {
            command.assignments.push(crate::Assignment { name, value: Some(value), span, append: false });
            command.span.end = span.end;
            return;
        }
        if command.span.start == command.span.end {
            command.span = span;
        }
        command.span.end = span.end;
        command.words.push(word);
    }

    fn redirect(&mut self, fd: Option<i32>) {
        let start = self.at - usize::from(fd.is_some());
        let (kind, width) = match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'&', _, b'>') => (RedirectKind::OutputBoth, 3),
            (b'&', ..) => (RedirectKind::OutputBoth, 2),
            (b'<', b'<', b'<') => (RedirectKind::HereString, 3),
            (b'<', b'<', b'-') => (RedirectKind::Heredoc, 3),
            (b'<', b'<', _) => (RedirectKind::Heredoc, 2),
            (b'<', b'&', _) => (RedirectKind::DupInput, 2),
            (b'<', b'>', _) => (RedirectKind::ReadWrite, 2),
            (b'<', ..) => (RedirectKind::Input, 1),
            (_, b'>', _) => (RedirectKind::Append, 2),
            (_, b'&', _) => (RedirectKind::DupOutput, 2),
            (_, b'|', _) => (RedirectKind::Output, 2),
            _ => (RedirectKind::Output, 1),
        };
        let strips_tabs = kind == RedirectKind::Heredoc && width == 3;
        self.at += width;
        while matches!(self.byte(0), b' ' | b'\t') {
            self.at += 1;
        }
        let from = self.at;
        let target = self.word();
        let span = Span::new(start, self.at.max(from));
        let mut heredoc = None;
        if kind == RedirectKind::Heredoc {
            let raw = &self.text[target.span.range()];
            let expands = !raw.contains(['\'', '"', '\\']);
            let name = target.value.clone();
            heredoc = Some(self.script.heredocs.len() + self.heredocs.len());
            self.heredocs
                .push((None, Heredoc { name, body: Span::new(self.at, self.at), expands, strips_tabs }));
        }
        let command = self.command();
        if command.span.start == command.span.end {
            command.span.start = start;
        }
        command.span.end = span.end;
        command.redirects.push(Redirect { fd, kind, target, heredoc, span });
    }

    /// The bodies of the heredocs of the line that just ended.
    fn heredoc_bodies(&mut self) {
        for (_, mut heredoc) in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            let mut end = self.text.len();
            while self.at < self.text.len() {
                let line_end = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i);
                let line = &self.text[self.at..line_end];
                let line = if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line };
                let line_start = self.at;
                self.at = (line_end + 1).min(self.text.len());
                if line == &*heredoc.name {
                    end = line_start;
                    break;
                }
            }
            heredoc.body = Span::new(start, end);
            self.script.heredocs.push(heredoc);
        }
    }

    /// Reads to the end of the word; takes at least one byte when there is one.
    fn word(&mut self) -> Word {
        let start = self.at;
        let mut word = Word::literal("", Span::new(start, start));
        let mut value = String::new();
        let mut quoted_parts = 0;
        while self.at < self.text.len() {
            match self.byte(0) {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => break,
                b'\\' => {
                    self.at += 1;
                    let Some(c) = self.text[self.at..].chars().next() else { break };
                    if c != '\n' {
                        value.push(c);
                    }
                    self.at += c.len_utf8();
                }
                b'\'' => {
                    quoted_parts += 1;
                    let body = &self.text[self.at + 1..];
                    let end = body.find('\'').unwrap_or(body.len());
                    value.push_str(&body[..end]);
                    self.at = (self.at + end + 2).min(self.text.len());
                }
                b'"' => {
                    quoted_parts += 1;
                    self.at += 1;
                    self.double_quoted(&mut word, &mut value);
                }
                b'$' => self.dollar(false, &mut word, &mut value),
                b'`' => self.backticks(&mut word, &mut value),
                byte => {
                    word.has_glob |= matches!(byte, b'*' | b'?' | b'[');
                    word.has_braces |= byte == b'{';
                    let width = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                    value.push_str(&self.text[self.at..self.at + width]);
                    self.at += width;
                }
            }
        }
        word.span = Span::new(start, self.at);
        let raw = &self.text[word.span.range()];
        word.quoted = quoted_parts == 1
            && raw.len() > 1
            && ((raw.starts_with('"') && raw.ends_with('"'))
                || (raw.starts_with('\'') && raw.ends_with('\'')));
        word.has_braces &= value.contains(',') && value.contains('}');
        word.value = value.into();
        word
    }

    fn double_quoted(&mut self, word: &mut Word, value: &mut String) {
        while self.at < self.text.len() {
            match self.byte(0) {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' if matches!(self.byte(1), b'"' | b'\\' | b'$' | b'`') => {
                    value.push(char::from(self.byte(1)));
                    self.at += 2;
                }
                b'\\' if self.byte(1) == b'\n' => self.at += 2,
                b'$' => self.dollar(true, word, value),
                b'`' => self.backticks(word, value),
                _ => {
                    let width = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                    value.push_str(&self.text[self.at..self.at + width]);
                    self.at += width;
                }
            }
        }
    }

    fn dollar(&mut self, quoted: bool, word: &mut Word, value: &mut String) {
        let start = self.at;
        let closed = match self.byte(1) {
            b'(' => Some((b'(', b')')),
            b'{' => Some((b'{', b'}')),
            _ => None,
        };
        if let Some((open, close)) = closed {
            self.at += 1;
            self.skip_nested(open, close);
            // A backslash skips a byte, which may be the first of a character.
            self.at = self.text.ceil_char_boundary(self.at);
            let raw = &self.text[start..self.at];
            word.has_expansion = true;
            word.has_substitution |= open == b'(';
            if open == b'{' {
                let name: &str =
                    raw[2..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
                let rest = raw.get(2 + name.len()..).unwrap_or("");
                let rest = rest.strip_prefix(':').unwrap_or(rest);
                self.variable(name, start, quoted, rest.starts_with(['-', '=', '?', '+']), word);
            }
            value.push_str(raw);
            return;
        }
        let rest = &self.text[start + 1..];
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let special = rest.starts_with([
            '@', '*', '#', '?', '!', '$', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
        ]);
        if length == 0 && !special {
            value.push('$');
            self.at += 1;
            return;
        }
        let length = if special { 1 } else { length };
        self.at = start + 1 + length;
        word.has_expansion = true;
        let name = &rest[..length];
        value.push_str(&format!("${{{name}}}"));
        self.variable(name, start, quoted, false, word);
    }

    fn variable(&mut self, name: &str, start: usize, quoted: bool, has_default: bool, word: &mut Word) {
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            let span = Span::new(start, self.at);
            word.variables.push(VariableUse { name: name.into(), span, quoted, has_default });
        }
    }

    fn backticks(&mut self, word: &mut Word, value: &mut String) {
        let start = self.at;
        self.at += 1;
        while self.at < self.text.len() && self.byte(0) != b'`' {
            self.at += if self.byte(0) == b'\\' { 2 } else { 1 };
        }
        self.at = self.text.ceil_char_boundary(self.at + 1);
        word.has_expansion = true;
        word.has_substitution = true;
        value.push_str(&self.text[start..self.at]);
    }

    /// From an opener to behind its closer, quotes respected; to the end of the text when it is never closed.
    fn skip_nested(&mut self, open: u8, close: u8) {
        let bytes = self.text.as_bytes();
        let (mut depth, mut quote) = (0usize, 0u8);
        while let Some(&byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' if quote != b'\'' => self.at += 1,
                b'\'' | b'"' if quote == byte => quote = 0,
                b'\'' | b'"' if quote == 0 => quote = byte,
                _ if quote == b'\'' => {}
                _ if byte == open => depth += 1,
                _ if byte == close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
        self.at = self.text.len();
    }
}

/// `NAME=value` as its parts.
fn assignment(word: &Word, text: &str) -> Option<(Box<str>, Word)> {
    let raw = text.get(word.span.range())?;
    let (name, _) = raw.split_once('=')?;
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut value = word.clone();
    value.value = word.value.get(name.len() + 1..)?.into();
    value.span.start += name.len() + 1;
    valid.then(|| (name.into(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Shape = (Vec<String>, Connector, Option<(usize, usize)>);

    fn shape(script: &Script) -> Vec<Shape> {
        let words = |c: &Command| c.words.iter().map(|w| w.text_lossy().to_string()).collect();
        let place = |c: &Command| c.pipeline.map(|p| (p.position, p.length));
        script.commands.iter().map(|c| (words(c), c.connector, place(c))).collect()
    }

    #[test]
    fn splitter_agrees_with_the_parser_on_simple_scripts() {
        for text in [
            "apt-get update && apt-get install -y --no-install-recommends curl=7.* \"$PKG\" && rm -rf /var/lib/apt/lists/*",
            "curl -fsSL https://example.com/x.sh | bash -s -- --yes || exit 1",
            "set -eux; cd /tmp; echo 'a b' \"c $D ${E:-f}\" >out 2>&1; echo done # note",
            "FOO=bar make -j\"$(nproc)\" install && A=1 B='2 3' ./x",
            "a & b; c | d | e",
            "cat <<EOF > /etc/x\nhello $Y\nEOF\necho after",
            "echo a\\ b 'x'\"y\"z",
            "if true; then echo a; else echo b; fi",
            "( cd /x && make ) && echo ok",
            "echo {a,b} *.txt",
        ] {
            let parsed = Script::parse_flat(text, Dialect::Sh);
            assert_eq!(parsed.parsed_by(), ParsedBy::Parser, "{text}");
            let split = split(text, Dialect::Sh);
            let whole = |s: &Script| -> Vec<_> {
                let first_of_list = |c| if c == Connector::Start { Connector::Seq } else { c };
                let shapes = shape(s).into_iter();
                // `then`, `else` and `do` start a list for the parser; the splitter sees only the separator.
                shapes.map(|(w, c, p)| (w, first_of_list(c), p)).filter(|(w, ..)| w != &["nproc"]).collect()
            };
            assert_eq!(whole(&split), whole(&parsed), "{text}");
            assert_eq!(split.heredocs, parsed.heredocs, "{text}");
            assert_eq!(split.comments, parsed.comments, "{text}");
        }
    }

    #[test]
    fn unreadable_scripts_still_give_commands() {
        let script = Script::parse("if true; then apt-get install -y curl && rm -rf /x", Dialect::Sh);
        assert_eq!(script.parsed_by(), ParsedBy::Splitter);
        assert!(!script.problems.is_empty());
        assert!(script.commands.iter().any(|c| c.words[0].text() == Some("apt-get")));
    }
}
