//! What ShellCheck would say of a script.

use std::sync::OnceLock;

use crate::script::Script;
use crate::shuck;
use crate::word::Span;

/// ShellCheck's levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// A matter of style.
    Style,
    /// Worth knowing.
    Info,
    /// Likely wrong.
    Warning,
    /// Wrong.
    Error,
}

/// A replacement of bytes of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// What to put there.
    pub text: String,
}

/// How to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether the script means the same afterwards, but for the fault.
    pub is_safe: bool,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// A finding with a ShellCheck code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellFinding {
    /// `SC2086`
    pub code: &'static str,
    /// Where in the script.
    pub span: Span,
    /// What is wrong, in a sentence.
    pub message: String,
    /// ShellCheck's level for it.
    pub level: Level,
    /// How to mend it.
    pub fix: Option<Fix>,
}

/// What is known around the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LintOptions<'a> {
    /// The names of ENV and ARG that hold where the script runs.
    pub declared_variables: &'a [&'a str],
    /// Whether the shell itself runs with `-o pipefail`.
    pub pipefail: bool,
    /// Whether the shell itself runs with `-e`.
    pub errexit: bool,
}

/// A ShellCheck code that [`lint()`] can report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeInfo {
    /// `SC2086`
    pub code: &'static str,
    /// What it is about, in a sentence.
    pub title: &'static str,
    /// Its level.
    pub level: Level,
}

/// Every code that can be reported, in order.
pub fn codes() -> &'static [CodeInfo] {
    static CODES: OnceLock<Vec<CodeInfo>> = OnceLock::new();
    CODES.get_or_init(|| {
        let wanted = shuck::code_table().into_iter().filter(|(code, ..)| is_wanted(*code));
        wanted
            .map(|(code, title, level)| CodeInfo { code: format!("SC{code}").leak(), title, level })
            .collect()
    })
}

fn code_name(code: u32) -> Option<&'static str> {
    let number = |info: &CodeInfo| info.code.get(2..).and_then(|digits| digits.parse().ok()).unwrap_or(0u32);
    let index = codes().binary_search_by_key(&code, number).ok()?;
    Some(codes()[index].code)
}

/// Whether a code makes sense for a script inside a Dockerfile.
fn is_wanted(code: u32) -> bool {
    // 1090 and 1091 need a directive that has no place there, 2187 is about ash, and there is no first line to
    // complain about (1008, 1071, 1082, 1084, 1113 to 1115, 1128, 2096, 2148, 2239); hadolint leaves them out too.
    !matches!(code, 1008 | 1071 | 1082 | 1084 | 1090 | 1091 | 1113..=1115 | 1128 | 2096 | 2148 | 2187 | 2239)
}

/// Lints a script, findings in the order of their places. Nothing for a script that is not a shell's, or that the
/// linter cannot read.
pub fn lint(script: &Script, options: &LintOptions<'_>) -> Vec<ShellFinding> {
    if script.is_opaque() {
        return Vec::new();
    }
    let prelude = prelude(options.declared_variables);
    let source = format!("{prelude}{}", script.text());
    let found = shuck::findings(&source, script.dialect(), options.errexit, options.pipefail, is_wanted);
    let shift = |span: Span| {
        let start = span.start.checked_sub(prelude.len())?;
        Some(Span::new(start, span.end.checked_sub(prelude.len())?))
    };
    let mut findings: Vec<ShellFinding> = found
        .unwrap_or_default()
        .into_iter()
        .filter_map(|finding| {
            let fix = finding.fix.and_then(|fix| {
                let edits = fix.edits.into_iter().map(|edit| Some(Edit { span: shift(edit.span)?, ..edit }));
                Some(Fix { edits: edits.collect::<Option<_>>()?, ..fix })
            });
            let code = code_name(finding.code)?;
            Some(ShellFinding {
                code,
                span: shift(finding.span)?,
                message: finding.message,
                level: finding.level,
                fix,
            })
        })
        .collect();
    findings.sort_by_key(|finding| (finding.span, finding.code));
    findings
}

/// The finding that hadolint would print: it keeps one for each RUN, the last by place, then by mildness and code.
pub fn hadolints_choice(findings: &[ShellFinding]) -> Option<&ShellFinding> {
    findings.iter().max_by_key(|finding| (finding.span.start, std::cmp::Reverse(finding.level), finding.code))
}

/// Declares the variables as hadolint does, so that the linter takes them for given.
fn prelude(variables: &[&str]) -> String {
    let is_name = |name: &&&str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    variables.iter().filter(is_name).map(|name| format!("export {name}=1\n")).collect()
}
