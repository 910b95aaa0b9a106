//! Edits of compose files that leave the rest as it is written: entries and items that go, come, or change.
//!
//! Places come from the merged project; an edit is worked out on the tree of the one file that it is in, as that file
//! has it, and is left out where it cannot be made without touching what others use.

mod put;
mod remove;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use plimsoll_compose::{Entry, Map, Node, Project, Role, Service, SourceId, Span, Value, Yaml};

use super::Stack;
use crate::draft::{Draft, Place};
use crate::{Edit, FileEdit};

/// Edits of a project's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edits(Vec<(SourceId, Edit)>);

impl Edits {
    /// These, and those of `more` as well; None where those cannot be made.
    pub(crate) fn with(self, more: Option<Edits>) -> Option<Edits> {
        Some(self.and(more?))
    }

    /// These and others.
    pub(crate) fn and(mut self, more: Edits) -> Edits {
        self.0.extend(more.0);
        self
    }
}

/// A value that is written into a file.
#[derive(Clone, Debug)]
pub(crate) enum New {
    /// A scalar, as YAML has it: with its quotes where it needs some. Empty for nothing.
    Text(String),
    /// A list, an item on each line.
    List(Vec<New>),
    /// A list of texts on one line, each of them put in quotes.
    Inline(Vec<String>),
    /// A mapping.
    Map(Vec<(String, New)>),
}

impl New {
    /// A scalar that needs no quotes, or has them.
    pub(crate) fn text(text: impl Into<String>) -> New {
        New::Text(text.into())
    }

    /// A list of such scalars.
    pub(crate) fn list<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> New {
        New::List(texts.into_iter().map(New::text).collect())
    }

    /// A mapping of such scalars.
    pub(crate) fn map<const N: usize>(entries: [(&str, New); N]) -> New {
        New::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

/// A text in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What edits need to know of a project's files, worked out once.
#[derive(Debug, Default)]
pub(crate) struct Originals<'p> {
    files: OnceLock<Vec<Option<Original<'p>>>>,
    uses: OnceLock<Uses>,
}

/// Where the parts of each service are written: file, byte, and the service's number; sorted.
#[derive(Debug)]
struct Uses(Vec<(SourceId, usize, usize)>);

impl Uses {
    fn of(project: &Project) -> Uses {
        fn add(node: &Node, service: usize, uses: &mut Vec<(SourceId, usize, usize)>) {
            uses.push((node.span.source, node.span.bytes.start, service));
            match node.value() {
                Value::Scalar(_) => {}
                Value::Seq(items) => items.iter().for_each(|item| add(item, service, uses)),
                Value::Map(map) => {
                    for entry in &map.entries {
                        uses.push((entry.key.span.source, entry.key.span.bytes.start, service));
                        add(&entry.value, service, uses);
                    }
                }
            }
        }
        let mut uses = Vec::new();
        for (number, service) in project.compose.services.iter().enumerate() {
            add(&service.node, number, &mut uses);
        }
        uses.sort_unstable();
        uses.dedup();
        Uses(uses)
    }

    /// Whether more than one service has something of these bytes.
    fn are_shared(&self, source: SourceId, bytes: &Range<usize>) -> bool {
        let from = self.0.partition_point(|(file, at, _)| (*file, *at) < (source, bytes.start));
        let within = self.0.iter().skip(from).take_while(|(file, at, _)| *file == source && *at < bytes.end);
        let mut services = within.map(|(.., service)| service);
        services.next().is_some_and(|first| services.any(|other| other != first))
    }
}

/// A file as it is written: its own tree, before anything was merged into it.
#[derive(Debug)]
struct Original<'p> {
    text: &'p str,
    documents: Vec<Node>,
    newline: &'static str,
    /// By how much a mapping stands to the right of the key that it belongs to.
    step: usize,
    /// The same of a list's dashes.
    dash: usize,
}

/// The way from a file's root down to a node: in each mapping or list, which of its parts.
type Steps<'n> = Vec<Step<'n>>;

#[derive(Clone, Copy, Debug)]
enum Step<'n> {
    /// An entry of this mapping.
    Entry(&'n Node, &'n Entry),
    /// An item of this list, by its number.
    Item(&'n Node, usize),
}

/// The entries of a mapping without those that a `<<` brings, which stand behind them.
fn own_entries(map: &Map) -> &[Entry] {
    let count = map.entries.partition_point(|entry| entry.merged_by.is_none());
    map.entries.get(..count).unwrap_or_default()
}

