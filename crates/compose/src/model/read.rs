//! From nodes to typed values: what most keys of a compose file are made of.

use crate::node::{Entry, Map, Node, Value};
use crate::span::{Diagnostic, Problem, Span};

/// Services, networks and the like are read up to this number: typed, each takes kilobytes.
const MAX_NAMED: usize = 5_000;

/// A key's value.
#[derive(Debug, Clone)]
pub struct Field<T> {
    /// Where the key is.
    pub key: Span,
    /// The value as it is written; its span is the value's place.
    pub node: Node,
    /// The value.
    pub value: T,
}

/// A key whose value is a list. What is not given is empty.
#[derive(Debug, Clone)]
pub struct List<T> {
    /// Where the key is, when it is given.
    pub key: Option<Span>,
    /// The items.
    pub items: Vec<T>,
}

/// Text in a list.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text, variables replaced where they are known.
    pub value: String,
    /// Where it is.
    pub span: Span,
    /// The text before variables were replaced, where that changed it.
    pub written: Option<String>,
}

/// A name with a value, from a mapping (`NAME: value`) or a list (`- NAME=value`).
#[derive(Debug, Clone)]
pub struct KeyValue {
    /// The name.
    pub key: String,
    /// The value; nothing for a name alone, which takes it from where Compose runs.
    pub value: Option<String>,
    /// The value before variables were replaced, where that changed it.
    pub written: Option<String>,
    /// Where the name is.
    pub key_span: Span,
    /// Where the value is, without quotes in a list; empty behind the name when there is none.
    pub value_span: Span,
}

impl<T> Field<T> {
    /// Where the value is.
    pub fn span(&self) -> &Span {
        &self.node.span
    }

    /// The value as the file has it, before variables were replaced; nothing when it is no scalar.
    pub fn written(&self) -> Option<&str> {
        let scalar = self.node.as_scalar()?;
        Some(scalar.written.as_deref().unwrap_or(&scalar.text))
    }
}

impl<T> List<T> {
    /// Whether the key is there at all.
    pub fn is_given(&self) -> bool {
        self.key.is_some()
    }

    /// The items.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { key: None, items: Vec::new() }
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Text {
    pub(crate) fn of(node: &Node) -> Option<Text> {
        let scalar = node.as_scalar().filter(|_| !node.is_null())?;
        Some(Text { value: scalar.text.clone(), span: node.span.clone(), written: scalar.written.clone() })
    }
}

impl KeyValue {
    /// The value as the file has it, before variables were replaced.
    pub fn written(&self) -> Option<&str> {
        self.written.as_deref().or(self.value.as_deref())
    }

    fn of_entry(entry: &Entry) -> Option<KeyValue> {
        let scalar = entry.value.as_scalar()?;
        Some(KeyValue {
            key: entry.key_text()?.to_owned(),
            value: entry.value.as_text().map(str::to_owned),
            written: scalar.written.clone(),
            key_span: entry.key.span.clone(),
            value_span: entry.value.span.clone(),
        })
    }

