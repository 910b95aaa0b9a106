//! Package words: name, version, file or URL.

use super::{Manager, Package};
use crate::word::Word;

/// Endings of package files and source archives.
const FILE_ENDINGS: &[&str] = &[
    ".deb", ".rpm", ".apk", ".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip", ".gem", ".tar",
    ".conda",
];

/// Reads a package word.
pub(super) fn package(manager: Manager, word: &Word) -> Package {
    let text = word.text_lossy();
    let is_variable = word.is_only_expansion();
    if !is_variable && is_file_or_url(manager, text) {
        return file(text, word);
    }
    let (name, version) = if is_variable { (text, None) } else { split(manager, text) };
    Package {
        span: word.span,
        text: text.to_string(),
        name: name.to_string(),
        version: version.filter(|version| !version.is_empty()).map(str::to_string),
        is_file_or_url: false,
        is_variable,
    }
}

/// A package that is a path or a URL.
pub(super) fn file(text: &str, word: &Word) -> Package {
    let text = text.to_string();
    Package {
        span: word.span,
        name: text.clone(),
        text,
        version: None,
        is_file_or_url: true,
        is_variable: false,
    }
}

fn is_file_or_url(manager: Manager, text: &str) -> bool {
    let pathlike =
        text.starts_with(['/', '~']) || text.starts_with("./") || text.starts_with("../") || text == ".";
    match manager {
        // Every Go package is a path; only a leading dot means a folder.
        Manager::Go => text.starts_with('.') || text.starts_with('/'),
        // `react@https://...`, `user/repo`, but `@scope/name`.
        Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun => {
            pathlike
                || text.contains("://")
                || text.starts_with("git@")
                || text.starts_with("file:")
                || text.starts_with("github:")
                || ends_like_a_file(text)
                || (!text.starts_with('@') && text.contains('/'))
        }
        Manager::Pip | Manager::Pipx | Manager::Uv => {
            pathlike
                || text.starts_with(".[")
                || text.contains("://")
                || text.starts_with("git+")
                || ends_like_a_file(text)
        }
        _ => pathlike || text.contains("://") || ends_like_a_file(text),
    }
}

fn ends_like_a_file(text: &str) -> bool {
    let path = text.split(['#', '?']).next().unwrap_or(text);
    FILE_ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// Name and version by the manager's own syntax.
fn split(manager: Manager, text: &str) -> (&str, Option<&str>) {
    match manager {
        Manager::Apt => at_first(text, &["=", "/"]),
        Manager::Apk => {
            // `jq@edge` says which repository, not which version.
            let untagged = |part| at_first(part, &["@"]).0;
            let (name, version) = at_first(text, &["~=", ">=", "<=", "=", "~", ">", "<"]);
            (untagged(name), version.map(untagged))
        }
        Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf => {
            let (name, version) = at_dash(text);
            if version.is_none() { at_first(text, &["=", ":"]) } else { (name, version) }
        }
        Manager::Zypper | Manager::Pacman => {
            let (name, version) = at_first(text, &["~=", ">=", "<=", "=", "~", ">", "<"]);
            if version.is_none() { at_dash(text) } else { (name, version) }
        }
        Manager::Pip | Manager::Pipx | Manager::Uv => {
            let requirement = text.split(';').next().unwrap_or(text).trim();
            let (name, version) =
                at_first(requirement, &["===", "==", "~=", ">=", "<=", "!=", ">", "<", "@"]);
            (name.split('[').next().unwrap_or(name).trim_end(), version.map(str::trim))
        }
        Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun => {
            // The first `@` of `@scope/name@1.2` belongs to the name.
            let from = usize::from(text.starts_with('@'));
            match text.get(from..).and_then(|rest| rest.find('@')) {
                Some(at) => (&text[..from + at], text.get(from + at + 1..)),
                None => (text, None),
            }
        }
        Manager::Go | Manager::Cargo => at_first(text, &["@"]),
        Manager::Gem | Manager::Composer => at_first(text, &[":"]),
        Manager::Conda => {
            let spec = text.rsplit("::").next().unwrap_or(text);
            at_first(spec, &["==", ">=", "<=", "=", ">", "<"])
        }
    }
}

/// Split at the separator that comes first; of those at the same place, the longest.
fn at_first<'a>(text: &'a str, separators: &[&str]) -> (&'a str, Option<&'a str>) {
    // A separator inside `${X:-a=b}` is none.
    let limit = text.find("${").unwrap_or(text.len());
    let found = separators.iter().filter_map(|s| Some((text[..limit].find(s)?, s.len())));
    match found.min_by_key(|(at, length)| (*at, usize::MAX - length)) {
        Some((at, length)) => (&text[..at], Some(&text[at + length..])),
        None => (text, None),
    }
}

/// `httpd-2.4.6`, `nginx-1:1.20`, `foo-${VERSION}`: the version begins at the first dash before a digit or a variable.
fn at_dash(text: &str) -> (&str, Option<&str>) {
    let starts_version = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || c == '$');
    let dash =
        text.match_indices('-').find(|(at, _)| *at > 0 && text.get(at + 1..).is_some_and(starts_version));
    dash.map_or((text, None), |(at, _)| (&text[..at], text.get(at + 1..)))
}
