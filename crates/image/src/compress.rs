//! What a blob is by its first bytes, and decompression on the way.

use std::io::{self, BufRead, Read};

use flate2::bufread::MultiGzDecoder;

use crate::limits::ZSTD_WINDOW_LOG;
use crate::tar::{BLOCK, looks_like_header};

/// How a layer's blob is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// Gzip; eStargz is a kind of it.
    Gzip,
    /// Zstandard; zstd:chunked is a kind of it.
    Zstd,
}

/// What the first bytes of a blob say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    Layer(Compression),
    Json,
    /// A compression that no image format knows any more.
    Foreign(&'static str),
    Unknown,
}

/// How many first bytes [`sniff`] wants to see.
pub(crate) const SNIFF: usize = BLOCK;

/// Tells layers, JSON and the rest apart.
pub(crate) fn sniff(head: &[u8]) -> Sniffed {
    match head {
        [0x1f, 0x8b, ..] => Sniffed::Layer(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            Sniffed::Layer(Compression::Zstd)
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Sniffed::Foreign("xz"),
        [b'B', b'Z', b'h', ..] => Sniffed::Foreign("bzip2"),
        _ if looks_like_header(head) => Sniffed::Layer(Compression::None),
        // A tar without entries.
        _ if head.iter().all(|&b| b == 0) => Sniffed::Layer(Compression::None),
        _ => match head.trim_ascii_start().first() {
            Some(b'{' | b'[') => Sniffed::Json,
            _ => Sniffed::Unknown,
        },
    }
}

/// A decompressing reader over a buffered one.
pub(crate) enum Decoder<R: BufRead> {
    Plain(R),
    Gzip(Box<MultiGzDecoder<R>>),
    Zstd(Box<zstd::stream::zio::Reader<R, zstd::stream::raw::Decoder<'static>>>),
}

impl<R: BufRead> Decoder<R> {
    /// Fails if the zstd context cannot be made, and then gives the input back.
    pub(crate) fn new(compression: Compression, input: R) -> Result<Self, Box<(io::Error, R)>> {
        Ok(match compression {
            Compression::None => Decoder::Plain(input),
            Compression::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(input))),
            Compression::Zstd => {
                let mut decoder = match zstd::stream::raw::Decoder::new() {
                    Ok(decoder) => decoder,
                    Err(error) => return Err(Box::new((error, input))),
                };
                let window = zstd::stream::raw::DParameter::WindowLogMax(ZSTD_WINDOW_LOG);
                if let Err(error) = decoder.set_parameter(window) {
                    return Err(Box::new((error, input)));
                }
                Decoder::Zstd(Box::new(zstd::stream::zio::Reader::new(input, decoder)))
            }
        })
    }

    /// The reader below, wherever decompression stopped.
    pub(crate) fn into_inner(self) -> R {
        match self {
            Decoder::Plain(input) => input,
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Zstd(decoder) => decoder.into_inner(),
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Plain(input) => input.read(out),
            Decoder::Gzip(decoder) => decoder.read(out),
            Decoder::Zstd(decoder) => decoder.read(out),
        }
    }
}
