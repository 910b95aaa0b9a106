//! shuck's syntax tree to our flat list of commands.

use std::sync::OnceLock;

use shuck_ast::{
    AssignmentValue, BinaryOp, BuiltinCommand, Comment, CompoundCommand, ConditionalExpr, DeclOperand, File,
    RedirectTarget, Stmt, StmtSeq, StmtTerminator,
};

use super::arith;
use super::words::Collector;
use crate::command::{Assignment, Command, Connector, Context, PipelinePlace, Redirect, RedirectKind};
use crate::script::{Heredoc, Pipeline, Script};
use crate::word::{Span, Word};

/// The bytes of a shuck span, cut back to the text and to character borders: spans of rewritten text may lie outside.
pub(super) fn span(at: shuck_ast::Span, text: &str) -> Span {
    let start = text.floor_char_boundary(at.start.offset());
    Span::new(start, text.floor_char_boundary(at.end.offset()))
}

/// Fills `script` from a parsed file.
pub(super) fn lower(file: &File, script: &mut Script) {
    let text = script.text.clone();
    let mut lowering =
        Lowering { text: &text, script, context: Context::default(), pipeline: None, negated: false };
    lowering.seq(&file.body);
    script.variables.sort_by_key(|variable| variable.span.start);
    script.comments.sort_unstable();
    script.comments.dedup();
}

struct Lowering<'a, 's> {
    text: &'a str,
    script: &'s mut Script,
    context: Context,
    pipeline: Option<PipelinePlace>,
    negated: bool,
}

