//! From lines to instructions.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostics::{Code, Diagnostic};
use crate::directives::{self, Comment, Directive, DirectiveKind};
use crate::flags;
use crate::heredoc::{self, Announced, Heredoc, LastLines};
use crate::instruction::{Body, Form, Instruction};
use crate::instructions::{self, Input, Run};
use crate::keyword::Kind;
use crate::lines::{Continued, Line, Lines, continuation, indent, trimmed, trimmed_end};
use crate::source::{Source, Span};
use crate::text::{Joined, Text};
use crate::words;

/// BuildKit reads no longer lines.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// How long instructions are, roughly, and the most that memory is set aside for at once.
const BYTES_PER_INSTRUCTION: usize = 128;
const MAX_RESERVED: usize = 1024;

/// For how many comments memory is set aside at first.
const COMMENTS_RESERVED: usize = 16;

/// ONBUILD in ONBUILD is refused by every build; deeper than this it is not looked into.
const MAX_ONBUILD_DEPTH: u32 = 16;

/// How a BuildKit of some time reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    /// Today's.
    #[default]
    Current,
    /// 0.12, which the `dockerfile` package for Python wraps: it knows no `check` directive, no space
    /// between `<<` and a heredoc's name, and fewer variable modifiers, and takes a JSON array with
    /// something after it.
    V0_12,
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Which BuildKit's reading.
    pub version: Version,
    /// Whether an instruction with a misspelt keyword is read as what it was meant to be.
    pub correct_keywords: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { version: Version::Current, correct_keywords: true }
    }
}

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Dockerfile<'s> {
    /// The parser directives at the top.
    pub directives: Vec<Directive<'s>>,
    /// Every comment, those inside continued instructions included.
    pub comments: Vec<Comment<'s>>,
    /// Every instruction, in order.
    pub instructions: Vec<Instruction<'s>>,
    /// What is wrong, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The character that escapes and continues lines.
    pub escape: char,
    source: &'s Source,
}

impl<'s> Dockerfile<'s> {
    /// The file.
    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// The comments right before an instruction.
    pub fn comments_before(&self, instruction: &Instruction<'_>) -> &[Comment<'s>] {
        self.comments.get(instruction.comments.clone()).unwrap_or(&[])
    }

    /// The instruction that covers a byte, heredocs and comments inside it included.
    pub fn instruction_at(&self, offset: u32) -> Option<&Instruction<'s>> {
        let index = self.instructions.partition_point(|instruction| instruction.span.end < offset);
        self.instructions.get(index).filter(|instruction| instruction.span.start <= offset)
    }
}

/// Reads a file as today's BuildKit does. Never fails: what is wrong is in
/// [`Dockerfile::diagnostics`], and what follows it is read all the same.
pub fn parse(source: &Source) -> Dockerfile<'_> {
    parse_with(source, Options::default())
}

/// Reads a file the way the options say.
pub fn parse_with(source: &Source, options: Options) -> Dockerfile<'_> {
    Parser::new(source, options).run()
}

struct Parser<'s> {
    source: &'s Source,
    text: &'s str,
    options: Options,
    escape: u8,
    lines: Lines<'s>,
    directives: Vec<Directive<'s>>,
    /// A bit for each kind of directive there was.
    seen_directives: u8,
    comments: Vec<Comment<'s>>,
    instructions: Vec<Instruction<'s>>,
    diagnostics: Vec<Diagnostic>,
    /// Whether any heredoc can be in the file.
    has_heredocs: bool,
    /// The first comment that belongs to the next instruction.
    pending: usize,
    last_lines: Option<LastLines<'s>>,
}

/// A line with its continuations put together.
struct Logical<'s> {
    line: Joined<'s>,
    end: usize,
    end_line: u32,
}

/// What is known of an instruction's runs, those aside that are empty: they say nothing.
#[derive(Default)]
struct Runs {
    count: usize,
    /// Where the first begins.
    start: usize,
    /// How long the first is.
    head: usize,
    /// Where the last ends.
    end: usize,
    /// How long they are together.
    length: usize,
}

impl Runs {
    #[inline]
    fn add(&mut self, start: usize, end: usize) {
        if end <= start {
            return;
        }
        if self.count == 0 {
            (self.start, self.head) = (start, end - start);
        }
        self.count += 1;
        self.end = end;
        self.length += end - start;
    }
}

