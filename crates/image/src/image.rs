//! Images: records stacked as the manifest says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::config::ImageConfig;
use crate::digest::Digest;
use crate::error::{Mismatch, MismatchOf, Place, Problem, ProblemKind};
use crate::merged::MergedFs;
use crate::plan::{ImagePlan, LayerPlan, Plan};
use crate::record::LayerRecord;

/// What an archive holds, and what of it could not be read.
#[derive(Debug)]
pub struct Archive<N = ()> {
    /// The images.
    pub images: Vec<Image<N>>,
    /// Layers of an archive without a manifest, with their names in it.
    pub loose: Vec<(String, Arc<LayerRecord<N>>)>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One image.
#[derive(Debug)]
pub struct Image<N = ()> {
    /// Its names with tags; none if it was saved by its id.
    pub names: Vec<String>,
    /// The config; empty if it could not be read.
    pub config: Arc<ImageConfig>,
    /// The digest of the config, which Docker calls the image's id.
    pub config_digest: Option<Digest>,
    /// The digest of the OCI manifest, if there is one.
    pub manifest_digest: Option<Digest>,
    /// Annotations of the OCI manifest.
    pub annotations: BTreeMap<String, String>,
    /// The layers, lowest first.
    pub layers: Vec<Layer<N>>,
    /// Digests and sizes that are not as stated.
    pub mismatches: Vec<Mismatch>,
}

/// One layer of an image.
#[derive(Debug)]
pub struct Layer<N = ()> {
    /// Its place, counted from 0 without the history's empty entries.
    pub index: usize,
    /// The blob's name in the archive.
    pub blob: String,
    /// The digest of the blob; of a missing one, as stated.
    pub digest: Option<Digest>,
    /// The digest of the uncompressed tar; of a missing one, as stated.
    pub diff_id: Option<Digest>,
    /// The sum of regular files' bytes.
    pub size: u64,
    /// The bytes of the blob.
    pub compressed_size: u64,
    /// The number of regular files.
    pub files: usize,
    /// Its media type, if a manifest states one.
    pub media_type: Option<String>,
    /// Its entry in the history, if the history fits the layers.
    pub history_index: Option<usize>,
    /// The command that made it, as the history has it.
    pub created_by: Option<String>,
    /// Its contents; `None` if the blob is missing.
    pub record: Option<Arc<LayerRecord<N>>>,
}

impl<N> Image<N> {
    /// The first name, or the start of the id, or `image`.
    pub fn display_name(&self) -> String {
        match (self.names.first(), &self.config_digest) {
            (Some(name), _) => name.clone(),
            (None, Some(id)) => id.hex()[..12].to_owned(),
            (None, None) => "image".to_owned(),
        }
    }

    /// The sum of the layers' sizes, as `docker images` shows it.
    pub fn size(&self) -> u64 {
        self.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.size))
    }

    /// The sum of the blobs' sizes.
    pub fn compressed_size(&self) -> u64 {
        self.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.compressed_size))
    }

    /// Stacks the layers. A layer that is missing adds nothing.
    pub fn merged(&self) -> MergedFs<N> {
        MergedFs::stack(self.layers.iter().map(|layer| layer.record.clone()))
    }
}

