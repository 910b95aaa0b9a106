//! What can be wrong with an archive, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::digest::Digest;
use crate::tar::{EntryFault, TarError, TarErrorKind};

/// Nothing of the input could be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No file or folder of this name.
    #[error("{}: no such file or folder", .0.display())]
    NotFound(PathBuf),
    /// A folder that is no OCI layout.
    #[error("{}: a folder without oci-layout or index.json is not an image", .0.display())]
    NotALayout(PathBuf),
    /// The first bytes are neither tar, gzip nor zstd.
    #[error("not an image archive: {0}")]
    NotAnArchive(String),
    /// Reading failed.
    #[error("{place}: {source}")]
    Io {
        /// What was being read.
        place: String,
        /// Why it failed.
        source: io::Error,
    },
}

/// Something that could not be read although other parts could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: ProblemKind,
}

/// Where in an archive: as much as is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The image's first name.
    pub image: Option<String>,
    /// The layer, counted from 0.
    pub layer: Option<usize>,
    /// The blob's name in the archive.
    pub blob: Option<String>,
    /// The byte, in the uncompressed layer or in the archive.
    pub offset: Option<u64>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { image, layer, blob, offset } = &self.place;
        // Names come from the archive: one with a line break in it must not look like two messages.
        if let Some(image) = image {
            write!(f, "{}: ", image.escape_debug())?;
        }
        let blob = blob.as_ref().map(|name| name.escape_debug());
        match (layer, blob) {
            (Some(layer), Some(blob)) => write!(f, "layer {layer} ({blob}): ")?,
            (Some(layer), None) => write!(f, "layer {layer}: ")?,
            (None, Some(blob)) => write!(f, "{blob}: ")?,
            (None, None) => {}
        }
        write!(f, "{}", self.kind)?;
        if let Some(offset) = offset {
            write!(f, " at byte {offset}")?;
        }
        Ok(())
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// Neither manifest.json nor index.json nor repositories.
    #[error("no manifest.json and no index.json: not an image saved by docker save or an OCI tool{}", export_hint(*.export))]
    NoManifest {
        /// Whether it looks like a root file system, as `docker export` writes it.
        export: bool,
    },
    /// A manifest or index that names no image.
    #[error("the manifest names no image")]
    NoImage,
    /// The archive's own tar ends early or is damaged.
    #[error("the archive {0}")]
    Archive(LayerProblemKind),
    /// A manifest, index or config that is no JSON or not of its shape.
    #[error("not a valid {what}: {message}")]
    Json {
        /// What it should have been.
        what: &'static str,
        /// What the parser says.
        message: String,
    },
    /// A blob that something names is not there.
    #[error("the {what} is missing from the archive")]
    Missing {
        /// What it should have been.
        what: &'static str,
    },
    /// A manifest, index or config of absurd size.
    #[error("the {what} of {size} bytes is larger than any real one")]
    JsonTooLarge {
        /// What it is.
        what: &'static str,
        /// Its size.
        size: u64,
    },
    /// A blob could not be read.
    #[error("cannot read it: {0}")]
    Io(String),
    /// A layer is damaged.
    #[error("{}{kind}", entry_prefix(.path))]
    Layer {
        /// The entry, if it concerns one.
        path: Option<Vec<u8>>,
        /// What is wrong.
        kind: LayerProblemKind,
    },
    /// A layer's problems beyond those told one by one.
    #[error("{0} more problems in this layer")]
    More(usize),
    /// A bound of this crate was met.
    #[error("more than {limit} {what}: the rest is not read")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
    /// No image for the platform that was asked for.
    #[error("no image for platform {wanted}; there is {}", .available.join(", "))]
    NoPlatform {
        /// What was asked for.
        wanted: String,
        /// What there is.
        available: Vec<String>,
    },
    /// A manifest whose layers and config disagree in number.
    #[error("the manifest has {layers} layers, the config {diff_ids}")]
    LayerCount {
        /// Layers of the manifest.
        layers: usize,
        /// Diff ids of the config.
        diff_ids: usize,
    },
    /// A digest of an algorithm or form that is not checked.
    #[error("digest {0:?} is not a SHA-256 digest")]
    BadDigest(String),
}

fn export_hint(export: bool) -> &'static str {
    if export {
        " (it looks like a root file system; save the image with docker save instead of docker export)"
    } else {
        ""
    }
}

