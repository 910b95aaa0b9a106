//! The scanner: its detectors, and what it does at a keyword.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use crate::assignment::{self, Assignment};
use crate::context::{Class, Context, is_binary};
use crate::detector::{Boundary, Check, Detector, Form, MAX_BEFORE, MAX_REACH, Severity, SpecError};
use crate::keywords::{Finder, Keyword};
use crate::leak::{Leak, head};
use crate::proof::{Evidence, entropy, holds};
use crate::spec::DetectorSpec;
use crate::stream::Stream;
use crate::utf16::Decoder;

use std::borrow::Cow;
include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// How many matches one input may have; what comes beyond is left out.
pub(crate) const MAX_LEAKS: usize = 10_000;

/// How many detectors a scanner may have.
const MAX_DETECTORS: usize = u16::MAX as usize;

/// How large a compiled pattern may grow, so that a user's own stays harmless.
const PATTERN_SIZE: usize = 1 << 20;

/// The detectors built into the program, in the order of their files.
pub fn built_in() -> &'static [Detector] {
    BUILT_IN
}

/// Finds secrets in bytes. Cheap to clone; patterns compile when their keyword first stands somewhere.
#[derive(Clone)]
pub struct Scanner {
    inner: Arc<Inner>,
}

struct Inner {
    detectors: Vec<Arc<Detector>>,
    patterns: Vec<OnceLock<Option<Regex>>>,
    /// One for each class of context.
    searches: [OnceLock<Search>; 3],
}

/// The keywords of one class, and whose they are.
struct Search {
    finder: Finder,
    /// By keyword: the detectors, and the keyword's length.
    owners: Vec<(Vec<u16>, usize)>,
}

/// Chooses a scanner's detectors.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    disabled: Vec<String>,
    enabled: Vec<String>,
    added: Vec<DetectorSpec>,
}

impl Builder {
    /// Leaves out the detector of that name, or with a trailing `*` all whose names begin so.
    pub fn disable(mut self, name: &str) -> Self {
        self.disabled.push(name.into());
        self
    }

    /// Takes in a detector that is off by default.
    pub fn enable(mut self, name: &str) -> Self {
        self.enabled.push(name.into());
        self
    }

    /// Adds a detector; one with the name of a built-in takes its place.
    pub fn with(mut self, spec: DetectorSpec) -> Self {
        self.added.push(spec);
        self
    }

    /// The scanner. Fails when an added detector's data or pattern is wrong.
    pub fn build(self) -> Result<Scanner, SpecError> {
        let mut detectors = Vec::with_capacity(BUILT_IN.len() + self.added.len());
        let own: Vec<Detector> = self.added.iter().map(Detector::from_spec).collect::<Result<_, _>>()?;
        for detector in &own {
            if let Err(problem) = compile(&detector.pattern) {
                return Err(SpecError { detector: detector.name.to_string(), problem: problem.to_string() });
            }
        }
        let named = |names: &[String], name: &str| {
            names
                .iter()
                .any(|n| n == name || n.strip_suffix('*').is_some_and(|start| name.starts_with(start)))
        };
        for detector in own.iter().chain(BUILT_IN) {
            let name: &str = &detector.name;
            let wanted = !named(&self.disabled, name) && (!detector.off || named(&self.enabled, name));
            if wanted && !detectors.iter().any(|d: &Arc<Detector>| d.name == name) {
                detectors.push(Arc::new(detector.clone()));
            }
        }
        if let Some(beyond) = detectors.get(MAX_DETECTORS) {
            let problem = format!("there are more than {MAX_DETECTORS} detectors");
            return Err(SpecError { detector: beyond.name.to_string(), problem });
        }
        Ok(Scanner::of(detectors))
    }
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).size_limit(PATTERN_SIZE).build()
}

impl Default for Scanner {
    fn default() -> Self {
        Self::of(BUILT_IN.iter().filter(|d| !d.off).map(|d| Arc::new(d.clone())).collect())
    }
}

