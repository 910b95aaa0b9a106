//! `.dockerignore`, as Docker reads it.

use crate::glob::Glob;
use crate::gopath::clean_path;
use crate::span::{Diagnostic, Line, Span, lines};

/// Docker's reader refuses a longer line.
const MAX_LINE: usize = 64 * 1024;
/// No system has longer paths; a longer one is there in no context and matches nothing.
const MAX_PATH: usize = 4096;

/// A `.dockerignore` file: its patterns in order.
#[derive(Debug, Clone, Default)]
pub struct Ignore {
    patterns: Vec<Pattern>,
    diagnostics: Vec<Diagnostic>,
}

/// One pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The pattern as it is written, without the space around it.
    pub text: String,
    /// What Docker makes of it: cleaned, without `!` and a leading slash.
    pub cleaned: String,
    /// Whether it begins with `!`: it takes back what earlier patterns excluded.
    pub exception: bool,
    /// Where `text` stands.
    pub span: Span,
    glob: Glob,
}

impl Pattern {
    /// Whether this pattern alone matches the path itself; the folders above it are not looked at.
    pub fn matches(&self, path: &str) -> bool {
        self.glob.matches(path)
    }

    /// Whether the pattern could match something below the folder `dir`; never false when it does.
    pub fn could_match_below(&self, dir: &str) -> bool {
        self.glob.could_match_below(dir)
    }
}

/// What the patterns say of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Match {
    /// The path is not sent.
    pub excluded: bool,
    /// The pattern that decided, by its index in [`Ignore::patterns`]: the last that matched the path or a
    /// folder above it. An exception when the path was excluded first and then taken back.
    pub pattern: Option<usize>,
}

/// Which patterns matched a folder, for judging what is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ParentMatches(Vec<bool>);

impl Ignore {
    /// Reads a `.dockerignore`. Never fails: a pattern that would make Docker refuse the build becomes a
    /// diagnostic and is left out.
    pub fn parse(text: &str) -> Ignore {
        let mut ignore = Ignore::default();
        for line in lines(text) {
            ignore.add_line(&line);
        }
        ignore
    }

    /// The patterns in order.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// What is wrong in the file; Docker refuses to build with any of these.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether a build leaves out `path`, which is relative to the context's root. Each pattern is tried on
    /// the path and on the folders above it, in the order a walk meets them; the last that matches wins.
    pub fn matches(&self, path: &str) -> Match {
        let path = clean_path(&format!("/{path}"));
        let path = path.trim_start_matches('/');
        if path.is_empty() || path.len() > MAX_PATH {
            return Match::default();
        }
        let on_the_way: Vec<Vec<bool>> =
            self.patterns.iter().map(|pattern| pattern.glob.matches_on_the_way(path)).collect();
        let mut found = Match::default();
        let mut parents = ParentMatches::default();
        for level in 0..=path.matches('/').count() {
            let matches = |index: usize, _: &Pattern| {
                on_the_way.get(index).and_then(|levels: &Vec<bool>| levels.get(level)) == Some(&true)
            };
            (found, parents) = self.judge(&parents, matches);
        }
        found
    }

    /// Judges a cleaned path when the folder it is in has been judged already. A walk that carries the
    /// result down judges exactly as BuildKit does.
    pub(crate) fn step(&self, path: &str, parents: &ParentMatches) -> (Match, ParentMatches) {
        self.judge(parents, |_, pattern| pattern.glob.matches(path))
    }

    fn judge(
        &self,
        parents: &ParentMatches,
        matches: impl Fn(usize, &Pattern) -> bool,
    ) -> (Match, ParentMatches) {
        let mut found = Match::default();
        let mut matched = vec![false; self.patterns.len()];
        for (index, (pattern, matched)) in self.patterns.iter().zip(&mut matched).enumerate() {
            *matched = match parents.0.get(index) {
                Some(true) => true,
                // Cannot change anything: a pattern on what is out already, an exception on what is in. That
                // such a pattern then counts as not matching the folder is seen below it, and is Docker's way.
                _ if pattern.exception != found.excluded => false,
                _ => matches(index, pattern),
            };
            if *matched {
                found = Match { excluded: !pattern.exception, pattern: Some(index) };
            }
        }
        (found, ParentMatches(matched))
    }

    fn add_line(&mut self, line: &Line<'_>) {
        if line.text.len() >= MAX_LINE {
            self.report(
                "line is longer than Docker reads (64 KiB)".to_owned(),
                line.span(0..line.text.len()),
            );
            return;
        }
        if line.text.starts_with('#') {
            return;
        }
        let text = line.text.trim();
        if text.is_empty() {
            return;
        }
        let start = line.text.len() - line.text.trim_start().len();
        let span = line.span(start..start + text.len());
        let Some((exception, cleaned)) = clean_pattern(text) else {
            self.report(format!("illegal exclusion pattern \"{text}\": nothing follows the \"!\""), span);
            return;
        };
        match Glob::compile(&cleaned) {
            Ok(glob) => self.patterns.push(Pattern { text: text.to_owned(), cleaned, exception, span, glob }),
            Err(error) => self.report(format!("{error} \"{text}\""), span),
        }
    }

    fn report(&mut self, message: String, span: Span) {
        self.diagnostics.push(Diagnostic { message, span });
    }
}

/// Whether a pattern is an exception, and its path. Docker cleans it twice, the second time with the `!` as part
/// of the first name and the leading slash gone; so `/!a` is an exception too, and of `!/` nothing is left.
fn clean_pattern(text: &str) -> Option<(bool, String)> {
    let (mark, pattern) = match text.strip_prefix('!') {
        Some(pattern) => ("!", pattern.trim()),
        None => ("", text),
    };
    let once = if pattern.is_empty() { String::new() } else { clean_path(pattern) };
    let once = match once.strip_prefix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => &once,
    };
    let twice = clean_path(format!("{mark}{once}").trim());
    match twice.strip_prefix('!') {
        Some("") => None,
        Some(rest) => Some((true, rest.to_owned())),
        None => Some((false, twice)),
    }
}

#[cfg(test)]
mod tests;