impl<'a> Lowering<'a, '_> {
    fn comments(&mut self, comments: &[Comment]) {
        for comment in comments {
            let (start, end) =
                (comment.range.start().to_u32() as usize, comment.range.end().to_u32() as usize);
            let (start, end) = (self.text.floor_char_boundary(start), self.text.floor_char_boundary(end));
            self.script.comments.push(Span::new(start, end));
        }
    }

    fn seq(&mut self, seq: &'a StmtSeq) {
        self.seq_after(seq, Connector::Start);
    }

    fn seq_after(&mut self, seq: &'a StmtSeq, first: Connector) {
        self.comments(&seq.leading_comments);
        self.comments(&seq.trailing_comments);
        let mut connector = first;
        for stmt in &seq.stmts {
            self.stmt(stmt, connector);
            connector = match stmt.terminator {
                Some(StmtTerminator::Background(_)) => Connector::Background,
                _ => Connector::Seq,
            };
        }
    }

    /// Reads what `read` reads one level deeper, in the context that `change` makes.
    fn deeper(&mut self, change: impl FnOnce(&mut Context), read: impl FnOnce(&mut Self)) {
        let outer = self.context;
        change(&mut self.context);
        self.context.depth = outer.depth.saturating_add(1);
        read(self);
        self.context = outer;
    }

    fn stmt(&mut self, stmt: &'a Stmt, connector: Connector) {
        self.comments(&stmt.leading_comments);
        stmt.inline_comment.iter().for_each(|comment| self.comments(&[*comment]));
        let outer = (self.context, self.negated);
        self.negated |= stmt.negated;
        self.context.background |= matches!(stmt.terminator, Some(StmtTerminator::Background(_)));
        self.command(stmt, connector);
        (self.context, self.negated) = outer;
    }

    fn command(&mut self, stmt: &'a Stmt, connector: Connector) {
        use shuck_ast::Command as C;
        match &stmt.command {
            C::Simple(simple) => {
                let mut made = self.start();
                made.assignments(&simple.assignments);
                if !simple.name.parts.is_empty() && simple.name.span.start != simple.name.span.end {
                    made.word(&simple.name);
                }
                simple.args.iter().for_each(|arg| made.word(arg));
                self.emit(made, stmt, simple.span, connector);
            }
            C::Builtin(builtin) => {
                let (name, first, rest, assignments, at) = builtin_parts(builtin);
                let mut made = self.start();
                made.assignments(assignments);
                let from = assignments.last().map_or(at.start.offset(), |last| last.span.end.offset());
                made.keyword(name, from);
                first.into_iter().chain(rest).for_each(|arg| made.word(arg));
                self.emit(made, stmt, at, connector);
            }
            C::Decl(decl) => {
                let mut made = self.start();
                made.assignments(&decl.assignments);
                made.words.push(Word::literal(decl.variant.as_str(), span(decl.variant_span, self.text)));
                decl.operands.iter().for_each(|operand| made.operand(operand));
                self.emit(made, stmt, decl.span, connector);
            }
            C::Binary(_) => self.binary(stmt, connector),
            C::Compound(compound) => {
                self.outer_redirects(stmt);
                self.compound(compound, connector);
            }
            C::Function(function) => {
                self.outer_redirects(stmt);
                self.script.functions.extend(function.static_names().map(|name| name.as_str().into()));
                let pipeline = self.pipeline.take();
                self.deeper(|c| c.function = true, |l| l.stmt(&function.body, Connector::Start));
                self.pipeline = pipeline;
            }
            C::AnonymousFunction(function) => {
                self.outer_redirects(stmt);
                self.deeper(|_| (), |l| l.stmt(&function.body, connector));
            }
        }
    }

    fn start(&self) -> Making<'a> {
        Making { collector: Collector::new(self.text), words: Vec::new(), assignments: Vec::new() }
    }

    fn emit(&mut self, mut made: Making<'a>, stmt: &'a Stmt, at: shuck_ast::Span, connector: Connector) {
        let redirects = stmt.redirects.iter().map(|r| self.redirect(r, &mut made.collector)).collect();
        // The span that the parser gives may reach over the separator behind it.
        let spans = made.words.iter().map(|w| w.span).chain(made.assignments.iter().map(|a| a.span));
        let redirect_spans = stmt.redirects.iter().map(|r| span(r.span, self.text));
        let whole = spans
            .chain(redirect_spans)
            .filter(|part| part.end > part.start)
            .reduce(|whole, part| Span::new(whole.start.min(part.start), whole.end.max(part.end)))
            .unwrap_or_else(|| span(at, self.text));
        self.script.variables.append(&mut made.collector.variables);
        for word in made.words.iter().chain(made.assignments.iter().filter_map(|a| a.value.as_ref())) {
            self.script.variables.extend(word.variables.iter().cloned());
        }
        self.script.commands.push(Command {
            span: whole,
            words: made.words,
            assignments: made.assignments,
            redirects,
            connector,
            pipeline: self.pipeline,
            context: self.context,
            negated: self.negated,
            index: self.script.commands.len(),
            inner: Vec::new(),
            installed: OnceLock::new(),
        });
        self.substitutions(made.collector);
    }

    fn substitutions(&mut self, collector: Collector<'a>) {
        let pipeline = self.pipeline.take();
        let negated = std::mem::take(&mut self.negated);
        for body in collector.bodies {
            self.deeper(|c| c.substitution = true, |l| l.seq(body));
        }
        (self.pipeline, self.negated) = (pipeline, negated);
    }

    /// Variables and substitutions of words that belong to no simple command: `for x in WORDS`, `case WORD`, `[[ ]]`.
    fn loose(&mut self, collect: impl FnOnce(&mut Collector<'a>)) {
        let mut collector = Collector::new(self.text);
        collect(&mut collector);
        self.script.variables.append(&mut collector.variables);
        self.substitutions(collector);
    }

    fn outer_redirects(&mut self, stmt: &'a Stmt) {
        let mut collector = Collector::new(self.text);
        for redirect in &stmt.redirects {
            let redirect = self.redirect(redirect, &mut collector);
            self.script.compound_redirects.push(redirect);
        }
        self.script.variables.append(&mut collector.variables);
        self.substitutions(collector);
    }

    fn redirect(&mut self, redirect: &'a shuck_ast::Redirect, collector: &mut Collector<'a>) -> Redirect {
        use shuck_ast::RedirectKind as K;
        let kind = match redirect.kind {
            K::Output | K::Clobber => RedirectKind::Output,
            K::Append => RedirectKind::Append,
            K::Input => RedirectKind::Input,
            K::ReadWrite => RedirectKind::ReadWrite,
            K::HereDoc | K::HereDocStrip => RedirectKind::Heredoc,
            K::HereString => RedirectKind::HereString,
            K::DupOutput => RedirectKind::DupOutput,
            K::DupInput => RedirectKind::DupInput,
            K::OutputBoth => RedirectKind::OutputBoth,
        };
        let (target, heredoc) = match &redirect.target {
            RedirectTarget::Word(word) => {
                let word = collector.word(word);
                collector.variables.extend(word.variables.iter().cloned());
                (word, None)
            }
            RedirectTarget::Heredoc(heredoc) => {
                let delimiter = &heredoc.delimiter;
                for (part, at) in heredoc.body.parts_with_spans() {
                    collector.heredoc_part(part, at);
                }
                self.script.heredocs.push(Heredoc {
                    name: delimiter.cooked.as_str().into(),
                    body: span(heredoc.body.span, self.text),
                    expands: delimiter.expands_body,
                    strips_tabs: delimiter.strip_tabs,
                });
                let word = Word::literal(delimiter.cooked.as_str(), span(delimiter.span, self.text));
                (word, Some(self.script.heredocs.len() - 1))
            }
        };
        Redirect { fd: redirect.fd, kind, target, heredoc, span: span(redirect.span, self.text) }
    }

    /// Chains lean to the left and may be a thousand long, so they are taken apart without recursion.
    fn binary(&mut self, stmt: &'a Stmt, connector: Connector) {
        let shuck_ast::Command::Binary(binary) = &stmt.command else { return };
        let is_pipe = |op: BinaryOp| matches!(op, BinaryOp::Pipe | BinaryOp::PipeAll);
        let piped = is_pipe(binary.op);
        let mut links = vec![(binary.op, &*binary.right)];
        let mut left = &*binary.left;
        while let shuck_ast::Command::Binary(inner) = &left.command
            && is_pipe(inner.op) == piped
            && !left.negated
            && left.terminator.is_none()
        {
            links.push((inner.op, &inner.right));
            left = &inner.left;
        }
        links.reverse();
        if piped {
            return self.pipe(left, &links, connector);
        }
        self.stmt(left, connector);
        for (op, right) in links {
            self.stmt(right, if op == BinaryOp::And { Connector::And } else { Connector::Or });
        }
    }

    fn pipe(&mut self, first: &'a Stmt, links: &[(BinaryOp, &'a Stmt)], connector: Connector) {
        let outer = self.pipeline;
        let pipeline = self.script.pipelines.len();
        let mut whole = span(first.span, self.text);
        self.script.pipelines.push(Pipeline { span: whole, elements: Vec::new(), pipefail: false });
        let elements =
            std::iter::once((first, connector)).chain(links.iter().map(|(_, s)| (*s, Connector::Pipe)));
        for (position, (stmt, connector)) in elements.enumerate() {
            let from = self.script.commands.len();
            self.pipeline = Some(PipelinePlace { pipeline, position, length: links.len() + 1 });
            self.stmt(stmt, connector);
            whole.end = whole.end.max(span(stmt.span, self.text).end);
            let element = from..self.script.commands.len();
            if let Some(made) = self.script.pipelines.get_mut(pipeline) {
                made.elements.push(element);
                made.span = whole;
            }
        }
        self.pipeline = outer;
    }

    fn compound(&mut self, compound: &'a CompoundCommand, connector: Connector) {
        use CompoundCommand as C;
        match compound {
            C::If(command) => {
                self.deeper(|c| c.condition = true, |l| l.seq_after(&command.condition, connector));
                self.deeper(|c| c.branch = true, |l| l.seq(&command.then_branch));
                for (condition, branch) in &command.elif_branches {
                    self.deeper(|c| (c.condition, c.branch) = (true, true), |l| l.seq(condition));
                    self.deeper(|c| c.branch = true, |l| l.seq(branch));
                }
                command
                    .else_branch
                    .iter()
                    .for_each(|branch| self.deeper(|c| c.branch = true, |l| l.seq(branch)));
            }
            C::For(command) => {
                let words = command.words.as_deref().unwrap_or_default();
                self.loose(|c| words.iter().for_each(|word| c.nested(word)));
                self.script.loop_words.extend(words.iter().map(|word| Collector::new(self.text).word(word)));
                self.body(&command.body);
            }
            C::Foreach(command) => {
                self.loose(|c| command.words.iter().for_each(|word| c.nested(word)));
                self.body(&command.body);
            }
            C::Select(command) => {
                self.loose(|c| command.words.iter().for_each(|word| c.nested(word)));
                self.body(&command.body);
            }
            C::Repeat(command) => {
                self.loose(|c| c.nested(&command.count));
                self.body(&command.body);
            }
            C::ArithmeticFor(command) => {
                let parts = [&command.init_ast, &command.condition_ast, &command.step_ast];
                self.loose(|c| parts.into_iter().flatten().for_each(|node| arith::walk(c, node)));
                self.body(&command.body);
            }
            C::While(command) => {
                self.deeper(|c| c.condition = true, |l| l.seq_after(&command.condition, connector));
                self.body(&command.body);
            }
            C::Until(command) => {
                self.deeper(|c| c.condition = true, |l| l.seq_after(&command.condition, connector));
                self.body(&command.body);
            }
            C::Case(command) => {
                self.loose(|c| c.nested(&command.word));
                for item in &command.cases {
                    self.loose(|c| item.patterns.iter().for_each(|pattern| c.pattern(pattern)));
                    self.deeper(|c| c.case_arm = true, |l| l.seq(&item.body));
                }
            }
            C::Subshell(body) => self.deeper(|c| c.subshell = true, |l| l.seq_after(body, connector)),
            C::BraceGroup(body) => self.deeper(|_| (), |l| l.seq_after(body, connector)),
            C::Always(command) => {
                self.deeper(|_| (), |l| l.seq_after(&command.body, connector));
                self.deeper(|_| (), |l| l.seq(&command.always_body));
            }
            C::Time(command) => command.command.iter().for_each(|inner| self.stmt(inner, connector)),
            C::Coproc(command) => {
                self.deeper(|c| c.background = true, |l| l.stmt(&command.body, connector));
            }
            C::Arithmetic(command) => {
                self.loose(|c| command.expr_ast.iter().for_each(|node| arith::walk(c, node)));
            }
            C::Conditional(command) => self.loose(|c| conditional(c, &command.expression)),
        }
    }

    fn body(&mut self, body: &'a StmtSeq) {
        self.deeper(|c| c.loop_body = true, |l| l.seq(body));
    }
}

