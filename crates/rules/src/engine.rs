//! Runs the rules over one input, and turns what they wrote into findings: select, suppress, place, redact.

use std::path::Path;

use plimsoll_dockerfile::{Dockerfile, Kind, Source, Span};

use crate::check_directive::CheckDirective;
use crate::config::Settings;
use crate::dockerfile::{Around, Build};
use crate::draft::{Draft, Place, Reporter};
use crate::not_text;
use crate::redact::{Redactor, within_quotes};
use crate::rule::{DOCKERFILE_RULES, find_rules};
use crate::select::Selection;
use crate::suppress::Suppressions;
use crate::{FileKind, Finding, Outcome, TargetSearch, kind_of};

/// Checks one Dockerfile. `name` is what findings call it. Never fails: a file that BuildKit would refuse gives
/// findings, and the rest of it is checked. What is no text, or no Dockerfile by its name nor by any of its lines, is
/// an error in the outcome.
pub fn lint_dockerfile(name: &str, bytes: Vec<u8>, settings: &Settings, around: &Around) -> Outcome {
    if let Some(outcome) = not_text::refused(name, &bytes) {
        return outcome;
    }
    let source = Source::new(bytes);
    let tree = plimsoll_dockerfile::parse(&source);
    if kind_of(Path::new(name)) != Some(FileKind::Dockerfile) && has_no_instruction(&tree) {
        let message = "no Dockerfile, as far as one can tell: none of its lines is an instruction \
                       (a compose file is known by its `services:`, an environment file by `.env` in its name)";
        return not_text::not_checked(name, message.to_owned());
    }
    let checks = CheckDirective::of(&tree);
    let widened = checks.widen(settings);
    let settings = widened.as_ref().unwrap_or(settings);
    let mut build = Build::new(&source, &tree, settings, around);
    let mut outcome = Outcome { checked: 1, inputs: vec![name.to_owned()], ..Outcome::default() };
    let without_target;
    if settings.target.is_some() {
        outcome.target = TargetSearch::of(&build);
        if outcome.target.missed {
            // Judged by no stage at all, it would pass whatever it ships.
            let mut settings = settings.clone();
            settings.target = None;
            without_target = settings;
            build = Build::new(&source, &tree, &without_target, around);
        }
    }
    // The search for secrets needs nothing of the rules, and for one small file it takes as long as all of them.
    let (drafts, _) = rayon::join(|| drafts(&build), || build.leaks());

    let mut suppressions =
        if settings.ignore_comments { suppressions(&build, &checks) } else { Suppressions::default() };
    let mut secrets: Vec<Span> = build.leaks().iter().map(|l| l.span).collect();
    let mut masked: Vec<Span> = Vec::new();
    for draft in drafts {
        secrets.extend_from_slice(&draft.secrets);
        masked.extend_from_slice(&draft.masked);
        let whole = matches!(draft.place, Place::File(_));
        let mut finding = finish(draft, name, &build);
        if settings.selection.keeps(&finding) && !suppressions.silence(&finding, whole) {
            finding.severity = checks.severity(&finding, settings.selection.severity_of(&finding));
            outcome.findings.push(finding);
        }
    }
    outcome.findings.extend(unused_ignores(name, &build, &suppressions));

    if settings.show_secrets {
        secrets.clear();
        masked.clear();
    }
    masked.retain(|span| !source.slice(*span).contains('$'));
    let bare = |span: Span| within_quotes(source.text(), span.range());
    let redactor = Redactor::new(source.text(), secrets.into_iter().map(bare))
        .masking(source.text(), masked.into_iter().map(bare));
    if !redactor.is_empty() {
        outcome.findings.iter_mut().for_each(|f| redact(f, &redactor));
    }
    if !outcome.findings.is_empty() {
        outcome.sources.insert(name.to_owned(), redactor.source(source.text()));
    }
    outcome.sort();
    // A heredoc's body may be read twice: by the shell that expands it, and by the one that it is given to.
    outcome.findings.dedup_by(repeats);
    outcome
}

/// Whether not one of the lines is an instruction, or a slip of one: `env:` is a key of some other format.
fn has_no_instruction(tree: &Dockerfile<'_>) -> bool {
    let is_none = |i: &plimsoll_dockerfile::Instruction<'_>| {
        i.kind == Kind::Unknown || !i.keyword.as_str().bytes().all(|b| b.is_ascii_alphabetic())
    };
    !tree.instructions.is_empty() && tree.instructions.iter().all(is_none)
}