    fn of_item(node: &Node) -> Option<KeyValue> {
        let scalar = node.as_scalar().filter(|_| !node.is_null())?;
        let text = scalar.text.as_str();
        let (key_span, value_span) = split_span(node, "=");
        let written = scalar.written.as_deref().and_then(|written| written.split_once('='));
        Some(match text.split_once('=') {
            Some((key, value)) => KeyValue {
                key: key.to_owned(),
                value: Some(value.to_owned()),
                written: written.map(|(_, value)| value.to_owned()),
                key_span,
                value_span,
            },
            None => KeyValue {
                key: text.to_owned(),
                value: None,
                written: None,
                key_span: node.span.clone(),
                value_span: node.span.at_end(),
            },
        })
    }
}

/// The spans of what stands before and after the separator of a scalar, within its quotes. A scalar over several
/// lines is not taken apart: its parts have the place of the whole.
pub(crate) fn split_span(node: &Node, separator: &str) -> (Span, Span) {
    use crate::node::Style;
    let whole = || (node.span.clone(), node.span.clone());
    let Some(scalar) = node.as_scalar() else { return whole() };
    let quote = match scalar.style {
        Style::Plain => 0,
        Style::SingleQuoted | Style::DoubleQuoted => 1,
        Style::Literal | Style::Folded => return whole(),
    };
    let text = scalar.written.as_deref().unwrap_or(&scalar.text);
    let span = &node.span;
    // Escapes make the written form longer than its text; then the parts cannot be placed by counting.
    let exact = span.line == span.end_line && span.bytes.len() == text.len() + 2 * quote;
    let Some((before, after)) = text.split_once(separator).filter(|_| exact) else { return whole() };
    let part = |from: usize, text: &str| {
        let skipped = node_text_width(node, quote, from);
        let column = span.column + skipped;
        Span {
            bytes: span.bytes.start + quote + from..span.bytes.start + quote + from + text.len(),
            column,
            end_column: column + text.chars().count(),
            ..span.clone()
        }
    };
    (part(0, before), part(before.len() + separator.len(), after))
}

/// The characters of a scalar's source before the byte `from` of its text.
fn node_text_width(node: &Node, quote: usize, from: usize) -> usize {
    let text = node.as_scalar().map_or("", |scalar| scalar.written.as_deref().unwrap_or(&scalar.text));
    quote + text.get(..from).unwrap_or_default().chars().count()
}

/// Reads typed values, noting what does not fit.
pub(crate) struct Reader<'a> {
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Notes that a value is not of the kind its key takes.
    pub(crate) fn mistyped(&mut self, node: &Node, key: &str, wanted: &str) {
        let message = match node.as_text() {
            Some(_) if wanted.contains(" such as ") => format!("`{key}` takes {wanted}"),
            _ => format!("`{key}` takes {wanted}, not {}", node.kind_name()),
        };
        self.diagnostics.push(Diagnostic::new(Problem::Type, &node.span, message));
    }

