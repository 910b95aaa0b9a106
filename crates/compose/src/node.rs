//! The tree of a YAML document, every node with its place.

use std::sync::Arc;

use crate::span::Span;

/// A value and where it is written. Cloning is cheap: what an alias repeats is shared.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it is written; of an alias, where the alias is.
    pub span: Span,
    /// Of an alias, where the anchor's value is.
    pub alias_of: Option<Box<Span>>,
    /// A tag of Compose's own, without its `!`: `reset`, `override`.
    pub tag: Option<String>,
    value: Arc<Value>,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text, a number, a boolean, or nothing.
    Scalar(Scalar),
    /// A list.
    Seq(Vec<Node>),
    /// A mapping.
    Map(Map),
}

/// A scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// Its text, without quotes, variables replaced where their value is known.
    pub text: String,
    /// Its text before variables were replaced, where that changed it.
    pub written: Option<String>,
    /// How it is written.
    pub style: Style,
    /// What YAML makes of it.
    pub kind: Kind,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Bare.
    Plain,
    /// In `'`.
    SingleQuoted,
    /// In `"`.
    DoubleQuoted,
    /// A block behind `|`.
    Literal,
    /// A block behind `>`.
    Folded,
}

/// The type of a scalar under YAML's core schema. Only a bare scalar is anything but text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text,
}

/// A mapping, in the order it is written; what merge keys bring stands last.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// The entries; no key occurs twice.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value.
    pub value: Node,
    /// Where the `<<` stands that brought this entry from another mapping.
    pub merged_by: Option<Span>,
}

impl Node {
    /// A node that holds `value`.
    pub fn new(span: Span, value: Value) -> Node {
        Node { span, alias_of: None, tag: None, value: Arc::new(value) }
    }

    /// The same value at another place, as an alias has it.
    pub(crate) fn aliased_at(&self, span: Span) -> Node {
        Node {
            span,
            alias_of: Some(self.alias_of.clone().unwrap_or_else(|| Box::new(self.span.clone()))),
            ..self.clone()
        }
    }

    /// A node that holds nothing.
    pub(crate) fn null(span: Span) -> Node {
        Node::new(
            span,
            Value::Scalar(Scalar {
                text: String::new(),
                written: None,
                style: Style::Plain,
                kind: Kind::Null,
            }),
        )
    }

    /// A node that holds text.
    pub(crate) fn text(span: Span, text: &str) -> Node {
        Node::replaced_text(span, text, None)
    }

    /// A node that holds text, with what it was before variables were replaced.
    pub(crate) fn replaced_text(span: Span, text: &str, written: Option<&str>) -> Node {
        let written = written.map(str::to_owned);
        let scalar = Scalar { text: text.to_owned(), written, style: Style::DoubleQuoted, kind: Kind::Text };
        Node::new(span, Value::Scalar(scalar))
    }

    /// The node as an alias of what `other` is an alias of.
    pub(crate) fn like_alias(mut self, other: &Node) -> Node {
        self.alias_of.clone_from(&other.alias_of);
        self
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match self.value() {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar that is not null.
    pub fn as_text(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| scalar.kind != Kind::Null).map(|scalar| scalar.text.as_str())
    }

    /// The items of a list.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match self.value() {
            Value::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self.value() {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Whether it is a scalar that says nothing.
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.kind == Kind::Null)
    }

    /// The boolean, also in the words that Compose takes for one (`yes`, `on`, and in quotes).
    pub fn as_bool(&self) -> Option<bool> {
        let scalar = self.as_scalar()?;
        if let Kind::Bool(value) = scalar.kind {
            return Some(value);
        }
        match scalar.text.to_ascii_lowercase().as_str() {
            "true" | "y" | "yes" | "on" => Some(true),
            "false" | "n" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    /// The number, also when it is written in quotes.
    pub fn as_number(&self) -> Option<f64> {
        let scalar = self.as_scalar()?;
        match scalar.kind {
            Kind::Int(value) => Some(value as f64),
            Kind::Float(value) => Some(value),
            Kind::Null | Kind::Bool(_) => None,
            Kind::Text => scalar.text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        }
    }

    /// The value of a key, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// The kind of value in a word, for messages.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.value() {
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Scalar(scalar) => match scalar.kind {
                Kind::Null => "nothing",
                Kind::Bool(_) => "a boolean",
                Kind::Int(_) | Kind::Float(_) => "a number",
                Kind::Text => "text",
            },
        }
    }
}

impl Map {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key_text() == Some(key))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }
}

impl Entry {
    /// The key's text; nothing when the key is a list or a mapping.
    pub fn key_text(&self) -> Option<&str> {
        self.key.as_scalar().map(|scalar| scalar.text.as_str())
    }
}

/// The type of a bare scalar.
pub(crate) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" => return Kind::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Kind::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Kind::Float(f64::NAN),
        _ => {}
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Kind::Text;
    }
    let digits = digits.replace('_', "");
    let whole = if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()
    } else if let Some(octal) = digits.strip_prefix("0o") {
        i64::from_str_radix(octal, 8).ok()
    } else if let Some(binary) = digits.strip_prefix("0b") {
        i64::from_str_radix(binary, 2).ok()
    } else if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) {
        i64::from_str_radix(&digits, 8).ok()
    } else {
        digits.parse().ok()
    };
    if let Some(whole) = whole {
        return Kind::Int(if negative { -whole } else { whole });
    }
    match digits.parse::<f64>() {
        Ok(number) if digits.bytes().any(|b| b.is_ascii_digit()) => {
            Kind::Float(if negative { -number } else { number })
        }
        _ => Kind::Text,
    }
}