/// A secret before its line is known.
#[derive(Clone)]
pub(crate) struct Match {
    pub(crate) detector: u16,
    pub(crate) span: Range<u64>,
    pub(crate) redacted: String,
    pub(crate) entropy: f32,
    pub(crate) encoded: bool,
}

/// A part of an input, and where in it keywords are to be followed up.
pub(crate) struct Part<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where in the input `bytes` begins.
    pub(crate) offset: u64,
    /// Keywords that begin here are this part's; around it stands only what patterns may look at.
    pub(crate) range: Range<usize>,
}

impl Scanner {
    /// Chooses among the built-in detectors, or adds to them.
    pub fn builder() -> Builder {
        Builder::default()
    }

    fn of(detectors: Vec<Arc<Detector>>) -> Self {
        let patterns = detectors.iter().map(|_| OnceLock::new()).collect();
        Self { inner: Arc::new(Inner { detectors, patterns, searches: Default::default() }) }
    }

    /// The detectors at work.
    pub fn detectors(&self) -> &[Arc<Detector>] {
        &self.inner.detectors
    }

    /// The secrets in a whole input, in the order they stand in. Input that turns out to be binary is
    /// scanned as such.
    pub fn scan(&self, bytes: &[u8], context: Context) -> Vec<Leak> {
        if Decoder::detect(bytes).is_some() {
            let mut stream = self.stream(context);
            stream.push(bytes);
            return stream.finish();
        }
        let class = if is_binary(bytes) { Class::Binary } else { context.class() };
        let mut matches = Vec::new();
        self.sweep(&Part { bytes, offset: 0, range: 0..bytes.len() }, class, 0, &mut matches);
        let matches = self.settle(matches);
        let mut place = Place::default();
        let mut at = 0usize;
        matches
            .into_iter()
            .map(|found| {
                let start = usize::try_from(found.span.start).unwrap_or(usize::MAX).min(bytes.len());
                place.pass(bytes.get(at..start).unwrap_or_default());
                at = at.max(start);
                self.leak(found, &place)
            })
            .collect()
    }

    /// The secrets in one variable's value; spans count from the value's first byte.
    pub fn scan_variable(&self, name: &str, value: &str) -> Vec<Leak> {
        let text = format!("{name}={value}");
        let head = name.len() as u64 + 1;
        let mut leaks = self.scan(text.as_bytes(), Context::Environment);
        leaks.retain(|leak| leak.span.start >= head);
        for leak in &mut leaks {
            leak.span = leak.span.start - head..leak.span.end - head;
            if leak.line == 1 {
                leak.column = leak.column.saturating_sub(name.chars().count() as u64 + 1);
            }
        }
        leaks
    }

    /// Takes an input in pieces.
    pub fn stream(&self, context: Context) -> Stream {
        Stream::new(self.clone(), context)
    }

    pub(crate) fn leak(&self, found: Match, place: &Place) -> Leak {
        Leak {
            detector: Arc::clone(&self.inner.detectors[usize::from(found.detector)]),
            span: found.span,
            line: place.line + 1,
            column: place.column + 1,
            redacted: found.redacted,
            entropy: found.entropy,
            encoded: found.encoded,
        }
    }

