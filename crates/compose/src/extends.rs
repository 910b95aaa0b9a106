//! `extends`: services made from services, of the same file or another.

use std::path::{Path, PathBuf};

use crate::files::resolve;
use crate::merge::merge;
use crate::node::{Entry, Map, Node, Value};
use crate::project::{Load, Role, without_key};
use crate::span::{Diagnostic, Problem};

/// Services that extend services that extend services, so far.
const MAX_CHAIN: usize = 50;
/// Entries that are copied for all `extends` together.
const MAX_MERGED: usize = 100_000;

/// The file that a service is looked up in.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path,
    base: &'a Path,
    services: &'a Map,
    /// Where it is looked for next: what the files before this one came to.
    before: Option<&'a Node>,
}

/// The services that are being extended, to notice a circle.
type Chain = Vec<(PathBuf, String)>;

impl Load<'_> {
    /// The document with each service that extends another merged onto it.
    pub(crate) fn with_extended_services(
        &mut self,
        document: &Node,
        path: &Path,
        base: &Path,
        before: Option<&Node>,
    ) -> Node {
        let Some(map) = document.as_map() else { return document.clone() };
        let Some(services) = map.get("services").and_then(Node::as_map) else { return document.clone() };
        if services.entries.iter().all(|entry| entry.value.get("extends").is_none()) {
            return document.clone();
        }
        let before = before.and_then(|root| root.get("services"));
        let place = Place { path, base, services, before };
        let mut entries = Vec::with_capacity(services.entries.len());
        for entry in &services.entries {
            let name = entry.key_text().unwrap_or_default().to_owned();
            let mut chain = vec![(path.to_owned(), name.clone())];
            let value = self.extended(&name, &entry.value, place, &mut chain);
            entries.push(Entry { value, ..entry.clone() });
        }
        let replace = |entry: &Entry| match entry.key_text() {
            Some("services") => Entry {
                value: Node::new(entry.value.span.clone(), Value::Map(Map { entries: entries.clone() })),
                ..entry.clone()
            },
            _ => entry.clone(),
        };
        let entries = map.entries.iter().map(replace).collect();
        Node::new(document.span.clone(), Value::Map(Map { entries }))
    }

    /// The service with what it extends below it; as it is when that cannot be followed.
    fn extended(&mut self, name: &str, service: &Node, place: Place<'_>, chain: &mut Chain) -> Node {
        if self.merged > MAX_MERGED {
            return service.clone();
        }
        let Some(extends) = service.get("extends") else { return service.clone() };
        let (wanted, file) = match extends.as_map() {
            Some(map) => (map.get("service"), map.get("file").and_then(Node::as_text)),
            None => (Some(extends), None),
        };
        let Some(wanted) = wanted.and_then(Node::as_text) else { return service.clone() };
        let found = match file {
            Some(file) => self.base_elsewhere(wanted, file, extends, place, chain),
            None => self.base_here(wanted, extends, place, chain),
        };
        let Some(found) = found else { return service.clone() };
        self.merged += found.as_map().map_or(0, |map| map.entries.len());
        if self.merged > MAX_MERGED {
            let message = "services extend too much: this one and those behind it are left as they are";
            self.refuse(Some(&extends.span), message.to_owned());
            return service.clone();
        }
        let base = without_key(&found, "extends");
        let mut path = vec!["services".to_owned(), name.to_owned()];
        merge(&base, service, &mut path, &mut self.diagnostics).unwrap_or(base)
    }

    fn base_here(
        &mut self,
        wanted: &str,
        extends: &Node,
        place: Place<'_>,
        chain: &mut Chain,
    ) -> Option<Node> {
        let found = place.services.get(wanted);
        let Some(found) = found.or_else(|| place.before?.get(wanted)).cloned() else {
            self.miss(&extends.span, format!("the service `{wanted}`, which is extended here, is not there"));
            return None;
        };
        let step = (place.path.to_owned(), wanted.to_owned());
        if chain.contains(&step) {
            self.circle(extends, chain, wanted);
            return None;
        }
        if chain.len() >= MAX_CHAIN {
            self.refuse(Some(&extends.span), "services extend each other too deep".to_owned());
            return None;
        }
        chain.push(step);
        let base = self.extended(wanted, &found, place, chain);
        chain.pop();
        Some(base)
    }

    fn base_elsewhere(
        &mut self,
        wanted: &str,
        file: &str,
        extends: &Node,
        place: Place<'_>,
        chain: &mut Chain,
    ) -> Option<Node> {
        let path = resolve(place.base, file);
        if path == place.path {
            return self.base_here(wanted, extends, place, chain);
        }
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        let documents = self.documents(&path, &base, Role::Extended, Some(&extends.span));
        let document = documents.iter().rev().find(|document| service(document, wanted).is_some());
        let Some(services) = document.and_then(|document| document.get("services")?.as_map()) else {
            if !documents.is_empty() {
                let message = format!("the service `{wanted}` is not in `{}`", path.display());
                self.miss(&extends.span, message);
            }
            return None;
        };
        self.base_here(wanted, extends, Place { path: &path, base: &base, services, before: None }, chain)
    }

    fn circle(&mut self, extends: &Node, chain: &Chain, wanted: &str) {
        let names: Vec<&str> = chain.iter().map(|(_, name)| name.as_str()).chain([wanted]).collect();
        let message = format!("services extend each other in a circle: {}", names.join(" -> "));
        self.diagnostics.push(Diagnostic::new(Problem::Reference, &extends.span, message));
    }
}

fn service<'n>(document: &'n Node, name: &str) -> Option<&'n Node> {
    document.get("services")?.get(name)
}
