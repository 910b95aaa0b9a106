//! YAML text to trees.
//!
//! saphyr-parser does the reading; here its events become nodes with exact places, aliases share what they
//! repeat, merge keys are resolved, and all of it is bounded.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use crate::comments::{Comment, comments};
use crate::node::{Entry, Kind, Map, Node, Scalar, Style, Value, resolve};
use crate::span::{Diagnostic, Problem, SourceId, Span};

/// A longer text is not read.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Nesting, that of aliases included.
pub const MAX_DEPTH: usize = 100;
/// Nodes of a file, each counted as often as aliases repeat it.
pub const MAX_NODES: usize = 250_000;
/// Lines that cannot be read are passed over so often, then the rest of the file is given up.
const MAX_ERRORS: usize = 10;

/// What a YAML text holds.
#[derive(Debug, Clone, Default)]
pub struct Yaml {
    /// The documents, usually one. Empty documents are left out.
    pub documents: Vec<Node>,
    /// The comments, in order.
    pub comments: Vec<Comment>,
    /// The places of all scalars that are values, not keys, in order.
    pub scalars: Vec<Span>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Replaces variables in a value; nothing when there is nothing to replace.
pub(crate) type Replace<'a> = &'a dyn Fn(&str) -> Result<Option<String>, String>;

impl Yaml {
    /// Reads a text. Never fails: what cannot be read becomes a diagnostic, the line is passed over, and the
    /// rest is read.
    pub fn parse(text: &str, source: SourceId) -> Yaml {
        Yaml::parse_with(text, source, &|_| Ok(None))
    }

    /// The same, with variables replaced.
    pub(crate) fn parse_with(text: &str, source: SourceId, replace: Replace<'_>) -> Yaml {
        let start = Span { source, line: 1, column: 1, end_line: 1, end_column: 1, ..Span::default() };
        if text.len() > MAX_BYTES {
            let error = Diagnostic::new(Problem::Syntax, &start, "file is larger than 8 MiB");
            return Yaml { diagnostics: vec![error], ..Yaml::default() };
        }
        let mut syntax: Vec<Diagnostic> = Vec::new();
        let mut readable = text.to_owned();
        loop {
            let (mut yaml, error) = Builder::run(&readable, source, replace);
            let again = error.and_then(|error| {
                let line = error.span.line;
                let repeated = syntax.iter().any(|earlier| earlier.span.line == line);
                if !repeated {
                    syntax.push(error);
                }
                let blanked = blank_line(&readable, line)?;
                (!repeated && syntax.len() < MAX_ERRORS).then_some(blanked)
            });
            match again {
                Some(blanked) => readable = blanked,
                None => {
                    syntax.append(&mut yaml.diagnostics);
                    syntax.sort_by_key(|diagnostic| diagnostic.span.bytes.start);
                    yaml.diagnostics = syntax;
                    return yaml;
                }
            }
        }
    }
}

/// The text with a line made blank, every other byte in its place.
fn blank_line(text: &str, line: usize) -> Option<String> {
    let (start, old) = text
        .split_inclusive('\n')
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        })
        .nth(line.checked_sub(1)?)?;
    let content = old.trim_end_matches(['\n', '\r']);
    if content.trim().is_empty() {
        return None;
    }
    let mut blanked = text.to_owned();
    blanked.replace_range(start..start + content.len(), &" ".repeat(content.len()));
    Some(blanked)
}

/// Turns saphyr's places, which count characters, into spans.
struct Places<'t> {
    source: SourceId,
    text: &'t str,
    /// The byte where each character starts; empty when all characters are one byte.
    bytes: Vec<usize>,
    /// What a byte order mark takes.
    offset: usize,
}

impl<'t> Places<'t> {
    fn new(text: &'t str, offset: usize, source: SourceId) -> Places<'t> {
        let bytes =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Places { source, text, bytes, offset }
    }

    fn byte(&self, mark: &Marker) -> usize {
        let within = if self.bytes.is_empty() {
            mark.index().min(self.text.len())
        } else {
            self.bytes.get(mark.index()).copied().unwrap_or(self.text.len())
        };
        within + self.offset
    }

    fn span(&self, start: &Marker, end: &Marker) -> Span {
        let first = self.byte(start);
        Span {
            source: self.source,
            bytes: first..self.byte(end).max(first),
            line: start.line(),
            column: start.col() + 1,
            end_line: end.line(),
            end_column: end.col() + 1,
        }
    }
}

impl Places<'_> {
    /// The span without the white space at its end, which a block scalar takes in.
    fn trimmed(&self, span: &Span) -> Span {
        let bytes = span.bytes.start.saturating_sub(self.offset)..span.bytes.end.saturating_sub(self.offset);
        let text = self.text.get(bytes).unwrap_or_default().trim_end();
        let (lines, last) = match text.rsplit_once('\n') {
            Some((before, last)) => (before.matches('\n').count() + 1, last),
            None => (0, text),
        };
        let first_column = if lines == 0 { span.column } else { 1 };
        Span {
            bytes: span.bytes.start..span.bytes.start + text.len(),
            end_line: span.line + lines,
            end_column: first_column + last.chars().count(),
            ..span.clone()
        }
    }
}

