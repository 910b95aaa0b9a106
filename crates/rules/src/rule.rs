//! What a rule is, and the registry of them all.
//!
//! A rule is a unit struct with one `check`, in the file that has its name, and a page of the same
//! name under `rules/`. `build.rs` makes the tables below from the pages, so a page without a rule
//! does not compile.

use crate::{Category, Severity};

/// What kind of input a rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A Dockerfile.
    Dockerfile,
    /// A container image.
    Image,
    /// A compose file.
    Compose,
    /// A build context: .dockerignore, .env and the files that would be sent.
    Context,
}

impl Kind {
    /// The folder under `rules/`, and the word in `plimsoll rules --kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::Image => "image",
            Self::Compose => "compose",
            Self::Context => "context",
        }
    }
}

/// A rule's metadata, from the front matter of its page.
#[derive(Debug)]
pub struct RuleMeta {
    /// The kebab-case name; it never changes.
    pub name: &'static str,
    /// What it reads.
    pub kind: Kind,
    /// The severity of its findings, unless the rule or the configuration says otherwise.
    pub severity: Severity,
    /// What it is about.
    pub category: Category,
    /// Whether it is in the default set.
    pub default: bool,
    /// Every peer's code that a finding of this rule may carry.
    pub also: &'static [&'static str],
    /// Standards and documentation: `CWE-250`, a URL.
    pub references: &'static [&'static str],
    /// The page's heading.
    pub title: &'static str,
    /// The whole page, front matter included.
    pub page: &'static str,
}

impl RuleMeta {
    /// The page without its front matter, as `plimsoll explain` prints it.
    pub fn body(&self) -> &'static str {
        self.page.splitn(3, "---\n").nth(2).unwrap_or(self.page).trim_start()
    }

    /// Whether `code`, already normalised by [`normalise_code`], is one of the peers' codes for this rule.
    pub fn has_code(&self, code: &str) -> bool {
        let code = code.strip_prefix(SHELLCHECK_ONLY).unwrap_or(code);
        self.also.contains(&code)
            || (code.starts_with("SC") && self.also.contains(&"SC*") && is_shellcheck(code))
    }
}

/// Stands before a ShellCheck code that hadolint does not print for this place.
pub(crate) const SHELLCHECK_ONLY: &str = "shellcheck/";

/// Whether a finding's code is the one that somebody named.
pub(crate) fn is_code(carried: &str, named: &str) -> bool {
    carried.strip_prefix(SHELLCHECK_ONLY).unwrap_or(carried) == named
}

fn is_shellcheck(code: &str) -> bool {
    code.len() == 6 && code[2..].bytes().all(|b| b.is_ascii_digit())
}

/// Another tool, by the form of its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// `docker build --check`: `StageNameCasing`.
    BuildKit,
    /// Semgrep's Dockerfile rules: `last-user-is-root`.
    Semgrep,
    /// Trivy: `DS-0002`.
    Trivy,
}

impl Peer {
    /// Whether a code is one of this tool's.
    pub(crate) fn has_code(self, code: &str) -> bool {
        match self {
            Self::BuildKit => {
                code.starts_with(|c: char| c.is_ascii_uppercase())
                    && code.bytes().all(|b| b.is_ascii_alphabetic())
                    && code.bytes().any(|b| b.is_ascii_lowercase())
            }
            Self::Semgrep => code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
            Self::Trivy => code.starts_with("DS-"),
        }
    }
}

/// A rule and its metadata.
pub struct Entry<R: ?Sized + 'static> {
    /// The page's front matter.
    pub meta: &'static RuleMeta,
    /// The rule itself.
    pub rule: &'static R,
}

mod table {
    #![allow(non_upper_case_globals)]
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}
pub(crate) use table::{COMPOSE_RULES, CONTEXT_RULES, DOCKERFILE_RULES, IMAGE_RULES};

/// Every rule's metadata, by kind and then by name.
pub fn all_rules() -> impl Iterator<Item = &'static RuleMeta> {
    DOCKERFILE_RULES
        .iter()
        .map(|e| e.meta)
        .chain(IMAGE_RULES.iter().map(|e| e.meta))
        .chain(COMPOSE_RULES.iter().map(|e| e.meta))
        .chain(CONTEXT_RULES.iter().map(|e| e.meta))
}

/// The rules that a word names: the rule of that name, or every rule that carries that peer's code.
pub fn find_rules(name: &str) -> Vec<&'static RuleMeta> {
    let by_name: Vec<_> = all_rules().filter(|m| m.name == name).collect();
    if !by_name.is_empty() {
        return by_name;
    }
    let code = normalise_code(name);
    all_rules().filter(|m| m.has_code(&code)).collect()
}

/// A peer's code in the one form that pages and findings use: `DS002`, `AVD-DS-0002` and `ds-2` are `DS-0002`.
pub fn normalise_code(code: &str) -> String {
    let upper = code.trim().to_ascii_uppercase();
    let bare = upper.strip_prefix("AVD-").unwrap_or(&upper);
    if let Some(number) = bare.strip_prefix("DS").map(|n| n.trim_start_matches('-'))
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
        && let Ok(number) = number.parse::<u32>()
    {
        return format!("DS-{number:04}");
    }
    for prefix in ["DL", "SC", "CKV", "CIS-", "DKL-", "CL-"] {
        if upper.starts_with(prefix) && upper.bytes().any(|b| b.is_ascii_digit()) {
            return upper;
        }
    }
    code.trim().to_owned()
}

/// The known word nearest to `word`, where one is near enough to be a slip of the hand.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|k| (strsim::osa_distance(word, k), k))
        .filter(|(d, _)| *d <= limit)
        .min()
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_one_form() {
        for code in ["DS002", "AVD-DS-0002", "DS-0002", "ds-2"] {
            assert_eq!(normalise_code(code), "DS-0002");
        }
        assert_eq!(normalise_code("dl3008"), "DL3008");
        assert_eq!(normalise_code("ckv_docker_3"), "CKV_DOCKER_3");
        assert_eq!(normalise_code("JSONArgsRecommended"), "JSONArgsRecommended");
        assert_eq!(normalise_code("DSomething"), "DSomething");
    }

    #[test]
    fn nearest_finds_slips_only() {
        assert_eq!(nearest("pin-base-imgae", ["pin-base-image", "run-as-root"]), Some("pin-base-image"));
        assert_eq!(nearest("banana", ["pin-base-image", "run-as-root"]), None);
    }
}