fn conditional<'a>(collector: &mut Collector<'a>, expression: &'a ConditionalExpr) {
    match expression {
        ConditionalExpr::Binary(binary) => {
            conditional(collector, &binary.left);
            conditional(collector, &binary.right);
        }
        ConditionalExpr::Unary(unary) => conditional(collector, &unary.expr),
        ConditionalExpr::Parenthesized(inner) => conditional(collector, &inner.expr),
        ConditionalExpr::Word(word) | ConditionalExpr::Regex(word) => collector.nested(word),
        ConditionalExpr::Pattern(pattern) => collector.pattern(pattern),
        ConditionalExpr::VarRef(reference) => collector.subscript(reference),
    }
}

type BuiltinParts<'a> = (
    &'static str,
    Option<&'a shuck_ast::Word>,
    &'a [shuck_ast::Word],
    &'a [shuck_ast::Assignment],
    shuck_ast::Span,
);

fn builtin_parts(builtin: &BuiltinCommand) -> BuiltinParts<'_> {
    match builtin {
        BuiltinCommand::Break(c) => ("break", c.depth.as_ref(), &c.extra_args, &c.assignments, c.span),
        BuiltinCommand::Continue(c) => ("continue", c.depth.as_ref(), &c.extra_args, &c.assignments, c.span),
        BuiltinCommand::Return(c) => ("return", c.code.as_ref(), &c.extra_args, &c.assignments, c.span),
        BuiltinCommand::Exit(c) => ("exit", c.code.as_ref(), &c.extra_args, &c.assignments, c.span),
    }
}