impl<'p> Original<'p> {
    fn new(text: &'p str, source: SourceId) -> Option<Self> {
        let yaml = Yaml::parse(text, source);
        let broken = yaml.diagnostics.iter().any(|d| d.problem == plimsoll_compose::Problem::Syntax);
        // What is wrong already may become worse.
        if broken || yaml.documents.is_empty() || text.contains('\t') && text.contains("\n\t") {
            return None;
        }
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut original = Original { text, documents: yaml.documents, newline, step: 2, dash: 2 };
        original.measure();
        Some(original)
    }

    /// Takes the indentation from what the file has: of its first nested mapping, of its first list.
    fn measure(&mut self) {
        fn first(node: &Node, outer: usize, step: &mut Option<usize>, dash: &mut Option<usize>) {
            let own = |entry: &&Entry| entry.merged_by.is_none() && entry.value.alias_of.is_none();
            for entry in node.as_map().iter().flat_map(|map| map.entries.iter().filter(own)) {
                let column = entry.key.span.column;
                if column > outer && outer > 0 && entry.key.span.line > node.span.line.saturating_sub(1) {
                    step.get_or_insert(column - outer);
                }
                let item = entry.value.as_seq().and_then(|items| items.first());
                // A list on lines of its own: its dash is two to the left of a plain item.
                if let Some(item) = item.filter(|item| item.span.line > entry.key.span.line)
                    && item.span.column >= column + 2
                    && item.alias_of.is_none()
                {
                    dash.get_or_insert(item.span.column - 2 - column);
                }
                if entry.value.as_map().is_some() && entry.value.span.line > entry.key.span.line {
                    first(&entry.value, column, step, dash);
                }
            }
        }
        let (mut step, mut dash) = (None, None);
        self.documents.iter().for_each(|root| first(root, 0, &mut step, &mut dash));
        self.step = step.unwrap_or(2);
        self.dash = dash.unwrap_or(self.step);
    }

    /// The way to the entry or item whose key or value is at exactly these bytes, or else to the innermost that holds
    /// them.
    fn find(&self, bytes: &Range<usize>) -> Option<Steps<'_>> {
        let mut steps = Vec::new();
        let holds = |range: Range<usize>| range.start <= bytes.start && bytes.end <= range.end;
        let before = self.documents.partition_point(|root| root.span.bytes.start <= bytes.start);
        let mut node = self.documents.get(before.checked_sub(1)?)?;
        loop {
            // The parts of a node are in the order in which they are written.
            let step = match node.value() {
                Value::Scalar(_) => break,
                Value::Map(map) => {
                    let own = own_entries(map);
                    let before = own.partition_point(|entry| entry.key.span.bytes.start <= bytes.start);
                    let Some(entry) = before.checked_sub(1).and_then(|at| own.get(at)) else { break };
                    if !holds(entry.key.span.bytes.start..self.end_of_entry(entry)) {
                        break;
                    }
                    Step::Entry(node, entry)
                }
                Value::Seq(items) => {
                    let before = items.partition_point(|item| item.span.bytes.start <= bytes.start);
                    let Some(at) = before.checked_sub(1) else { break };
                    let item = items.get(at)?;
                    if !holds(item.span.bytes.start..self.end(item)) {
                        break;
                    }
                    Step::Item(node, at)
                }
            };
            steps.push(step);
            node = match step {
                Step::Entry(_, entry) if holds(entry.key.span.bytes.clone()) => break,
                Step::Entry(_, entry) => &entry.value,
                Step::Item(list, at) => list.as_seq()?.get(at)?,
            };
            if node.alias_of.is_some() || node.span.bytes == *bytes {
                break;
            }
        }
        (!steps.is_empty()).then_some(steps)
    }

    /// Where a node's last character is written. What an empty value ends with is its key's business.
    fn end(&self, node: &Node) -> usize {
        if node.alias_of.is_some() || self.is_flow(node) {
            return node.span.bytes.end;
        }
        let last = match node.value() {
            Value::Scalar(_) => None,
            Value::Seq(items) => items.last().map(|item| self.end(item)),
            Value::Map(map) => {
                let last = own_entries(map).last().map(|entry| self.end_of_entry(entry));
                // A `<<` may stand below all that is the mapping's own.
                let merge = map.entries.last().and_then(|entry| entry.merged_by.as_ref());
                last.max(merge.map(|place| self.end_of_line_at(place.bytes.end)))
            }
        };
        last.unwrap_or(node.span.bytes.end)
    }

    fn end_of_entry(&self, entry: &Entry) -> usize {
        if entry.value.is_null() && entry.value.span.bytes.is_empty() {
            let behind = self.text.get(entry.key.span.bytes.end..).unwrap_or_default();
            let colon = behind.find(':').map_or(0, |at| at + 1);
            return entry.key.span.bytes.end + colon;
        }
        self.end(&entry.value)
    }

    /// The end of what is written on the line from there on, a comment and white space left out.
    fn end_of_line_at(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let line = line.split(" #").next().unwrap_or(line);
        from + line.trim_end().len()
    }

    /// Whether a list or mapping is in brackets.
    fn is_flow(&self, node: &Node) -> bool {
        let last = match node.value() {
            Value::Scalar(_) => return false,
            Value::Seq(items) => items.last().map(|item| item.span.bytes.end),
            Value::Map(map) => own_entries(map).last().map(|entry| entry.value.span.bytes.end),
        };
        let end = node.span.bytes.end;
        let closed = end.checked_sub(1).and_then(|at| self.text.get(at..end));
        // A last key without a value takes the bracket for the place of that.
        let opened = || {
            let text = self.text.get(node.span.bytes.start..);
            node.as_map().is_some() && text.is_some_and(|text| text.starts_with('{'))
        };
        closed.is_some_and(|c| matches!(c, "]" | "}")) && (last.is_none_or(|last| last < end) || opened())
    }

    /// Whether some bytes are of a scalar without quotes inside of brackets, which takes no brackets itself.
    fn is_bare_in_brackets(&self, bytes: &Range<usize>) -> bool {
        let Some(steps) = self.find(bytes) else { return true };
        let in_brackets = steps.iter().any(|step| match step {
            Step::Entry(whole, _) | Step::Item(whole, _) => self.is_flow(whole),
        });
        let scalar = match steps.last() {
            Some(Step::Entry(_, entry)) => entry.value.as_scalar(),
            Some(Step::Item(list, at)) => {
                list.as_seq().and_then(|items| items.get(*at)).and_then(Node::as_scalar)
            }
            None => None,
        };
        in_brackets && scalar.is_none_or(|scalar| scalar.style == plimsoll_compose::Style::Plain)
    }

    /// What stands on a line before a byte.
    fn before_on_line(&self, at: usize) -> &'p str {
        let before = self.text.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(before, |newline| &before[newline + 1..])
    }

    /// The byte behind the line that `at` is on, where nothing but a comment stands behind `at`.
    fn next_line(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let line = rest.find('\n').map_or(rest, |newline| &rest[..=newline]);
        let tail = line.trim();
        (tail.is_empty() || (tail.starts_with('#') && line.starts_with([' ', '\t'])))
            .then_some(at + line.len())
    }

    /// The byte behind the comments that have the lines from `at` on to themselves and stand at least `indent` to the
    /// right.
    fn behind_comments(&self, mut at: usize, indent: usize) -> usize {
        while let Some(line) = self.text.get(at..).and_then(|rest| rest.split_inclusive('\n').next()) {
            let margin = line.len() - line.trim_start().len();
            if !line.trim_start().starts_with('#') || margin < indent {
                break;
            }
            at += line.len();
        }
        at
    }
}

