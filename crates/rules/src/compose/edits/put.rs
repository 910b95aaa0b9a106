//! Putting entries and items in.

use plimsoll_compose::{Entry, Node, Value};

use super::{New, Original, quoted};
use crate::Edit;

impl Original<'_> {
    /// Puts a value where the keys of `path` lead from an entry's value.
    pub(super) fn put(&self, entry: &Entry, path: &[&str], value: &New) -> Option<Edit> {
        let node = &entry.value;
        if node.alias_of.is_some() || node.tag.is_some() {
            return None;
        }
        match (node.value(), path) {
            (Value::Map(_), [_, ..]) => self.put_in_map(node, path, value),
            (Value::Map(map), []) => {
                let New::Map(new) = value else { return None };
                let known = new.iter().any(|(key, _)| map.entry(key).is_some());
                (!known).then(|| self.add_entries(node, new)).flatten()
            }
            (Value::Seq(_), []) => {
                let New::List(new) = value else { return None };
                self.add_items(entry, new)
            }
            _ if node.is_null() => {
                let (key, rest) = path.split_first().map_or((None, path), |(key, rest)| (Some(*key), rest));
                let value = key.map_or_else(|| value.clone(), |key| New::Map(vec![nested(key, rest, value)]));
                self.fill(entry, &value)
            }
            (Value::Scalar(_), []) => {
                let New::Text(text) = value else { return None };
                let bytes = node.span.bytes.clone();
                let one_line = !self.text.get(bytes.clone())?.contains('\n');
                one_line.then(|| Edit { start: bytes.start, end: bytes.end, text: text.clone() })
            }
            _ => None,
        }
    }

    /// Puts a value where the keys of `path` lead from a mapping.
    pub(super) fn put_in_map(&self, node: &Node, path: &[&str], value: &New) -> Option<Edit> {
        let (key, rest) = path.split_first()?;
        match node.as_map()?.entry(key) {
            Some(entry) if entry.merged_by.is_some() => None,
            Some(entry) => self.put(entry, rest, value),
            None => self.add_entries(node, &[nested(key, rest, value)]),
        }
    }

    /// Writes another value for an entry of the mapping `node`.
    pub(super) fn replace(&self, node: &Node, entry: &Entry, value: &New) -> Option<Edit> {
        let old = &entry.value;
        if old.alias_of.is_some() || old.tag.is_some() {
            return None;
        }
        let key_end = entry.key.span.bytes.end;
        let start = key_end + self.text.get(key_end..)?.find(':')? + 1;
        let end = self.end_of_entry(entry);
        let written = self.text.get(start..end)?;
        if written.contains('#') || written.contains('&') {
            return None;
        }
        if self.is_flow(node) || matches!(value, New::Text(_) | New::Inline(_)) {
            return Some(Edit { start, end, text: format!(" {}", flow(value)) });
        }
        // A comment behind the old value would be one behind the new value's last line.
        let next = self.next_line(end)?;
        self.text.get(end..next)?.trim().is_empty().then_some(())?;
        let mut lines = self.newline.to_owned();
        self.block_value(&mut lines, entry.key.span.column - 1, value);
        if !self.text.get(..next)?.ends_with('\n') {
            lines.truncate(lines.trim_end().len());
        }
        Some(Edit { start, end: next, text: lines })
    }

    /// Adds entries behind the last one of a mapping.
    fn add_entries(&self, node: &Node, new: &[(String, New)]) -> Option<Edit> {
        if self.is_flow(node) {
            let parts: Vec<String> = new.iter().map(|(key, value)| flow_entry(key, value)).collect();
            return self.add_in_brackets(node, &parts);
        }
        let map = node.as_map()?;
        let first = map.entries.iter().find(|entry| entry.merged_by.is_none());
        let indent = match first {
            Some(first) => first.key.span.column - 1,
            // Nothing but `<<`.
            None => map.entries.first()?.merged_by.as_ref()?.column - 1,
        };
        let mut lines = String::new();
        new.iter().for_each(|(key, value)| self.block_entry(&mut lines, indent, key, value));
        let is_root = self.documents.iter().any(|root| root.span.bytes == node.span.bytes);
        if is_root && self.has_gaps(node) {
            lines.insert_str(0, self.newline);
        }
        // An explicit start of a document stands before its first line.
        self.add_lines(self.end(node), indent, lines)
    }

    /// Adds items behind the last one of a list.
    fn add_items(&self, entry: &Entry, new: &[New]) -> Option<Edit> {
        let node = &entry.value;
        if self.is_flow(node) {
            let parts: Vec<String> = new.iter().map(flow).collect();
            return self.add_in_brackets(node, &parts);
        }
        let last = node.as_seq()?.last()?;
        let before = self.before_on_line(last.span.bytes.start);
        let dash = before.trim_start().strip_prefix('-')?;
        dash.trim().is_empty().then_some(())?;
        let indent = before.len() - before.trim_start().len();
        let mut lines = String::new();
        new.iter().for_each(|item| self.block_item(&mut lines, indent, item));
        self.add_lines(self.end(node), indent + 1, lines)
    }

    /// Gives a key that has no value one.
    fn fill(&self, entry: &Entry, value: &New) -> Option<Edit> {
        let end = self.end_of_entry(entry);
        if let New::Text(_) | New::Inline(_) = value {
            let text = format!(" {}", flow(value));
            return Some(Edit { start: end, end, text });
        }
        let indent = entry.key.span.column - 1;
        let mut lines = String::new();
        self.block_value(&mut lines, indent, value);
        self.add_lines(end, indent + 1, lines)
    }

    fn add_in_brackets(&self, node: &Node, parts: &[String]) -> Option<Edit> {
        let bytes = node.span.bytes.clone();
        let inside = self.text.get(bytes.start + 1..bytes.end.checked_sub(1)?)?;
        if inside.contains('#') && inside.contains('\n') {
            return None;
        }
        let kept = inside.trim_end();
        let at = bytes.start + 1 + kept.len();
        let comma = if kept.is_empty() || kept.ends_with(',') { "" } else { ", " };
        Some(Edit { start: at, end: at, text: format!("{comma}{}", parts.join(", ")) })
    }

    /// Adds lines behind the one that `end` is on, and behind the comments below it that stand `indent` to the right.
    fn add_lines(&self, end: usize, indent: usize, lines: String) -> Option<Edit> {
        let at = self.behind_comments(self.next_line(end)?, indent.max(1));
        let ended = self.text.get(..at)?.ends_with('\n');
        let text = match ended {
            true => lines,
            false => format!("{}{}", self.newline, lines.trim_end_matches(['\n', '\r'])),
        };
        Some(Edit { start: at, end: at, text })
    }

    /// Whether empty lines part the entries of a mapping.
    fn has_gaps(&self, node: &Node) -> bool {
        let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
        let Some(last) = entries.iter().rfind(|entry| entry.merged_by.is_none()) else { return false };
        let before = self.text.get(..last.key.span.bytes.start).unwrap_or_default();
        // Comments above the key are its own.
        let above = before.lines().rev().find(|line| !line.trim_start().starts_with('#'));
        entries.len() == 1 || above.is_some_and(|line| line.trim().is_empty())
    }

    fn block_entry(&self, out: &mut String, indent: usize, key: &str, value: &New) {
        *out += &format!("{:indent$}{key}:", "");
        match value {
            New::Text(text) if text.is_empty() => *out += self.newline,
            New::Text(_) | New::Inline(_) => *out += &format!(" {}{}", flow(value), self.newline),
            New::List(_) | New::Map(_) => {
                *out += self.newline;
                self.block_value(out, indent, value);
            }
        }
    }

    /// The lines of a list or mapping below a key at `indent`.
    fn block_value(&self, out: &mut String, indent: usize, value: &New) {
        match value {
            New::Text(_) | New::Inline(_) => {}
            New::List(items) => {
                items.iter().for_each(|item| self.block_item(out, indent + self.dash, item));
            }
            New::Map(entries) => {
                entries.iter().for_each(|(key, value)| self.block_entry(out, indent + self.step, key, value));
            }
        }
    }

    fn block_item(&self, out: &mut String, indent: usize, item: &New) {
        match item {
            New::Map(entries) => {
                let mut lines = String::new();
                entries.iter().for_each(|(key, value)| self.block_entry(&mut lines, indent + 2, key, value));
                *out += &format!("{:indent$}- {}", "", lines.trim_start());
            }
            _ => *out += &format!("{:indent$}- {}{}", "", flow(item), self.newline),
        }
    }
}

/// A value below the keys that it needs, as the entry of the first.
fn nested(key: &str, rest: &[&str], value: &New) -> (String, New) {
    let value = match rest.split_first() {
        Some((next, rest)) => New::Map(vec![nested(next, rest, value)]),
        None => value.clone(),
    };
    (key.to_owned(), value)
}

/// A value on one line.
fn flow(value: &New) -> String {
    match value {
        New::Text(text) => text.clone(),
        New::Inline(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            format!("[{}]", texts.join(", "))
        }
        New::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        New::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| flow_entry(key, value)).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn flow_entry(key: &str, value: &New) -> String {
    match value {
        New::Text(text) if text.is_empty() => format!("{key}: "),
        _ => format!("{key}: {}", flow(value)),
    }
}