fn entry_prefix(path: &Option<Vec<u8>>) -> String {
    path.as_ref().map_or_else(String::new, |path| {
        let text: String =
            String::from_utf8_lossy(path).chars().take(80).flat_map(char::escape_debug).collect();
        format!("{text}: ")
    })
}

/// A problem within one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerProblem {
    /// Where in the uncompressed tar.
    pub offset: u64,
    /// The path of the entry, if it concerns one.
    pub path: Option<Vec<u8>>,
    /// What.
    pub kind: LayerProblemKind,
}

/// What is wrong within a layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayerProblemKind {
    /// The bytes are not a tar.
    #[error("is not a tar archive")]
    NotATar,
    /// Compressed in a way no image format knows.
    #[error("is compressed with {0}, which is not supported in layers")]
    Foreign(&'static str),
    /// It ends within an entry.
    #[error("ends early")]
    Truncated,
    /// A header's checksum is wrong, so nothing behind it can be trusted.
    #[error("is damaged: wrong header checksum")]
    Checksum,
    /// A header's size is no number.
    #[error("is damaged: a header's size is not a valid number")]
    BadSize,
    /// The compressed data is damaged, or reading failed.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// It decompresses to absurdly more than the archive's bytes.
    #[error("decompresses to more than {0} bytes, as a decompression bomb does")]
    Bomb(u64),
    /// One entry is left out.
    #[error("{0}")]
    Entry(#[from] EntryFault),
    /// A bound of this crate was met.
    #[error("has too many {0}: the rest is not read")]
    TooMany(&'static str),
    /// A file that rules ask for is too large to keep.
    #[error("file of {0} bytes is too large to be looked at as a whole")]
    NotKept(u64),
}

impl From<TarError> for LayerProblem {
    fn from(error: TarError) -> Self {
        let kind = match error.kind {
            TarErrorKind::Truncated => LayerProblemKind::Truncated,
            TarErrorKind::Checksum if error.offset == 0 => LayerProblemKind::NotATar,
            TarErrorKind::Checksum => LayerProblemKind::Checksum,
            TarErrorKind::BadSize => LayerProblemKind::BadSize,
            TarErrorKind::Io(error) => match error.downcast::<Bomb>() {
                Ok(bomb) => LayerProblemKind::Bomb(bomb.0),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => LayerProblemKind::Truncated,
                Err(error) => LayerProblemKind::Unreadable(error.to_string()),
            },
        };
        LayerProblem { offset: error.offset, path: None, kind }
    }
}

/// Says through a reader that a bound on decompression was met.
#[derive(Debug, thiserror::Error)]
#[error("decompresses to more than {0} bytes")]
pub(crate) struct Bomb(pub(crate) u64);

/// A digest or size that is not what something else says it is: not an unreadable input, but a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What was compared.
    pub what: MismatchOf,
    /// The layer, if it concerns one.
    pub layer: Option<usize>,
    /// The blob's name in the archive.
    pub blob: String,
    /// What the manifest, config or name says.
    pub expected: String,
    /// What the bytes say.
    pub actual: String,
}

/// What a [`Mismatch`] compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MismatchOf {
    /// The digest of a layer's blob against the manifest or its name.
    LayerDigest,
    /// The digest of a layer's uncompressed tar against the config.
    DiffId,
    /// The size of a layer's blob against the manifest.
    LayerSize,
    /// The digest of the config against the manifest or its name.
    ConfigDigest,
    /// The digest of a manifest or index against what names it.
    ManifestDigest,
    /// The size of a manifest or config against what names it.
    JsonSize,
}

impl Mismatch {
    pub(crate) fn of_digest(
        what: MismatchOf,
        layer: Option<usize>,
        blob: &str,
        expected: Digest,
        actual: Digest,
    ) -> Self {
        Mismatch {
            what,
            layer,
            blob: blob.into(),
            expected: expected.to_string(),
            actual: actual.to_string(),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            MismatchOf::LayerDigest => "layer digest",
            MismatchOf::DiffId => "layer diff id",
            MismatchOf::LayerSize => "layer size",
            MismatchOf::ConfigDigest => "config digest",
            MismatchOf::ManifestDigest => "manifest digest",
            MismatchOf::JsonSize => "size",
        };
        write!(f, "{}: {what} is {}, not {} as stated", self.blob, self.actual, self.expected)
    }
}