    fn search(&self, class: Class) -> &Search {
        self.inner.searches[class as usize].get_or_init(|| {
            let mut wanted_keywords = Vec::with_capacity(4 * self.inner.detectors.len());
            for (index, detector) in self.inner.detectors.iter().enumerate() {
                let wanted = match class {
                    Class::Settings => true,
                    Class::Source => !detector.configuration,
                    Class::Binary => detector.distinctive,
                };
                for keyword in detector.keywords.iter().filter(|_| wanted) {
                    let folded = !detector.case_sensitive && keyword.bytes().any(|b| b.is_ascii_uppercase());
                    let text = match folded {
                        true => Cow::Owned(keyword.to_ascii_lowercase()),
                        false => Cow::Borrowed(&**keyword),
                    };
                    let inner = text.len() < 4 && matches!(detector.form, Form::Pattern(1..));
                    // Its first bytes as a number: most comparisons need no more.
                    let mut head = [0; 8];
                    head.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
                    let head = u64::from_be_bytes(head);
                    wanted_keywords.push((head, text, detector.case_sensitive, inner, index as u16));
                }
            }
            // One after the other stand those that are the same.
            wanted_keywords.sort_unstable();
            let mut keywords: Vec<Keyword<'_>> = Vec::with_capacity(wanted_keywords.len());
            let mut owners: Vec<(Vec<u16>, usize)> = Vec::with_capacity(wanted_keywords.len());
            for (_, text, case_sensitive, inner, index) in &wanted_keywords {
                let keyword =
                    Keyword { text: text.as_bytes(), case_sensitive: *case_sensitive, inner: *inner };
                match owners.last_mut() {
                    Some((same, _)) if keywords.last() == Some(&keyword) => same.push(*index),
                    _ => {
                        keywords.push(keyword);
                        owners.push((vec![*index], text.len()));
                    }
                }
            }
            Search { finder: Finder::new(&keywords), owners }
        })
    }

    /// Counts the keywords in a text: the first pass alone, to be measured.
    #[doc(hidden)]
    pub fn keyword_hits(&self, bytes: &[u8], context: Context) -> usize {
        let class = if is_binary(bytes) { Class::Binary } else { context.class() };
        let mut hits = 0;
        self.search(class).finder.find(bytes, 0..bytes.len(), true, &mut |_, _| hits += 1);
        hits
    }

    /// Follows up every keyword in the part. `depth` is how often what is scanned was decoded.
    pub(crate) fn sweep(&self, part: &Part<'_>, class: Class, depth: u8, out: &mut Vec<Match>) {
        let search = self.search(class);
        search.finder.find(part.bytes, part.range.clone(), part.offset == 0, &mut |at, keyword| {
            let (owners, len) = &search.owners[keyword];
            let mut assigned = Assigned::default();
            for &index in owners {
                if out.len() < MAX_LEAKS {
                    self.follow(part, at..at + len, index, class, &mut assigned, out);
                }
            }
        });
        if class != Class::Binary && depth == 0 {
            crate::encoded::sweep(self, part, class, out);
        }
    }

    /// Runs one detector at one keyword.
    fn follow(
        &self,
        part: &Part<'_>,
        keyword: Range<usize>,
        index: u16,
        class: Class,
        assigned: &mut Assigned,
        out: &mut Vec<Match>,
    ) {
        let detector = &self.inner.detectors[usize::from(index)];
        let bytes = part.bytes;
        let start = match detector.form {
            Form::Token => keyword.start,
            Form::Pattern(before) | Form::Around(before) => keyword.start.saturating_sub(usize::from(before)),
            Form::Near => return self.follow_name(part, keyword, index, class, assigned, out),
        };
        let end = bytes.len().min(keyword.start + usize::from(detector.reach));
        let end = match detector.form {
            Form::Around(n) => end.min(keyword.end + usize::from(n) + 256),
            _ => end,
        };
        let Some(window) = bytes.get(start..end) else { return };
        let Some(pattern) = self.pattern(index) else { return };
        let mut from = 0;
        // A first match that is no secret does not hide a second one.
        for _ in 0..4 {
            let Some(found) = pattern.captures_at(window, from) else { return };
            let Some(whole) = found.get(0) else { return };
            let secret = found.name("secret").unwrap_or(whole);
            from = whole.end().max(from + 1);
            let span = start + secret.start()..start + secret.end();
            if self.accept(part, index, span, None, class, out)
                || detector.form == Form::Token
                || from > window.len()
            {
                return;
            }
        }
    }

