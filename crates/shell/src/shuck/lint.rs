//! The linter's findings under ShellCheck's codes.

use std::sync::OnceLock;

use shuck_linter::{
    AmbientShellOptions, AnalysisRequest, Applicability, LinterSettings, Rule, ShellCheckCodeMap,
    ShellCheckLevel, ShellDialect, rule_metadata,
};
use shuck_parser::parser::Parser;

use super::guard::{self, Refusal};
use super::lower::span;
use crate::dialect::Dialect;
use crate::lint::{Edit, Fix, Level};
use crate::word::Span;

/// What the linter found, in offsets of the source that it was given.
pub(crate) struct Finding {
    pub(crate) code: u32,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) fix: Option<Fix>,
}

/// The linter's rules that have a ShellCheck code: the code, what it is about, the level.
pub(crate) fn code_table() -> Vec<(u32, &'static str, Level)> {
    let described = |(code, rule): (u32, Rule)| {
        let metadata = rule_metadata(rule)?;
        Some((code, metadata.description, level(metadata.shellcheck_level)))
    };
    let mut table: Vec<_> = ShellCheckCodeMap::default().mappings().filter_map(described).collect();
    table.sort_unstable_by_key(|(code, ..)| *code);
    table
}

fn level(level: Option<ShellCheckLevel>) -> Level {
    match level {
        Some(ShellCheckLevel::Error) => Level::Error,
        Some(ShellCheckLevel::Info) => Level::Info,
        Some(ShellCheckLevel::Style) => Level::Style,
        Some(ShellCheckLevel::Warning) | None => Level::Warning,
    }
}

/// Lints a source for the codes that `wanted` says, with `-e` and `pipefail` as the shell's own flags set them.
pub(crate) fn findings(
    source: &str,
    dialect: Dialect,
    errexit: bool,
    pipefail: bool,
    wanted: fn(u32) -> bool,
) -> Result<Vec<Finding>, Refusal> {
    guard::run(source, || {
        let shell = linter_dialect(dialect);
        let parsed = Parser::with_dialect(source, shell.parser_dialect()).parse();
        let settings = settings(shell, errexit, pipefail, wanted);
        let request = AnalysisRequest::from_parse_result(&parsed, source, settings);
        // `# shellcheck disable=`; the table of codes that it needs is not made anew for each script.
        let request = match source.contains("shellcheck") {
            true => request.with_shellcheck_map(codes()),
            false => request.without_suppressions(),
        };
        let found = request.lint();
        found.into_iter().filter_map(|diagnostic| finding(diagnostic, source)).collect()
    })
}

fn finding(diagnostic: shuck_linter::Diagnostic, source: &str) -> Option<Finding> {
    let code = codes().code_for_rule(diagnostic.rule)?;
    let fix = diagnostic.fix.as_ref().map(|fix| Fix {
        is_safe: fix.applicability() == Applicability::Safe,
        edits: fix
            .edits()
            .iter()
            .map(|edit| Edit {
                span: Span::new(usize::from(edit.range().start()), usize::from(edit.range().end())),
                text: edit.content().to_string(),
            })
            .collect(),
    });
    Some(Finding { code, span: span(diagnostic.span, source), message: diagnostic.message, fix })
}

fn codes() -> &'static ShellCheckCodeMap {
    static CODES: OnceLock<ShellCheckCodeMap> = OnceLock::new();
    CODES.get_or_init(ShellCheckCodeMap::default)
}

/// The settings for a shell, made once for each: which rules run, and that no file is ever read.
fn settings(
    shell: ShellDialect,
    errexit: bool,
    pipefail: bool,
    wanted: fn(u32) -> bool,
) -> &'static LinterSettings {
    const SHELLS: [ShellDialect; 5] =
        [ShellDialect::Sh, ShellDialect::Bash, ShellDialect::Dash, ShellDialect::Ksh, ShellDialect::Zsh];
    static SETTINGS: [OnceLock<LinterSettings>; SHELLS.len() * 4] =
        [const { OnceLock::new() }; SHELLS.len() * 4];
    let shell_index = SHELLS.iter().position(|known| *known == shell).unwrap_or(0);
    SETTINGS[shell_index * 4 + usize::from(errexit) * 2 + usize::from(pipefail)].get_or_init(|| {
        let rules = codes().mappings().filter(|(code, _)| wanted(*code)).map(|(_, rule)| rule);
        LinterSettings::for_rules(rules)
            .with_resolve_source_closure(false)
            .with_shell(shell)
            .with_ambient_shell_options(AmbientShellOptions { errexit, pipefail })
    })
}

fn linter_dialect(dialect: Dialect) -> ShellDialect {
    match dialect {
        Dialect::Bash => ShellDialect::Bash,
        Dialect::Ksh => ShellDialect::Ksh,
        Dialect::Zsh => ShellDialect::Zsh,
        Dialect::Ash => ShellDialect::Dash,
        _ => ShellDialect::Sh,
    }
}
