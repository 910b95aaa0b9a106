//! What an image is made of, for looking at: bytes by cause, the heaviest folders, what each layer changed, and how
//! two images differ. Plain data with its JSON names; every text in it is already masked.

use serde::Serialize;

use crate::{Finding, ImageSummary, InputError};

/// Which views are worked out beside the audit. The default is none: both walk the image once more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The heaviest folders: [`ImageSummary::tree`].
    pub tree: bool,
    /// What each layer added, changed and removed: [`crate::LayerSummary::changes`].
    pub layers: bool,
}

/// Bytes that could go for one reason. A file is counted under one reason only, so all of them add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CauseWeight {
    /// The reason's kebab-case name; it never changes.
    pub cause: &'static str,
    /// The same in words.
    pub what: &'static str,
    /// The bytes that would be saved.
    pub bytes: u64,
    /// The files they are in.
    pub files: u64,
    /// Whether it is enough to be worth the trouble.
    pub worthwhile: bool,
    /// What to do.
    pub remedy: &'static str,
    /// The layers that bring it, the lowest first.
    pub layers: Vec<LayerBytes>,
    /// The heaviest of the files.
    pub heaviest: Vec<HeavyPath>,
}

/// Bytes in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LayerBytes {
    /// The layer's index.
    pub layer: usize,
    /// The bytes.
    pub bytes: u64,
}

/// A path and what it weighs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeavyPath {
    /// Without a leading slash.
    pub path: String,
    /// The bytes.
    pub bytes: u64,
}

/// A folder or file with the heaviest of what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TreeNode {
    /// The path below the folder that it is shown in; empty for the root. A folder that
    /// holds little besides one place is shown as one with it: `usr/lib`.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// The bytes of the files beneath it.
    pub bytes: u64,
    /// In a comparison: the bytes in the old image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_bytes: Option<u64>,
    /// How many files are beneath it; in a comparison, how many differ.
    pub files: u64,
    /// The heaviest of what is in it, the heaviest first; empty where nothing in it stands out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<TreeNode>,
    /// What is in it besides the children.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<TreeRest>,
    /// What decides whether it is shown: its bytes, or in a comparison how many came and went.
    #[serde(skip)]
    pub weight: u64,
}

/// What of a folder is not shown one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TreeRest {
    /// Its bytes.
    pub bytes: u64,
    /// In a comparison: the bytes in the old image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_bytes: Option<u64>,
    /// How many files.
    pub files: u64,
}

/// Some of a layer's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// How many there are: everything that is no folder.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The heaviest of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heaviest: Vec<HeavyPath>,
}

/// What a layer did to what the layers below it had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LayerChanges {
    /// Files at paths where nothing was.
    pub added: Part,
    /// Files that took the place of others.
    pub changed: Part,
    /// Of the changed ones those with the same contents as before: a new owner, mode or time cost a whole copy.
    pub rewritten: Part,
    /// Files of lower layers that are gone; their bytes stay in those layers.
    pub removed: Part,
}

/// How two images differ.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Comparison {
    /// Bytes that the new image has more; negative where it has less.
    pub size_difference: i64,
    /// Layers of the new image that the old one has too.
    pub shared_layers: Vec<LayerBytes>,
    /// Layers that only the new image has.
    pub new_layers: Vec<LayerBytes>,
    /// Layers that only the old image has.
    pub gone_layers: Vec<LayerBytes>,
    /// The folders in which most bytes came or went.
    pub tree: TreeNode,
    /// Files that are only in the new image.
    pub appeared: FileDifferences,
    /// Files that are only in the old image.
    pub vanished: FileDifferences,
    /// Files that are larger than they were.
    pub grew: FileDifferences,
    /// Files that are smaller than they were.
    pub shrank: FileDifferences,
    /// Files of the same size with other contents.
    pub changed: FileDifferences,
    /// Files whose owner or mode alone is another one.
    pub rights: FileDifferences,
    /// What differs in the configuration.
    pub config: Vec<ConfigDifference>,
    /// Findings of the new image that the old one has not.
    pub new_findings: Vec<Finding>,
    /// Findings of the old image that the new one has no more.
    pub gone_findings: Vec<Finding>,
}

/// Files that differ in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileDifferences {
    /// How many.
    pub files: u64,
    /// What they weighed in the old image.
    pub old_bytes: u64,
    /// What they weigh in the new one.
    pub new_bytes: u64,
    /// Those with the greatest difference, the greatest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heaviest: Vec<FileDifference>,
}

/// A file that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileDifference {
    /// Without a leading slash.
    pub path: String,
    /// What it weighed; absent where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_bytes: Option<u64>,
    /// What it weighs; absent where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_bytes: Option<u64>,
}

/// A part of the configuration that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigDifference {
    /// Which part: `user`, `workdir`, `entrypoint`, `cmd`, `shell`, `healthcheck`, `stop-signal`, `platform`, `env`,
    /// `label`, `port`, `volume`.
    pub field: &'static str,
    /// The variable, label, port or volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it came, went, or is another one.
    pub change: Change,
    /// What it was; of variables the value is never said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// What became of a part of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the new image has it.
    Added,
    /// Only the old image has it.
    Removed,
    /// Both have it, and it is not the same.
    Changed,
}

/// A comparison with all that a report needs besides.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// How the images differ; `None`, like all else, where one of them could not be read.
    pub comparison: Option<Comparison>,
    /// The old image.
    pub old: Option<ImageSummary>,
    /// The new image.
    pub new: Option<ImageSummary>,
    /// Everything found in the new image, what the old one has too included.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub errors: Vec<InputError>,
}
