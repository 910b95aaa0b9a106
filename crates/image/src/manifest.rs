//! The JSON shapes that say how blobs make images: manifest.json, `repositories`, OCI indexes and manifests.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::digest::Digest;
use crate::platform::Platform;

/// One image of Docker's manifest.json.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DockerEntry {
    pub(crate) config: String,
    #[serde(default)]
    pub(crate) repo_tags: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) layers: Option<Vec<String>>,
}

/// Docker's `repositories`: name, tag, id of the top layer.
pub(crate) type Repositories = BTreeMap<String, BTreeMap<String, String>>;

/// An OCI index, Docker's manifest list, or one manifest: whichever fields it has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OciDocument {
    #[serde(default)]
    pub(crate) manifests: Option<Vec<Descriptor>>,
    #[serde(default)]
    pub(crate) config: Option<Descriptor>,
    #[serde(default)]
    pub(crate) layers: Option<Vec<Descriptor>>,
    #[serde(default)]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
}

/// A reference to a blob.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    #[serde(default)]
    pub(crate) media_type: Option<String>,
    pub(crate) digest: String,
    #[serde(default)]
    pub(crate) size: Option<u64>,
    #[serde(default)]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
    #[serde(default)]
    platform: Option<DescriptorPlatform>,
}

#[derive(Debug, Clone, Deserialize)]
struct DescriptorPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

impl Descriptor {
    pub(crate) fn digest(&self) -> Option<Digest> {
        Digest::parse(&self.digest).filter(|_| self.digest.starts_with("sha256:"))
    }

    /// The blob's name in a layout; `None` if the digest has no form that may be a file name.
    pub(crate) fn blob_name(&self) -> Option<String> {
        let (algorithm, encoded) = self.digest.split_once(':')?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        (plain(algorithm) && plain(encoded)).then(|| format!("blobs/{algorithm}/{encoded}"))
    }

    pub(crate) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn platform(&self) -> Option<Platform> {
        let platform = self.platform.as_ref().filter(|platform| !platform.architecture.is_empty())?;
        Some(Platform {
            os: platform.os.clone(),
            architecture: platform.architecture.clone(),
            variant: platform.variant.clone().filter(|variant| !variant.is_empty()),
        })
    }

    /// What BuildKit adds beside images: attestations, for no platform.
    pub(crate) fn is_attestation(&self) -> bool {
        self.annotation("vnd.docker.reference.type").is_some()
            || self.platform.as_ref().is_some_and(|platform| platform.os == "unknown")
    }

    /// Whether a manifest's config descriptor is an image's, and not that of some other artifact.
    pub(crate) fn is_image_config(&self) -> bool {
        self.media_type.as_deref().is_none_or(|media_type| {
            matches!(
                media_type,
                "" | "application/vnd.oci.image.config.v1+json"
                    | "application/vnd.docker.container.image.v1+json"
                    | "application/octet-stream"
            )
        })
    }

    /// The image's name, as containerd writes it whole or the standard's reference alone.
    pub(crate) fn image_name(&self) -> Option<&str> {
        self.annotation("io.containerd.image.name")
            .or_else(|| self.annotation("org.opencontainers.image.ref.name"))
    }
}