    /// The entry of a key, unless it says nothing.
    pub(crate) fn entry<'n>(&self, map: &'n Map, key: &str) -> Option<&'n Entry> {
        map.entry(key).filter(|entry| !entry.value.is_null())
    }

    fn field<T>(
        &mut self,
        map: &Map,
        key: &str,
        wanted: &str,
        read: impl Fn(&Node) -> Option<T>,
    ) -> Option<Field<T>> {
        let entry = self.entry(map, key)?;
        match read(&entry.value) {
            Some(value) => Some(Field { key: entry.key.span.clone(), node: entry.value.clone(), value }),
            // What depends on a variable that is not known may still turn out right.
            None if has_variable(&entry.value) => None,
            None => {
                self.mistyped(&entry.value, key, wanted);
                None
            }
        }
    }

    pub(crate) fn text(&mut self, map: &Map, key: &str) -> Option<Field<String>> {
        self.field(map, key, "text", |node| node.as_text().map(str::to_owned))
    }

    pub(crate) fn bool(&mut self, map: &Map, key: &str) -> Option<Field<bool>> {
        self.field(map, key, "true or false", Node::as_bool)
    }

    pub(crate) fn number(&mut self, map: &Map, key: &str) -> Option<Field<f64>> {
        self.field(map, key, "a number", Node::as_number)
    }

    /// A list of texts, or one text alone.
    pub(crate) fn texts(&mut self, map: &Map, key: &str) -> List<Text> {
        self.list(map, key, "a list of texts", |_, node| Text::of(node))
    }

    /// A list whose items are read one by one; a value that is no list is its only item.
    pub(crate) fn list<T>(
        &mut self,
        map: &Map,
        key: &str,
        wanted: &str,
        read: impl Fn(&mut Self, &Node) -> Option<T>,
    ) -> List<T> {
        let Some(entry) = map.entry(key) else { return List::default() };
        let mut items = Vec::new();
        let one = std::slice::from_ref(&entry.value);
        for node in entry.value.as_seq().unwrap_or(one) {
            if node.is_null() {
                continue;
            }
            match read(self, node) {
                Some(item) => items.push(item),
                None => self.mistyped(node, key, wanted),
            }
        }
        List { key: Some(entry.key.span.clone()), items }
    }

    /// Names with values, as a mapping or a list.
    pub(crate) fn key_values(&mut self, map: &Map, key: &str) -> List<KeyValue> {
        let Some(entry) = map.entry(key) else { return List::default() };
        let wanted = "a mapping of names to values or a list of NAME=value";
        let mut items = Vec::new();
        match entry.value.value() {
            Value::Map(values) => {
                for value in &values.entries {
                    match KeyValue::of_entry(value) {
                        Some(item) => items.push(item),
                        None => self.mistyped(&value.value, key, "plain values"),
                    }
                }
            }
            Value::Seq(values) => {
                for value in values.iter().filter(|value| !value.is_null()) {
                    match KeyValue::of_item(value) {
                        Some(item) => items.push(item),
                        None => self.mistyped(value, key, wanted),
                    }
                }
            }
            Value::Scalar(_) if entry.value.is_null() || has_variable(&entry.value) => {}
            Value::Scalar(_) => self.mistyped(&entry.value, key, wanted),
        }
        List { key: Some(entry.key.span.clone()), items }
    }

    /// Named things, as a mapping (`NAME: {...}`) or a list of names; `read` gets the entry of a mapping, or
    /// the item twice.
    pub(crate) fn named<T>(
        &mut self,
        map: &Map,
        key: &str,
        read: impl Fn(&mut Self, &str, &Node, &Node) -> T,
    ) -> List<T> {
        let Some(entry) = map.entry(key) else { return List::default() };
        let mut items = Vec::new();
        match entry.value.value() {
            Value::Map(values) => {
                if let Some(first) = values.entries.get(MAX_NAMED) {
                    let message = format!("more than {MAX_NAMED} {key}: those from here on are left out");
                    self.diagnostics.push(Diagnostic::new(Problem::Type, &first.key.span, message));
                }
                for value in values.entries.iter().take(MAX_NAMED) {
                    items.extend(value.key_text().map(|name| read(self, name, &value.key, &value.value)));
                }
            }
            Value::Seq(values) => {
                for value in values.iter().filter(|value| !value.is_null()).take(MAX_NAMED) {
                    match value.as_text() {
                        Some(name) => items.push(read(self, name, value, value)),
                        None => self.mistyped(value, key, "names"),
                    }
                }
            }
            Value::Scalar(_) if entry.value.is_null() || has_variable(&entry.value) => {}
            Value::Scalar(_) => self.mistyped(&entry.value, key, "a mapping or a list of names"),
        }
        List { key: Some(entry.key.span.clone()), items }
    }

    /// The mapping of a key, with its entry.
    pub(crate) fn map<'n>(&mut self, map: &'n Map, key: &str) -> Option<(&'n Entry, &'n Map)> {
        let entry = self.entry(map, key)?;
        match entry.value.as_map() {
            Some(inner) => Some((entry, inner)),
            None => {
                self.mistyped(&entry.value, key, "a mapping");
                None
            }
        }
    }
}

/// Whether a scalar still holds a variable that is not known.
pub(crate) fn has_variable(node: &Node) -> bool {
    node.as_text().is_some_and(|text| text.contains('$'))
}

/// The entries whose keys begin with `x-`.
pub(crate) fn extensions(map: &Map) -> Vec<Entry> {
    map.entries
        .iter()
        .filter(|entry| entry.key_text().is_some_and(|key| key.starts_with("x-")))
        .cloned()
        .collect()
}
