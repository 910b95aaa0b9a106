//! What a run found: everything a reporter gets to see, already selected, suppressed, redacted and sorted.

use std::collections::BTreeMap;

use serde::Serialize;

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
    /// The text of every file that has findings, by the name in `Finding::file`. Secrets are masked,
    /// character for character, so that spans and columns hold.
    pub sources: BTreeMap<String, String>,
    /// How many files and images were read.
    pub checked: usize,
    /// Their names, for formats that list what passed too.
    pub inputs: Vec<String>,
}

impl Outcome {
    /// Adds another run's results; call [`Outcome::sort`] after the last.
    pub fn absorb(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.errors.extend(other.errors);
        self.images.extend(other.images);
        self.sources.extend(other.sources);
        self.checked += other.checked;
        self.inputs.extend(other.inputs);
    }

    /// Brings findings and errors into the order in which they are reported.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| order(a).cmp(&order(b)));
        self.errors.sort_by(|a, b| (&a.file, &a.image, a.layer).cmp(&(&b.file, &b.image, b.layer)));
        self.images.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// Files before images; in a file by place, in an image by gravity and then by layer and path.
fn order(f: &Finding) -> impl Ord + '_ {
    let gravity =
        if f.image.is_some() { std::cmp::Reverse(Some(f.severity)) } else { std::cmp::Reverse(None) };
    (&f.image, &f.file, gravity, f.line, f.column, f.layer, &f.path, f.path_line, &f.rule, &f.message)
}

/// An image as a whole.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImageSummary {
    /// The name the findings carry.
    pub name: String,
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
