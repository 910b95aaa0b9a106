//! What merging does to each kind of key is held against Docker Compose in tests/projects.rs; here is what it does
//! besides.

use super::*;
use crate::span::SourceId;
use crate::yaml::Yaml;

fn merged(base: &str, over: &str) -> (Option<Node>, Vec<String>) {
    let node = |text: &str, id| Yaml::parse(text, SourceId(id)).documents.into_iter().next().unwrap();
    let mut diagnostics = Vec::new();
    let merged = merge(&node(base, 0), &node(over, 1), &mut Vec::new(), &mut diagnostics);
    (merged, diagnostics.into_iter().map(|d| d.message).collect())
}

#[test]
fn kinds_that_do_not_fit_are_reported() {
    let (root, messages) =
        merged("services: {a: {image: x, dns: y}}", "services: {a: {image: [x], dns: [z]}}");
    assert_eq!(messages, ["a list cannot override text"]);
    let dns = root.as_ref().and_then(|root| root.get("services")?.get("a")?.get("dns")).unwrap();
    assert_eq!(dns.as_seq().map(<[Node]>::len), Some(2));
}

#[test]
fn parts_remember_their_file() {
    let (root, _) = merged("services: {a: {labels: {x: 1, y: 1}}}", "services: {a: {labels: [y=2]}}");
    let root = root.unwrap();
    let labels = root.get("services").and_then(|s| s.get("a")?.get("labels")?.as_map()).unwrap();
    let sources: Vec<_> = labels
        .entries
        .iter()
        .map(|e| (e.key_text().unwrap(), e.key.span.source.0, e.value.span.source.0))
        .collect();
    assert_eq!(sources, [("x", 0, 0), ("y", 0, 1)]);
}

#[test]
fn a_reset_of_all_leaves_nothing() {
    assert!(merged("a: 1", "!reset {}").0.is_none());
    let (root, _) = merged("a: 1\nb: {c: 2}", "a: !reset\nb: {c: !reset , d: !reset [1], e: [!reset 1, 2]}");
    let root = root.unwrap();
    assert!(root.get("a").is_none());
    let b = root.get("b").unwrap();
    assert!(b.get("c").is_none() && b.get("d").is_none());
    assert_eq!(b.get("e").and_then(Node::as_seq).map(<[Node]>::len), Some(1));
}