/// A simple command while it is being read.
struct Making<'a> {
    collector: Collector<'a>,
    words: Vec<Word>,
    assignments: Vec<Assignment>,
}

impl<'a> Making<'a> {
    fn word(&mut self, word: &'a shuck_ast::Word) {
        self.words.push(self.collector.word(word));
    }

    /// A name that the parser made a node of, found again in the text.
    fn keyword(&mut self, name: &str, from: usize) {
        let from = self.collector.text.floor_char_boundary(from);
        let start =
            self.collector.text.get(from..).and_then(|rest| rest.find(name)).map_or(from, |i| from + i);
        let end = (start + name.len()).min(self.collector.text.len());
        self.words.push(Word::literal(name, Span::new(start, end)));
    }

    fn assignments(&mut self, assignments: &'a [shuck_ast::Assignment]) {
        assignments.iter().for_each(|assignment| self.assignment(assignment));
    }

    fn assignment(&mut self, assignment: &'a shuck_ast::Assignment) {
        self.collector.subscript(&assignment.target);
        let value = match &assignment.value {
            AssignmentValue::Scalar(word) => Some(self.collector.word(word)),
            AssignmentValue::Compound(array) => {
                array.elements.iter().for_each(|element| self.collector.nested(&element.value().word));
                None
            }
        };
        self.assignments.push(Assignment {
            name: assignment.target.name.as_str().into(),
            value,
            span: span(assignment.span, self.collector.text),
            append: assignment.append,
        });
    }

    /// An operand of `export` and its like: an assignment, and a word that reads as it is written.
    fn operand(&mut self, operand: &'a DeclOperand) {
        match operand {
            DeclOperand::Flag(word) | DeclOperand::Dynamic(word) => self.word(word),
            DeclOperand::Name(reference) => {
                self.collector.subscript(reference);
                let at = span(reference.span, self.collector.text);
                self.words.push(Word::literal(self.collector.slice(reference.span), at));
                self.assignments.push(Assignment {
                    name: reference.name.as_str().into(),
                    value: None,
                    span: at,
                    append: false,
                });
            }
            DeclOperand::Assignment(assignment) => {
                self.assignment(assignment);
                let Some(made) = self.assignments.last() else { return };
                let sign = if made.append { "+=" } else { "=" };
                let mut word = Word::literal("", made.span);
                match &made.value {
                    Some(value) => {
                        word.value = format!("{}{sign}{}", made.name, value.value).into();
                        word.has_expansion = value.has_expansion;
                        word.has_substitution = value.has_substitution;
                    }
                    None => word.value = self.collector.slice(assignment.span).into(),
                }
                self.words.push(word);
            }
        }
    }
}
