//! From lines to instructions.

mod logical;

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostics::{Code, Diagnostic};
use crate::directives::{self, Comment, Directive, DirectiveKind};
use crate::flags::{self, Flag};
use crate::heredoc::{self, Announced, Heredoc, LastLines};
use crate::instruction::{Body, Form, Instruction};
use crate::instructions::{self, Input, Run};
use crate::keyword::{self, Kind};
use crate::lines::{Line, Lines, indent, trimmed, trimmed_end};
use crate::source::{Source, Span};
use crate::text::{Joined, Text};
use crate::words;
use logical::Logical;

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
#[non_exhaustive]
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
    /// Whether what is nearly right is read as what it was meant to be: a misspelt keyword, a flag that a blank parts
    /// from its value.
    pub correct: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { version: Version::Current, correct: true }
    }
}

/// A parsed file.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
        let Range { start, end } = instruction.comments;
        self.comments.get(start as usize..end as usize).unwrap_or(&[])
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
    /// The character that continues lines.
    escape: u8,
    lines: Lines<'s>,
    /// Whether what was read so far may announce a heredoc.
    may_have_heredoc: bool,
    directives: Vec<Directive<'s>>,
    /// A bit for each kind of directive there was.
    seen_directives: u8,
    /// Whether the file begins with a shebang.
    has_shebang: bool,
    comments: Vec<Comment<'s>>,
    instructions: Vec<Instruction<'s>>,
    diagnostics: Vec<Diagnostic>,
    /// The first comment that belongs to the next instruction.
    pending: usize,
    last_lines: Option<LastLines<'s>>,
}

/// Where an instruction stands.
#[derive(Clone)]
struct Place {
    /// The end of its last line, heredocs aside.
    end: u32,
    /// Its first and last line.
    lines: (u32, u32),
    /// The comments before it.
    comments: Range<u32>,
}

/// An instruction without its place.
struct Parts<'s> {
    keyword: Text<'s>,
    kind: Kind,
    corrected: bool,
    flags: Vec<Flag<'s>>,
    arguments: Joined<'s>,
    body: Body<'s>,
}

