//! Every bound this crate puts on what an archive may ask of it.

/// The longest path or link target kept, as Linux allows (PATH_MAX); entries with longer names are reported and left out.
pub const MAX_PATH: usize = 4096;
/// The longest PAX record block or GNU long name read; Go's tar reader, which Docker uses, has the same bound.
pub const MAX_EXTENSION: u64 = 1 << 20;
/// The bytes of names and link targets that one archive may hold.
pub const MAX_NAME_BYTES: u64 = 192 << 20;
/// The number of entries in all layers of one archive.
pub const MAX_ENTRIES: u64 = 2_000_000;
/// The number of entries of the outer tarball.
pub const MAX_OUTER_ENTRIES: usize = 100_000;
/// The bytes of names in the outer tarball.
pub const MAX_OUTER_NAME_BYTES: usize = 16 << 20;
/// The number of layers that one image may stack; Docker and containerd stop at 127.
pub const MAX_LAYERS: usize = 1_000;
/// The number of layers that all images of an archive may name together.
pub const MAX_LAYERS_IN_ALL: usize = 20_000;
/// The number of images one archive may name.
pub const MAX_IMAGES: usize = 1_000;
/// The largest manifest, index or config read.
pub const MAX_JSON: u64 = 8 << 20;
/// The bytes of JSON blobs kept until the manifest is known.
pub const MAX_JSON_TOTAL: u64 = 32 << 20;
/// The number of names of one image.
pub const MAX_IMAGE_NAMES: usize = 256;
/// The bytes behind a streaming tarball's end marker that are still taken; tar pads to 10 KiB.
pub const MAX_TRAILING: u64 = 1 << 20;
/// How deep indexes may nest.
pub const MAX_INDEX_DEPTH: usize = 4;
/// The number of descriptors one archive's indexes may hold together.
pub const MAX_DESCRIPTORS: usize = 10_000;
/// Bytes that may come out of compressed data before the ratio counts.
pub const DECOMPRESSION_FLOOR: u64 = 512 << 20;
/// How many times its own bytes an archive may decompress to, beyond the floor.
pub const DECOMPRESSION_RATIO: u64 = 256;
/// The largest zstd window accepted, as a power of two: 64 MiB.
pub const ZSTD_WINDOW_LOG: u32 = 26;
/// The largest file kept whole that no probe asks for.
pub const MAX_KEPT_FILE: u64 = 16 << 20;
/// The bytes of files kept whole over all layers of an archive, and as many again that a probe asks for.
pub const MAX_KEPT_TOTAL: u64 = 64 << 20;
/// Files up to this size reach a probe in one piece.
pub const WHOLE_FILE: u64 = 128 << 10;
/// How much of an executable is held while looking for its dynamic section.
pub const ELF_PREFIX: usize = 8 << 20;
/// How much of the segment with the dynamic section is held when it lies beyond the prefix.
pub const ELF_WINDOW: u64 = 1 << 20;
/// The number of needed libraries kept of one executable.
pub const MAX_NEEDED: usize = 512;
/// The longest `#!` line, as Linux reads it (BINPRM_BUF_SIZE).
pub const SHEBANG: usize = 256;
/// The largest extended attribute kept, as Linux allows (XATTR_SIZE_MAX).
pub const MAX_XATTR: usize = 64 << 10;
/// The bytes of extended attributes kept over all layers of an archive.
pub const MAX_XATTR_TOTAL: u64 = 16 << 20;
/// The number of pieces of one sparse file.
pub const MAX_SPARSE_PIECES: usize = 100_000;
/// How many problems of one layer are told one by one.
pub const MAX_LAYER_PROBLEMS: usize = 32;
/// How many symbolic links one lookup follows, as Linux does (MAXSYMLINKS).
pub const MAX_LINKS_FOLLOWED: usize = 40;
/// The bytes of way that symbolic links may add while layers are stacked.
pub const MAX_LINK_STEPS: u64 = 64 << 20;
/// The number of places in a merged file system, folders that no entry names included.
pub const MAX_NODES: usize = 4_000_000;
/// How many layers are read at once, whatever the number of processors: each costs buffers.
pub const MAX_PARALLEL: usize = 8;