impl<'p> Stack<'p> {
    fn original(&self, source: SourceId) -> Option<&Original<'p>> {
        let read = || {
            let files = self.project.sources.iter().enumerate();
            files.map(|(at, source)| Original::new(&source.text, SourceId(at))).collect()
        };
        self.originals.files.get_or_init(read).get(source.0)?.as_ref()
    }

    /// Takes out the entry or the list item that is at a place, with its lines, and the key whose list or mapping is
    /// empty then. None where another service has it too, or where it cannot be told from what stands around it.
    pub(crate) fn without(&self, place: &Span) -> Option<Edits> {
        let original = self.original(place.source)?;
        let steps = original.find(&place.bytes)?;
        let uses = self.originals.uses.get_or_init(|| Uses::of(self.project));
        let alone = |bytes: &Range<usize>| !uses.are_shared(place.source, bytes);
        let edit = original.remove(&steps, &alone)?;
        Some(Edits(vec![(place.source, edit)]))
    }

    /// Puts a value where the keys of `path` lead from a service: a key that is not there is added, a list gets more
    /// items, a mapping more entries, a scalar is replaced. None where the value comes from elsewhere.
    pub(crate) fn put_in_service(&self, service: &Service, path: &[&str], value: &New) -> Option<Edits> {
        let place = &service.name_span;
        let original = self.original(place.source)?;
        match original.find(&place.bytes)?.last()? {
            Step::Entry(_, entry) if entry.key.span.bytes == place.bytes => {
                // What another file says or extends is not to be overridden by what is added here.
                let known = service.node.get(path.first()?);
                let own = entry.value.get(path.first()?);
                if known.is_some() != own.is_some() {
                    return None;
                }
                let edit = original.put(entry, path, value)?;
                Some(Edits(vec![(place.source, edit)]))
            }
            _ => None,
        }
    }

    /// The same from the root of the file that a service is in.
    pub(crate) fn put_at_top(&self, service: &Service, path: &[&str], value: &New) -> Option<Edits> {
        let source = service.name_span.source;
        if self.project.source(&service.name_span)?.role == Role::Extended {
            return None;
        }
        let original = self.original(source)?;
        let steps = original.find(&service.name_span.bytes)?;
        let Some(Step::Entry(root, _)) = steps.first() else { return None };
        let edit = original.put_in_map(root, path, value)?;
        Some(Edits(vec![(source, edit)]))
    }

    /// Whether one service only has what is written at a place.
    pub(crate) fn is_alone(&self, place: &Span) -> bool {
        !self.originals.uses.get_or_init(|| Uses::of(self.project)).are_shared(place.source, &place.bytes)
    }

    /// [`Stack::put_in_service`], from the mapping that is an item of a list.
    pub(crate) fn put_in_item(&self, item: &Span, path: &[&str], value: &New) -> Option<Edits> {
        let original = self.original(item.source)?;
        let Step::Item(list, at) = *original.find(&item.bytes)?.last()? else { return None };
        let edit = original.put_in_map(list.as_seq()?.get(at)?, path, value)?;
        Some(Edits(vec![(item.source, edit)]))
    }

    /// Writes another value for a key of a service, in place of all that is written there.
    pub(crate) fn replaced(&self, service: &Service, key: &str, value: &New) -> Option<Edits> {
        let original = self.original(service.name_span.source)?;
        let steps = original.find(&service.name_span.bytes)?;
        let Some(Step::Entry(_, service)) = steps.last() else { return None };
        let node = &service.value;
        let entry = node.as_map()?.entry(key).filter(|entry| entry.merged_by.is_none())?;
        let edit = original.replace(node, entry, value)?;
        Some(Edits(vec![(node.span.source, edit)]))
    }

    /// The text in place of what is written at a place, in the quotes that stand there.
    pub(crate) fn requoted(&self, place: &Span, text: &str) -> Option<Edits> {
        let written = self.project.text(place)?;
        let quote = written.chars().next().filter(|c| matches!(c, '"' | '\'')).map(String::from);
        let quote = quote.unwrap_or_default();
        self.rewritten(place, format!("{quote}{text}{quote}"))
    }

    /// What a place is, in the words of its file: the service, and the keys below it.
    pub(crate) fn keys_at(&self, place: &Span) -> Option<String> {
        let steps = self.original(place.source)?.find(&place.bytes)?;
        let keys = steps.iter().filter_map(|step| match step {
            Step::Entry(_, entry) => entry.key_text(),
            Step::Item(..) => None,
        });
        let keys: Vec<&str> = keys.filter(|key| *key != "services").collect();
        (!keys.is_empty()).then(|| keys.join(" "))
    }

    /// Replaces what is written at a place.
    pub(crate) fn rewritten(&self, place: &Span, text: impl Into<String>) -> Option<Edits> {
        let text = text.into();
        let original = self.original(place.source)?;
        original.text.get(place.bytes.clone())?;
        let is_quoted = text.starts_with(['"', '\'']);
        if !is_quoted
            && text.contains(['{', '}', '[', ']', ','])
            && original.is_bare_in_brackets(&place.bytes)
        {
            return None;
        }
        let edit = Edit { start: place.bytes.start, end: place.bytes.end, text };
        Some(Edits(vec![(place.source, edit)]))
    }

    /// Replaces a word that is written at a place once.
    pub(crate) fn reworded(&self, place: &Span, from: &str, to: &str) -> Option<Edits> {
        let text = self.project.text(place)?;
        let at = text.find(from).filter(|_| !from.is_empty() && text.matches(from).count() == 1)?;
        let start = place.bytes.start + at;
        self.rewritten(&Span { bytes: start..start + from.len(), ..place.clone() }, to)
    }
}

impl Draft {
    /// The edits that mend it, where there are some; `safe` when they keep what the service does.
    pub(crate) fn mend_project(&mut self, stack: &Stack<'_>, edits: Option<Edits>, safe: bool) -> &mut Self {
        let Place::Compose(own) = &self.place else { return self };
        let own = own.source;
        let mut elsewhere: Vec<(SourceId, FileEdit)> = Vec::new();
        for (source, edit) in edits.map(|edits| edits.0).unwrap_or_default() {
            if source == own {
                self.add_edit(edit, safe);
                continue;
            }
            let Some(file) = stack.project.sources.get(source.0) else { continue };
            let file = super::lint::shown(&file.path);
            match elsewhere.iter_mut().find(|(other, _)| *other == source) {
                Some((_, change)) => change.edits.push(edit),
                None => elsewhere.push((source, FileEdit { file, new: false, edits: vec![edit] })),
            }
        }
        for (_, mut change) in elsewhere {
            change.edits.sort_by_key(|edit| edit.start);
            self.change_file(change, safe);
        }
        self
    }
}
