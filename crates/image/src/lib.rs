//! Reads container images into layer records and a merged file system with origins, without unpacking them.
//!
//! [`open`] takes a path, [`read_stream`] any reader. Every blob is sniffed, hashed and read once, in whatever order it
//! comes, into a [`LayerRecord`] that depends on its bytes alone; the manifest only says how records stack. What looks at
//! file contents plugs into the walk as a [`Probe`]; `()` is none. [`Image::merged`] gives the file system that a
//! container sees, each entry with the layer that it comes from.
//!
//! ```no_run
//! let archive = plimsoll_image::open("app.tar".as_ref(), &Default::default(), &())?;
//! for image in &archive.images {
//!     for layer in &image.layers {
//!         println!("{} {} bytes by {:?}", layer.index, layer.size, layer.created_by);
//!     }
//!     if let Ok(passwd) = image.merged().resolve(b"/etc/passwd") {
//!         println!("passwd comes from layer {:?}", passwd.content_layer());
//!     }
//! }
//! # Ok::<(), plimsoll_image::Error>(())
//! ```
//!
//! Every input is taken to be hostile: the bounds are in [`limits`], what meets one is reported and the rest still read.

mod archive;
mod compress;
mod config;
mod digest;
mod efficiency;
mod error;
mod executable;
pub mod history;
mod image;
mod kept;
mod layer;
pub mod limits;
mod manifest;
mod merged;
mod path;
mod plan;
mod platform;
mod probe;
mod record;
mod session;
mod store;
mod tar;
#[cfg(feature = "testing")]
pub mod testing;
mod walk;

pub use archive::{open, read_stream};
pub use compress::Compression;
pub use config::{DockerConfig, Healthcheck, ImageConfig};
pub use digest::Digest;
pub use efficiency::{Efficiency, WastedPath};
pub use error::{Error, LayerProblem, LayerProblemKind, Mismatch, MismatchOf, Place, Problem, ProblemKind};
pub use executable::{Elf, Program};
pub use image::{Archive, Image, Layer};
pub use merged::{Fate, FsNode, Iter, MergeProblem, MergedFs, Removed, ResolveError};
pub use path::{cleaned as clean_path, split as split_path};
pub use platform::{BadPlatform, Platform};
pub use probe::{ContentStream, Probe};
pub use record::{Entry, EntryHead, LayerRecord, PackageDigests, PackageHasher, Whiteout};
pub use session::{Options, Progress};
pub use tar::{EntryFault, EntryKind};
