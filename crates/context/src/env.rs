//! `.env` files, as Compose reads them.

use std::ops::Range;

use crate::span::{Diagnostic, Span};

/// A `.env` file with the place of everything in it.
#[derive(Debug, Clone, Default)]
pub struct EnvFile {
    /// The variables in the order they are written; of a name that occurs twice the last holds.
    pub entries: Vec<EnvEntry>,
    /// What Compose would refuse, and a variable without a name, which it takes.
    pub diagnostics: Vec<Diagnostic>,
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvEntry {
    /// Its name.
    pub key: String,
    /// Its value without quotes, escapes resolved, `${VAR}` left as it stands. Nothing when the line holds
    /// only a name: then the value is inherited from the environment.
    pub value: Option<String>,
    /// How the value is quoted; within single quotes `$` means nothing.
    pub quote: EnvQuote,
    /// The line it starts on, from 1.
    pub line: usize,
    /// Where the name stands.
    pub key_span: Span,
    /// Where the value stands, within its quotes; empty and at its place when there is none.
    pub value_span: Span,
    /// The comment lines directly above, without their `#`, joined by line feeds.
    pub comment_above: Option<String>,
    /// The comment after the value, without its `#`.
    pub comment_beside: Option<String>,
}

/// How a value is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvQuote {
    /// Not at all.
    None,
    /// With `'`: taken as it is.
    Single,
    /// With `"`: escapes and variables are resolved.
    Double,
}

impl EnvFile {
    /// Reads a `.env` file. Never fails: a line that Compose would refuse becomes a diagnostic, and reading
    /// goes on behind it.
    pub fn parse(text: &str) -> EnvFile {
        let mut reader = Reader { text, at: 0, counted: 0, line: 1, line_start: 0, file: EnvFile::default() };
        if text.starts_with('\u{feff}') {
            reader.at = '\u{feff}'.len_utf8();
            reader.line_start = reader.at;
        }
        reader.run();
        reader.file
    }

    /// The value that holds for `key`: the last one.
    pub fn get(&self, key: &str) -> Option<&EnvEntry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Lines are counted up to here.
    counted: usize,
    line: usize,
    line_start: usize,
    file: EnvFile,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        let mut comment: Vec<&str> = Vec::new();
        while !self.rest().is_empty() {
            let line = self.line_rest();
            let text = line.trim();
            if text.is_empty() {
                comment.clear();
                self.skip_line();
            } else if let Some(words) = text.strip_prefix('#') {
                comment.push(words.trim());
                self.skip_line();
            } else {
                let above = (!comment.is_empty()).then(|| comment.join("\n"));
                comment.clear();
                self.statement(above);
            }
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// What is left of the line.
    fn line_rest(&self) -> &'a str {
        self.rest().split('\n').next().unwrap_or_default()
    }

    fn skip_line(&mut self) {
        self.at = (self.at + self.line_rest().len() + 1).min(self.text.len());
    }

    /// A span; spans are asked for in rising order, so that lines are counted once.
    fn span(&mut self, bytes: Range<usize>) -> Span {
        let passed = self.text.get(self.counted..bytes.start).unwrap_or_default();
        for (offset, _) in passed.match_indices('\n') {
            self.line += 1;
            self.line_start = self.counted + offset + 1;
        }
        self.counted = self.counted.max(bytes.start);
        let before = self.text.get(self.line_start..bytes.start).unwrap_or_default();
        Span { line: self.line, column: before.chars().count() + 1, bytes }
    }

    fn report(&mut self, message: &str, bytes: Range<usize>) {
        let span = self.span(bytes);
        self.file.diagnostics.push(Diagnostic { message: message.to_owned(), span });
    }

