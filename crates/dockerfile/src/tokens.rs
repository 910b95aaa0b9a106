//! A file as tokens that leave no byte out.

use crate::instruction::{Body, Instruction};
use crate::lines::{BYTE_ORDER_MARK, Line, Lines, continuation};
use crate::parser::Dockerfile;
use crate::source::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// The mark some editors put at the beginning.
    ByteOrderMark,
    /// A parser directive.
    Directive,
    /// A comment.
    Comment,
    /// A keyword, also one inside ONBUILD. One that a continuation cuts is several tokens, as is all else.
    Keyword,
    /// A flag.
    Flag,
    /// A word of the arguments.
    Word,
    /// The escape that continues a line, and the blanks after it.
    Continuation,
    /// A line of a heredoc.
    HeredocLine,
    /// The line that ends a heredoc.
    HeredocEnd,
    /// White space in a line.
    Space,
    /// The end of a line.
    Newline,
}

/// A piece of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}

impl Dockerfile<'_> {
    /// The file's tokens: every byte is in one, in order.
    pub fn tokens(&self) -> impl Iterator<Item = Token> {
        Tokens::new(self).run().into_iter()
    }
}

struct Tokens<'s> {
    text: &'s str,
    escape: u8,
    /// Keywords, flags, directives, comments and heredocs, by place.
    marks: Vec<(Span, TokenKind)>,
    next_mark: usize,
    tokens: Vec<Token>,
    at: usize,
}

impl<'s> Tokens<'s> {
    fn new(file: &Dockerfile<'s>) -> Tokens<'s> {
        let mut marks = Vec::new();
        marks.extend(file.directives.iter().map(|directive| (directive.span, TokenKind::Directive)));
        marks.extend(file.comments.iter().map(|comment| (comment.span, TokenKind::Comment)));
        for instruction in &file.instructions {
            mark(instruction, &mut marks);
        }
        marks.retain(|(span, _)| !span.is_empty());
        marks.sort_by_key(|(span, _)| *span);
        Tokens {
            text: file.source().text(),
            escape: file.escape as u8,
            marks,
            next_mark: 0,
            tokens: Vec::new(),
            at: 0,
        }
    }

    fn run(mut self) -> Vec<Token> {
        let lines = Lines::new(self.text);
        if self.text.starts_with(BYTE_ORDER_MARK) {
            self.push(BYTE_ORDER_MARK.len_utf8(), TokenKind::ByteOrderMark);
        }
        for line in lines {
            self.line(line);
            self.push(line.next, TokenKind::Newline);
        }
        self.tokens
    }

    fn line(&mut self, line: Line) {
        if let Some((_, kind)) = self.mark_at(line.start)
            && matches!(kind, TokenKind::HeredocLine | TokenKind::HeredocEnd)
        {
            self.push(line.end, kind);
            return;
        }
        let start = line.first(self.text);
        self.push(start, TokenKind::Space);
        if let Some((span, kind)) = self.mark_at(start)
            && matches!(kind, TokenKind::Directive | TokenKind::Comment)
        {
            self.push(span.end as usize, kind);
            self.push(line.end, TokenKind::Space);
            return;
        }
        let end = continuation(self.text, start..line.end, self.escape);
        self.words(end.unwrap_or(line.end));
        if end.is_some() {
            self.push(line.end, TokenKind::Continuation);
        }
    }

    /// Cuts the text up to `end` at white space and where marks begin and end.
    fn words(&mut self, end: usize) {
        while self.at < end {
            let (until, kind) = match self.mark_at(self.at) {
                Some((span, kind)) => (span.end as usize, kind),
                None => {
                    let rest = &self.text[self.at..end];
                    let spaces = rest.len() - rest.trim_start().len();
                    let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    let (length, kind) =
                        if spaces > 0 { (spaces, TokenKind::Space) } else { (word, TokenKind::Word) };
                    let next = self.marks.get(self.next_mark).map_or(end, |(span, _)| span.start as usize);
                    ((self.at + length).min(next.max(self.at + 1)), kind)
                }
            };
            self.push(until.min(end), kind);
        }
    }

    /// The mark that covers a byte.
    fn mark_at(&mut self, at: usize) -> Option<(Span, TokenKind)> {
        while self.marks.get(self.next_mark).is_some_and(|(span, _)| span.end as usize <= at) {
            self.next_mark += 1;
        }
        self.marks.get(self.next_mark).filter(|(span, _)| span.contains(at as u32)).copied()
    }

    fn push(&mut self, mut end: usize, kind: TokenKind) {
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        if end > self.at {
            self.tokens.push(Token { kind, span: Span::new(self.at as u32, end as u32) });
            self.at = end;
        }
    }
}

fn mark(instruction: &Instruction<'_>, marks: &mut Vec<(Span, TokenKind)>) {
    marks.push((instruction.keyword.span, TokenKind::Keyword));
    marks.extend(instruction.flags.iter().map(|flag| (flag.span, TokenKind::Flag)));
    for heredoc in &instruction.heredocs {
        marks.push((heredoc.body, TokenKind::HeredocLine));
        marks.extend(heredoc.terminator.map(|span| (span, TokenKind::HeredocEnd)));
    }
    if let Body::Onbuild(Some(inner)) = &instruction.body {
        mark(inner, marks);
    }
}

#[cfg(test)]
mod tests {
    use super::TokenKind::*;
    use crate::{Source, parse};

    #[test]
    fn every_kind() {
        let source = Source::from("# escape=`\n#c\nRUN --x a`\r\n # d\n b <<E\nl\nE\n");
        let file = parse(&source);
        let kinds: Vec<_> = file.tokens().map(|token| (token.kind, source.slice(token.span))).collect();
        assert_eq!(
            kinds,
            [
                (Directive, "# escape=`"),
                (Newline, "\n"),
                (Comment, "#c"),
                (Newline, "\n"),
                (Keyword, "RUN"),
                (Space, " "),
                (Flag, "--x"),
                (Space, " "),
                (Word, "a"),
                (Continuation, "`"),
                (Newline, "\r\n"),
                (Space, " "),
                (Comment, "# d"),
                (Newline, "\n"),
                (Space, " "),
                (Word, "b"),
                (Space, " "),
                (Word, "<<E"),
                (Newline, "\n"),
                (HeredocLine, "l"),
                (Newline, "\n"),
                (HeredocEnd, "E"),
                (Newline, "\n"),
            ]
        );
    }
}
