//! A list that has been ticked.

use serde::Serialize;

use super::verdict::{Evidence, Status};

/// A ticked checklist.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChecklistReport {
    /// The list's heading.
    pub title: String,
    /// How many items stand how.
    pub counts: Counts,
    /// The applications that were found, each with its profile and why it has that one.
    pub applications: Vec<String>,
    /// The sections, in the list's order.
    pub sections: Vec<SectionResult>,
    /// The folder that was looked at, as it was named.
    #[serde(skip)]
    pub folder: String,
    /// The file where code scanning shows what is nowhere, such as a file that is missing.
    #[serde(skip)]
    pub main_file: Option<String>,
    /// The applications whose images were not given.
    #[serde(skip)]
    pub without_image: Vec<String>,
}

/// How many items stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Everything asked for was seen.
    pub passed: usize,
    /// Something is not so.
    pub failed: usize,
    /// Files and images cannot tell.
    pub not_checked: usize,
    /// There is nothing that it speaks of.
    pub not_applicable: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, status: Status) {
        match status {
            Status::Passed => self.passed += 1,
            Status::Failed => self.failed += 1,
            Status::NotChecked => self.not_checked += 1,
            Status::NotApplicable => self.not_applicable += 1,
        }
    }
}

/// A section's items.
#[derive(Clone, Debug, Serialize)]
pub struct SectionResult {
    /// The heading.
    pub title: String,
    /// The items, in the list's order.
    pub items: Vec<ItemResult>,
}

/// How one item stands.
#[derive(Clone, Debug, Serialize)]
pub struct ItemResult {
    /// Its words.
    pub text: String,
    /// Its name in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How it stands.
    pub status: Status,
    /// What was seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Why it was not checked, or does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The command that would check it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The words of the items that it stands as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_as: Vec<String>,
    /// Whether it stands so only because another item does: the same fault, listed again.
    pub repeated: bool,
}

impl ChecklistReport {
    /// Every item.
    pub fn items(&self) -> impl Iterator<Item = &ItemResult> {
        self.sections.iter().flat_map(|s| &s.items)
    }

    /// Whether an item failed.
    pub fn has_failed(&self) -> bool {
        self.counts.failed > 0
    }
}
