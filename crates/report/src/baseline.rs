//! What a project knows already, so that a run reports only what is new.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use plimsoll_rules::{Finding, Outcome};
use serde::{Deserialize, Serialize};

use crate::fingerprint::{fingerprints_by, untagged};

/// The findings that are known, each by its fingerprint: it rests on the rule, the file and the text of the line, so
/// lines above may come and go. Secrets are masked before a fingerprint is taken, and no text is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// How many findings share each key.
    known: BTreeMap<Key, usize>,
}

/// What [`Baseline::take_known`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Findings that were known.
    pub known: usize,
    /// Entries for something that was checked, or is gone, and that match no finding any more.
    pub stale: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    place: Place,
    rule: String,
    fingerprint: String,
}

/// A file by its path from the baseline's folder, or an image by its name without the tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    File(String),
    Image(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    fingerprint: String,
    count: usize,
}

/// A text that is no baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineError(String);

impl std::fmt::Display for BaselineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BaselineError {}

const VERSION: u32 = 1;

impl Baseline {
    /// Reads what [`Baseline::to_json`] wrote. Fails on anything else.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let stored: Stored =
            serde_json::from_str(text).map_err(|e| BaselineError(format!("not a baseline: {e}")))?;
        if stored.version != VERSION {
            return Err(BaselineError(format!(
                "its version is {}, and this program reads version {VERSION}",
                stored.version
            )));
        }
        let mut known = BTreeMap::new();
        for entry in stored.findings {
            let place = match (entry.file, entry.image) {
                (Some(file), None) => Place::File(file),
                (None, Some(image)) => Place::Image(image),
                _ => return Err(BaselineError("an entry names a file or an image, one of them".to_owned())),
            };
            let key = Key { place, rule: entry.rule, fingerprint: entry.fingerprint };
            *known.entry(key).or_default() += entry.count;
        }
        Ok(Self { known })
    }

    /// JSON with an entry on each line, sorted, so that changes are small and merge well.
    pub fn to_json(&self) -> String {
        let mut text = format!("{{\"version\": {VERSION}, \"findings\": [");
        for (at, (key, count)) in self.known.iter().enumerate() {
            let (file, image) = match &key.place {
                Place::File(file) => (Some(file.clone()), None),
                Place::Image(image) => (None, Some(image.clone())),
            };
            let (rule, fingerprint) = (key.rule.clone(), key.fingerprint.clone());
            let entry = Entry { rule, file, image, fingerprint, count: *count };
            let entry = serde_json::to_string(&entry).unwrap_or_default();
            _ = write!(text, "{}\n{entry}", if at == 0 { "" } else { "," });
        }
        text.push_str("\n]}\n");
        text
    }

    /// Takes the findings out of `outcome` that are known. `folder` is where the baseline's paths begin; names of
    /// files in the outcome that are not absolute begin in the current folder.
    pub fn take_known(&self, outcome: &mut Outcome, folder: &Path) -> Taken {
        let keys = keys(outcome, folder);
        let mut left: HashMap<&Key, usize> = self.known.iter().map(|(key, count)| (key, *count)).collect();
        let mut is_new = keys.iter().map(|key| match left.get_mut(key) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        let before = outcome.findings.len();
        outcome.findings.retain(|_| is_new.next().unwrap_or(true));
        let known = before - outcome.findings.len();
        let seen = Seen::new(outcome, folder);
        let stale = left.iter().filter(|(key, count)| **count > 0 && seen.decides(&key.place)).count();
        // What could not be read may still hold what is known.
        Taken { known, stale: if outcome.errors.is_empty() { stale } else { 0 } }
    }

    /// The baseline that knows the outcome's findings, and how many those are. What this one says of files and images
    /// that were not checked stays.
    pub fn updated(&self, outcome: &Outcome, folder: &Path) -> (Self, usize) {
        let seen = Seen::new(outcome, folder);
        let mut known: BTreeMap<Key, usize> =
            self.known.clone().into_iter().filter(|(key, _)| !seen.decides(&key.place)).collect();
        for key in keys(outcome, folder) {
            *known.entry(key).or_default() += 1;
        }
        (Self { known }, outcome.findings.len())
    }
}

/// What a run says something about.
struct Seen<'a> {
    files: BTreeSet<String>,
    images: BTreeSet<&'a str>,
    folder: &'a Path,
}

impl<'a> Seen<'a> {
    fn new(outcome: &'a Outcome, folder: &'a Path) -> Self {
        Self {
            files: outcome.inputs.iter().map(|name| relative(name, folder).into_owned()).collect(),
            images: outcome.images.iter().map(|image| untagged(&image.name)).collect(),
            folder,
        }
    }

    /// Whether entries for the place must match findings of this run: it was checked, or there is no such file.
    fn decides(&self, place: &Place) -> bool {
        match place {
            Place::File(file) => self.files.contains(file) || !self.folder.join(file).exists(),
            Place::Image(image) => self.images.contains(image.as_str()),
        }
    }
}

