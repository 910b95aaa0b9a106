//! shuck's words to ours.

use shuck_ast::{
    BourneParameterExpansion, HeredocBodyPart, LiteralText, ParameterExpansion, ParameterExpansionSyntax,
    ParameterOp, Pattern, PatternPart, StmtSeq, VarRef, WordPart, WordPartNode, ZshExpansionTarget,
};

use super::arith;
use super::lower::span;
use crate::word::{Span, VariableUse, Word};

/// What a walk over word parts collects.
pub(super) struct Collector<'a> {
    pub(super) text: &'a str,
    /// Bodies of command and process substitutions, to be read after the command that holds them.
    pub(super) bodies: Vec<&'a StmtSeq>,
    pub(super) variables: Vec<VariableUse>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, bodies: Vec::new(), variables: Vec::new() }
    }

    pub(super) fn slice(&self, at: shuck_ast::Span) -> &'a str {
        self.text.get(span(at, self.text).range()).unwrap_or("")
    }

    /// One word; its variables stay with it and are not added to the collector's own.
    pub(super) fn word(&mut self, word: &'a shuck_ast::Word) -> Word {
        let outer = std::mem::take(&mut self.variables);
        let bodies_before = self.bodies.len();
        let mut out = Word::literal("", span(word.span, self.text));
        let mut value = String::with_capacity(out.span.end - out.span.start);
        self.parts(&word.parts, false, &mut out, &mut value);
        out.value = value.into();
        out.quoted = word.is_fully_quoted();
        out.has_braces = word.has_active_brace_expansion();
        out.has_substitution = self.bodies.len() > bodies_before;
        out.variables = std::mem::replace(&mut self.variables, outer);
        out
    }

    fn parts(&mut self, parts: &'a [WordPartNode], quoted: bool, out: &mut Word, value: &mut String) {
        for node in parts {
            match &node.kind {
                WordPart::Literal(text) => {
                    if quoted {
                        value.push_str(text.as_str(self.text, node.span));
                    } else {
                        out.has_glob |= has_active_glob(self.slice(node.span));
                        push_literal(text, node.span, self.text, value);
                    }
                }
                WordPart::SingleQuoted { value: text, .. } => value.push_str(text.slice(self.text)),
                WordPart::DoubleQuoted { parts, .. } => self.parts(parts, true, out, value),
                WordPart::ZshQualifiedGlob(_) => {
                    out.has_glob = true;
                    value.push_str(self.slice(node.span));
                }
                kind => {
                    out.has_expansion = true;
                    match kind {
                        WordPart::Variable(name) => {
                            value.push_str("${");
                            value.push_str(name.as_str());
                            value.push('}');
                        }
                        _ => value.push_str(self.slice(node.span)),
                    }
                    self.expansion(kind, node.span, quoted);
                }
            }
        }
    }

    fn expansion(&mut self, part: &'a WordPart, at: shuck_ast::Span, quoted: bool) {
        match part {
            WordPart::Variable(name) => self.variable(name.as_str(), at, quoted, false),
            WordPart::CommandSubstitution { body, .. } | WordPart::ProcessSubstitution { body, .. } => {
                self.bodies.push(body);
            }
            WordPart::ArithmeticExpansion { expression_ast, expression_word_ast, .. } => match expression_ast
            {
                Some(expression) => arith::walk(self, expression),
                None => self.nested(expression_word_ast),
            },
            WordPart::Parameter(parameter) => self.parameter(parameter, at, quoted),
            WordPart::ParameterExpansion { reference, operator, operand_word_ast, .. } => {
                self.reference(reference, at, quoted, copes_with_unset(operator));
                self.operator(operator);
                operand_word_ast.iter().for_each(|word| self.nested(word));
            }
            WordPart::Length(reference)
            | WordPart::ArrayAccess(reference)
            | WordPart::ArrayLength(reference)
            | WordPart::ArrayIndices(reference)
            | WordPart::Transformation { reference, .. } => self.reference(reference, at, quoted, false),
            WordPart::Substring { reference, offset_word_ast, length_word_ast, .. }
            | WordPart::ArraySlice { reference, offset_word_ast, length_word_ast, .. } => {
                self.reference(reference, at, quoted, false);
                self.nested(offset_word_ast);
                length_word_ast.iter().for_each(|word| self.nested(word));
            }
            WordPart::IndirectExpansion { reference, operand_word_ast, .. } => {
                self.reference(reference, at, quoted, false);
                operand_word_ast.iter().for_each(|word| self.nested(word));
            }
            WordPart::Literal(_)
            | WordPart::ZshQualifiedGlob(_)
            | WordPart::SingleQuoted { .. }
            | WordPart::DoubleQuoted { .. }
            | WordPart::PrefixMatch { .. } => {}
        }
    }

    /// The variables and substitutions of a word whose text does not matter.
    pub(super) fn nested(&mut self, word: &'a shuck_ast::Word) {
        for node in &word.parts {
            match &node.kind {
                WordPart::DoubleQuoted { parts, .. } => {
                    parts.iter().for_each(|inner| self.expansion(&inner.kind, inner.span, true));
                }
                kind => self.expansion(kind, node.span, false),
            }
        }
    }

    fn parameter(&mut self, parameter: &'a ParameterExpansion, at: shuck_ast::Span, quoted: bool) {
        match &parameter.syntax {
            ParameterExpansionSyntax::Bourne(bourne) => self.bourne(bourne, at, quoted),
            ParameterExpansionSyntax::Zsh(zsh) => {
                match &zsh.target {
                    ZshExpansionTarget::Reference(reference) => self.reference(reference, at, quoted, false),
                    ZshExpansionTarget::Nested(inner) => self.parameter(inner, inner.span, quoted),
                    ZshExpansionTarget::Word(word) => self.nested(word),
                    ZshExpansionTarget::Empty => {}
                }
                zsh.operation
                    .iter()
                    .filter_map(|op| op.operand_word_ast())
                    .for_each(|word| self.nested(word));
            }
        }
    }

    fn bourne(&mut self, bourne: &'a BourneParameterExpansion, at: shuck_ast::Span, quoted: bool) {
        use BourneParameterExpansion as B;
        match bourne {
            B::Access { reference }
            | B::Length { reference }
            | B::Indices { reference }
            | B::Slice { reference, .. }
            | B::Transformation { reference, .. } => self.reference(reference, at, quoted, false),
            B::Indirect { reference, operator, .. } => {
                let copes = operator.as_deref().is_some_and(copes_with_unset);
                self.reference(reference, at, quoted, copes);
            }
            B::Operation { reference, operator, .. } => {
                self.reference(reference, at, quoted, copes_with_unset(operator));
                self.operator(operator);
            }
            B::PrefixMatch { .. } => {}
        }
        let words = [bourne.operand_word_ast(), bourne.offset_word_ast(), bourne.length_word_ast()];
        words.into_iter().flatten().for_each(|word| self.nested(word));
    }

    fn operator(&mut self, operator: &'a ParameterOp) {
        match operator {
            ParameterOp::RemovePrefixShort { pattern }
            | ParameterOp::RemovePrefixLong { pattern }
            | ParameterOp::RemoveSuffixShort { pattern }
            | ParameterOp::RemoveSuffixLong { pattern } => self.pattern(pattern),
            ParameterOp::ReplaceFirst { pattern, replacement_word_ast, .. }
            | ParameterOp::ReplaceAll { pattern, replacement_word_ast, .. } => {
                self.pattern(pattern);
                self.nested(replacement_word_ast);
            }
            _ => {}
        }
    }

    pub(super) fn pattern(&mut self, pattern: &'a Pattern) {
        for node in &pattern.parts {
            match &node.kind {
                PatternPart::Word(word) => self.nested(word),
                PatternPart::Group { patterns, .. } => patterns.iter().for_each(|inner| self.pattern(inner)),
                _ => {}
            }
        }
    }

    pub(super) fn reference(
        &mut self,
        reference: &'a VarRef,
        at: shuck_ast::Span,
        quoted: bool,
        copes: bool,
    ) {
        self.variable(reference.name.as_str(), at, quoted, copes);
        self.subscript(reference);
    }

    /// The expansions in `[...]` of an array element.
    pub(super) fn subscript(&mut self, reference: &'a VarRef) {
        if let Some(subscript) = &reference.subscript {
            match &subscript.arithmetic_ast {
                Some(expression) => arith::walk(self, expression),
                None => subscript.word_ast.iter().for_each(|word| self.nested(word)),
            }
        }
    }

    pub(super) fn variable(&mut self, name: &str, at: shuck_ast::Span, quoted: bool, has_default: bool) {
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            self.variables.push(VariableUse {
                name: name.into(),
                span: span(at, self.text),
                quoted,
                has_default,
            });
        }
    }

    pub(super) fn heredoc_part(&mut self, part: &'a HeredocBodyPart, at: shuck_ast::Span) {
        match part {
            HeredocBodyPart::Literal(_) => {}
            HeredocBodyPart::Variable(name) => self.variable(name.as_str(), at, true, false),
            HeredocBodyPart::CommandSubstitution { body, .. } => self.bodies.push(body),
            HeredocBodyPart::ArithmeticExpansion { expression_ast, expression_word_ast, .. } => {
                match expression_ast {
                    Some(expression) => arith::walk(self, expression),
                    None => self.nested(expression_word_ast),
                }
            }
            HeredocBodyPart::Parameter(parameter) => self.parameter(parameter, at, true),
        }
    }
}

