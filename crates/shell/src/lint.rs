//! What ShellCheck would say of a script.

mod adjust;
mod checks;
mod memo;
mod quick;

use std::sync::{Arc, OnceLock};

use crate::script::{ParsedBy, Script};
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

/// Codes that are made of another finding of the linter.
const DERIVED: &[checks::Code] = &[
    ("SC2037", "A command's output is assigned with `var=$(command)`.", Level::Error),
    ("SC2158", "`[ false ]` is true; use `false`.", Level::Error),
    ("SC2159", "`[ 0 ]` is true; use `false`.", Level::Error),
    ("SC2160", "`[ true ]` is `true`.", Level::Style),
    ("SC2161", "`[ 1 ]` is `true`.", Level::Style),
];

/// Every code that can be reported, in order.
pub fn codes() -> &'static [CodeInfo] {
    static CODES: OnceLock<Vec<CodeInfo>> = OnceLock::new();
    CODES.get_or_init(|| {
        let own = checks::codes().chain(DERIVED);
        let mut codes: Vec<CodeInfo> =
            own.map(|&(code, title, level)| CodeInfo { code, title, level }).collect();
        for (number, title, level) in shuck::code_table() {
            let Some(number) = adjust::code(number) else { continue };
            let code = format!("SC{number}");
            if codes.iter().all(|known| known.code != code) {
                codes.push(CodeInfo { code: code.leak(), title, level: adjust::level(number, level) });
            }
        }
        codes.sort_unstable_by_key(|info| info.code);
        codes
    })
}

fn code_info(number: u32) -> Option<&'static CodeInfo> {
    let code = format!("SC{number}");
    let index = codes().binary_search_by(|info| info.code.cmp(&code)).ok()?;
    codes().get(index)
}

/// Longest script that is linted: some checks look at the whole script again for each finding.
const MAX_BYTES: usize = 64 * 1024;

/// Lints a script, findings in the order of their places. Nothing for a script that is not a shell's, or that the
/// linter cannot read (also one longer than 64 KiB); nothing but parse errors (SC1...) for one that does not parse, as with ShellCheck.
pub fn lint(script: &Script, options: &LintOptions<'_>) -> Arc<[ShellFinding]> {
    if script.is_opaque() || script.text().len() > MAX_BYTES || quick::is_clean(script) {
        return Arc::default();
    }
    let key = memo::Key {
        text: script.text().into(),
        declared: options.declared_variables.join("\n").into(),
        dialect: script.dialect(),
        pipefail: options.pipefail,
        errexit: options.errexit,
    };
    memo::findings(key, || lint_afresh(script, options))
}

fn lint_afresh(script: &Script, options: &LintOptions<'_>) -> Vec<ShellFinding> {
    let prelude = prelude(script, options.declared_variables);
    let source = format!("{prelude}{}", script.text());
    let is_readable = script.parsed_by() == ParsedBy::Parser;
    let wanted = |code| adjust::code(code).is_some();
    let found = shuck::findings(&source, script.dialect(), options.errexit, options.pipefail, wanted);
    let mut findings: Vec<ShellFinding> = found
        .unwrap_or_default()
        .into_iter()
        .filter(|finding| is_readable || finding.code < 2000)
        .filter_map(|finding| adopt(finding, script, prelude.len()))
        .collect();
    if is_readable {
        for finding in checks::run(script, options.declared_variables) {
            if !findings
                .iter()
                .any(|other| other.code == finding.code && other.span.start == finding.span.start)
            {
                findings.push(finding);
            }
        }
    }
    findings.sort_by_key(|finding| (finding.span, finding.code));
    findings
}

/// A finding of the linter as one of ours: ShellCheck's number and level, and the prelude taken off its places.
fn adopt(finding: shuck::Finding, script: &Script, prelude: usize) -> Option<ShellFinding> {
    let shift = |span: Span| {
        let span = Span::new(span.start.checked_sub(prelude)?, span.end.checked_sub(prelude)?);
        script.text().get(span.range()).map(|_| span)
    };
    let span = shift(finding.span)?;
    if finding.code == 2153 && !adjust::is_likely_misspelling(&finding.message) {
        return None;
    }
    let info = code_info(adjust::finding(adjust::code(finding.code)?, span, script)?)?;
    let fix = finding.fix.and_then(|fix| {
        let edits = fix.edits.into_iter().map(|edit| Some(Edit { span: shift(edit.span)?, ..edit }));
        Some(Fix { edits: edits.collect::<Option<_>>()?, ..fix })
    });
    Some(ShellFinding { code: info.code, span, message: finding.message, level: info.level, fix })
}

/// The finding that hadolint would print: it keeps one for each RUN, the last by place, then by mildness and code.
pub fn hadolints_choice(findings: &[ShellFinding]) -> Option<&ShellFinding> {
    findings.iter().max_by_key(|finding| (finding.span.start, std::cmp::Reverse(finding.level), finding.code))
}

/// Declares the variables as hadolint does, so that the linter takes them for given. Those that the script does not
/// mention are left out, unless a name that nobody sets may be a misspelling of one of them.
fn prelude(script: &Script, variables: &[&str]) -> String {
    let is_set = |name: &str| variables.contains(&name) || script.assigns(name);
    let needs_all = script.variables.iter().any(|used| !is_set(&used.name));
    let is_name = |name: &&&str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && (needs_all || script.text().contains(**name))
    };
    let mut names: Vec<&&str> = variables.iter().filter(is_name).collect();
    names.sort_unstable();
    names.dedup();
    names.iter().map(|name| format!("export {name}=1\n")).collect()
}

#[cfg(test)]
mod tests;
