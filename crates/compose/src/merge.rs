//! Merging as Compose merges: what an override file, or a service that extends another, changes.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::model::mounts::{Device, Mount};
use crate::model::ports::Port;
use crate::model::read::{Reader, split_span};
use crate::node::{Entry, Map, Node, Value};
use crate::span::{Diagnostic, Problem};

/// How the values of a key are merged.
#[derive(Clone, Copy)]
enum Rule {
    /// Mappings by key, lists one behind the other, anything else replaced.
    Deep,
    /// The later one, whatever it is.
    Replace,
    /// `NAME: value` and `- NAME=value` alike, by name.
    KeyValues,
    /// `NAME: {...}` and `- NAME` alike, by name.
    Names,
    /// Lists, of which a text is one; what has the same key replaces what was there.
    Unique(fn(&Node) -> String),
    /// A text is a mapping with this key.
    Shorthand(&'static str),
    /// Options are merged only for the same driver.
    Logging,
    /// Mappings are merged, anything else replaced.
    Ulimit,
}

/// The rule for the key at the end of a path.
fn rule(path: &[&str]) -> Rule {
    match path {
        ["services", _, "command" | "entrypoint"] | ["services", _, "healthcheck", "test"] => Rule::Replace,
        ["services", _, "environment" | "labels" | "annotations" | "sysctls"]
        | ["services", _, "build", "args" | "labels" | "additional_contexts"]
        | ["services", _, "deploy", "labels"]
        | ["networks" | "volumes" | "secrets" | "configs", _, "labels"] => Rule::KeyValues,
        ["services", _, "depends_on" | "networks" | "models"] => Rule::Names,
        ["services", _, "ports"] => Rule::Unique(port_key),
        ["services", _, "volumes"] => Rule::Unique(mount_key),
        ["services", _, "devices"] => Rule::Unique(device_key),
        ["services", _, "secrets" | "configs"] => Rule::Unique(grant_key),
        ["services", _, "env_file"] => Rule::Unique(env_file_key),
        [
            "services",
            _,
            "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search" | "expose" | "extra_hosts"
            | "label_file" | "links" | "profiles" | "tmpfs",
        ]
        | ["services", _, "build", "extra_hosts"]
        | ["services", _, "networks", _, "aliases"] => Rule::Unique(text_key),
        ["services", _, "build"] => Rule::Shorthand("context"),
        ["services", _, "logging"] => Rule::Logging,
        ["services", _, "ulimits", _] => Rule::Ulimit,
        _ => Rule::Deep,
    }
}

/// Merges `over` onto `base`; `path` names where in the project they stand. Each part of the result keeps the place
/// where it is written. Nothing is left when `over` is tagged `!reset`.
pub(crate) fn merge(
    base: &Node,
    over: &Node,
    path: &mut Vec<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node> {
    match over.tag.as_deref() {
        Some("reset") => return None,
        Some("override") => return without_tags(over),
        _ => {}
    }
    let segments: Vec<&str> = path.iter().map(String::as_str).collect();
    let rule = rule(&segments);
    if over.is_null() && !matches!(rule, Rule::Replace) {
        return Some(base.clone());
    }
    let replaced = || without_tags(over);
    match rule {
        _ if base.is_null() => replaced(),
        Rule::Replace => replaced(),
        Rule::Deep => merge_deep(base, over, path, diagnostics),
        Rule::KeyValues => merge_deep(&as_map(base, "="), &as_map(over, "="), path, diagnostics),
        Rule::Names => merge_deep(&as_map(base, ""), &as_map(over, ""), path, diagnostics),
        Rule::Unique(key) => Some(merge_unique(base, over, key)),
        Rule::Shorthand(key) => merge_deep(&under_key(base, key), &under_key(over, key), path, diagnostics),
        Rule::Logging => match (driver(base), driver(over)) {
            (Some(one), Some(other)) if one != other => replaced(),
            _ => merge_deep(base, over, path, diagnostics),
        },
        Rule::Ulimit => match (base.value(), over.value()) {
            (Value::Map(_), Value::Map(_)) => merge_deep(base, over, path, diagnostics),
            _ => replaced(),
        },
    }
}

fn merge_deep(
    base: &Node,
    over: &Node,
    path: &mut Vec<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node> {
    match (base.value(), over.value()) {
        (Value::Map(first), Value::Map(second)) => {
            let map = merge_maps(first, second, path, diagnostics);
            Some(Node::new(base.span.clone(), Value::Map(map)))
        }
        (Value::Seq(first), Value::Seq(second)) => {
            let items = first.iter().cloned().chain(second.iter().filter_map(without_tags)).collect();
            Some(Node::new(base.span.clone(), Value::Seq(items)))
        }
        (Value::Scalar(_), Value::Scalar(_)) => without_tags(over),
        _ => {
            let message = format!("{} cannot override {}", over.kind_name(), base.kind_name());
            diagnostics.push(Diagnostic::new(Problem::Merge, &over.span, message));
            without_tags(over)
        }
    }
}

fn merge_maps(base: &Map, over: &Map, path: &mut Vec<String>, diagnostics: &mut Vec<Diagnostic>) -> Map {
    let mut entries: Vec<Option<Entry>> = base.entries.iter().cloned().map(Some).collect();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (at, entry) in base.entries.iter().enumerate() {
        places.extend(entry.key_text().map(|key| (key, at)));
    }
    for entry in &over.entries {
        let Some(key) = entry.key_text() else { continue };
        match places.get(key).and_then(|&at| entries.get_mut(at)) {
            Some(slot) => {
                let Some(existing) = slot.take() else { continue };
                path.push(key.to_owned());
                *slot = merge(&existing.value, &entry.value, path, diagnostics)
                    .map(|value| Entry { value, ..existing });
                path.pop();
            }
            None => entries.push(without_tags(&entry.value).map(|value| Entry { value, ..entry.clone() })),
        }
    }
    Map { entries: entries.into_iter().flatten().collect() }
}

fn merge_unique(base: &Node, over: &Node, key: fn(&Node) -> String) -> Node {
    let mut items: Vec<Node> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for item in
        listed(base).into_iter().chain(listed(over).into_iter().filter_map(|item| without_tags(&item)))
    {
        match places.entry(key(&item)) {
            Slot::Occupied(place) => {
                if let Some(slot) = items.get_mut(*place.get()) {
                    *slot = item;
                }
            }
            Slot::Vacant(place) => {
                place.insert(items.len());
                items.push(item);
            }
        }
    }
    Node::new(base.span.clone(), Value::Seq(items))
}

/// The items of a list; a mapping's entries as `NAME=value`, any other value as the only one.
fn listed(node: &Node) -> Vec<Node> {
    match node.value() {
        Value::Seq(items) => items.clone(),
        Value::Scalar(_) => vec![node.clone()],
        Value::Map(map) => {
            let text = |entry: &Entry| format!("{}={}", entry.key_text()?, entry.value.as_text()?).into();
            let node = |entry: &Entry| {
                let text: Option<String> = text(entry);
                Some(Node::text(entry.key.span.through(&entry.value.span), &text?))
            };
            map.entries.iter().filter_map(node).collect()
        }
    }
}

/// A list of `NAME=value` or of names as the mapping it stands for.
fn as_map(node: &Node, separator: &str) -> Node {
    let Some(items) = node.as_seq() else { return node.clone() };
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for item in items {
        let Some(text) = item.as_text() else { continue };
        let (key, value) = match text.split_once(separator).filter(|_| !separator.is_empty()) {
            Some((key, value)) => {
                let (key_span, value_span) = split_span(item, separator);
                let written = item.as_scalar().and_then(|scalar| scalar.written.as_deref());
                let written =
                    written.and_then(|written| written.split_once(separator)).map(|(_, value)| value);
                (Node::text(key_span, key), Node::replaced_text(value_span, value, written))
            }
            None => (Node::text(item.span.clone(), text), Node::null(item.span.at_end())),
        };
        let name = key.as_text().unwrap_or_default().to_owned();
        let entry = Entry { key, value, merged_by: None };
        match places.entry(name) {
            Slot::Occupied(place) => {
                if let Some(slot) = entries.get_mut(*place.get()) {
                    *slot = entry;
                }
            }
            Slot::Vacant(place) => {
                place.insert(entries.len());
                entries.push(entry);
            }
        }
    }
    Node::new(node.span.clone(), Value::Map(Map { entries }))
}

/// A text as the mapping that it is short for.
fn under_key(node: &Node, key: &str) -> Node {
    if node.as_scalar().is_none() {
        return node.clone();
    }
    let entry = Entry { key: Node::text(node.span.clone(), key), value: node.clone(), merged_by: None };
    Node::new(node.span.clone(), Value::Map(Map { entries: vec![entry] }))
}

fn driver(logging: &Node) -> Option<&str> {
    logging.get("driver")?.as_text()
}

fn text_key(node: &Node) -> String {
    node.as_text().unwrap_or_default().to_owned()
}

fn port_key(node: &Node) -> String {
    let port = Port::read(&mut Reader { diagnostics: &mut Vec::new() }, node);
    port.map_or_else(|| text_key(node), |port| port.merge_key())
}

fn mount_key(node: &Node) -> String {
    let mount = Mount::read(&mut Reader { diagnostics: &mut Vec::new() }, node);
    mount.map_or_else(|| text_key(node), |mount| mount.target)
}

fn device_key(node: &Node) -> String {
    let device = Device::read(&mut Reader { diagnostics: &mut Vec::new() }, node);
    device.map_or_else(|| text_key(node), |device| device.target)
}

fn grant_key(node: &Node) -> String {
    let key = |key: &str| node.get(key).and_then(Node::as_text);
    let name = key("target").or_else(|| key("source")).or_else(|| node.as_text()).unwrap_or_default();
    name.strip_prefix("/run/secrets/").unwrap_or(name).to_owned()
}

fn env_file_key(node: &Node) -> String {
    node.get("path").map_or_else(|| text_key(node), text_key)
}

/// The value without Compose's tags: what `!reset` stands on is gone, `!override` has nothing to override.
pub(crate) fn without_tags(node: &Node) -> Option<Node> {
    if node.tag.as_deref() == Some("reset") {
        return None;
    }
    let value = match node.value() {
        Value::Scalar(_) => {
            let mut node = node.clone();
            node.tag = None;
            return Some(node);
        }
        Value::Seq(items) => Value::Seq(items.iter().filter_map(without_tags).collect()),
        Value::Map(map) => {
            let entry = |entry: &Entry| Some(Entry { value: without_tags(&entry.value)?, ..entry.clone() });
            Value::Map(Map { entries: map.entries.iter().filter_map(entry).collect() })
        }
    };
    Some(Node::new(node.span.clone(), value).like_alias(node))
}

#[cfg(test)]
mod tests;