    /// Runs a detector at a keyword that stands in a value's name, or in the name of the section it stands in.
    fn follow_name(
        &self,
        part: &Part<'_>,
        keyword: Range<usize>,
        index: u16,
        class: Class,
        assigned: &mut Assigned,
        out: &mut Vec<Match>,
    ) {
        let bytes = part.bytes;
        // Read once for all detectors that share the keyword.
        let direct =
            assigned.direct.get_or_insert_with(|| around(bytes, &keyword, assignment::parse)).clone();
        if direct.is_some_and(|found| self.try_value(part, index, &found, class, out)) {
            return;
        }
        if self.inner.detectors[usize::from(index)].rank < 2 {
            // What judges by the name alone finds the member's own.
            return;
        }
        let members = assigned.members.get_or_insert_with(|| {
            around(bytes, &keyword, |b, k| Some(assignment::members(b, k))).unwrap_or_default()
        });
        for member in members.iter() {
            let name = bytes.get(member.name.clone()).and_then(|name| std::str::from_utf8(name).ok());
            if name.is_some_and(crate::names::issued_secret_name)
                && self.try_value(part, index, member, class, out)
            {
                return;
            }
        }
    }

    /// Whether the assigned value is the detector's secret.
    fn try_value(
        &self,
        part: &Part<'_>,
        index: u16,
        found: &Assignment,
        class: Class,
        out: &mut Vec<Match>,
    ) -> bool {
        let start = skip_scheme(part.bytes, found.value.clone());
        let Some(window) = part.bytes.get(start..found.value.end) else { return false };
        let Some(captures) = self.pattern(index).and_then(|pattern| pattern.captures(window)) else {
            return false;
        };
        let Some(secret) = captures.name("secret").or_else(|| captures.get(0)) else { return false };
        let span = start + secret.start()..start + secret.end();
        self.accept(part, index, span, Some(found), class, out)
    }

    /// Records the secret if it is one. True where the search need not go on.
    fn accept(
        &self,
        part: &Part<'_>,
        index: u16,
        span: Range<usize>,
        assignment: Option<&Assignment>,
        class: Class,
        out: &mut Vec<Match>,
    ) -> bool {
        let detector = &self.inner.detectors[usize::from(index)];
        let bytes = part.bytes;
        let secret = bytes.get(span.clone()).unwrap_or_default();
        if secret.is_empty() || !bounded(bytes, &span, detector) {
            return false;
        }
        let absolute = part.offset + span.start as u64..part.offset + span.end as u64;
        if out.iter().rev().take(32).any(|m| m.detector == index && m.span == absolute) {
            return true;
        }
        let evidence = Evidence {
            detector,
            secret,
            text: bytes,
            start: span.start,
            assignment,
            binary: class == Class::Binary,
            settings: class == Class::Settings,
        };
        let generic = detector.has(Check::Strong) || detector.has(Check::Password);
        if !holds(&evidence) || generic && self.issued(secret) {
            return false;
        }
        out.push(Match {
            detector: index,
            span: absolute,
            redacted: head(detector, secret),
            entropy: entropy(secret),
            encoded: false,
        });
        true
    }

    /// Whether the value carries some issuer's prefix: then that issuer's detector has judged it.
    fn issued(&self, value: &[u8]) -> bool {
        let marks = |keyword: &str| {
            keyword.len() >= 3 && keyword.ends_with(['_', '-', '.']) && value.starts_with(keyword.as_bytes())
        };
        self.inner.detectors.iter().any(|d| d.form == Form::Token && d.keywords.iter().any(|k| marks(k)))
    }

    fn pattern(&self, index: u16) -> Option<&Regex> {
        let index = usize::from(index);
        // The tests compile every built-in pattern, and `build` every added one.
        self.inner.patterns[index].get_or_init(|| compile(&self.inner.detectors[index].pattern).ok()).as_ref()
    }