impl<'s> Parts<'s> {
    /// An instruction whose arguments, from `rest` on, are a command for the shell.
    #[inline(always)]
    fn shell_form(kind: Kind, keyword: Text<'s>, line: Joined<'s>, rest: usize) -> Parts<'s> {
        let arguments = line.into_rest(rest);
        let form = Form::Shell(arguments.clone());
        let body = match kind {
            Kind::Run => Body::Run(Run::plain(form)),
            Kind::Cmd => Body::Cmd(form),
            _ => Body::Entrypoint(form),
        };
        Parts { keyword, kind, corrected: false, flags: Vec::new(), arguments, body }
    }

    #[inline(always)]
    fn at(self, place: &Place) -> Instruction<'s> {
        Instruction {
            span: Span::new(self.keyword.span.start.min(place.end), place.end),
            start_line: place.lines.0,
            end_line: place.lines.1,
            keyword: self.keyword,
            kind: self.kind,
            corrected: self.corrected,
            flags: self.flags,
            arguments: self.arguments,
            body: self.body,
            heredocs: Vec::new(),
            comments: place.comments.clone(),
        }
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
            lines: Lines::new(text),
            may_have_heredoc: false,
            directives: Vec::new(),
            seen_directives: 0,
            has_shebang: false,
            comments: Vec::new(),
            instructions: Vec::with_capacity((text.len() / BYTES_PER_INSTRUCTION).min(MAX_RESERVED) + 4),
            diagnostics: Vec::new(),
            pending: 0,
            last_lines: None,
        }
    }

    fn run(mut self) -> Dockerfile<'s> {
        self.directives();
        self.by_marks();
        self.by_lines();
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

    /// Reads the directives that the file begins with, after a shebang if there is one.
    fn directives(&mut self) {
        let before = self.lines;
        match self.lines.next().filter(|line| self.text[line.start..].starts_with("#!")) {
            Some(line) if self.options.version == Version::Current => {
                self.has_shebang = true;
                self.comment(line.start..line.end, line.number);
            }
            _ => self.lines = before,
        }
        loop {
            let before = self.lines;
            let Some(line) = self.lines.next() else { return };
            let start = line.first(self.text);
            if !self.text[start..line.end].starts_with('#') || !self.directive(start, line) {
                self.lines = before;
                return;
            }
        }
    }

    /// Takes a comment at the top for a directive, if it is one.
    fn directive(&mut self, start: usize, line: Line) -> bool {
        let text = &self.text[start..line.end];
        let Some(directive) = directives::parse(text, start as u32, line.number, self.options.version) else {
            return false;
        };
        let is_escape = directive.kind == DirectiveKind::Escape;
        if self.options.version == Version::Current {
            if is_escape && self.has_shebang {
                // Those who look for this one know no shebangs.
                return false;
            }
            if !is_escape && start > line.start {
                // Those who look for the others know no indent.
                self.comment(start..line.end, line.number);
                return true;
            }
        }
        let name = directive.kind.as_str();
        let bit = 1 << directive.kind as u8;
        let is_again = self.seen_directives & bit != 0;
        self.seen_directives |= bit;
        if is_again {
            let message = format!("the {name} directive is given twice");
            self.diagnostics.push(Diagnostic::error(Code::DuplicateDirective, directive.span, message));
        } else if is_escape {
            match directive.value.as_str() {
                "\\" | "`" => {
                    self.escape = directive.value.as_bytes()[0];
                }
                other => {
                    let message = format!("the escape character is \\ or `, not {other:?}");
                    let span = directive.value.span;
                    self.diagnostics.push(Diagnostic::error(Code::InvalidDirective, span, message));
                }
            }
        }
        if directive.kind == DirectiveKind::Check && !directive.value.trim().is_empty() {
            for (span, message) in directives::check_errors(&directive.value) {
                let diagnostic = Diagnostic::error(Code::InvalidDirective, span, message);
                self.diagnostics
                    .push(diagnostic.help("skip=NAME,NAME or skip=all; error=true; experimental=NAME"));
            }
        }
        self.directives.push(directive);
        true
    }

    /// Takes what stands at `range`, the `#` included, for a comment.
    fn comment(&mut self, range: Range<usize>, line: u32) {
        let text = &self.text[trimmed(self.text, range.start + 1..range.end)];
        let span = Span::new(range.start as u32, range.end as u32);
        if self.comments.capacity() == 0 {
            self.comments.reserve(COMMENTS_RESERVED);
        }
        self.comments.push(Comment { span, text, line });
        if text.is_empty() {
            self.pending = self.comments.len();
        }
    }

    /// Reads an instruction from its lines. `comments` are those right before it.
    #[inline(always)]
    fn instruction(&mut self, logical: Logical<'s>, comments: Range<u32>) {
        let Logical { line, end, start_line, end_line } = logical;
        self.pending = self.comments.len();
        let place = Place { end: end as u32, lines: (start_line, end_line), comments };
        let announcing = self.may_have_heredoc.then(|| line.clone());
        let mut instruction = self.read(line, &place, 0);
        if let Some(line) = announcing {
            self.heredocs(&mut instruction, &line);
        }
        self.instructions.push(instruction);
    }

    /// Reads one instruction from a line.
    #[inline]
    fn read(&mut self, line: Joined<'s>, place: &Place, depth: u32) -> Instruction<'s> {
        let (head, start) = line.head();
        if let Some((kind, length, rest)) = keyword::leading(head) {
            let keyword = Text::new(&head[..length], Span::new(start, start + length as u32));
            if is_shell_form(&line, kind, rest) {
                return Parts::shell_form(kind, keyword, line, rest).at(place);
            }
            let end = trimmed_end(line.as_str());
            return self.grammar(&line, (kind, false), keyword, rest..end, place, depth);
        }
        let text = line.as_str();
        let end = trimmed_end(text);
        let start = indent(&text[..end]);
        let (keyword, rest) = words::split_first(text, start..end);
        let keyword = line.text(keyword);
        let kind = self.kind(&keyword);
        self.grammar(&line, kind, keyword, rest.map_or(end, |rest| rest.start)..end, place, depth)
    }

    /// Reads flags and arguments, which are at `range`, by the grammar of a kind of instruction.
    fn grammar(
        &mut self,
        line: &Joined<'s>,
        (kind, corrected): (Kind, bool),
        keyword: Text<'s>,
        range: Range<usize>,
        place: &Place,
        depth: u32,
    ) -> Instruction<'s> {
        let text = line.as_str();
        let end = range.end;
        let (flags, arguments) = match text.as_bytes().get(range.start) {
            Some(byte) if byte.is_ascii_graphic() && *byte != b'-' => (Vec::new(), range),
            _ => {
                let mut split = flags::split(line, range);
                if self.options.correct && !split.flags.is_empty() {
                    flags::join_values(&mut split, line, end, kind, &mut self.diagnostics);
                }
                if let Some(span) = split.unclosed {
                    let message = "a quote in this flag is never closed";
                    self.diagnostics.push(Diagnostic::error(Code::UnterminatedQuote, span, message));
                }
                let mut flags = split.flags;
                // Of a HEALTHCHECK NONE the flags are not even looked at.
                let is_none = kind == Kind::Healthcheck
                    && text[trimmed(text, split.rest..end)].eq_ignore_ascii_case("none");
                if !flags.is_empty() && kind != Kind::Unknown && !is_none {
                    let known = instructions::known_flags(kind);
                    flags::check(kind.as_str(), &mut flags, known, &mut self.diagnostics);
                }
                (flags, trimmed(text, split.rest..end))
            }
        };
        let mut input = Input {
            line,
            range: arguments.clone(),
            keyword: keyword.span,
            kind,
            flags: &flags,
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
                let place = Place { comments: 0..0, ..place.clone() };
                let inner = self.read(line.part(arguments.clone()), &place, depth + 1);
                self.check_trigger(&inner);
                Body::Onbuild(Some(Box::new(inner)))
            }
            _ => instructions::parse(&mut input),
        };
        Parts { keyword, kind, corrected, flags, arguments: line.part(arguments), body }.at(place)
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
            Some(kind) if self.options.correct => (kind, true),
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
    fn heredocs(&mut self, outer: &mut Instruction<'s>, line: &Joined<'s>) {
        // BuildKit looks into one ONBUILD, not into those inside it.
        let instruction = match outer.body {
            Body::Onbuild(Some(ref mut inner)) => &mut **inner,
            _ => &mut *outer,
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
        let mut end = instruction.span.end;
        for announced in announced {
            let span = line.span(announced.start..announced.end);
            let heredoc = self.heredoc(announced, span);
            let last = match heredoc.terminator {
                Some(line) => line.end as usize,
                None => without_newline(self.text, heredoc.body.end as usize),
            };
            end = end.max(last as u32);
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
            instructions::check_heredocs(
                copy,
                &instruction.heredocs,
                self.options.version,
                &mut self.diagnostics,
            );
        }
        let mut covering = Some(outer);
        while let Some(instruction) = covering {
            instruction.span.end = end;
            instruction.end_line = instruction.end_line.max(self.lines.number);
            covering = match &mut instruction.body {
                Body::Onbuild(inner) => inner.as_deref_mut(),
                _ => None,
            };
        }
    }

    fn heredoc(&mut self, announced: Announced, span: Span) -> Heredoc<'s> {
        let start = self.lines.pos;
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
        loop {
            let before = self.lines;
            let Some(line) = self.lines.next() else { break };
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
                self.lines = before;
                break;
            }
        }
        self.diagnostics.push(diagnostic.help(format!("expected a line that is {name} and nothing else")));
        (self.lines.pos, None)
    }

    /// Looks for lines that are too long for BuildKit.
    #[cold]
    fn check_lengths(&mut self) {
        for line in Lines::new(self.text) {
            let ends_file = line.next == self.text.len() && !self.text.ends_with('\n');
            if line.next - line.start > MAX_LINE_BYTES - usize::from(ends_file) {
                let span = Span::new(line.start as u32, line.end as u32);
                let message = format!("BuildKit reads lines of up to {} bytes", MAX_LINE_BYTES - 1);
                self.diagnostics.push(Diagnostic::error(Code::LineTooLong, span, message));
            }
        }
    }

    /// What is wrong with the file as a whole.
    fn check_file(&mut self) {
        if self.text.len() >= MAX_LINE_BYTES {
            self.check_lengths();
        }
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
        let begins = self.instructions.iter().position(|instruction| instruction.kind == Kind::From);
        // Without a FROM anywhere it is that which is missing, and to be said once.
        let early = match begins {
            Some(first) => &self.instructions[..first],
            None => &self.instructions[..],
        };
        let wrong = early.iter().filter(|instruction| !matches!(instruction.kind, Kind::Arg | Kind::Unknown));
        for instruction in wrong.take(if begins.is_some() { usize::MAX } else { 1 }) {
            let message = format!("{} stands before the first FROM", instruction.kind);
            let diagnostic =
                Diagnostic::error(Code::InstructionBeforeFrom, instruction.keyword.span, message);
            self.diagnostics.push(diagnostic.help("only ARG may"));
        }
    }
}

/// Whether the first words of an instruction show that it is of the shell form: RUN, CMD or ENTRYPOINT, and at `rest`
/// neither a flag nor JSON. What the shell reads need not be put together for that.
#[inline(always)]
fn is_shell_form(line: &Joined<'_>, kind: Kind, rest: usize) -> bool {
    matches!(kind, Kind::Run | Kind::Cmd | Kind::Entrypoint)
        && line.head().0.as_bytes().get(rest).is_some_and(|first| !matches!(first, b'-' | b'['))
        && line.covered().as_bytes().last().is_some_and(u8::is_ascii_graphic)
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
