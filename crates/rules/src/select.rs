//! Which rules run, and which findings stay: names, categories and peers' codes.

use std::collections::{HashMap, HashSet};

use crate::rule::{all_rules, find_rules, is_code, nearest, normalise_code};
use crate::{Category, Finding, RuleMeta, Severity};

/// Words in `select`, `ignore` or `[severity]` that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectError {
    /// A word that names nothing.
    Unknown {
        /// The word as written.
        name: String,
        /// A known word that it is likely meant to be.
        nearest: Option<String>,
    },
    /// Codes of other tools for which there is no rule, so that nothing would be checked.
    Nothing {
        /// The words as written.
        names: Vec<String>,
    },
}

impl std::fmt::Display for SelectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown { name, nearest } => {
                write!(f, "unknown rule, category or code `{name}`")?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, ": did you mean `{nearest}`?"))
            }
            Self::Nothing { names } => {
                write!(f, "no rule has the code `{}`, so nothing would be selected", names.join("` or `"))
            }
        }
    }
}

impl std::error::Error for SelectError {}

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
    fn parse(word: &str) -> Result<Self, SelectError> {
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
        Err(SelectError::Unknown { name: word.to_owned(), nearest: nearest(word, known).map(str::to_owned) })
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

/// A peer's code that no rule of ours carries is still a code, if it has the very form of one: people migrate whole
/// lists of them.
fn is_foreign_code(code: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let four = |prefix: &str| code.strip_prefix(prefix).is_some_and(|rest| rest.len() == 4 && digits(rest));
    let checkov = || {
        let rest = code.strip_prefix("CKV")?;
        let (kind, number) = rest.strip_prefix('2').unwrap_or(rest).strip_prefix('_')?.rsplit_once('_')?;
        Some(!kind.is_empty() && kind.bytes().all(|b| b.is_ascii_uppercase()) && digits(number))
    };
    ["DL", "SC", "DS-", "CIS-DI-", "DKL-DI-", "DKL-LI-", "CL-"].into_iter().any(four)
        || checkov().unwrap_or(false)
}

/// What the words select. Fails where they are some, and no rule is among them.
fn selectors<S: AsRef<str>>(words: &[S]) -> Result<Vec<Selector>, SelectError> {
    let selectors: Vec<Selector> =
        words.iter().map(|word| Selector::parse(word.as_ref())).collect::<Result<_, _>>()?;
    let takes_any = |selector: &Selector| all_rules().any(|meta| selector.takes_rule(meta));
    if !words.is_empty() && !selectors.iter().any(takes_any) {
        let names = words.iter().map(|word| word.as_ref().to_owned()).collect();
        return Err(SelectError::Nothing { names });
    }
    Ok(selectors)
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
    /// `select` replaces what was selected before. Fails on a word that names nothing, and where nothing is selected.
    pub fn select<S: AsRef<str>>(&mut self, words: &[S]) -> Result<(), SelectError> {
        self.select = selectors(words)?;
        Ok(())
    }

    /// `extend-select` adds to what is selected. Fails as [`Selection::select`] does.
    pub fn extend<S: AsRef<str>>(&mut self, words: &[S]) -> Result<(), SelectError> {
        self.select.extend(selectors(words)?);
        Ok(())
    }

    /// `ignore` takes away, whatever selected it.
    pub fn ignore<S: AsRef<str>>(&mut self, words: &[S]) -> Result<(), SelectError> {
        for word in words {
            self.ignore.push(Selector::parse(word.as_ref())?);
        }
        Ok(())
    }

    /// The severity that findings of a rule, category or code get; the last word that fits wins.
    pub fn severity(&mut self, word: &str, severity: Severity) -> Result<(), SelectError> {
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
