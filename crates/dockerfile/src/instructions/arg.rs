//! ARG

use super::Input;
use super::pairs::{report_cut, report_unclosed};
use crate::diagnostics::Code;
use crate::source::Span;
use crate::text::Text;
use crate::words;

/// One name that ARG declares.
#[derive(Clone, Debug)]
pub struct ArgDeclaration<'s> {
    /// The declaration.
    pub span: Span,
    /// Its name.
    pub name: Text<'s>,
    /// Its default as written, quotes kept.
    pub default: Option<Text<'s>>,
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Vec<ArgDeclaration<'s>> {
    if input.is_empty() {
        input.missing("a name");
        return Vec::new();
    }
    let mut declarations = Vec::new();
    for word in words::quoted(input.line, input.range.clone(), input.escape) {
        report_unclosed(input, &word);
        let range = word.range;
        let text = &input.line.as_str()[range.clone()];
        let equals = memchr::memchr(b'=', text.as_bytes()).map(|at| range.start + at);
        if word.unclosed.is_none()
            && let Some(equals) = equals
            && memchr::memchr2(b'"', b'\'', &text.as_bytes()[..equals - range.start]).is_some()
        {
            report_cut(input, range.clone(), equals);
        }
        let name = input.text(range.start..equals.unwrap_or(range.end));
        if name.is_empty() {
            let span = input.line.span(range.clone());
            input.error(Code::InvalidArgument, span, "expected a name before the =");
        }
        let default = equals.map(|at| input.text(at + 1..range.end));
        declarations.push(ArgDeclaration { span: input.line.span(range), name, default });
    }
    declarations
}
