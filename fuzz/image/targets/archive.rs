//! Any bytes as an archive on standard input.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_image::{Options, read_stream};

fuzz_target!(|bytes: &[u8]| {
    let Ok(archive) = read_stream(bytes, &Options::default(), &()) else { return };
    for image in &archive.images {
        let merged = image.merged();
        for node in merged.iter() {
            let _ = node.followed();
        }
        let _ = merged.efficiency();
    }
});
