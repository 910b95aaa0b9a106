//! How fast real Dockerfiles are read, beside the parse-dockerfile crate.
//!
//! usage: DOCKERFILES=FOLDER cargo bench -p plimsoll-dockerfile --bench parse
//!
//! Without DOCKERFILES the project's own fixtures are read. The two are compared on the files that both
//! accept.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll_dockerfile::meaning::{BuildOptions, Meaning};
use plimsoll_dockerfile::{Source, parse};

fn main() {
    divan::main();
}

fn folder() -> PathBuf {
    match std::env::var_os("DOCKERFILES") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/dockerfile"),
    }
}

fn files() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("a folder of Dockerfiles");
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

fn accepted_by_both() -> Vec<String> {
    let mut files = files();
    files.retain(|text| parse_dockerfile::parse(text).is_ok());
    files
}

fn bytes(files: &[String]) -> BytesCount {
    BytesCount::new(files.iter().map(String::len).sum::<usize>())
}

#[divan::bench]
fn all_files(bencher: Bencher) {
    let files = files();
    let sources: Vec<_> = files.iter().map(|text| Source::from(text.as_str())).collect();
    bencher.counter(bytes(&files)).bench_local(|| {
        for source in &sources {
            black_box(parse(black_box(source)));
        }
    });
}

#[divan::bench]
fn all_files_with_their_meaning(bencher: Bencher) {
    let files = files();
    let sources: Vec<_> = files.iter().map(|text| Source::from(text.as_str())).collect();
    bencher.counter(bytes(&files)).bench_local(|| {
        for source in &sources {
            let file = parse(black_box(source));
            black_box(Meaning::new(&file, &BuildOptions::default()));
        }
    });
}

#[divan::bench]
fn accepted_by_both_plimsoll(bencher: Bencher) {
    let files = accepted_by_both();
    bencher.counter(bytes(&files)).bench_local(|| {
        for text in &files {
            let source = Source::from(black_box(text.as_str()));
            black_box(parse(&source));
        }
    });
}

#[divan::bench]
fn accepted_by_both_parse_dockerfile(bencher: Bencher) {
    let files = accepted_by_both();
    bencher.counter(bytes(&files)).bench_local(|| {
        for text in &files {
            let _ = black_box(parse_dockerfile::parse(black_box(text.as_str())));
        }
    });
}
