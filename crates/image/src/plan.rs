//! From manifests to plans: which blobs make which image. No layer is read here.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::ImageConfig;
use crate::digest::Digest;
use crate::error::{Mismatch, MismatchOf, Place, Problem, ProblemKind};
use crate::limits::{
    MAX_DESCRIPTORS, MAX_IMAGE_NAMES, MAX_IMAGES, MAX_INDEX_DEPTH, MAX_JSON, MAX_JSON_TOTAL, MAX_LAYERS,
    MAX_LAYERS_IN_ALL,
};
use crate::manifest::{Descriptor, DockerEntry, OciDocument, Repositories};
use crate::platform::Platform;

/// The blobs of an archive by name, links resolved.
pub(crate) trait Store {
    /// The name under which the blob really lies; `None` if there is none.
    fn find(&self, name: &str) -> Option<String>;
    /// A small blob's bytes by its real name.
    fn json(&self, name: &str) -> Result<Cow<'_, [u8]>, ProblemKind>;
    /// All names, in any order.
    fn names(&self) -> Vec<&str>;
}

/// How one image is put together.
#[derive(Default)]
pub(crate) struct ImagePlan {
    pub(crate) names: Vec<String>,
    pub(crate) config: Arc<ImageConfig>,
    pub(crate) config_digest: Option<Digest>,
    pub(crate) manifest_digest: Option<Digest>,
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) layers: Vec<LayerPlan>,
    pub(crate) mismatches: Vec<Mismatch>,
}

/// One layer as the manifest states it.
#[derive(Clone)]
pub(crate) struct LayerPlan {
    /// The blob's name as stated, and where it really lies; `None` if it is missing.
    pub(crate) name: String,
    pub(crate) blob: Option<String>,
    pub(crate) digest: Option<Digest>,
    pub(crate) size: Option<u64>,
    pub(crate) media_type: Option<String>,
}

/// All images of an archive.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) images: Vec<ImagePlan>,
    pub(crate) problems: Vec<Problem>,
    /// Whether any manifest was there, readable or not.
    pub(crate) manifest_found: bool,
}

/// Reads whatever manifests there are. Docker's manifest.json names the images; an index beside it adds digests.
pub(crate) fn plan(store: &impl Store, platform: Option<&Platform>) -> Plan {
    let mut planner = Planner {
        store,
        plan: Plan::default(),
        descriptors: 0,
        layers: 0,
        configs: HashMap::new(),
        documents: HashMap::new(),
    };
    planner.docker_images();
    planner.oci_images(platform);
    if !planner.plan.manifest_found {
        planner.v1_images();
    }
    let mut plan = planner.plan;
    if let Some(wanted) = platform {
        plan.keep_platform(wanted);
    }
    if plan.manifest_found && plan.images.is_empty() && plan.problems.is_empty() {
        plan.report(None, ProblemKind::NoImage);
    }
    if plan.images.len() > MAX_IMAGES {
        plan.images.truncate(MAX_IMAGES);
        plan.report(None, ProblemKind::TooMany { what: "images", limit: MAX_IMAGES });
    }
    plan
}

impl Plan {
    fn report(&mut self, blob: Option<&str>, kind: ProblemKind) {
        let place = Place { blob: blob.map(str::to_owned), ..Place::default() };
        self.problems.push(Problem { place, kind });
    }

    fn keep_platform(&mut self, wanted: &Platform) {
        let available: Vec<String> =
            self.images.iter().map(|image| image.config.platform().to_string()).collect();
        let before = self.images.len();
        self.images.retain(|image| wanted.accepts(&image.config.platform()));
        if self.images.is_empty() && before > 0 {
            self.report(None, ProblemKind::NoPlatform { wanted: wanted.to_string(), available });
        }
    }
}

