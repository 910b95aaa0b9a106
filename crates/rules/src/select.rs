//! Which rules run, and which findings stay: names, categories and peers' codes.

use std::collections::{HashMap, HashSet};

use crate::rule::{all_rules, find_rules, is_code, nearest, normalise_code};
use crate::{Category, Finding, RuleMeta, Severity};

/// A word in `select`, `ignore` or `[severity]` that names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The word as written.
    pub name: String,
    /// A known word that it is likely meant to be.
    pub nearest: Option<String>,
}

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unknown rule, category or code `{}`", self.name)?;
        if let Some(nearest) = &self.nearest {
            write!(f, ": did you mean `{nearest}`?")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownName {}

/// What one word stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Selector {
    All,
    Default,
    Category(Category),
    Rule(&'static str),
    /// A peer's code: only the findings that carry it.
    Code(String),
}

impl Selector {
    fn parse(word: &str) -> Result<Self, UnknownName> {
        match word {
            "ALL" | "all" => return Ok(Self::All),
            "DEFAULT" | "default" => return Ok(Self::Default),
            _ => {}
        }
        if let Ok(category) = word.parse() {
            return Ok(Self::Category(category));
        }
        if let Some(meta) = all_rules().find(|m| m.name == word) {
            return Ok(Self::Rule(meta.name));
        }
        let code = normalise_code(word);
        if !find_rules(&code).is_empty() || is_foreign_code(&code) {
            return Ok(Self::Code(code));
        }
        let known = all_rules().flat_map(|m| std::iter::once(m.name).chain(m.also.iter().copied()));
        let known = known.chain(Category::ALL.into_iter().map(Category::as_str));
        Err(UnknownName { name: word.to_owned(), nearest: nearest(word, known).map(str::to_owned) })
    }

    fn takes_rule(&self, meta: &RuleMeta) -> bool {
        match self {
            Self::All => true,
            Self::Default => meta.default,
            Self::Category(category) => meta.category == *category,
            Self::Rule(name) => meta.name == *name,
            Self::Code(code) => meta.has_code(code),
        }
    }

    fn takes_finding(&self, finding: &Finding, default: bool) -> bool {
        match self {
            Self::All => true,
            Self::Default => default,
            Self::Category(category) => finding.category == *category,
            Self::Rule(name) => finding.rule == *name,
            Self::Code(code) => finding.also.iter().any(|c| is_code(c, code)),
        }
    }
}

/// A peer's code that no rule of ours carries is still a code: people migrate whole lists of them.
fn is_foreign_code(code: &str) -> bool {
    ["DL", "SC", "DS-", "CKV", "CIS-DI-", "DKL-", "CL-"]
        .iter()
        .any(|p| code.strip_prefix(p).is_some_and(|rest| rest.bytes().any(|b| b.is_ascii_digit())))
}

/// The rules that are on, and the severities that were asked for.
#[derive(Clone, Debug)]
pub struct Selection {
    select: Vec<Selector>,
    ignore: Vec<Selector>,
    severity: Vec<(Selector, Severity)>,
    defaults: HashSet<&'static str>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            select: vec![Selector::Default],
            ignore: Vec::new(),
            severity: Vec::new(),
            defaults: all_rules().filter(|m| m.default).map(|m| m.name).collect(),
        }
    }
}

impl Selection {
    /// `select` replaces what was selected before.
    pub fn select<S: AsRef<str>>(&mut self, words: &[S]) -> Result<(), UnknownName> {
        self.select = words.iter().map(|w| Selector::parse(w.as_ref())).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// `extend-select` adds to what is selected.
    pub fn extend<S: AsRef<str>>(&mut self, words: &[S]) -> Result<(), UnknownName> {
        for word in words {
            self.select.push(Selector::parse(word.as_ref())?);
        }
        Ok(())
    }

    /// `ignore` takes away, whatever selected it.
    pub fn ignore<S: AsRef<str>>(&mut self, words: &[S]) -> Result<(), UnknownName> {
        for word in words {
            self.ignore.push(Selector::parse(word.as_ref())?);
        }
        Ok(())
    }

    /// The severity that findings of a rule, category or code get; the last word that fits wins.
    pub fn severity(&mut self, word: &str, severity: Severity) -> Result<(), UnknownName> {
        self.severity.push((Selector::parse(word)?, severity));
        Ok(())
    }

    /// Whether the rule has to run at all.
    pub fn runs(&self, meta: &RuleMeta) -> bool {
        self.select.iter().any(|s| s.takes_rule(meta))
            && !self.ignore.iter().any(|s| !matches!(s, Selector::Code(_)) && s.takes_rule(meta))
    }

    /// Whether a finding stays.
    pub fn keeps(&self, finding: &Finding) -> bool {
        let default = self.defaults.contains(&*finding.rule);
        self.select.iter().any(|s| s.takes_finding(finding, default))
            && !self.ignore.iter().any(|s| s.takes_finding(finding, default))
    }

    /// The severity a finding ends up with.
    pub fn severity_of(&self, finding: &Finding) -> Severity {
        let default = self.defaults.contains(&*finding.rule);
        let asked = self.severity.iter().rev().find(|(s, _)| s.takes_finding(finding, default));
        asked.map_or(finding.severity, |(_, severity)| *severity)
    }
}

/// A list of names in an ignore comment, each kept with whether it silenced anything.
#[derive(Clone, Debug, Default)]
pub struct NameList {
    names: HashMap<String, bool>,
}

impl NameList {
    /// From words as written; codes are brought to their one form.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let names =
            words.into_iter().map(str::trim).filter(|w| !w.is_empty()).map(|w| (normalise_code(w), false));
        Self { names: names.collect() }
    }

    /// Whether the list names the finding's rule, its category or one of its codes; marks what did.
    pub fn takes(&mut self, finding: &Finding) -> bool {
        let mut taken = false;
        for (name, used) in &mut self.names {
            if *finding.rule == **name
                || finding.category.as_str() == name
                || finding.also.iter().any(|c| is_code(c, name))
            {
                *used = true;
                taken = true;
            }
        }
        taken
    }

    /// The names that silenced nothing, sorted.
    pub fn unused(&self) -> Vec<&str> {
        let mut unused: Vec<&str> =
            self.names.iter().filter(|(_, used)| !**used).map(|(n, _)| n.as_str()).collect();
        unused.sort_unstable();
        unused
    }

    /// Whether nothing was named.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