    fn statement(&mut self, comment_above: Option<String>) {
        let line = self.line_rest();
        let mut start = line.len() - line.trim_start().len();
        if let Some(after) = line.get(start..).and_then(|text| text.strip_prefix("export"))
            && after.starts_with([' ', '\t'])
        {
            start = line.len() - after.trim_start().len();
        }
        let body = line.get(start..).unwrap_or_default();
        let key_end = body.find(['=', ':']).unwrap_or(body.len());
        let key = body.get(..key_end).unwrap_or_default().trim_end();
        let key_bytes = self.at + start..self.at + start + key.len();
        if key.is_empty() {
            self.report("a variable has no name", key_bytes.start..key_bytes.start + body.trim_end().len());
            return self.skip_line();
        }
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']');
        if !key.chars().all(allowed) {
            self.report("a variable's name holds a character it cannot", key_bytes);
            return self.skip_line();
        }
        let key_span = self.span(key_bytes);
        let after_key = self.at + start + key_end;
        let (value, quote, value_bytes) = if key_end == body.len() {
            self.at = after_key;
            (None, EnvQuote::None, key_span.bytes.end..key_span.bytes.end)
        } else {
            self.at = after_key + 1;
            self.value()
        };
        let line = key_span.line;
        let value_span = self.span(value_bytes);
        let comment_beside = self.finish_line();
        self.file.entries.push(EnvEntry {
            key: key.to_owned(),
            value,
            quote,
            line,
            key_span,
            value_span,
            comment_above,
            comment_beside,
        });
    }

    /// Reads a value, leaves the reader behind it.
    fn value(&mut self) -> (Option<String>, EnvQuote, Range<usize>) {
        let line = self.line_rest();
        let lead = line.len() - line.trim_start().len();
        let text = line.trim_start();
        let start = self.at + lead;
        let quote = match text.chars().next() {
            Some(c @ ('"' | '\'')) => c,
            _ => {
                // Only a space makes a comment of what follows, and only behind a value.
                let end = text.find(" #").unwrap_or(text.len());
                let value = text.get(..end).unwrap_or_default().trim_end();
                self.at = start + end;
                return (Some(value.to_owned()), EnvQuote::None, start..start + value.len());
            }
        };
        let inner_start = start + 1;
        let inner = self.text.get(inner_start..).unwrap_or_default();
        let Some(end) = closing_quote(inner, quote) else {
            self.report("a quoted value is not closed", start..start + text.trim_end().len());
            let value = text.get(1..).unwrap_or_default().trim_end();
            self.at = start + text.len();
            return (Some(value.to_owned()), EnvQuote::None, inner_start..inner_start + value.len());
        };
        let raw = inner.get(..end).unwrap_or_default();
        self.at = inner_start + end + 1;
        let bytes = inner_start..inner_start + end;
        match quote {
            '"' => (Some(unescape(raw)), EnvQuote::Double, bytes),
            _ => (Some(raw.replace("\\'", "'")), EnvQuote::Single, bytes),
        }
    }

    /// Goes to the next line, or stays when another statement follows; gives the comment that ends this one.
    fn finish_line(&mut self) -> Option<String> {
        let rest = self.line_rest();
        let text = rest.trim();
        if let Some(comment) = text.strip_prefix('#') {
            self.skip_line();
            return Some(comment.trim().to_owned());
        }
        if text.is_empty() {
            self.skip_line();
        }
        None
    }
}