fn keys(outcome: &Outcome, folder: &Path) -> Vec<Key> {
    // In an image the file is where the layer came from, and comes and goes with --dockerfile.
    let fingerprints = fingerprints_by(outcome, |finding| match finding.image {
        Some(_) => None,
        None => finding.file.as_deref().map(|file| relative(file, folder)),
    });
    let key = |(finding, fingerprint): (&Finding, crate::Fingerprint)| {
        let place = match (&finding.file, &finding.image) {
            (_, Some(image)) => Place::Image(untagged(image).to_owned()),
            (Some(file), None) => Place::File(relative(file, folder).into_owned()),
            (None, None) => Place::File(String::new()),
        };
        Key { place, rule: finding.rule.to_string(), fingerprint: fingerprint.line }
    };
    outcome.findings.iter().zip(fingerprints).map(key).collect()
}

/// A file's path from `folder`, with `/` between its parts, whatever the current folder is.
fn relative<'n>(file: &'n str, folder: &Path) -> Cow<'n, str> {
    let Ok(absolute) = std::path::absolute(file) else { return Cow::Borrowed(file) };
    let (absolute, folder) = (normal(&absolute), normal(folder));
    let common = absolute.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = absolute.components().skip(common).map(|c| c.as_os_str().to_string_lossy().into_owned());
    Cow::Owned(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => _ = out.pop(),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_rules::config::Settings;
    use plimsoll_rules::dockerfile::Around;
    use plimsoll_rules::lint_dockerfile;

    fn outcome(name: &str, text: &str) -> Outcome {
        lint_dockerfile(name, text.as_bytes().to_vec(), &Settings::default(), &Around::nowhere())
    }

    fn rules(outcome: &Outcome) -> Vec<&str> {
        outcome.findings.iter().map(|f| &*f.rule).collect()
    }

    const OLD: &str = "FROM debian:latest\nENV DB_PASSWORD=tr0ub4dor-n1ne-lives\nENTRYPOINT [\"/a\"]\n";

    fn known(folder: &Path) -> Baseline {
        let (baseline, count) = Baseline::default().updated(&outcome("Dockerfile", OLD), folder);
        assert!(count > 2);
        Baseline::parse(&baseline.to_json()).expect("what it wrote")
    }

    fn here() -> PathBuf {
        std::path::absolute(".").expect("a current folder")
    }

    #[test]
    fn only_what_is_new_stays() {
        let moved = format!("# a comment\n\n{OLD}ADD https://example.com/x.bin /x\n");
        let mut outcome = outcome("Dockerfile", &moved);
        let all = outcome.findings.len();
        let taken = known(&here()).take_known(&mut outcome, &here());
        assert_eq!(taken, Taken { known: all - outcome.findings.len(), stale: 0 });
        assert!(!outcome.findings.is_empty());
        assert!(outcome.findings.iter().all(|f| f.line == Some(6)), "{:?}", rules(&outcome));
    }

    #[test]
    fn the_same_line_twice_is_one_known_and_one_new() {
        let twice = OLD.replace("ENTRYPOINT", "ENV DB_PASSWORD=tr0ub4dor-n1ne-lives\nENTRYPOINT");
        let mut outcome = outcome("Dockerfile", &twice);
        known(&here()).take_known(&mut outcome, &here());
        assert_eq!(rules(&outcome), ["secret-in-variable"]);
    }

    #[test]
    fn what_is_mended_is_stale_where_it_was_checked() {
        let mended = OLD.replace("debian:latest", "debian:13-slim");
        let mut other = outcome("Dockerfile", &mended);
        assert!(known(&here()).take_known(&mut other, &here()).stale > 0);
        let (updated, _) = known(&here()).updated(&outcome("Dockerfile", &mended), &here());
        assert_eq!(updated.take_known(&mut outcome("Dockerfile", &mended), &here()).stale, 0);
    }

    #[test]
    fn a_file_that_was_not_checked_keeps_its_entries() {
        // Cargo.toml exists beside the tests; what is said of it is not touched by a run over another file.
        let (baseline, _) = Baseline::default().updated(&outcome("Cargo.toml", OLD), &here());
        assert_eq!(baseline.take_known(&mut outcome("Dockerfile", OLD), &here()).stale, 0);
        let (both, _) = baseline.updated(&outcome("Dockerfile", OLD), &here());
        assert_eq!(both.known.len(), 2 * baseline.known.len());
    }

    #[test]
    fn the_current_folder_does_not_matter() {
        let folder = here();
        let absolute = folder.join("deep/../Dockerfile");
        let mut outcome = outcome(&absolute.to_string_lossy(), OLD);
        assert_eq!(known(&folder).take_known(&mut outcome, &folder).stale, 0);
        assert!(outcome.findings.is_empty(), "{:?}", rules(&outcome));
        assert_eq!(relative("a/Dockerfile", &folder.join("b")), "../a/Dockerfile");
    }

    #[test]
    fn no_secret_is_kept() {
        let json = known(&here()).to_json();
        assert!(!json.contains("tr0ub4dor") && json.contains("secret-in-variable"), "{json}");
    }

    #[test]
    fn anything_else_is_no_baseline() {
        for text in ["", "[]", "{\"version\": 2, \"findings\": []}", "{\"version\": 1, \"findings\": [{}]}"] {
            assert!(Baseline::parse(text).is_err(), "{text}");
        }
        let neither =
            "{\"version\": 1, \"findings\": [{\"rule\": \"a\", \"fingerprint\": \"b\", \"count\": 1}]}";
        assert!(Baseline::parse(neither).is_err());
    }
}