fn copes_with_unset(operator: &ParameterOp) -> bool {
    use ParameterOp::{AssignDefault, Error, UseDefault, UseReplacement};
    matches!(operator, UseDefault | AssignDefault | UseReplacement | Error)
}

/// Appends unquoted literal text, whose backslashes the parser may have left in place.
fn push_literal(text: &LiteralText, at: shuck_ast::Span, source: &str, value: &mut String) {
    match text {
        LiteralText::Source => {
            let mut chars = span_text(at, source).chars();
            while let Some(c) = chars.next() {
                match c {
                    '\\' => match chars.next() {
                        Some('\n') => {}
                        Some(escaped) => value.push(escaped),
                        None => value.push('\\'),
                    },
                    _ => value.push(c),
                }
            }
        }
        LiteralText::Owned(text) | LiteralText::CookedSource(text) => value.push_str(text),
    }
}

fn span_text(at: shuck_ast::Span, source: &str) -> &str {
    let Span { start, end } = span(at, source);
    source.get(start..end).unwrap_or("")
}

/// Whether a glob character stands unescaped in unquoted text.
fn has_active_glob(raw: &str) -> bool {
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'*' | b'?' => return true,
            b'[' => return bytes.any(|b| b == b']'),
            _ => {}
        }
    }
    false
}