/// Where the quote that closes stands; one behind a backslash does not.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// Resolves the escapes of a double-quoted value. `\$` stays, it keeps the dollar from being a variable.
fn unescape(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next() {
            Some('a') => value.push('\x07'),
            Some('b') => value.push('\x08'),
            Some('f') => value.push('\x0c'),
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some('t') => value.push('\t'),
            Some('v') => value.push('\x0b'),
            Some(quoted @ ('\\' | '"' | '\'')) => value.push(quoted),
            Some(other) => value.extend(['\\', other]),
            None => value.push('\\'),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    //! The values are what Docker Compose 2.40 prints with `config --environment`.

    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let file = EnvFile::parse(text);
        assert_eq!(file.diagnostics, [], "{text:?}");
        let seen: Vec<_> =
            file.entries.iter().map(|e| (e.key.as_str(), e.value.as_deref().unwrap_or("<none>"))).collect();
        assert_eq!(seen, expected, "{text:?}");
    }

    #[test]
    fn values_are_compose_s() {
        check("A=b#c\n", &[("A", "b#c")]);
        check("A=b #c\n", &[("A", "b")]);
        check("A= #c\n", &[("A", "#c")]);
        check("A=a\tb\t#c", &[("A", "a\tb\t#c")]);
        check("A = b \n", &[("A", "b")]);
        check("A: b", &[("A", "b")]);
        check("A=", &[("A", "")]);
        check("A", &[("A", "<none>")]);
        check("export A=b\nexport\tB\nexportC=c", &[("A", "b"), ("B", "<none>"), ("exportC", "c")]);
        check("A=it\"s\"", &[("A", "it\"s\"")]);
        check("A=x\\ny", &[("A", "x\\ny")]);
        check("A-b=1\nA[0]=2\n1A=3\n\u{e9}=4", &[("A-b", "1"), ("A[0]", "2"), ("1A", "3"), ("\u{e9}", "4")]);
        check("\u{feff}A=b\r\nB=c\r\n", &[("A", "b"), ("B", "c")]);
    }

    #[test]
    fn quoted_values_are_compose_s() {
        check(r#"A="x\ty\\z\"q\a\101""#, &[("A", "x\ty\\z\"q\x07\\101")]);
        check(r"A='it\'s'", &[("A", "it's")]);
        check(r"A='x\\y\n'", &[("A", r"x\\y\n")]);
        check("A='x\\\\'\nB=1", &[("A", r"x\\"), ("B", "1")]);
        check("A=\"x\\\\\"\nB=2", &[("A", r"x\"), ("B", "2")]);
        check("A=''\nB=\"\"", &[("A", ""), ("B", "")]);
        check("A=\"b\" # c\nB=1", &[("A", "b"), ("B", "1")]);
        check("A=\"b # c\"", &[("A", "b # c")]);
        check("A=\"b\"B=2\nC=3", &[("A", "b"), ("B", "2"), ("C", "3")]);
        check("A=\"x\n# y\nz\"\nB=2", &[("A", "x\n# y\nz"), ("B", "2")]);
    }

    #[test]
    fn variables_stay() {
        check("A=${B:-x}\nC=\"$D \\$E\"\nF='$G'", &[("A", "${B:-x}"), ("C", "$D \\$E"), ("F", "$G")]);
    }

    #[test]
    fn refused_lines_are_reported() {
        let file = EnvFile::parse("A B=c\nA!=x\n=x\nC=\"open\nD=1\n");
        let seen: Vec<_> = file.diagnostics.iter().map(|d| (d.span.line, d.message.as_str())).collect();
        assert_eq!(
            seen,
            [
                (1, "a variable's name holds a character it cannot"),
                (2, "a variable's name holds a character it cannot"),
                (3, "a variable has no name"),
                (4, "a quoted value is not closed"),
            ]
        );
        assert_eq!(file.get("D").and_then(|entry| entry.value.as_deref()), Some("1"));
    }

    #[test]
    fn comments_belong_to_what_follows() {
        let file = EnvFile::parse("# lost\n\n# The key.\n#Two lines.\nA=1 # here\nB=2\n");
        let seen: Vec<_> =
            file.entries.iter().map(|e| (e.comment_above.as_deref(), e.comment_beside.as_deref())).collect();
        assert_eq!(seen, [(Some("The key.\nTwo lines."), Some("here")), (None, None)]);
    }

    #[test]
    fn places_are_exact() {
        let text = "\u{feff}\nexport KEY = \"v\nw\"\n  B=c\nD\n";
        let file = EnvFile::parse(text);
        let seen: Vec<_> = file
            .entries
            .iter()
            .map(|e| {
                let (key, value) = (&e.key_span, &e.value_span);
                (
                    &text[key.bytes.clone()],
                    key.line,
                    key.column,
                    &text[value.bytes.clone()],
                    value.line,
                    value.column,
                )
            })
            .collect();
        assert_eq!(seen, [("KEY", 2, 8, "v\nw", 2, 15), ("B", 4, 3, "c", 4, 5), ("D", 5, 1, "", 5, 2)]);
    }

    proptest! {
        #[test]
        fn never_panics_and_spans_hold(text in "([A-C \\n\r\t\u{e9}]|[=:#'\"\\\\$]|export ){0,40}") {
            let file = EnvFile::parse(&text);
            for entry in &file.entries {
                prop_assert_eq!(text.get(entry.key_span.bytes.clone()), Some(entry.key.as_str()));
                prop_assert!(text.get(entry.value_span.bytes.clone()).is_some());
                let line = text[..entry.key_span.bytes.start].matches('\n').count() + 1;
                prop_assert_eq!(entry.line, line);
                let line = text[..entry.value_span.bytes.start].matches('\n').count() + 1;
                prop_assert_eq!(entry.value_span.line, line);
            }
            for diagnostic in &file.diagnostics {
                prop_assert!(text.get(diagnostic.span.bytes.clone()).is_some());
            }
        }
    }
}