    /// One leak for each run of bytes: of matches that overlap, the one that knows most.
    pub(crate) fn settle(&self, mut matches: Vec<Match>) -> Vec<Match> {
        let rank = |m: &Match| self.inner.detectors[usize::from(m.detector)].rank;
        matches.sort_by(|a, b| {
            (a.span.start, rank(b), b.span.end, a.detector).cmp(&(
                b.span.start,
                rank(a),
                a.span.end,
                b.detector,
            ))
        });
        let mut settled: Vec<Match> = Vec::new();
        for found in matches {
            match settled.last_mut() {
                Some(last) if found.span.start < last.span.end => {
                    if rank(&found) > rank(last) {
                        *last = found;
                    }
                }
                _ => settled.push(found),
            }
        }
        settled
    }
}

/// What a keyword assigns, read when the first detector asks.
#[derive(Default)]
struct Assigned {
    direct: Option<Option<Assignment>>,
    members: Option<Vec<Assignment>>,
}

/// Reads assignments in the bytes around a keyword.
fn around<T: Shift>(
    bytes: &[u8],
    keyword: &Range<usize>,
    read: impl Fn(&[u8], Range<usize>) -> Option<T>,
) -> Option<T> {
    let from = keyword.start.saturating_sub(usize::from(MAX_BEFORE));
    let to = bytes.len().min(keyword.start + 1024);
    let found = read(bytes.get(from..to)?, keyword.start - from..keyword.end - from)?;
    Some(found.shifted(from))
}

/// What stands at places that can be counted from elsewhere.
trait Shift {
    fn shifted(self, by: usize) -> Self;
}

impl Shift for Assignment {
    fn shifted(self, by: usize) -> Self {
        let moved = |range: Range<usize>| range.start + by..range.end + by;
        Self { name: moved(self.name), value: moved(self.value), ..self }
    }
}

impl Shift for Vec<Assignment> {
    fn shifted(self, by: usize) -> Self {
        self.into_iter().map(|found| found.shifted(by)).collect()
    }
}

/// The value without the scheme before it: `Bearer `, `Basic `, `token `.
fn skip_scheme(bytes: &[u8], value: Range<usize>) -> usize {
    let text = bytes.get(value.clone()).unwrap_or_default();
    for scheme in [&b"Bearer "[..], b"bearer ", b"Token ", b"token ", b"SSWS ", b"Api-Key ", b"ApiKey "] {
        if text.starts_with(scheme) {
            return value.start + scheme.len();
        }
    }
    value.start
}

/// Whether the secret stands free: nothing touches it that would make it part of something longer.
fn bounded(bytes: &[u8], span: &Range<usize>, detector: &Detector) -> bool {
    if detector.boundary == Boundary::None {
        return true;
    }
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let after = bytes.get(span.end).copied().unwrap_or(b' ');
    let touched = match detector.boundary {
        Boundary::Base64 => word(after) || matches!(after, b'+' | b'/' | b'='),
        _ => {
            word(after)
                && bytes.get(span.end.wrapping_sub(1)).is_some_and(|b| word(*b) || matches!(b, b'-' | b'.'))
        }
    };
    if touched {
        return false;
    }
    let Some(before) = bytes.get(..span.start) else { return false };
    let first = bytes.get(span.start).copied().unwrap_or(b' ');
    match before {
        [] => true,
        [.., b] if !word(*b) || !word(first) => {
            detector.boundary != Boundary::Base64 || !matches!(b, b'+' | b'/')
        }
        // `\nTOKEN` in a string, `%3DTOKEN` in an address.
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        _ => false,
    }
}

/// A place in the input: whole lines before it, and characters before it in its line.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Place {
    /// Moves past the bytes.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        let newlines = memchr::memchr_iter(b'\n', bytes).count();
        let rest = match memchr::memrchr(b'\n', bytes) {
            Some(at) => {
                self.column = 0;
                bytes.get(at + 1..).unwrap_or_default()
            }
            None => bytes,
        };
        self.line += newlines as u64;
        self.column += rest.iter().filter(|b| **b & 0xc0 != 0x80).count() as u64;
    }
}

/// How far before and beyond a keyword anything looks.
pub(crate) const AROUND: (usize, usize) = (MAX_BEFORE as usize + 256, MAX_REACH as usize + 1024);
