//! What one comment says.

use crate::data::Date;
use crate::rule::Peer;
use crate::select::NameList;

/// Whose comment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Plimsoll,
    Hadolint,
    Checkov,
    Trivy,
    Semgrep,
}

/// An ignore comment, read.
pub(super) struct Parsed {
    pub(super) tool: Tool,
    pub(super) names: NameList,
    /// Whether it is for the whole file.
    pub(super) file: bool,
    /// Whether it silences every code of a peer.
    pub(super) all_of: Option<Peer>,
}

impl Parsed {
    /// Reads what stands after the `#`; nothing where it is no ignore comment, or one that has expired by `today`.
    pub(super) fn of(text: &str, today: Date) -> Option<Self> {
        let text = text.trim_start_matches('#').trim();
        plimsoll(text)
            .or_else(|| hadolint(text))
            .or_else(|| if text.contains(':') { checkov(text).or_else(|| trivy(text, today)) } else { None })
            .or_else(|| semgrep(text))
    }

    fn new<'w>(tool: Tool, names: impl IntoIterator<Item = &'w str>) -> Self {
        Self { tool, names: NameList::new(names), file: false, all_of: None }
    }
}

fn plimsoll(text: &str) -> Option<Parsed> {
    let rest = text.strip_prefix("plimsoll")?.strip_prefix([' ', ':', '\t'])?.trim_start();
    let (file, names) = match rest.strip_prefix("ignore-file=") {
        Some(names) => (true, names),
        None => (false, rest.strip_prefix("ignore=")?),
    };
    let names = names.split("reason=").next().unwrap_or("");
    Some(Parsed { file, ..Parsed::new(Tool::Plimsoll, names.split([',', ' '])) })
}

/// Only a whole list of codes counts, with a comment of its own behind it at most.
fn hadolint(text: &str) -> Option<Parsed> {
    let rest = text.strip_prefix("hadolint")?.strip_prefix([' ', '\t'])?.trim_start();
    let (file, rest) = match rest.strip_prefix("global") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, rest),
    };
    let list = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
    let codes: Vec<&str> = list.split('#').next()?.split(',').map(str::trim).collect();
    let is_code = |code: &&str| {
        let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
        digits.len() < code.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    codes.iter().all(is_code).then(|| Parsed { file, ..Parsed::new(Tool::Hadolint, codes) })
}

fn checkov(text: &str) -> Option<Parsed> {
    let rest = ["checkov:skip=", "bridgecrew:skip=", "cortex:skip="]
        .iter()
        .find_map(|word| text.split_once(word).map(|(_, rest)| rest.trim_start()))?;
    let ids = rest.split([':', ' ']).next().unwrap_or("").split(',');
    Some(Parsed { file: true, ..Parsed::new(Tool::Checkov, ids) })
}

fn trivy(text: &str, today: Date) -> Option<Parsed> {
    let mut words = text.split_whitespace().filter_map(|word| {
        word.split_once("trivy:ignore:").or_else(|| word.split_once("tfsec:ignore:")).map(|(_, id)| id)
    });
    let mut names = Vec::new();
    let mut all_of = None;
    let first = words.next()?;
    for word in std::iter::once(first).chain(words) {
        // `ID:exp:2026-03-10` holds until that day.
        let mut parts = word.split(':');
        let id = parts.next().unwrap_or("");
        let expires = parts.skip_while(|p| *p != "exp").nth(1).and_then(|day| day.parse::<Date>().ok());
        match id {
            _ if expires.is_some_and(|day| day < today) => {}
            "*" => all_of = Some(Peer::Trivy),
            id => names.push(id),
        }
    }
    Some(Parsed { all_of, ..Parsed::new(Tool::Trivy, names) })
}

fn semgrep(text: &str) -> Option<Parsed> {
    let (_, rest) = text.split_once("nosem")?;
    let rest = rest.strip_prefix("grep").unwrap_or(rest).trim_start();
    if !rest.is_empty() && !rest.starts_with([':', '#']) {
        return None;
    }
    let ids = rest.strip_prefix(':').unwrap_or("");
    // Semgrep's ids are dotted paths; the last part is the rule.
    let names: Vec<&str> = ids
        .split([',', ' '])
        .filter_map(|id| id.trim().rsplit('.').next())
        .filter(|id| !id.is_empty())
        .collect();
    let all_of = names.is_empty().then_some(Peer::Semgrep);
    Some(Parsed { all_of, ..Parsed::new(Tool::Semgrep, names) })
}