/// Whether a finding says the same as another, which then takes its codes over.
fn repeats(next: &mut Finding, kept: &mut Finding) -> bool {
    let place = |f: &Finding| (f.line, f.column, f.end_line, f.end_column);
    let same = next.rule == kept.rule && next.message == kept.message && place(next) == place(kept);
    if same {
        let codes = next.also.drain(..).filter(|code| !kept.also.contains(code));
        kept.also.extend(codes.collect::<Vec<_>>());
    }
    same
}

/// What the selected rules say.
fn drafts(build: &Build<'_>) -> Vec<Draft> {
    let mut drafts = None::<Reporter>;
    for entry in DOCKERFILE_RULES.iter().filter(|e| build.settings.selection.runs(e.meta)) {
        let reporter = drafts.get_or_insert_with(|| Reporter::new(entry.meta));
        reporter.turn_to(entry.meta);
        entry.rule.check(build, reporter);
    }
    drafts.map(Reporter::into_drafts).unwrap_or_default()
}

/// Gives a draft its lines, columns and stage.
fn finish(draft: Draft, name: &str, build: &Build<'_>) -> Finding {
    let (mut finding, place) = draft.into_finding();
    finding.file = Some(name.to_owned());
    if let Place::Span(span) | Place::File(span) = place {
        let source = build.source;
        let (start, end) = (source.position(span.start), source.position(span.end));
        finding.line = Some(start.line);
        finding.column = Some(start.column);
        finding.end_line = Some(end.line);
        finding.end_column = Some(end.column);
        finding.span = Some(span.range());
        if let Some(instruction) = build.instruction_at(span.start) {
            finding.instruction_line = Some(build.tree.instructions[instruction].start_line);
            finding.stage = build.stage_name_at(instruction);
        }
    }
    finding
}

pub(crate) fn redact(finding: &mut Finding, redactor: &Redactor) {
    finding.message = redactor.message(&finding.message);
    finding.help = finding.help.take().map(|h| redactor.message(&h));
    // What would write a credential, or stars in its place, mends nothing.
    let shows = |edit: &crate::Edit| redactor.message(&edit.text) != edit.text;
    finding.fix = finding
        .fix
        .take()
        .filter(|fix| !fix.edits.iter().chain(fix.files.iter().flat_map(|file| &file.edits)).any(shows));
}

fn suppressions(build: &Build<'_>, checks: &CheckDirective) -> Suppressions {
    let mut suppressions = Suppressions::new(build.source, build.tree, build.settings.today);
    if checks.skip_all || !checks.skip.is_empty() {
        suppressions.skip_checks(&checks.skip, checks.skip_all);
    }
    suppressions
}

/// Our own ignore comments that silenced nothing. A name whose rules did not run says nothing about the file.
fn unused_ignores(name: &str, build: &Build<'_>, suppressions: &Suppressions) -> Vec<Finding> {
    let Some(meta) = crate::all_rules().find(|m| m.name == "unused-ignore") else { return Vec::new() };
    let selection = &build.settings.selection;
    if !selection.runs(meta) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (span, names) in suppressions.unused() {
        for word in names {
            let Some((message, help)) = unused_name(word, selection) else { continue };
            let mut reporter = Reporter::new(meta);
            reporter.flag(span, message).help(help);
            for draft in reporter.into_drafts() {
                let mut finding = finish(draft, name, build);
                finding.severity = selection.severity_of(&finding);
                findings.push(finding);
            }
        }
    }
    findings
}

/// What to say, and what to do, about a name in an ignore comment that silenced nothing; None where one of its rules did
/// not run, which says nothing about the file.
pub(crate) fn unused_name(word: &str, selection: &Selection) -> Option<(String, &'static str)> {
    let rules = find_rules(word);
    if rules.iter().any(|m| !selection.runs(m)) {
        return None;
    }
    if rules.is_empty() && word.parse::<crate::Category>().is_err() {
        let known = crate::all_rules().map(|m| m.name);
        let near = crate::rule::nearest(word, known).map(|n| format!(": did you mean `{n}`?"));
        let message = format!("`{word}` is no rule and no code{}", near.unwrap_or_default());
        return Some((message, "`plimsoll rules` lists every name"));
    }
    let message = format!("nothing here is reported as `{word}`, so this comment silences nothing");
    Some((message, "take the name out of the comment"))
}