struct Planner<'s, S> {
    store: &'s S,
    plan: Plan,
    /// How many descriptors and layers were seen, so that a small archive cannot make large plans.
    descriptors: usize,
    layers: usize,
    /// What was read before, since many tags may name one config or manifest.
    configs: HashMap<String, (Arc<ImageConfig>, Digest)>,
    documents: HashMap<String, (Arc<OciDocument>, Blob)>,
}

/// What is known of a small blob's bytes.
#[derive(Clone, Copy)]
struct Blob {
    digest: Digest,
    len: usize,
}

impl<S: Store> Planner<'_, S> {
    /// Reads a blob's JSON with the digest and length of its bytes; what is wrong with it is reported.
    fn read<T: DeserializeOwned>(&mut self, name: &str, what: &'static str) -> Option<(T, Blob)> {
        let (bytes, digest) = self.bytes(name, what)?;
        match serde_json::from_slice(&bytes) {
            Ok(value) => Some((value, Blob { digest, len: bytes.len() })),
            Err(error) => {
                self.plan.report(Some(name), ProblemKind::Json { what, message: error.to_string() });
                None
            }
        }
    }

    fn bytes(&mut self, name: &str, what: &'static str) -> Option<(Vec<u8>, Digest)> {
        let Some(real) = self.store.find(name) else {
            self.plan.report(Some(name), ProblemKind::Missing { what });
            return None;
        };
        match self.store.json(&real) {
            Ok(bytes) => Some((bytes.to_vec(), Digest::of(&bytes))),
            Err(ProblemKind::JsonTooLarge { size, .. }) => {
                self.plan.report(Some(name), ProblemKind::JsonTooLarge { what, size });
                None
            }
            Err(ProblemKind::Json { message, .. }) => {
                self.plan.report(Some(name), ProblemKind::Json { what, message });
                None
            }
            Err(kind) => {
                self.plan.report(Some(name), kind);
                None
            }
        }
    }

    fn docker_images(&mut self) {
        if self.store.find("manifest.json").is_none() {
            return;
        }
        self.plan.manifest_found = true;
        let Some((entries, _)) = self.read::<Vec<DockerEntry>>("manifest.json", "docker save manifest")
        else {
            return;
        };
        for entry in entries.into_iter().take(MAX_IMAGES + 1) {
            let mut image = ImagePlan { names: entry.repo_tags.unwrap_or_default(), ..ImagePlan::default() };
            let stated = digest_in_name(&entry.config);
            self.set_config(&mut image, &entry.config, stated, None);
            let layers = entry.layers.unwrap_or_default();
            image.layers = layers
                .into_iter()
                .take(MAX_LAYERS + 1)
                .map(|name| LayerPlan {
                    blob: self.store.find(&name),
                    digest: digest_in_name(&name),
                    size: None,
                    media_type: None,
                    name,
                })
                .collect();
            self.add(image);
        }
    }

    /// Adds an image, or its names and digests to the same image already there.
    fn add(&mut self, mut image: ImagePlan) {
        if image.layers.len() > MAX_LAYERS {
            image.layers.truncate(MAX_LAYERS);
            let name = image.names.first().cloned();
            let place = Place { image: name, ..Place::default() };
            let kind = ProblemKind::TooMany { what: "layers in one image", limit: MAX_LAYERS };
            self.plan.problems.push(Problem { place, kind });
        }
        image.names.truncate(MAX_IMAGE_NAMES);
        self.layers += image.layers.len();
        if self.layers > MAX_LAYERS_IN_ALL || self.plan.images.len() > MAX_IMAGES {
            if self.layers - image.layers.len() <= MAX_LAYERS_IN_ALL {
                let kind = ProblemKind::TooMany { what: "layers in all images", limit: MAX_LAYERS_IN_ALL };
                self.plan.report(None, kind);
            }
            return;
        }
        // Another image may have the same config and other layers only if somebody lies: then both are told.
        let same = self.plan.images.iter_mut().find(|known| {
            known.config_digest.is_some()
                && known.config_digest == image.config_digest
                && known.layers.len() == image.layers.len()
                && known.layers.iter().zip(&image.layers).all(|(a, b)| a.blob == b.blob)
        });
        match same {
            None => self.plan.images.push(image),
            Some(known) => {
                for name in image.names {
                    if known.names.len() < MAX_IMAGE_NAMES
                        && !known.names.iter().any(|full| is_same_name(full, &name))
                    {
                        known.names.push(name);
                    }
                }
                known.manifest_digest = known.manifest_digest.or(image.manifest_digest);
                known.annotations.append(&mut image.annotations);
                known.mismatches.append(&mut image.mismatches);
                for (layer, stated) in known.layers.iter_mut().zip(image.layers) {
                    layer.digest = layer.digest.or(stated.digest);
                    layer.size = layer.size.or(stated.size);
                    layer.media_type = layer.media_type.take().or(stated.media_type);
                }
            }
        }
    }

    fn set_config(&mut self, image: &mut ImagePlan, name: &str, stated: Option<Digest>, size: Option<u64>) {
        if !self.configs.contains_key(name) {
            let Some((raw, digest)) = self.bytes(name, "image config") else { return };
            let (config, complaint) = ImageConfig::read(raw);
            if let Some(message) = complaint {
                self.plan.report(Some(name), ProblemKind::Json { what: "image config", message });
            }
            self.configs.insert(name.to_owned(), (Arc::new(config), digest));
        }
        let Some((config, digest)) = self.configs.get(name).cloned() else { return };
        if let Some(expected) = stated.filter(|expected| *expected != digest) {
            image.mismatches.push(Mismatch::of_digest(
                MismatchOf::ConfigDigest,
                None,
                name,
                expected,
                digest,
            ));
        }
        check_size(&mut image.mismatches, name, size, config.raw.len());
        image.config_digest = Some(digest);
        image.config = config;
    }

    fn oci_images(&mut self, wanted: Option<&Platform>) {
        if self.store.find("index.json").is_none() {
            return;
        }
        self.plan.manifest_found = true;
        let Some((index, _)) = self.read::<OciDocument>("index.json", "OCI index") else { return };
        let mut groups: Vec<(Option<String>, Vec<Found>)> = Vec::new();
        for descriptor in index.manifests.unwrap_or_default() {
            let name = descriptor.image_name().map(str::to_owned);
            let mut found = Vec::new();
            self.manifests_below(&descriptor, 0, &[], &mut found);
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, group)) => group.append(&mut found),
                None => groups.push((name, found)),
            }
        }
        for (name, group) in groups {
            self.add_group(name, group, wanted);
        }
    }

    /// Collects the image manifests that a descriptor leads to, through nested indexes. `above` is what was wrong with
    /// the indexes on the way.
    fn manifests_below(
        &mut self,
        descriptor: &Descriptor,
        depth: usize,
        above: &[Mismatch],
        found: &mut Vec<Found>,
    ) {
        self.descriptors += 1;
        if descriptor.is_attestation() {
            return;
        }
        if depth > MAX_INDEX_DEPTH || self.descriptors > MAX_DESCRIPTORS {
            if self.descriptors <= MAX_DESCRIPTORS + 1 {
                let kind =
                    ProblemKind::TooMany { what: "manifests or levels of indexes", limit: MAX_DESCRIPTORS };
                self.plan.report(Some("index.json"), kind);
            }
            return;
        }
        let Some(name) = descriptor.blob_name() else {
            self.plan.report(Some("index.json"), ProblemKind::BadDigest(descriptor.digest.clone()));
            return;
        };
        // A pulled multi-platform index names platforms whose blobs were not fetched.
        if depth > 0 && self.store.find(&name).is_none() {
            return;
        }
        if !self.documents.contains_key(&name) {
            let Some((document, blob)) = self.read::<OciDocument>(&name, "image manifest") else { return };
            self.documents.insert(name.clone(), (Arc::new(document), blob));
        }
        let Some((document, Blob { digest, len })) = self.documents.get(&name).cloned() else { return };
        let mut mismatches = above.to_vec();
        if let Some(expected) = descriptor.digest().filter(|expected| *expected != digest) {
            mismatches.push(Mismatch::of_digest(MismatchOf::ManifestDigest, None, &name, expected, digest));
        }
        check_size(&mut mismatches, &name, descriptor.size, len);
        if let Some(children) = &document.manifests {
            for child in children {
                self.manifests_below(child, depth + 1, &mismatches, found);
            }
        } else if document.config.as_ref().is_some_and(Descriptor::is_image_config) {
            found.push(Found { name, digest, platform: descriptor.platform(), document, mismatches });
        }
    }

    /// Of manifests under one name, adds the one for the platform; the host's where none was asked for, else the first.
    fn add_group(&mut self, name: Option<String>, mut group: Vec<Found>, wanted: Option<&Platform>) {
        let mut seen = HashSet::new();
        group.retain(|found| seen.insert(found.digest));
        let by_platform = group.iter().all(|found| found.platform.is_some());
        if group.len() > 1 && (by_platform || name.is_some()) {
            let host = Platform::host();
            let wanted_or_host = wanted.unwrap_or(&host);
            let is_wanted = |found: &Found| {
                found.platform.as_ref().is_none_or(|platform| wanted_or_host.accepts(platform))
            };
            match group.iter().position(is_wanted) {
                Some(at) => group = vec![group.swap_remove(at)],
                None if wanted.is_none() => group.truncate(1),
                None => {
                    let available =
                        group.iter().filter_map(|found| Some(found.platform.as_ref()?.to_string()));
                    let kind = ProblemKind::NoPlatform {
                        wanted: wanted_or_host.to_string(),
                        available: available.collect(),
                    };
                    self.plan.report(name.as_deref(), kind);
                    return;
                }
            }
        }
        for found in group {
            self.add_manifest(name.clone(), found);
        }
    }

    fn add_manifest(&mut self, name: Option<String>, found: Found) {
        let Some(config) = &found.document.config else { return };
        let mut image = ImagePlan {
            names: name.into_iter().collect(),
            manifest_digest: Some(found.digest),
            annotations: found.document.annotations.clone().unwrap_or_default(),
            mismatches: found.mismatches,
            ..ImagePlan::default()
        };
        match config.blob_name() {
            Some(blob) => self.set_config(&mut image, &blob, config.digest(), config.size),
            None => self.plan.report(Some(&found.name), ProblemKind::BadDigest(config.digest.clone())),
        }
        for layer in found.document.layers.iter().flatten().take(MAX_LAYERS + 1) {
            let digest = layer.digest();
            if digest.is_none() {
                self.plan.report(Some(&found.name), ProblemKind::BadDigest(layer.digest.clone()));
            }
            let blob = layer.blob_name();
            image.layers.push(LayerPlan {
                blob: blob.as_deref().and_then(|blob| self.store.find(blob)),
                name: blob.unwrap_or_else(|| layer.digest.clone()),
                digest,
                size: layer.size,
                media_type: layer.media_type.clone(),
            });
        }
        self.add(image);
    }

    /// Images as Docker saved them before 1.10: a folder per layer whose `json` names its parent.
    fn v1_images(&mut self) {
        let mut ids: Vec<String> = Vec::new();
        for name in self.store.names() {
            if let Some(id) = name.strip_suffix("/json").filter(|id| !id.contains('/')) {
                ids.push(id.to_owned());
            }
        }
        if ids.is_empty() {
            return;
        }
        self.plan.manifest_found = true;
        ids.sort_unstable();
        let mut layers: HashMap<String, Value> = HashMap::new();
        for id in ids.into_iter().take(MAX_DESCRIPTORS) {
            if let Some((value, _)) = self.read(&format!("{id}/json"), "layer description") {
                layers.insert(id, value);
            }
        }
        let parent =
            |value: &Value| value.get("parent").and_then(Value::as_str).unwrap_or_default().to_owned();
        let parents: HashSet<String> = layers.values().map(parent).collect();
        let mut tops: BTreeMap<String, Vec<String>> =
            layers.keys().filter(|id| !parents.contains(*id)).map(|id| (id.clone(), Vec::new())).collect();
        if self.store.find("repositories").is_some()
            && let Some((repositories, _)) = self.read::<Repositories>("repositories", "list of repositories")
        {
            for (repository, tags) in repositories {
                for (tag, id) in tags {
                    tops.entry(id).or_default().push(format!("{repository}:{tag}"));
                }
            }
        }
        let mut made = 0;
        for (top, names) in tops.into_iter().take(MAX_IMAGES + 1) {
            let mut image = ImagePlan { names, ..ImagePlan::default() };
            let mut chain: Vec<&Value> = Vec::new();
            let mut id = top;
            // A cycle of parents ends at the bound on layers.
            while !id.is_empty() && image.layers.len() <= MAX_LAYERS {
                let name = format!("{id}/layer.tar");
                let blob = self.store.find(&name);
                image.layers.push(LayerPlan { name, blob, digest: None, size: None, media_type: None });
                let Some(value) = layers.get(&id) else {
                    self.plan.report(
                        Some(&format!("{id}/json")),
                        ProblemKind::Missing { what: "layer description" },
                    );
                    break;
                };
                id = parent(value);
                chain.push(value);
            }
            image.layers.reverse();
            chain.reverse();
            let (config, complaint) = ImageConfig::of_v1(&chain);
            made += config.raw.len() as u64;
            if made > MAX_JSON_TOTAL {
                let kind = ProblemKind::TooMany {
                    what: "bytes of layer descriptions",
                    limit: MAX_JSON_TOTAL as usize,
                };
                self.plan.report(None, kind);
                return;
            }
            image.config = Arc::new(config);
            if let Some(message) = complaint {
                self.plan.report(None, ProblemKind::Json { what: "layer description", message });
            }
            self.add(image);
        }
    }
}