impl<'s> Parser<'s> {
    fn new(source: &'s Source, options: Options) -> Parser<'s> {
        let text = source.text();
        Parser {
            source,
            text,
            options,
            escape: b'\\',
            lines: Lines::new(source),
            directives: Vec::new(),
            seen_directives: 0,
            comments: Vec::new(),
            instructions: Vec::with_capacity((text.len() / BYTES_PER_INSTRUCTION).min(MAX_RESERVED) + 4),
            diagnostics: Vec::new(),
            has_heredocs: may_have_heredoc(text),
            pending: 0,
            last_lines: None,
        }
    }

    fn run(mut self) -> Dockerfile<'s> {
        let mut at_top = true;
        while let Some(line) = self.lines.next() {
            self.check_length(line);
            let start = line.first(self.text);
            match self.text.as_bytes()[start..line.end].first() {
                None => at_top = false,
                Some(b'#') => {
                    at_top = at_top && self.directive(start, line);
                    if !at_top {
                        self.comment(start, line);
                    }
                }
                Some(_) => {
                    at_top = false;
                    self.instruction(start, line);
                }
            }
        }
        self.check_file();
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        Dockerfile {
            directives: self.directives,
            comments: self.comments,
            instructions: self.instructions,
            diagnostics: self.diagnostics,
            escape: char::from(self.escape),
            source: self.source,
        }
    }

    /// Takes a comment at the top for a directive, if it is one.
    fn directive(&mut self, start: usize, line: Line) -> bool {
        let text = &self.text[start..line.end];
        let Some(directive) = directives::parse(text, start as u32, line.number, self.options.version) else {
            return false;
        };
        let name = directive.kind.as_str();
        let bit = 1 << directive.kind as u8;
        let is_again = self.seen_directives & bit != 0;
        self.seen_directives |= bit;
        if is_again {
            let message = format!("the {name} directive is given twice");
            self.diagnostics.push(Diagnostic::error(Code::DuplicateDirective, directive.span, message));
        } else if directive.kind == DirectiveKind::Escape {
            match directive.value.as_str() {
                "\\" | "`" => self.escape = directive.value.as_bytes()[0],
                other => {
                    let message = format!("the escape character is \\ or `, not {other:?}");
                    let span = directive.value.span;
                    self.diagnostics.push(Diagnostic::error(Code::InvalidDirective, span, message));
                }
            }
        }
        self.directives.push(directive);
        true
    }

    fn comment(&mut self, start: usize, line: Line) {
        let text = &self.text[trimmed(self.text, start + 1..line.end)];
        let span = Span::new(start as u32, line.end as u32);
        if self.comments.capacity() == 0 {
            self.comments.reserve(COMMENTS_RESERVED);
        }
        self.comments.push(Comment { span, text, line: line.number });
        if text.is_empty() {
            self.pending = self.comments.len();
        }
    }

    fn instruction(&mut self, start: usize, first: Line) {
        let comments = self.pending..self.comments.len();
        let logical = self.logical(start, first);
        let mut instruction = self.read(&logical.line, 0);
        let mut end = logical.end;
        let mut end_line = logical.end_line;
        if self.has_heredocs {
            self.heredocs(&mut instruction, &logical.line, &mut end);
            end_line = end_line.max(self.lines.number);
        }
        instruction.span = Span::new(instruction.keyword.span.start.min(end as u32), end as u32);
        instruction.start_line = first.number;
        instruction.end_line = end_line;
        instruction.comments = comments;
        let mut inner = &mut instruction;
        while let Body::Onbuild(Some(next)) = &mut inner.body {
            next.start_line = first.number;
            next.end_line = end_line;
            next.span.end = end as u32;
            inner = next;
        }
        self.pending = self.comments.len();
        self.instructions.push(instruction);
    }

