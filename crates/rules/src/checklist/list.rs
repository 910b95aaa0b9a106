//! The list itself, read from TOML.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{commands, facts};
use crate::rule::{all_rules, find_rules, nearest};
use crate::{FileKind, RuleMeta};

/// The list of a FastAPI backend and a Next.js frontend.
const CONTAINERIZATION: &str = include_str!("../../pages/checklists/containerization.toml");

/// A checklist: what a team wants ticked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checklist {
    /// Its heading.
    pub title: String,
    /// Its sections, in order.
    #[serde(default, rename = "section")]
    pub sections: Vec<Section>,
}

/// Items under one heading.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The profile that its items speak of, unless they name one.
    pub profile: Option<String>,
    /// The items, in order.
    #[serde(default, rename = "item")]
    pub items: Vec<Item>,
}

/// One thing to be ticked, and what it is held to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Item {
    /// Its words.
    pub text: String,
    /// The name by which `same-as` finds it.
    pub id: Option<String>,
    /// The profile that it speaks of.
    pub profile: Option<String>,
    /// The one kind of input that its rules count for.
    #[serde(rename = "in")]
    pub kind: Option<InputKind>,
    /// Facts that must hold: `name`, or `name=argument`.
    pub facts: Vec<String>,
    /// Rules that must not fire: names or peers' codes.
    pub rules: Vec<String>,
    /// Whether every finding counts that no other item counts, from warning upward.
    pub rest: bool,
    /// Items that say the same: it stands as they stand.
    pub same_as: Vec<String>,
    /// The command that would check it.
    pub manual: Option<String>,
    /// Why files and images cannot tell.
    pub why: Option<String>,
}

/// A kind of input, as a list names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Dockerfiles.
    Dockerfile,
    /// Images.
    Image,
    /// Compose files.
    Compose,
    /// Ignore files and environment files.
    Context,
}

impl InputKind {
    /// Whether a file of that kind is meant; None stands for an image.
    pub(crate) fn takes(self, file: Option<FileKind>) -> bool {
        match self {
            Self::Dockerfile => file == Some(FileKind::Dockerfile),
            Self::Compose => file == Some(FileKind::Compose),
            Self::Context => matches!(file, Some(FileKind::Dockerignore | FileKind::Env)),
            Self::Image => file.is_none(),
        }
    }
}

/// A list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListError {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, in one line.
    pub message: String,
}

impl std::fmt::Display for ListError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = self.line.map(|l| format!(":{l}")).unwrap_or_default();
        write!(f, "{}{line}: {}", self.file.display(), self.message)
    }
}

impl std::error::Error for ListError {}

impl Checklist {
    /// The list that comes with plimsoll.
    pub fn containerization() -> Self {
        // A test reads it; what is built in cannot have changed since.
        toml::from_str(CONTAINERIZATION).unwrap_or(Self { title: String::new(), sections: Vec::new() })
    }

    /// Reads a list. `file` is only for the error. Fails on what is not such a list, and on an unknown fact, rule or
    /// id.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ListError> {
        let fail = |line: Option<usize>, message: String| ListError { file: file.to_owned(), line, message };
        let list: Self = toml::from_str(text).map_err(|e| {
            let line = e.span().and_then(|s| Some(1 + text.get(..s.start)?.matches('\n').count()));
            fail(line, e.message().lines().next().unwrap_or_default().to_owned())
        })?;
        list.complaint().map_or(Ok(()), |(item, message)| {
            let line = text.lines().position(|l| l.starts_with("text") && l.contains(&item));
            Err(fail(line.map(|l| l + 1), format!("item `{item}`: {message}")))
        })?;
        Ok(list)
    }

    /// Every item with the profile that it speaks of.
    pub fn items(&self) -> impl Iterator<Item = (&Item, Option<&str>)> {
        self.sections
            .iter()
            .flat_map(|s| s.items.iter().map(move |i| (i, i.profile.as_deref().or(s.profile.as_deref()))))
    }

    /// The names of all rules that it is bound to: they must run, whether they are on by default or not.
    pub fn rules(&self) -> BTreeSet<&'static str> {
        self.items()
            .flat_map(|(item, _)| item.rules.iter().flat_map(|r| find_rules(r)))
            .map(|m| m.name)
            .collect()
    }

    /// Whether an image would settle some of it.
    pub(crate) fn asks_for_images(&self) -> bool {
        let in_facts =
            |item: &Item| item.facts.iter().any(|f| matches!(f.as_str(), "built" | "image-size" | "images"));
        self.items().any(|(item, _)| {
            in_facts(item) || item.bound_rules().iter().any(|m| m.kind == crate::rule::Kind::Image)
        })
    }

    /// The first item that cannot be meant, and why.
    fn complaint(&self) -> Option<(String, String)> {
        let mut ids: BTreeMap<&str, &Item> = BTreeMap::new();
        for (item, _) in self.items() {
            let told = |message: String| Some((item.text.clone(), message));
            if let Some(id) = &item.id
                && ids.insert(id, item).is_some()
            {
                return told(format!("a second item has the id `{id}`"));
            }
            if let Some(message) = item.complaint() {
                return told(message);
            }
        }
        for (item, _) in self.items() {
            for id in &item.same_as {
                let message = match ids.get(id.as_str()) {
                    Some(other) if other.is_own() => continue,
                    Some(_) => format!("`{id}` is itself the same as others: name those"),
                    None => match nearest(id, ids.keys().copied()) {
                        Some(near) => format!("no item has the id `{id}`: did you mean `{near}`?"),
                        None => format!("no item has the id `{id}`"),
                    },
                };
                return Some((item.text.clone(), message));
            }
        }
        None
    }
}

