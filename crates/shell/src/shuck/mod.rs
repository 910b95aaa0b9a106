//! Everything that touches the shuck crates: parsing into our model, and ShellCheck's findings.
//!
//! shuck is young, so its calls are fenced in: inputs that nest or chain deeply run on a thread with a large stack or
//! are refused, and a panic in it becomes a [`Problem`].

mod arith;
mod guard;
mod lint;
mod lower;
mod words;

pub(crate) use lint::{code_table, findings};

use shuck_parser::ShellDialect;
use shuck_parser::parser::{ParseResult, ParseStatus, Parser};

use crate::dialect::Dialect;
use crate::script::{ParsedBy, Problem, Script};
use crate::word::Span;

/// Parses a script; the problem says why it could not be parsed.
pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Script, Problem> {
    let whole = Span::new(0, text.len());
    guard::run(text, || {
        let result = Parser::with_dialect(text, parser_dialect(dialect)).parse();
        if result.status == ParseStatus::Fatal || !result.diagnostics.is_empty() {
            return Err(problem(text, &result));
        }
        let mut script = Script::empty(text, dialect, ParsedBy::Parser);
        lower::lower(&result.file, &mut script);
        Ok(script)
    })
    .unwrap_or_else(|reason| Err(Problem { message: reason.to_string(), span: whole }))
}

fn problem(text: &str, result: &ParseResult) -> Problem {
    match result.diagnostics.first() {
        Some(d) => Problem { message: d.message.clone(), span: lower::span(d.span, text) },
        None => {
            let message =
                result.terminal_error.as_ref().map_or("unreadable".to_string(), ToString::to_string);
            Problem { message, span: Span::new(0, text.len()) }
        }
    }
}

/// The grammar to parse with. bash's contains sh's, ash's and ksh's, and real sh scripts use pieces of it.
fn parser_dialect(dialect: Dialect) -> ShellDialect {
    match dialect {
        Dialect::Zsh => ShellDialect::Zsh,
        _ => ShellDialect::Bash,
    }
}
