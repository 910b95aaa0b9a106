use plimsoll_context::{Ignore, Pattern};
use plimsoll_dockerfile::Span;

use super::{ContextRule, IgnoreSubject, Reporter, lines_of, span};
use crate::Severity;

pub(crate) struct DockerignoreUselessException;

impl ContextRule for DockerignoreUselessException {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        let patterns = file.ignore.patterns();
        for (at, exception) in patterns.iter().enumerate().filter(|(_, p)| p.exception) {
            let text = &exception.text;
            let source = file.source.text();
            let line = lines_of(source, span(&exception.span));
            let end = u32::try_from(source.len()).unwrap_or(u32::MAX);
            let gap = if source.ends_with('\n') { "" } else { "\n" };
            if let Some(over) = overridden(&file.ignore, at) {
                report
                    .flag(
                        span(&exception.span),
                        format!(
                            "`{text}` takes nothing back: `{}` below it leaves the same out again",
                            over.text
                        ),
                    )
                    .help("the last pattern that matches wins: put the exception below")
                    .replace(line, "", false)
                    .replace(Span::empty(end), format!("{gap}{text}\n"), false);
            } else if !patterns.iter().take(at).any(|p| !p.exception && could_meet(p, exception)) {
                report
                    .flag(
                        span(&exception.span),
                        format!("`{text}` takes nothing back: no pattern above it leaves that out"),
                    )
                    .severity(Severity::Info)
                    .help("take the line out, or put it below the pattern that it is an exception to")
                    .replace(line, "", true);
            }
        }
    }
}

fn is_literal(pattern: &Pattern) -> bool {
    !pattern.cleaned.contains(['*', '?', '[', '\\'])
}

/// The later pattern that leaves out again all that an exception takes back.
fn overridden(ignore: &Ignore, at: usize) -> Option<&Pattern> {
    let patterns = ignore.patterns();
    let exception = patterns.get(at)?;
    let later = patterns.get(at + 1..).unwrap_or_default();
    let same = |p: &&Pattern| !p.exception && p.cleaned == exception.cleaned;
    if !is_literal(exception) {
        return later.iter().find(same);
    }
    let found = ignore.matches(&exception.cleaned);
    let decided = found.pattern.filter(|by| found.excluded && *by > at)?;
    // Something below the path may still be taken back.
    let below = |p: &Pattern| p.exception && p.could_match_below(&exception.cleaned);
    (!later.iter().any(below)).then(|| patterns.get(decided)).flatten()
}

/// Whether a pattern could leave out something that an exception takes back; true where it cannot be told.
fn could_meet(pattern: &Pattern, exception: &Pattern) -> bool {
    if !is_literal(exception) {
        return true;
    }
    let path = exception.cleaned.as_str();
    let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    pattern.could_match_below(path) || above.chain([path]).any(|folder| pattern.matches(folder))
}