impl Item {
    /// Whether it is bound to something of its own, and not only to other items.
    pub fn is_own(&self) -> bool {
        !self.facts.is_empty() || !self.rules.is_empty() || self.rest || self.manual.is_some()
    }

    /// The rules that it is bound to.
    pub(crate) fn bound_rules(&self) -> Vec<&'static RuleMeta> {
        self.rules.iter().flat_map(|r| find_rules(r)).collect()
    }

    fn complaint(&self) -> Option<String> {
        if self.text.trim().is_empty() {
            return Some("it has no `text`".to_owned());
        }
        for fact in &self.facts {
            let name = fact.split('=').next().unwrap_or(fact);
            if facts::named(name).is_none() {
                let near = nearest(name, facts::names());
                return Some(match near {
                    Some(near) => format!("unknown fact `{name}`: did you mean `{near}`?"),
                    None => format!(
                        "unknown fact `{name}`: known are {}",
                        facts::names().collect::<Vec<_>>().join(", ")
                    ),
                });
            }
        }
        for rule in &self.rules {
            if find_rules(rule).is_empty() {
                return Some(match nearest(rule, all_rules().map(|m| m.name)) {
                    Some(near) => format!("unknown rule `{rule}`: did you mean `{near}`?"),
                    None => format!("unknown rule `{rule}`"),
                });
            }
        }
        if let Some(message) = self.manual.as_deref().and_then(commands::complaint) {
            return Some(message);
        }
        (!self.is_own() && self.same_as.is_empty())
            .then(|| "it is bound to nothing: give it `facts`, `rules`, `same-as` or `manual`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Checklist::parse(text, Path::new("list.toml")).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_list_is_sound() {
        let list = Checklist::parse(CONTAINERIZATION, Path::new("containerization.toml")).unwrap();
        assert_eq!(list.items().count(), 166);
        assert_eq!(Checklist::containerization().items().count(), 166);
        // A finding of one rule about one thing must not fail two items: each is bound once for each profile and kind
        // of input, and without a profile it takes what is left.
        let mut bound: BTreeSet<(&str, Option<&str>, Option<&str>)> = BTreeSet::new();
        for (item, profile) in list.items() {
            for rule in item.bound_rules() {
                let kind = item.kind.map(|kind| if kind == InputKind::Compose { "compose" } else { "other" });
                assert!(
                    bound.insert((rule.name, profile, kind)),
                    "{} is bound twice: {}",
                    rule.name,
                    item.text
                );
            }
        }
    }

    #[test]
    fn a_wrong_list_is_told_with_its_place() {
        let item = |rest: &str| {
            format!("title = 'x'\n[[section]]\ntitle = 's'\n[[section.item]]\ntext = 'one'\n{rest}")
        };
        assert_eq!(
            error(&item("")),
            "list.toml:5: item `one`: it is bound to nothing: give it `facts`, `rules`, `same-as` or `manual`"
        );
        assert_eq!(
            error(&item("facts = ['multistage']")),
            "list.toml:5: item `one`: unknown fact `multistage`: did you mean `multi-stage`?"
        );
        assert_eq!(
            error(&item("rules = ['run-as-nonroot']")),
            "list.toml:5: item `one`: unknown rule `run-as-nonroot`: did you mean `run-as-non-root`?"
        );
        assert_eq!(
            error(&item("manual = '<backend.heath>'")),
            "list.toml:5: item `one`: unknown placeholder `<backend.heath>`: did you mean `<backend.health>`?"
        );
        assert!(error(&item("same-as = ['other']")).contains("no item has the id `other`"));
        assert!(error(&item("fact = ['user']")).starts_with("list.toml:6: unknown field `fact`"));
    }
}
