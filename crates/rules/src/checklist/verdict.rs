//! What a check says: passed or not, and why.

use serde::Serialize;

use crate::{Finding, Severity};

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Everything it asks for was seen.
    Passed,
    /// Something that it asks for is not so.
    Failed,
    /// Files and images cannot tell.
    NotChecked,
    /// There is nothing here that it speaks of.
    NotApplicable,
}

impl Status {
    /// As people read it, and as the JSON format has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
            Self::NotApplicable => "not applicable",
        }
    }

    /// The worse of two: what one part fails, no other part mends.
    fn rank(self) -> u8 {
        match self {
            Self::Failed => 3,
            Self::NotChecked => 2,
            Self::Passed => 1,
            Self::NotApplicable => 0,
        }
    }
}

/// Something seen, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What was seen.
    pub text: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Its layer, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// The path inside the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The rule that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How grave its finding is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Evidence {
    /// Words without a place.
    pub(crate) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Words about a file, or a line of it.
    pub(crate) fn at(file: &str, line: Option<u32>, text: impl Into<String>) -> Self {
        Self { text: text.into(), file: Some(file.to_owned()), line, ..Self::default() }
    }

    /// A rule's finding.
    pub(crate) fn finding(finding: &Finding) -> Self {
        Self {
            text: finding.message.clone(),
            file: finding.file.clone(),
            line: finding.line,
            image: finding.image.clone(),
            layer: finding.layer,
            path: finding.path.clone(),
            rule: Some(finding.rule.to_string()),
            severity: Some(finding.severity),
        }
    }

    /// Whether both are about the same place of a file.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.file.is_some() && (&self.file, self.line) == (&other.file, other.line)
    }

    /// `backend/Dockerfile:12`, `app.tar, layer 3, /etc/passwd`; empty where there is no place.
    pub fn place(&self) -> String {
        match (&self.file, &self.image) {
            (Some(file), _) => match self.line {
                Some(line) => format!("{file}:{line}"),
                None => file.clone(),
            },
            (None, Some(image)) => {
                let layer = self.layer.map(|n| format!(", layer {n}")).unwrap_or_default();
                let path = self.path.as_ref().map(|p| format!(", /{p}")).unwrap_or_default();
                format!("{image}{layer}{path}")
            }
            (None, None) => String::new(),
        }
    }
}

/// What one check, or all checks of an item together, say.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) status: Status,
    pub(crate) evidence: Vec<Evidence>,
    /// Why it was not checked, or does not apply.
    pub(crate) why: Option<String>,
    /// What would check it.
    pub(crate) command: Option<String>,
}

impl Verdict {
    fn of(status: Status, evidence: Vec<Evidence>) -> Self {
        Self { status, evidence, why: None, command: None }
    }

    pub(crate) fn holds(evidence: Evidence) -> Self {
        Self::of(Status::Passed, vec![evidence])
    }

    pub(crate) fn fails(evidence: Evidence) -> Self {
        Self::of(Status::Failed, vec![evidence])
    }

    pub(crate) fn failed(evidence: Vec<Evidence>) -> Self {
        Self::of(Status::Failed, evidence)
    }

    pub(crate) fn not_applicable(why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..Self::of(Status::NotApplicable, Vec::new()) }
    }

    /// Says nothing: what stands beside it decides.
    pub(crate) fn silent() -> Self {
        Self::of(Status::NotApplicable, Vec::new())
    }

    pub(crate) fn not_checked(why: impl Into<String>, command: impl Into<String>) -> Self {
        let command = Some(command.into()).filter(|c: &String| !c.is_empty());
        Self { why: Some(why.into()), command, ..Self::of(Status::NotChecked, Vec::new()) }
    }

    /// Without what a fact has seen where a rule says the same with more words.
    pub(crate) fn without_echoes(mut self) -> Self {
        if self.status == Status::Failed {
            let told: Vec<Evidence> = self.evidence.iter().filter(|e| e.rule.is_some()).cloned().collect();
            self.evidence.retain(|e| e.rule.is_some() || !told.iter().any(|t| t.is_beside(e)));
        }
        self
    }

    /// Both together: what fails leaves only the evidence of the failure.
    pub(crate) fn join(mut self, other: Self) -> Self {
        if self.status == other.status {
            self.evidence.extend(other.evidence);
            self.why = self.why.or(other.why);
            self.command = self.command.or(other.command);
            return self;
        }
        let (mut worse, better) =
            if self.status.rank() > other.status.rank() { (self, other) } else { (other, self) };
        // What was seen stays worth telling where the rest could not be looked at.
        if worse.status == Status::NotChecked {
            worse.evidence.extend(better.evidence);
        }
        worse
    }

    /// All together; not applicable where there is none.
    pub(crate) fn all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let nothing = || Self::not_applicable("there is nothing here that it speaks of");
        verdicts.into_iter().reduce(Self::join).unwrap_or_else(nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_part_fails_no_other_mends() {
        let seen = || Verdict::holds(Evidence::words("seen"));
        let broken = || Verdict::fails(Evidence::words("broken"));
        let unknown = || Verdict::not_checked("nobody knows", "look");
        let both = Verdict::all([seen(), broken(), unknown()]);
        assert_eq!((both.status, both.evidence.len()), (Status::Failed, 1));
        let open = Verdict::all([seen(), unknown()]);
        assert_eq!((open.status, open.command.as_deref()), (Status::NotChecked, Some("look")));
        assert_eq!(open.evidence, [Evidence::words("seen")]);
        let of_two = Verdict::all([Verdict::not_applicable("no"), seen()]);
        assert_eq!(of_two.status, Status::Passed);
        assert_eq!(Verdict::all([]).status, Status::NotApplicable);
    }
}
