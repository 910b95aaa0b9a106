//! How fast real Dockerfiles are read, beside the parse-dockerfile crate.
//!
//! usage: DOCKERFILES=FOLDER cargo bench -p plimsoll-dockerfile --bench parse
//!
//! Without DOCKERFILES the project's own fixtures are read. The two are compared on the files that both
//! accept, each from the bytes of the files in memory, the look whether they are UTF-8 and the dropping of all
//! that was made included. Neither puts the lines of a RUN together that goes over several: that is for whoever
//! reads it, and measured here by itself.

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

/// Reads each of the files, given as bytes.
fn read(bencher: Bencher<'_, '_>, files: &[String], each: impl Fn(Vec<u8>)) {
    let inputs = || files.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
    bencher.counter(bytes(files)).with_inputs(inputs).bench_local_values(|inputs| {
        inputs.into_iter().for_each(|bytes| each(black_box(bytes)));
    });
}

#[divan::bench]
fn all_files(bencher: Bencher<'_, '_>) {
    read(bencher, &files(), |bytes| {
        black_box(parse(&Source::new(bytes)));
    });
}

#[divan::bench]
fn all_files_with_every_line_put_together(bencher: Bencher<'_, '_>) {
    read(bencher, &files(), |bytes| {
        let source = Source::new(bytes);
        let file = parse(&source);
        for instruction in &file.instructions {
            black_box(instruction.arguments.as_str());
        }
    });
}

#[divan::bench]
fn all_files_with_their_meaning(bencher: Bencher<'_, '_>) {
    read(bencher, &files(), |bytes| {
        let source = Source::new(bytes);
        let file = parse(&source);
        black_box(Meaning::new(&file, &BuildOptions::default()));
    });
}

#[divan::bench]
fn all_files_as_tokens(bencher: Bencher<'_, '_>) {
    read(bencher, &files(), |bytes| {
        black_box(parse(&Source::new(bytes)).tokens().count());
    });
}

#[divan::bench]
fn accepted_by_both_plimsoll(bencher: Bencher<'_, '_>) {
    read(bencher, &accepted_by_both(), |bytes| {
        black_box(parse(&Source::new(bytes)));
    });
}

#[divan::bench]
fn accepted_by_both_parse_dockerfile(bencher: Bencher<'_, '_>) {
    read(bencher, &accepted_by_both(), |bytes| {
        if let Ok(text) = String::from_utf8(bytes) {
            let _ = black_box(parse_dockerfile::parse(&text));
        }
    });
}
