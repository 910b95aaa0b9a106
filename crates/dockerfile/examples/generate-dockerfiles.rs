//! Writes nasty Dockerfiles into a folder, always the same ones for a seed.
//!
//! usage: generate-dockerfiles COUNT SEED FOLDER

use std::path::Path;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

#[path = "../tests/support/mod.rs"]
mod support;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let numbers = args.first().zip(args.get(1)).and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let (Some((count, seed)), Some(folder)): (Option<(usize, u64)>, _) = (numbers, args.get(2)) else {
        eprintln!("usage: generate-dockerfiles COUNT SEED FOLDER");
        std::process::exit(2);
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = support::dockerfile();
    for index in 0..count {
        let tree =
            strategy.new_tree(&mut runner).map_err(|error| std::io::Error::other(error.to_string()))?;
        let path = Path::new(folder).join(format!("{index:07}.Dockerfile"));
        std::fs::write(path, tree.current())?;
    }
    Ok(())
}