/// A node with what it costs to walk it.
#[derive(Clone)]
struct Built {
    node: Node,
    /// Nodes, aliases expanded.
    weight: usize,
    /// Levels, aliases expanded.
    height: usize,
}

/// A list or mapping that is being read.
struct Open {
    /// A mapping's entries, or a list's items as values.
    items: Vec<Built>,
    is_map: bool,
    span: Span,
    anchor: usize,
    tag: Option<String>,
}

struct Builder<'a> {
    places: Places<'a>,
    replace: Replace<'a>,
    open: Vec<Open>,
    anchors: HashMap<usize, Built>,
    /// The places of all scalars, for finding comments.
    all_scalars: Vec<Span>,
    total: usize,
    yaml: Yaml,
}

impl<'a> Builder<'a> {
    /// Reads up to the end or the first error; what was open then is kept.
    fn run(text: &'a str, source: SourceId, replace: Replace<'a>) -> (Yaml, Option<Diagnostic>) {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let offset = text.len() - body.len();
        let mut builder = Builder {
            places: Places::new(body, offset, source),
            replace,
            open: Vec::new(),
            anchors: HashMap::new(),
            all_scalars: Vec::new(),
            total: 0,
            yaml: Yaml::default(),
        };
        let mut error = None;
        let mut parser = Parser::new_from_str(body);
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok((Event::StreamEnd, _)) => break,
                Ok(event) => event,
                Err(scan) => {
                    let span = builder.places.span(scan.marker(), scan.marker());
                    error = Some(Diagnostic::new(Problem::Syntax, &span, scan.info()));
                    break;
                }
            };
            let span = builder.places.span(&span.start, &span.end);
            if let Err(limit) = builder.event(event, &span) {
                builder.yaml.diagnostics.push(Diagnostic::new(Problem::Syntax, &span, limit));
                break;
            }
        }
        while let Some(open) = builder.open.pop() {
            let end = open.items.last().map_or_else(|| open.span.clone(), |last| last.node.span.clone());
            builder.close(open, &end.at_end());
        }
        builder.yaml.comments = comments(text, &builder.all_scalars, source);
        (builder.yaml, error)
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceStart(anchor, tag) => self.start(false, anchor, tag.as_deref(), span)?,
            Event::MappingStart(anchor, tag) => self.start(true, anchor, tag.as_deref(), span)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.close(open, span);
                }
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
        if self.total > MAX_NODES { Err("file holds more than 250,000 values") } else { Ok(()) }
    }

    fn start(
        &mut self,
        is_map: bool,
        anchor: usize,
        tag: Option<&Tag>,
        span: &Span,
    ) -> Result<(), &'static str> {
        if self.open.len() >= MAX_DEPTH {
            return Err("nested more than 100 levels deep");
        }
        let tag = tag.and_then(own_tag);
        self.open.push(Open { items: Vec::new(), is_map, span: span.clone(), anchor, tag });
        Ok(())
    }

    fn close(&mut self, open: Open, end: &Span) {
        // The end of a block is only noticed at what follows it; what it holds says where it ends. Of a flow
        // collection the closing bracket is a token.
        let last = match open.items.last() {
            Some(last) if end.bytes.is_empty() => last.node.span.clone(),
            _ => end.clone(),
        };
        let weight = open.items.iter().fold(1_usize, |sum, item| sum.saturating_add(item.weight));
        let height = open.items.iter().map(|item| item.height).max().unwrap_or(0) + 1;
        let first = open.items.first().map(|first| &first.node.span);
        let span = match first {
            // A block that begins with a tag or anchor has its own start; else it starts with its content.
            Some(first) if open.span.bytes.is_empty() => first.through(&last),
            _ => open.span.through(&last),
        };
        let value = if open.is_map {
            Value::Map(self.map(open.items))
        } else {
            Value::Seq(open.items.into_iter().map(|item| item.node).collect())
        };
        let mut node = Node::new(span, value);
        node.tag = open.tag;
        self.finish(Built { node, weight, height }, open.anchor);
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: &Span) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let block = matches!(style, Style::Literal | Style::Folded);
        let span = &if block { self.places.trimmed(span) } else { span.clone() };
        // saphyr gives `~` for a value that is not there.
        let text = if style == Style::Plain && span.bytes.is_empty() { "" } else { text };
        let (mut replaced, mut written) = (text.to_owned(), None);
        self.all_scalars.push(span.clone());
        if !self.expects_key() {
            self.yaml.scalars.push(span.clone());
            match (self.replace)(text) {
                Ok(None) => {}
                Ok(Some(new)) => {
                    replaced = new;
                    written = Some(text.to_owned());
                }
                Err(message) => {
                    self.yaml.diagnostics.push(Diagnostic::new(Problem::Interpolation, span, message));
                }
            }
        }
        let text_tag = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
        let kind = if style == Style::Plain && !text_tag { resolve(&replaced) } else { Kind::Text };
        let scalar = Scalar { text: replaced, written, style, kind };
        let mut node = Node::new(span.clone(), Value::Scalar(scalar));
        node.tag = tag.and_then(own_tag);
        self.finish(Built { node, weight: 1, height: 1 }, anchor);
    }

    fn alias(&mut self, anchor: usize, span: &Span) {
        let fault = match self.anchors.get(&anchor) {
            Some(built) if self.total.saturating_add(built.weight) > MAX_NODES => {
                "aliases repeat more than 250,000 values"
            }
            Some(built) if self.open.len() + built.height > MAX_DEPTH => {
                "aliases are nested more than 100 levels deep"
            }
            Some(built) => {
                let built = Built { node: built.node.aliased_at(span.clone()), ..*built };
                return self.finish(built, 0);
            }
            None => "an alias within its own anchor",
        };
        self.yaml.diagnostics.push(Diagnostic::new(Problem::Alias, span, fault));
        self.finish(Built { node: Node::null(span.clone()), weight: 1, height: 1 }, 0);
    }

    /// Whether the next node is a mapping's key.
    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_map && open.items.len() % 2 == 0)
    }

    fn finish(&mut self, built: Built, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, built.clone());
        }
        match self.open.last_mut() {
            Some(open) => {
                // A collection has been counted item by item.
                self.total = self.total.saturating_add(match built.node.alias_of {
                    Some(_) => built.weight,
                    None => 1,
                });
                open.items.push(built);
            }
            None if built.node.is_null() => {}
            None => self.yaml.documents.push(built.node),
        }
    }

    /// Makes entries of keys and values in turn.
    fn map(&mut self, items: Vec<Built>) -> Map {
        let mut entries: Vec<Entry> = Vec::with_capacity(items.len() / 2);
        let mut merges: Vec<(Span, Node)> = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut items = items.into_iter().map(|item| item.node);
        while let Some(key) = items.next() {
            let value = items.next().unwrap_or_else(|| Node::null(key.span.at_end()));
            let Some(scalar) = key.as_scalar() else {
                self.report(Problem::Type, &key.span, "a key is text, not a collection");
                continue;
            };
            if scalar.text == "<<" && scalar.style == Style::Plain {
                merges.push((key.span.clone(), value));
                continue;
            }
            match seen.entry(scalar.text.clone()) {
                Slot::Occupied(slot) => {
                    let message = format!("key `{}` is given twice", scalar.text);
                    self.report(Problem::DuplicateKey, &key.span, message);
                    if let Some(entry) = entries.get_mut(*slot.get()) {
                        *entry = Entry { key, value, merged_by: None };
                    }
                }
                Slot::Vacant(slot) => {
                    slot.insert(entries.len());
                    entries.push(Entry { key, value, merged_by: None });
                }
            }
        }
        for (place, value) in merges {
            self.merge(&mut entries, &mut seen, &place, &value);
        }
        Map { entries }
    }

    /// Adds what a merge key brings; what is there already stays.
    fn merge(
        &mut self,
        entries: &mut Vec<Entry>,
        seen: &mut HashMap<String, usize>,
        place: &Span,
        value: &Node,
    ) {
        let one = std::slice::from_ref(value);
        for from in value.as_seq().unwrap_or(one) {
            let Some(map) = from.as_map() else {
                self.report(Problem::Alias, &from.span, "`<<` takes a mapping or a list of mappings");
                continue;
            };
            for entry in &map.entries {
                if let Some(key) = entry.key_text()
                    && let Slot::Vacant(slot) = seen.entry(key.to_owned())
                {
                    slot.insert(entries.len());
                    entries.push(Entry { merged_by: Some(place.clone()), ..entry.clone() });
                }
            }
        }
    }

    fn report(&mut self, problem: Problem, span: &Span, message: impl Into<String>) {
        self.yaml.diagnostics.push(Diagnostic::new(problem, span, message));
    }
}

/// The name of a tag that is not YAML's own.
fn own_tag(tag: &Tag) -> Option<String> {
    (tag.handle == "!").then(|| tag.suffix.clone())
}

#[cfg(test)]
mod tests;
