//! Runs the context rules over one text, and turns what they wrote into findings: select, suppress, place, redact.

use std::path::Path;

use plimsoll_dockerfile::{Comment, Source, Span};

use super::{ContextRule, EnvSubject, IgnoreSubject, Projects};
use crate::config::Settings;
use crate::draft::{Draft, Place, Reporter};
use crate::engine::{redact, unused_name};
use crate::not_text;
use crate::redact::Redactor;
use crate::rule::CONTEXT_RULES;
use crate::suppress::Suppressions;
use crate::{Finding, Outcome};

/// Checks one ignore file. `name` is what findings call it; `path` is where it is, None for standard input. Never
/// fails: what Docker would refuse gives findings, and the rest of it is checked. What is no text is an error in the
/// outcome.
pub fn lint_dockerignore(
    name: &str,
    bytes: Vec<u8>,
    path: Option<&Path>,
    settings: &Settings,
    projects: &Projects,
) -> Outcome {
    if let Some(outcome) = not_text::refused(name, &bytes) {
        return outcome;
    }
    let source = Source::new(bytes);
    let subject = IgnoreSubject::new(&source, path, settings, projects);
    let statements: Vec<u32> = subject.ignore.patterns().iter().map(|p| line(p.span.line)).collect();
    let comments = comments(&source, |text| text.starts_with('#'));
    let suppressions = suppressions(&comments, &statements, settings);
    let text = Text { name, source: &source, settings, suppressions };
    text.judge(|rule, report| rule.check_ignore(&subject, report), &Hidden::default())
}

/// Checks one environment file, as [`lint_dockerignore`] does.
pub fn lint_env(
    name: &str,
    bytes: Vec<u8>,
    path: Option<&Path>,
    settings: &Settings,
    projects: &Projects,
) -> Outcome {
    if let Some(outcome) = not_text::refused(name, &bytes) {
        return outcome;
    }
    let source = Source::new(bytes);
    let subject = EnvSubject::new(&source, name, path, settings, projects);
    let statements: Vec<u32> = subject.file.entries.iter().map(|e| line(e.line)).collect();
    let comments = comments(&source, |text| text.trim_start().starts_with('#'));
    let suppressions = suppressions(&comments, &statements, settings);
    let text = Text { name, source: &source, settings, suppressions };
    let hidden = Hidden {
        secrets: subject.secrets().iter().map(|secret| secret.span).collect(),
        from_view: subject.hidden(),
    };
    text.judge(|rule, report| rule.check_env(&subject, report), &hidden)
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The comments of a text: its lines that `is_comment` takes.
fn comments<'s>(source: &'s Source, is_comment: impl Fn(&str) -> bool) -> Vec<Comment<'s>> {
    let mut comments = Vec::new();
    for line in 1..=source.line_count() {
        let Some(span) = source.line_span(line) else { continue };
        let text = source.slice(span);
        let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { text };
        if is_comment(text) {
            comments.push(Comment { span, text: text.trim().trim_start_matches('#').trim(), line });
        }
    }
    comments
}

fn suppressions(comments: &[Comment<'_>], statements: &[u32], settings: &Settings) -> Suppressions {
    if !settings.ignore_comments {
        return Suppressions::default();
    }
    let lines: Vec<(u32, u32)> = statements.iter().map(|n| (*n, *n)).collect();
    Suppressions::of_comments(comments, &lines, settings.today)
}

/// What nobody may see of a text.
#[derive(Default)]
struct Hidden {
    /// Credentials: not in messages either.
    secrets: Vec<Span>,
    /// What is masked where the text is shown.
    from_view: Vec<Span>,
}

/// One text that is judged.
struct Text<'s> {
    name: &'s str,
    source: &'s Source,
    settings: &'s Settings,
    suppressions: Suppressions,
}

impl Text<'_> {
    fn judge(mut self, check: impl Fn(&dyn ContextRule, &mut Reporter), hidden: &Hidden) -> Outcome {
        let mut outcome = Outcome { checked: 1, inputs: vec![self.name.to_owned()], ..Outcome::default() };
        let selection = &self.settings.selection;
        let mut reporter = None::<Reporter>;
        for entry in CONTEXT_RULES.iter().filter(|e| selection.runs(e.meta)) {
            let reporter = reporter.get_or_insert_with(|| Reporter::new(entry.meta));
            reporter.turn_to(entry.meta);
            check(entry.rule, reporter);
        }
        for draft in reporter.map(Reporter::into_drafts).unwrap_or_default() {
            let whole = matches!(draft.place, Place::File(_));
            let mut finding = self.place(draft);
            if selection.keeps(&finding) && !self.suppressions.silence(&finding, whole) {
                finding.severity = selection.severity_of(&finding);
                outcome.findings.push(finding);
            }
        }
        outcome.findings.extend(self.unused_ignores());
        outcome.findings.dedup();
        if outcome.findings.is_empty() {
            return outcome;
        }
        let text = self.source.text();
        let masked = |spans: &[Span]| {
            let spans = if self.settings.show_secrets { &[] } else { spans };
            Redactor::new(text, spans.iter().map(|span| span.range()))
        };
        let redactor = masked(&hidden.secrets);
        if !redactor.is_empty() {
            outcome.findings.iter_mut().for_each(|finding| redact(finding, &redactor));
        }
        outcome.sources.insert(self.name.to_owned(), masked(&hidden.from_view).source(text));
        outcome.sort();
        outcome
    }

    /// Gives a draft its lines and columns.
    fn place(&self, draft: Draft) -> Finding {
        let (mut finding, place) = draft.into_finding();
        finding.file = Some(self.name.to_owned());
        if let Place::Span(span) | Place::File(span) = place {
            let (start, end) = (self.source.position(span.start), self.source.position(span.end));
            finding.line = Some(start.line);
            finding.column = Some(start.column);
            finding.end_line = Some(end.line);
            finding.end_column = Some(end.column);
            finding.instruction_line = Some(start.line);
            finding.span = Some(span.range());
        }
        finding
    }

    /// Our own ignore comments that silenced nothing.
    fn unused_ignores(&self) -> Vec<Finding> {
        let selection = &self.settings.selection;
        let Some(meta) = crate::all_rules().find(|m| m.name == "unused-ignore" && selection.runs(m)) else {
            return Vec::new();
        };
        let mut reporter = Reporter::new(meta);
        for (span, names) in self.suppressions.unused() {
            for word in names {
                if let Some((message, help)) = unused_name(word, selection) {
                    reporter.flag(span, message).help(help);
                }
            }
        }
        let place = |draft| {
            let finding = self.place(draft);
            Finding { severity: selection.severity_of(&finding), ..finding }
        };
        reporter.into_drafts().into_iter().map(place).collect()
    }
}

#[cfg(test)]
mod tests;