    /// Puts a line and those that continue it together.
    fn logical(&mut self, start: usize, first: Line) -> Logical<'s> {
        let text = self.text;
        let Some(end) = continuation(text, start..first.end, self.escape) else {
            let line = Joined::plain(&text[start..first.end], start as u32);
            return Logical { line, end: first.end, end_line: first.number };
        };
        let mut runs = Runs::default();
        runs.add(start, end);
        let mut last = first;
        let mut blank: Option<Line> = None;
        while let Some(line) = self.lines.next() {
            self.check_length(line);
            last = line;
            match Continued::read(text, line, self.escape) {
                Continued::Comment(start) => self.comment(start, line),
                Continued::Blank => {
                    blank.get_or_insert(line);
                }
                Continued::Run { end, continues } => {
                    runs.add(line.start, end);
                    if !continues {
                        break;
                    }
                }
            }
        }
        if let Some(blank) = blank {
            self.report_blank(blank);
        }
        let line = match runs.count {
            0 => Joined::plain("", start as u32),
            1 => Joined::plain(&text[runs.start..runs.end], runs.start as u32),
            _ => {
                let covered = &text[runs.start..runs.end];
                Joined::pieced(covered, runs.start as u32, runs.head as u32, runs.length as u32, self.escape)
            }
        };
        Logical { line, end: last.end, end_line: last.number }
    }

    #[cold]
    fn report_blank(&mut self, blank: Line) {
        let span = Span::new(blank.start as u32, blank.next as u32);
        let message = "a blank line inside an instruction that is continued";
        let help = "remove the line, or the continuation before it";
        self.diagnostics.push(Diagnostic::warning(Code::EmptyContinuationLine, span, message).help(help));
    }

    /// Reads an instruction of the shell form whose first words show that it is one: RUN, CMD or ENTRYPOINT, and
    /// then neither a flag nor JSON. What the shell reads need not be put together for that.
    fn read_shell_form(
        &mut self,
        line: &Joined<'s>,
        kind: Kind,
        keyword: Range<usize>,
        start: usize,
    ) -> Option<Instruction<'s>> {
        let body: fn(Form<'s>) -> Body<'s> = match kind {
            Kind::Run => |form| Body::Run(Run::plain(form)),
            Kind::Cmd => Body::Cmd,
            Kind::Entrypoint => Body::Entrypoint,
            _ => return None,
        };
        let (head, place) = line.head();
        let first = head.as_bytes().get(start)?;
        let last = line.covered().as_bytes().last()?;
        if !first.is_ascii_graphic() || matches!(first, b'-' | b'[') || !last.is_ascii_graphic() {
            return None;
        }
        let arguments = line.part(start..line.len());
        let keyword_span = Span::new(place, place + keyword.end as u32);
        let keyword = Text::new(&head[keyword], keyword_span);
        Some(Instruction {
            span: keyword.span,
            start_line: 0,
            end_line: 0,
            keyword,
            kind,
            corrected: false,
            flags: Vec::new(),
            body: body(Form::Shell(arguments.clone())),
            arguments,
            heredocs: Vec::new(),
            comments: 0..0,
        })
    }

    /// Reads one instruction from a line; its place in the file is filled in by the caller.
    fn read(&mut self, line: &Joined<'s>, depth: u32) -> Instruction<'s> {
        let (head, _) = line.head();
        let known = match words::split_first(head, 0..head.len()) {
            (keyword, Some(rest)) => {
                Kind::from_keyword(&head[keyword.clone()]).map(|kind| (kind, keyword, rest.start))
            }
            (_, None) => None,
        };
        if let Some((kind, keyword, rest)) = &known
            && let Some(instruction) = self.read_shell_form(line, *kind, keyword.clone(), *rest)
        {
            return instruction;
        }
        let text = line.as_str();
        let end = trimmed_end(text);
        let (kind, corrected, keyword, rest) = match known {
            Some((kind, keyword, rest)) => (kind, false, line.text(keyword), rest.min(end)),
            None => {
                let start = indent(&text[..end]);
                let (keyword, rest) = words::split_first(text, start..end);
                let keyword = line.text(keyword);
                let (kind, corrected) = self.kind(&keyword);
                (kind, corrected, keyword, rest.map_or(end, |rest| rest.start))
            }
        };
        let split = flags::split(line, rest..end);
        let arguments = trimmed(text, split.rest..end);
        if let Some(span) = split.unclosed {
            let message = "a quote in this flag is never closed";
            self.diagnostics.push(Diagnostic::error(Code::UnterminatedQuote, span, message));
        }
        let mut input = Input {
            line,
            range: arguments.clone(),
            keyword: keyword.span,
            kind,
            flags: &split.flags,
            escape: char::from(self.escape),
            version: self.options.version,
            diagnostics: &mut self.diagnostics,
        };
        let body = match kind {
            Kind::Onbuild if input.is_empty() => {
                input.missing("an instruction");
                Body::Onbuild(None)
            }
            Kind::Onbuild if depth < MAX_ONBUILD_DEPTH => {
                let inner = self.read(&line.part(arguments.clone()), depth + 1);
                self.check_trigger(&inner);
                Body::Onbuild(Some(Box::new(inner)))
            }
            _ => instructions::parse(&mut input),
        };
        Instruction {
            span: Span::new(keyword.span.start, line.source_offset(end)),
            start_line: 0,
            end_line: 0,
            keyword,
            kind,
            corrected,
            flags: split.flags,
            arguments: line.part(arguments),
            body,
            heredocs: Vec::new(),
            comments: 0..0,
        }
    }

    fn kind(&mut self, keyword: &Text<'s>) -> (Kind, bool) {
        if let Some(kind) = Kind::from_keyword(keyword) {
            return (kind, false);
        }
        let nearest = Kind::nearest(keyword);
        let message = if keyword.is_empty() {
            "expected an instruction".to_owned()
        } else {
            format!("{} is no instruction", keyword.as_str())
        };
        let diagnostic = Diagnostic::error(Code::UnknownInstruction, keyword.span, message);
        self.diagnostics.push(diagnostic.nearest(nearest.map(Kind::as_str)));
        match nearest {
            Some(kind) if self.options.correct_keywords => (kind, true),
            _ => (Kind::Unknown, false),
        }
    }

    fn check_trigger(&mut self, inner: &Instruction<'s>) {
        if matches!(inner.kind, Kind::Onbuild | Kind::From | Kind::Maintainer) {
            let message = format!("ONBUILD cannot hold {}", inner.kind);
            self.diagnostics.push(Diagnostic::error(Code::InvalidTrigger, inner.keyword.span, message));
        }
    }

    /// Reads the heredocs that an instruction's line announces, where it can have any.
    fn heredocs(&mut self, outer: &mut Instruction<'s>, line: &Joined<'s>, end: &mut usize) {
        // BuildKit looks into one ONBUILD, not into those inside it.
        let instruction = match outer.body {
            Body::Onbuild(Some(ref mut inner)) => &mut **inner,
            _ => outer,
        };
        let takes = match &instruction.body {
            Body::Run(run) => !run.form.is_json(),
            Body::Copy(copy) | Body::Add(copy) => !copy.json,
            _ => false,
        };
        if !takes || !may_have_heredoc(line.covered()) || !has_heredoc_mark(line.as_bytes()) {
            return;
        }
        let announced = match heredoc::announced(line, self.options.version) {
            Ok(announced) => announced,
            Err(error) => {
                let span = line.span(error.at..(error.at + 1).min(line.len()));
                self.diagnostics.push(Diagnostic::error(Code::InvalidHeredoc, span, error.message));
                return;
            }
        };
        for announced in announced {
            let span = line.span(announced.start..announced.end);
            let heredoc = self.heredoc(announced, span);
            let last = match heredoc.terminator {
                Some(line) => line.end as usize,
                None => without_newline(self.text, heredoc.body.end as usize),
            };
            *end = last.max(*end);
            instruction.heredocs.push(heredoc);
        }
        if let Body::Copy(copy) | Body::Add(copy) = &mut instruction.body {
            // Both are in the order of the line.
            let mut heredocs = instruction.heredocs.iter().enumerate().peekable();
            for source in &mut copy.sources {
                let is_before = |span: Span| span.start < source.text.span.start;
                while heredocs.next_if(|(_, heredoc)| is_before(heredoc.span)).is_some() {}
                source.heredoc = heredocs
                    .peek()
                    .filter(|(_, heredoc)| heredoc.span == source.text.span)
                    .map(|(index, _)| *index);
            }
        }
    }

    fn heredoc(&mut self, announced: Announced, span: Span) -> Heredoc<'s> {
        let start = self.lines.pos();
        let comes = |last: &LastLines<'_>| last.ends_after(&announced.name, announced.chomp, start);
        let (body_end, terminator) = if self.last_lines.as_ref().is_none_or(comes) {
            self.body(&announced).unwrap_or_else(|| self.unterminated(&announced, span, start))
        } else {
            self.unterminated(&announced, span, start)
        };
        let body = Span::new(start as u32, body_end as u32);
        Heredoc {
            name: Cow::Owned(announced.name),
            fd: announced.fd,
            expand: announced.expand,
            chomp: announced.chomp,
            span,
            body,
            content: Cow::Borrowed(&self.text[body.range()]),
            terminator,
        }
    }

    /// Reads lines up to the one that ends a heredoc; `None`, with no line read, where none does.
    fn body(&mut self, announced: &Announced) -> Option<(usize, Option<Span>)> {
        let before = self.lines;
        for line in self.lines.by_ref() {
            let content = &self.text[line.start..line.end];
            let content = if announced.chomp { content.trim_start_matches('\t') } else { content };
            if content == announced.name {
                return Some((line.start, Some(Span::new(line.start as u32, line.end as u32))));
            }
        }
        self.lines = before;
        None
    }

    /// Reports a heredoc that never ends, and guesses where it was meant to: at a line that would end it but
    /// for spaces around it, else before the next line that looks like an instruction.
    fn unterminated(&mut self, announced: &Announced, span: Span, start: usize) -> (usize, Option<Span>) {
        let last = self.last_lines.get_or_insert_with(|| LastLines::new(self.text));
        let nearly = last.nearly_ends_after(&announced.name, start);
        let name = &announced.name;
        let message = format!("the heredoc {name} never ends");
        let diagnostic = Diagnostic::error(Code::UnterminatedHeredoc, span, message);
        while let Some(line) = self.lines.next() {
            let content = &self.text[line.start..line.end];
            if nearly && content.trim() == name.trim() {
                let help = format!("line {} has spaces around {name}", line.number);
                self.diagnostics.push(diagnostic.help(help));
                return (line.start, Some(Span::new(line.start as u32, line.end as u32)));
            }
            let word = content.split([' ', '\t']).next().unwrap_or("");
            let looks_like_one = word.bytes().all(|byte| byte.is_ascii_uppercase())
                && content.len() > word.len()
                && Kind::from_keyword(word).is_some();
            if !nearly && looks_like_one {
                self.lines.go_back();
                break;
            }
        }
        self.diagnostics.push(diagnostic.help(format!("expected a line that is {name} and nothing else")));
        (self.lines.pos(), None)
    }

    fn check_length(&mut self, line: Line) {
        if line.next - line.start >= MAX_LINE_BYTES {
            self.report_length(line);
        }
    }

    #[cold]
    fn report_length(&mut self, line: Line) {
        let length = line.next - line.start;
        let ends_file = line.next == self.text.len() && !self.text.ends_with('\n');
        if length > MAX_LINE_BYTES - usize::from(ends_file) {
            let span = Span::new(line.start as u32, line.end as u32);
            let message = format!("BuildKit reads lines of up to {} bytes", MAX_LINE_BYTES - 1);
            self.diagnostics.push(Diagnostic::error(Code::LineTooLong, span, message));
        }
    }

    /// What is wrong with the file as a whole.
    fn check_file(&mut self) {
        for &span in self.source.invalid_utf8() {
            let message = "these bytes are not UTF-8";
            self.diagnostics.push(Diagnostic::warning(Code::InvalidUtf8, span, message));
        }
        if self.source.is_truncated() {
            let span = Span::empty(self.text.len() as u32);
            let message = "the file is too long; what follows here is not read";
            self.diagnostics.push(Diagnostic::error(Code::FileTooLong, span, message));
        }
        if self.instructions.is_empty() {
            let message = "the file has no instructions";
            self.diagnostics.push(Diagnostic::error(Code::NoInstructions, Span::empty(0), message));
        }
        for instruction in &self.instructions {
            match instruction.kind {
                Kind::From => break,
                Kind::Arg | Kind::Unknown => {}
                kind => {
                    let message = format!("{kind} stands before the first FROM");
                    let help = "only ARG may";
                    let span = instruction.keyword.span;
                    self.diagnostics
                        .push(Diagnostic::error(Code::InstructionBeforeFrom, span, message).help(help));
                    break;
                }
            }
        }
    }
}

fn has_heredoc_mark(line: &[u8]) -> bool {
    memchr::memchr_iter(b'<', line).any(|at| line.get(at + 1) == Some(&b'<'))
}

/// Whether `<<` can stand in a text once its lines are put together: a continuation may cut through it.
fn may_have_heredoc(text: &str) -> bool {
    let text = text.as_bytes();
    memchr::memchr_iter(b'<', text).any(|at| matches!(text.get(at + 1), Some(b'<' | b'\\' | b'`')))
}

/// Where the line ends whose line ending ends at `end`.
fn without_newline(text: &str, end: usize) -> usize {
    let text = &text[..end];
    text.strip_suffix('\n').unwrap_or(text).trim_end_matches('\r').len()
}
