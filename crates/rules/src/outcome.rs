//! What a run found: everything a reporter gets to see, already selected, suppressed, redacted and sorted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::context::ContextSummary;
use crate::dockerfile::Build;
use crate::look::{CauseWeight, LayerChanges, TreeNode};
use crate::{Finding, InputError};

/// The result of checking any number of inputs.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The findings, sorted by file or image, then by place.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub errors: Vec<InputError>,
    /// The images that were read.
    pub images: Vec<ImageSummary>,
    /// The build contexts that were weighed.
    pub contexts: Vec<ContextSummary>,
    /// The text of every file that has findings, by the name in `Finding::file`. Secrets are masked,
    /// character for character, so that spans and columns hold.
    pub sources: BTreeMap<String, String>,
    /// How many files and images were read.
    pub checked: usize,
    /// Their names, for formats that list what passed too.
    pub inputs: Vec<String>,
    /// How many findings were left out because a baseline knows them.
    pub known: usize,
    /// What became of the stage that was asked for.
    pub target: TargetSearch,
}

/// What became of the stage that was asked for, in the Dockerfiles that were read. All empty where none was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetSearch {
    /// Whether a Dockerfile has it.
    pub found: bool,
    /// Whether a Dockerfile has it not; that one is judged by its last stage.
    pub missed: bool,
    /// The names of the stages in those that have it not.
    pub stages: BTreeSet<String>,
}

impl TargetSearch {
    /// In one Dockerfile; its settings say which stage was asked for.
    pub(crate) fn of(build: &Build<'_>) -> Self {
        if build.final_stage().is_some() {
            return Self { found: true, ..Self::default() };
        }
        let names = build.stages().iter().filter_map(|stage| stage.name.map(str::to_owned));
        // Without any stage there is none to miss: that is reported as such.
        Self { found: false, missed: !build.stages().is_empty(), stages: names.collect() }
    }

    fn absorb(&mut self, other: Self) {
        self.found |= other.found;
        self.missed |= other.missed;
        self.stages.extend(other.stages);
    }
}

impl Outcome {
    /// Adds another run's results; call [`Outcome::sort`] after the last.
    pub fn absorb(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.errors.extend(other.errors);
        self.images.extend(other.images);
        self.contexts.extend(other.contexts);
        self.sources.extend(other.sources);
        self.checked += other.checked;
        self.inputs.extend(other.inputs);
        self.known += other.known;
        self.target.absorb(other.target);
    }

    /// Brings findings and errors into the order in which they are reported.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| order(a).cmp(&order(b)));
        self.errors.sort_by(|a, b| (&a.file, &a.image, a.layer).cmp(&(&b.file, &b.image, b.layer)));
        self.images.sort_by(|a, b| a.name.cmp(&b.name));
        self.contexts.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// Files before images; in a file by place, in an image by gravity and then by layer and path.
fn order(f: &Finding) -> impl Ord + '_ {
    let in_image = f.image.is_some();
    let gravity = in_image.then_some(std::cmp::Reverse(f.severity));
    let file = f.file.as_ref().filter(|_| !in_image);
    (&f.image, file, gravity, f.layer, f.line, f.column, &f.path, f.path_line, &f.rule, &f.message)
}

/// An image as a whole.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImageSummary {
    /// The name the findings carry.
    pub name: String,
    /// Whom its configuration names to run it; empty for root.
    #[serde(skip)]
    pub user: String,
    /// Bytes of regular files over all layers, as `docker images` counts.
    pub size: u64,
    /// Bytes of the layer blobs as stored.
    pub compressed_size: u64,
    /// Bytes that later layers overwrote or deleted, as dive counts.
    pub wasted_bytes: u64,
    /// 1.0 where nothing is wasted, as dive counts.
    pub efficiency: f64,
    /// The budget that the image is held to, with the profile's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// The layers, the lowest first.
    pub layers: Vec<LayerSummary>,
    /// All bytes that could go.
    pub removable_bytes: u64,
    /// These bytes by cause, the heaviest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weight: Vec<CauseWeight>,
    /// The heaviest folders that a container sees, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<TreeNode>,
}

impl ImageSummary {
    /// Whether any of its layers is compressed, so that its compressed size says something.
    pub fn is_compressed(&self) -> bool {
        self.layers.iter().any(|layer| layer.compressed)
    }
}

/// What an image may weigh.
#[derive(Clone, Debug, Serialize)]
pub struct Budget {
    /// The profile that sets it.
    pub profile: String,
    /// Bytes, compared with [`ImageSummary::size`].
    pub bytes: u64,
    /// Whether the profile was asked for, or guessed from the image.
    pub guessed: bool,
}

/// One layer of an image.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LayerSummary {
    /// From 0, without the history's empty entries.
    pub index: usize,
    /// The digest of the blob.
    pub digest: String,
    /// The digest of the uncompressed tar.
    pub diff_id: String,
    /// Bytes of its regular files.
    pub size: u64,
    /// Bytes of the blob.
    pub compressed_size: u64,
    /// Whether the blob is compressed at all; an archive of `docker save` holds layers as they are.
    #[serde(skip)]
    pub compressed: bool,
    /// How many entries that are not folders it has.
    pub files: u64,
    /// The command that made it, cleaned of the builder's wrapping; secrets are masked.
    pub created_by: String,
    /// The line of the Dockerfile that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile_line: Option<u32>,
    /// How sure that line is.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub line_match: Option<LineMatch>,
    /// What it added, changed and removed, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<LayerChanges>,
}

/// How sure it is that a Dockerfile's line made a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LineMatch {
    /// The history says this very instruction.
    Exact,
    /// The order says so, the text differs.
    Likely,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, all_rules};

    #[test]
    fn files_go_by_place_and_images_by_gravity() {
        let meta = all_rules().next().expect("there are rules");
        let of = |image: Option<&str>, file: &str, line: u32, severity: Severity| {
            let mut finding = Finding::new(meta, format!("{file}:{line} {severity}"));
            finding.image = image.map(str::to_owned);
            finding.file = (!file.is_empty()).then(|| file.to_owned());
            finding.line = (line > 0).then_some(line);
            finding.severity = severity;
            finding
        };
        let mut outcome = Outcome {
            findings: vec![
                of(Some("a:1"), "", 0, Severity::Info),
                of(Some("a:1"), "Dockerfile", 9, Severity::Error),
                of(None, "b/Dockerfile", 1, Severity::Error),
                of(None, "a/Dockerfile", 7, Severity::Error),
                of(None, "a/Dockerfile", 2, Severity::Info),
            ],
            ..Outcome::default()
        };
        outcome.sort();
        let order: Vec<&str> = outcome.findings.iter().map(|f| f.message.as_str()).collect();
        assert_eq!(
            order,
            [
                "a/Dockerfile:2 info",
                "a/Dockerfile:7 error",
                "b/Dockerfile:1 error",
                "Dockerfile:9 error",
                ":0 info"
            ]
        );
    }
}
