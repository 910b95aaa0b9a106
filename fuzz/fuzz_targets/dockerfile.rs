//! Any bytes as a Dockerfile: nothing panics, and what holds for every file holds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_dockerfile::{Options, Version};

#[path = "../../crates/dockerfile/tests/support/invariants.rs"]
mod invariants;

fuzz_target!(|bytes: &[u8]| {
    let version = if bytes.len() % 4 == 0 { Version::V0_12 } else { Version::Current };
    invariants::check(bytes, Options { version, correct: bytes.len() % 2 == 0 });
});
