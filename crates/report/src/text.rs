//! Findings as the Rust compiler shows them: the source line, a caret under the words, what to do.

use std::io;

use annotate_snippets::renderer::{self, DecorStyle};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use plimsoll_rules::{Finding, InputError, Outcome, Severity};

use crate::place::{self, Images};
use crate::snippet::Source;
use crate::{Options, clean, contexts, images, style, summary};

/// What a reader can still take in on one line, however wide the window.
const WIDEST_PROSE: usize = 120;

pub(crate) fn write(outcome: &Outcome, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    images::write(outcome, options, out)?;
    contexts::write(outcome, options, out)?;
    if options.findings {
        write_findings(outcome, options, out)?;
    }
    if options.summary {
        summary::write(outcome, options, out)?;
    }
    Ok(())
}

/// The findings one after the other.
pub(crate) fn write_findings(
    outcome: &Outcome,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let renderer = renderer(options);
    let images = Images::of(outcome);
    let mut source: Option<(&str, Source<'_>)> = None;
    for finding in &outcome.findings {
        let current = Source::select(&mut source, outcome, finding);
        write_finding(finding, current, &images, &renderer, options, out)?;
    }
    Ok(())
}

/// `error: Dockerfile: no such file`: what could not be read, in one line for standard error.
pub fn render_error(error: &InputError, colour: bool) -> String {
    format!("{} {}", style::paint("error:", style::of(Severity::Error), colour), error_line(error))
}

/// An input error without its heading.
pub(crate) fn error_line(error: &InputError) -> String {
    let mut parts = Vec::new();
    parts.extend(error.file.as_deref().map(|file| clean::line(file).into_owned()));
    parts.extend(error.image.as_deref().map(|image| clean::line(image).into_owned()));
    parts.extend(error.layer.map(|layer| format!("layer {layer}")));
    parts.extend(error.offset.map(|offset| format!("byte {offset}")));
    let message = clean::line(&error.message);
    if parts.is_empty() { message.into_owned() } else { format!("{}: {message}", parts.join(", ")) }
}

fn renderer(options: &Options) -> Renderer {
    let renderer = if options.colour {
        Renderer::styled()
            .error(style::of(Severity::Error))
            .warning(style::of(Severity::Warning))
            .info(style::of(Severity::Info))
            .note(style::of(Severity::Style))
    } else {
        Renderer::plain()
    };
    // Excerpts are already cut to the width.
    renderer.decor_style(DecorStyle::Ascii).term_width(usize::from(u16::MAX))
}

/// One finding: headline, place, excerpt, and what else there is to say.
fn write_finding(
    finding: &Finding,
    source: Option<&mut Source<'_>>,
    images: &Images<'_>,
    renderer: &Renderer,
    options: &Options,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let rule = clean::line(&finding.rule).into_owned();
    let indent = "[]: ".len() + finding.severity.as_str().len() + rule.len();
    let title = level(finding.severity).primary_title(wrapped(&finding.message, indent, options)).id(rule);
    writeln!(out, "{}", renderer.render(&[Group::with_title(title)]))?;

    let gutter = finding.end_line.or(finding.line).map_or(1, |line| line.to_string().len());
    let room = options.width.saturating_sub(gutter + " |  ".len());
    let excerpt = source.and_then(|source| source.excerpt(finding, room));
    let image = images.describe(finding, options.width.saturating_sub(gutter + "--> ".len()));
    let place = match (&finding.file, &excerpt) {
        (Some(_), Some(excerpt)) => {
            format!("{}:{}:{}", place::container(finding), excerpt.line, excerpt.column)
        }
        (None, _) if image.is_some() => image.clone().unwrap_or_default(),
        _ => place::full(finding),
    };
    // Not left to the renderer: it would count the column in the excerpt, which may be cut at its left.
    let arrow = style::paint("-->", renderer::DEFAULT_CONTEXT_STYLE, options.colour);
    writeln!(out, "{:gutter$}{arrow} {place}", "")?;

    let mut body = Group::with_level(level(finding.severity));
    if let Some(excerpt) = excerpt {
        let snippet = Snippet::source(excerpt.text).line_start(excerpt.line).fold(false);
        body = body.element(snippet.annotation(AnnotationKind::Primary.span(excerpt.mark)));
    }
    let indent = gutter + " = help: ".len();
    if let Some(help) = &finding.help {
        body = body.element(Level::HELP.message(wrapped(help, indent, options)));
    }
    if finding.file.is_some()
        && let Some(image) = image
    {
        body = body.element(Level::NOTE.with_name("in").message(image));
    }
    if !finding.also.is_empty() {
        let codes = wrapped(&finding.also.join(", "), indent, options);
        body = body.element(Level::NOTE.with_name("also").message(codes));
    }
    if body.is_empty() {
        return writeln!(out);
    }
    writeln!(out, "{}\n", renderer.render(&[body]))
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Style => Level::NOTE.with_name("style"),
    }
}

fn wrapped(text: &str, indent: usize, options: &Options) -> String {
    style::wrap(&clean::text(text), options.width.min(WIDEST_PROSE).saturating_sub(indent).max(32))
}