/// An image manifest that an index leads to.
struct Found {
    name: String,
    digest: Digest,
    platform: Option<Platform>,
    document: Arc<OciDocument>,
    mismatches: Vec<Mismatch>,
}

fn check_size(mismatches: &mut Vec<Mismatch>, name: &str, stated: Option<u64>, actual: usize) {
    if let Some(stated) = stated.filter(|stated| *stated != actual as u64) {
        mismatches.push(Mismatch {
            what: MismatchOf::JsonSize,
            layer: None,
            blob: name.into(),
            expected: stated.to_string(),
            actual: actual.to_string(),
        });
    }
}

/// Whether a name says no more than one that is known: an OCI reference is often the tag alone, and containerd spells
/// Docker's own registry out.
fn is_same_name(known: &str, name: &str) -> bool {
    let tag = known.rsplit_once(':').map_or(known, |(_, tag)| tag);
    let familiar = name.strip_prefix("docker.io/library/").or_else(|| name.strip_prefix("docker.io/"));
    known == name || tag == name || familiar == Some(known)
}

/// The digest that a blob's name states: `blobs/sha256/HEX`, `HEX.json` and `HEX.tar` do; a v1 folder's id is none.
fn digest_in_name(name: &str) -> Option<Digest> {
    let name = name.trim_start_matches("./");
    let hex = match name.strip_prefix("blobs/sha256/") {
        Some(hex) => hex,
        None => name.strip_suffix(".json").or_else(|| name.strip_suffix(".tar"))?,
    };
    Digest::parse(hex).filter(|_| !hex.contains(':'))
}

/// Whether a blob of this size may be a manifest, index or config.
pub(crate) fn check_json_size(size: u64) -> Result<(), ProblemKind> {
    if size > MAX_JSON { Err(ProblemKind::JsonTooLarge { what: "JSON", size }) } else { Ok(()) }
}
