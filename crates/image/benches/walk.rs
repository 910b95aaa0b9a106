//! The image walk on an archive made here: `cargo bench -p plimsoll-image`.

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use plimsoll_image::{Compression, Options, open, read_stream};

fn main() {
    divan::main();
}

/// Two layers of text-like and binary files of many sizes, 48 MB in all.
fn image() -> ImageBuilder {
    let mut image = ImageBuilder::new("bench:1");
    let mut random = 88_172_645_463_325_252u64;
    for layer in 0..2 {
        let mut tar = LayerBuilder::new();
        for index in 0..600usize {
            let len = 40_000 * (1 + index % 2) - index;
            let bytes: Vec<u8> = (0..len)
                .map(|_| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    if index % 3 == 0 {
                        random as u8
                    } else {
                        b"etaoin shrdlu\n{}=\"\""[random as usize % 19]
                    }
                })
                .collect();
            tar = tar.file(format!("l{layer}/d{}/f{index}", index / 50), bytes);
        }
        image = image.layer(tar.build(), "COPY . /");
    }
    image
}

fn bytes_of(form: &str) -> Vec<u8> {
    match form {
        "plain" => image().docker_save(),
        "gzip" => image().oci_archive(Compression::Gzip),
        _ => image().oci_archive(Compression::Zstd),
    }
}

#[divan::bench(args = ["plain", "gzip", "zstd"], sample_count = 10)]
fn stream(bencher: Bencher<'_, '_>, form: &str) {
    let bytes = bytes_of(form);
    bencher
        .counter(BytesCount::new(48_000_000u64))
        .bench(|| read_stream(&bytes[..], &Options::default(), &()).map(|archive| archive.images.len()));
}

#[divan::bench(args = ["plain", "gzip", "zstd"], sample_count = 10)]
fn file(bencher: Bencher<'_, '_>, form: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("image.tar");
    std::fs::write(&path, bytes_of(form)).expect("room for the archive");
    bencher
        .counter(BytesCount::new(48_000_000u64))
        .bench(|| open(&path, &Options::default(), &()).map(|archive| archive.images.len()));
}

#[divan::bench(sample_count = 10)]
fn merge(bencher: Bencher<'_, '_>) {
    let archive = read_stream(&bytes_of("plain")[..], &Options::default(), &()).expect("an archive");
    bencher.bench(|| archive.images[0].merged().efficiency().wasted_bytes);
}
