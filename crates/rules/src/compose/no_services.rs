//! A project without a service: Compose starts nothing, and nothing of it can be judged.

use plimsoll_compose::{Entry, Map, Node, SourceId, Span};

use super::Stack;
use crate::rule::nearest;

/// What may stand beside services in a file that is made to be laid over another, or included.
const PARTS: [&str; 6] = ["configs", "include", "models", "networks", "secrets", "volumes"];

/// Where services are missing, and in what words; None where there are some, where the project is a part of another,
/// and where something else is reported that explains it.
pub(super) fn fault(stack: &Stack<'_>) -> Option<(Span, String)> {
    let project = stack.project;
    if !project.diagnostics.is_empty() {
        return None;
    }
    let Some(root) = project.root.as_ref().filter(|root| !root.is_null()) else {
        let start = Span { source: SourceId(0), line: 1, column: 1, end_line: 1, end_column: 1, bytes: 0..0 };
        return Some((start, "the file is empty: Compose needs `services`".to_owned()));
    };
    let map = root.as_map()?;
    if let Some(services) = map.get("services") {
        let is_none = services.is_null() || services.as_seq().is_some();
        let message = "`services` is no mapping of names to services, so Compose refuses the project";
        return is_none.then(|| (services.span.clone(), message.to_owned()));
    }
    // A key that is misspelt is `unknown-key`'s.
    let misspelt =
        || map.entries.iter().filter_map(Entry::key_text).any(|k| nearest(k, ["services"]).is_some());
    if PARTS.iter().any(|part| map.get(part).is_some()) || misspelt() {
        return None;
    }
    if let Some(service) = map.entries.iter().find(|entry| is_service(&entry.value)) {
        let message = "a service stands under `services`: without that key the file is of the first version, which \
                       Compose no longer reads";
        return Some((service.key.span.clone(), message.to_owned()));
    }
    let first = map.entries.first().map_or_else(|| root.span.clone(), |entry| entry.key.span.clone());
    Some((first, "there are no `services` in this file, so Compose refuses the project".to_owned()))
}

/// Whether a key of the file is a service, as in the first version of the format.
fn is_service(node: &Node) -> bool {
    let has = |map: &Map| map.get("image").is_some() || map.get("build").is_some();
    node.as_map().is_some_and(has)
}
