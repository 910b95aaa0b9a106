//! The paths that an application answers, as its sources write them.

use std::collections::BTreeSet;

use plimsoll_context::EntryKind;

use super::facts::AppView;
use super::quoting::is_plain;
use super::surroundings::shown;
use super::verdict::Evidence;
use crate::context::read_beside;

/// A larger source file was made by a machine.
const MAX_SOURCE: u64 = 1 << 20;
/// So many source files are searched.
const MAX_SOURCES: usize = 2_000;
/// So many paths are kept.
const MAX_ROUTES: usize = 5_000;
/// A longer text is no path.
const MAX_PATH: usize = 100;

const ENDINGS: &[&str] =
    &["py", "js", "mjs", "cjs", "ts", "jsx", "tsx", "go", "rb", "java", "kt", "cs", "php", "rs"];

/// The source files that a build would send, as paths in the context.
fn sources(view: &AppView<'_>) -> impl Iterator<Item = String> {
    let is_source = |e: &&plimsoll_context::Entry| {
        e.kind == EntryKind::File
            && e.size <= MAX_SOURCE
            && !e.path.contains("node_modules/")
            && e.path.rsplit('.').next().is_some_and(|end| ENDINGS.contains(&end))
    };
    let listing = view.context.walk();
    listing
        .entries
        .iter()
        .filter(is_source)
        .map(|e| e.path.clone())
        .take(MAX_SOURCES)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Where the sources answer a path: a route that is written so, or a file whose place is the route.
pub(super) fn answered_by(view: &AppView<'_>, path: &str) -> Option<Evidence> {
    let last = path.rsplit('/').next().map(|l| format!("/{l}")).unwrap_or_default();
    let quoted = |text: &str, path: &str| {
        ["\"", "'", "`"]
            .iter()
            .any(|q| text.contains(&format!("{q}{path}{q}")) || text.contains(&format!("{q}{path}/{q}")))
    };
    for entry in sources(view) {
        let file = view.app.context.join(&entry);
        let shown = shown(&file);
        if file_route(&entry).as_deref() == Some(path) {
            return Some(Evidence::at(&shown, None, format!("answers {path}")));
        }
        let Some(text) = read_beside(&file) else { continue };
        for wanted in [path, last.as_str()] {
            if let Some(line) = text.lines().position(|line| quoted(line, wanted)) {
                return Some(Evidence::at(&shown, u32::try_from(line + 1).ok(), format!("answers {wanted}")));
            }
        }
    }
    None
}

/// Every text in quotes that may be a path, and what files are by their place.
pub(super) fn routes(view: &AppView<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in sources(view) {
        if found.len() >= MAX_ROUTES {
            break;
        }
        found.extend(file_route(&entry).filter(|route| is_plain(route)));
        let text = read_beside(&view.app.context.join(&entry)).unwrap_or_default();
        found.extend(text.lines().flat_map(in_quotes).map(str::to_owned));
    }
    found
}

/// Next.js: `app/api/health/route.js`, `pages/api/health.js`.
fn file_route(entry: &str) -> Option<String> {
    let stem = entry.rsplit_once('.').map_or(entry, |(stem, _)| stem);
    let stem = stem.strip_prefix("src/").unwrap_or(stem);
    if let Some(route) = stem.strip_prefix("app/").and_then(|rest| rest.strip_suffix("/route")) {
        return Some(format!("/{route}"));
    }
    let page = stem.strip_prefix("pages/")?;
    Some(format!("/{}", page.strip_suffix("/index").unwrap_or(page)))
}

/// The paths in quotes on a line.
fn in_quotes(line: &str) -> impl Iterator<Item = &str> {
    let is_path = |text: &&str| {
        text.len() > 1
            && text.len() <= MAX_PATH
            && text.starts_with('/')
            && !text.contains("//")
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-.{}:".contains(&b))
    };
    line.split(['"', '\'', '`']).filter(is_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_from_sources() {
        let found: Vec<&str> =
            in_quotes("@app.post(\"/chat\", tags=['x'])  # '/users/{id}' or '//cdn/x'").collect();
        assert_eq!(found, ["/chat", "/users/{id}"]);
        assert_eq!(file_route("src/app/api/health/route.ts").as_deref(), Some("/api/health"));
        assert_eq!(file_route("pages/api/auth/index.js").as_deref(), Some("/api/auth"));
        assert_eq!(file_route("lib/app.js"), None);
    }
}
