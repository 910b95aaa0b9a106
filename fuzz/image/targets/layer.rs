//! Any bytes as a layer, cut in two so that whiteouts and links have something to work on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_image::testing::ImageBuilder;
use plimsoll_image::{Options, read_stream};

fuzz_target!(|bytes: &[u8]| {
    let (lower, upper) = bytes.split_at(bytes.len() / 1024 * 512);
    let image = ImageBuilder::new("f:1").layer(lower.to_vec(), "one").layer(upper.to_vec(), "two");
    let archive = read_stream(&image.docker_save()[..], &Options::default(), &()).expect("the outer archive is good");
    let merged = archive.images[0].merged();
    for node in merged.iter() {
        let _ = (node.followed(), node.entry().map(|entry| entry.program()));
    }
    let _ = merged.efficiency();
});
