//! What stays the same about a finding when lines above it come and go.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_rules::{Finding, Outcome};
use sha2::{Digest, Sha256};

use crate::snippet::Source;

/// How a finding is known again in a later run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Of the rule, the file and the text of the line, 32 hexadecimal digits: equal findings share it.
    pub line: String,
    /// Which of the findings that share it this is, from 1.
    pub occurrence: usize,
}

impl Fingerprint {
    /// One word of 32 hexadecimal digits that no other finding of the run has.
    pub fn unique(&self) -> String {
        digest(&[&self.line, &self.occurrence.to_string()])
    }
}

/// The fingerprints of `outcome.findings`, in their order.
///
/// They rest on the rule, the file and the text of the finding's line without its indentation; in an
/// image on the image's name without its tag, the path and the detector. Secrets in the text are masked before it
/// comes here, so no fingerprint can be tried against a guess.
pub fn fingerprints(outcome: &Outcome) -> Vec<Fingerprint> {
    fingerprints_by(outcome, |finding| finding.file.as_deref().map(Cow::Borrowed))
}

/// [`fingerprints`] with the file that `file` gives each finding: none where its image is what counts.
pub(crate) fn fingerprints_by<'o>(
    outcome: &'o Outcome,
    file: impl Fn(&'o Finding) -> Option<Cow<'o, str>>,
) -> Vec<Fingerprint> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut source: Option<(&str, Source<'_>)> = None;
    let mut fingerprint = |finding| {
        let line =
            line_hash(finding, file(finding).as_deref(), Source::select(&mut source, outcome, finding));
        let occurrence = seen.entry(line.clone()).or_default();
        *occurrence += 1;
        Fingerprint { line, occurrence: *occurrence }
    };
    outcome.findings.iter().map(&mut fingerprint).collect()
}

fn line_hash(finding: &Finding, file: Option<&str>, source: Option<&mut Source<'_>>) -> String {
    let rule = finding.rule.as_ref();
    let detector = finding.detector.as_deref().unwrap_or("");
    let path = finding.path.as_deref().unwrap_or("");
    match file {
        Some(file) => {
            let line = source.and_then(|source| source.line_of(finding)).unwrap_or("").trim();
            digest(&[rule, "file", file, line, detector, path])
        }
        None => digest(&[rule, "image", untagged(finding.image.as_deref().unwrap_or("")), path, detector]),
    }
}

/// `registry:5000/app:1` without its tag or digest.
pub(crate) fn untagged(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or(name);
    match name.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => name,
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        // No part can be shifted into the next.
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::untagged;

    #[test]
    fn tags_are_not_part_of_a_name() {
        assert_eq!(untagged("app:1"), "app");
        assert_eq!(untagged("registry:5000/app"), "registry:5000/app");
        assert_eq!(untagged("registry:5000/app:1@sha256:ab"), "registry:5000/app");
    }
}