/// Puts the images together from plan and records.
pub(crate) fn assemble<N>(
    plan: Plan,
    records: HashMap<String, Arc<LayerRecord<N>>>,
    loose: bool,
) -> Archive<N> {
    let mut problems = plan.problems;
    let mut told = HashSet::new();
    let images = plan
        .images
        .into_iter()
        .map(|plan| {
            let image = image(plan, &records, &mut problems);
            for layer in &image.layers {
                // A layer that several images share is told of once.
                if let Some(record) = &layer.record
                    && told.insert(layer.blob.clone())
                {
                    tell(record, &image.display_name(), layer, &mut problems);
                }
            }
            image
        })
        .collect();
    let mut loose_layers = Vec::new();
    if loose {
        loose_layers = records.into_iter().filter(|(_, record)| !record.is_empty()).collect();
        loose_layers.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    Archive { images, loose: loose_layers, problems }
}

fn tell<N>(record: &LayerRecord<N>, image: &str, layer: &Layer<N>, problems: &mut Vec<Problem>) {
    let place = |offset| Place {
        image: Some(image.to_owned()),
        layer: Some(layer.index),
        blob: Some(layer.blob.clone()),
        offset,
    };
    for problem in &record.problems {
        let kind = ProblemKind::Layer { path: problem.path.clone(), kind: problem.kind.clone() };
        problems.push(Problem { place: place(Some(problem.offset)), kind });
    }
    if record.more_problems > 0 {
        problems.push(Problem { place: place(None), kind: ProblemKind::More(record.more_problems) });
    }
}

fn image<N>(
    plan: ImagePlan,
    records: &HashMap<String, Arc<LayerRecord<N>>>,
    problems: &mut Vec<Problem>,
) -> Image<N> {
    let ImagePlan { names, config, config_digest, manifest_digest, annotations, layers, mismatches } = plan;
    let mut image =
        Image { names, config, config_digest, manifest_digest, annotations, layers: Vec::new(), mismatches };
    let name = image.display_name();
    let diff_ids = image.config.diff_ids();
    let states_diff_ids = !diff_ids.is_empty();
    if states_diff_ids && diff_ids.len() != layers.len() {
        let place = Place { image: Some(name.clone()), ..Place::default() };
        let kind = ProblemKind::LayerCount { layers: layers.len(), diff_ids: diff_ids.len() };
        problems.push(Problem { place, kind });
    }
    let history = layer_history(&image.config, layers.len());
    for (index, plan) in layers.into_iter().enumerate() {
        let stated_diff_id = diff_ids.get(index).copied().flatten();
        let record = plan.blob.as_ref().and_then(|blob| records.get(blob)).cloned();
        match &record {
            Some(record) => verify(&mut image.mismatches, index, &plan, stated_diff_id, record),
            // A blob that is there but was not read has been told of already.
            None if plan.blob.is_none() => problems.push(Problem {
                place: Place {
                    image: Some(name.clone()),
                    layer: Some(index),
                    blob: Some(plan.name.clone()),
                    offset: None,
                },
                kind: ProblemKind::Missing { what: "layer" },
            }),
            None => {}
        }
        let (history_index, created_by) = history.get(index).cloned().unzip();
        image.layers.push(Layer {
            index,
            digest: record.as_ref().map(|record| record.digest).or(plan.digest),
            diff_id: record.as_ref().map(|record| record.diff_id).or(stated_diff_id),
            size: record.as_ref().map_or(0, |record| record.size),
            compressed_size: record.as_ref().map_or(0, |record| record.compressed_size),
            files: record.as_ref().map_or(0, |record| record.files),
            blob: plan.blob.unwrap_or(plan.name),
            media_type: plan.media_type,
            history_index,
            created_by: created_by.flatten(),
            record,
        });
    }
    image
}

/// The history entries that made layers, in order; empty if they are not as many as the layers.
fn layer_history(config: &ImageConfig, layers: usize) -> Vec<(usize, Option<String>)> {
    let made: Vec<_> = config
        .history()
        .iter()
        .enumerate()
        .filter(|(_, entry)| !entry.empty_layer().unwrap_or(false))
        .map(|(index, entry)| (index, entry.created_by().clone()))
        .collect();
    if made.len() == layers { made } else { Vec::new() }
}

fn verify<N>(
    mismatches: &mut Vec<Mismatch>,
    index: usize,
    plan: &LayerPlan,
    diff_id: Option<Digest>,
    record: &LayerRecord<N>,
) {
    let mut compare = |what, expected: Option<Digest>, actual| {
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            mismatches.push(Mismatch::of_digest(what, Some(index), &plan.name, expected, actual));
        }
    };
    compare(MismatchOf::LayerDigest, plan.digest, record.digest);
    if record.is_unpacked() {
        compare(MismatchOf::DiffId, diff_id, record.diff_id);
    }
    if let Some(stated) = plan.size.filter(|stated| *stated != record.compressed_size) {
        mismatches.push(Mismatch {
            what: MismatchOf::LayerSize,
            layer: Some(index),
            blob: plan.name.clone(),
            expected: stated.to_string(),
            actual: record.compressed_size.to_string(),
        });
    }
}
