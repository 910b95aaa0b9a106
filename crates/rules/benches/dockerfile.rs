//! What linting Dockerfiles costs, part by part: reading them, what they mean, the shell in them, and each rule
//! by itself with what it asks for, so that the next slow rule shows.
//!
//! usage: DOCKERFILES=FOLDER cargo bench -p plimsoll-rules --bench dockerfile [-- NAME]
//!
//! Without DOCKERFILES the project's own fixtures are read.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll_dockerfile::{Source, parse};
use plimsoll_rules::config::Settings;
use plimsoll_rules::dockerfile::{Around, Build};
use plimsoll_rules::{Kind, all_rules, lint_dockerfile};

fn main() {
    divan::main();
}

fn files() -> Vec<Vec<u8>> {
    let folder = match std::env::var_os("DOCKERFILES") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/dockerfile"),
    };
    let entries = std::fs::read_dir(folder).expect("a folder of Dockerfiles");
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// Goes through the files up to a part, all before it included.
fn up_to(bencher: Bencher<'_, '_>, part: impl Fn(&Build<'_>)) {
    let files = files();
    let bytes: usize = files.iter().map(Vec::len).sum();
    let (settings, around) = (Settings::default(), Around::nowhere());
    bencher.counter(BytesCount::new(bytes)).with_inputs(|| files.clone()).bench_local_values(|files| {
        for bytes in files {
            let source = Source::new(bytes);
            let tree = parse(&source);
            part(&Build::new(&source, &tree, &settings, &around));
        }
    });
}

#[divan::bench]
fn a_parse(bencher: Bencher<'_, '_>) {
    let files = files();
    let bytes: usize = files.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(bytes)).with_inputs(|| files.clone()).bench_local_values(|files| {
        for bytes in files {
            black_box(parse(&Source::new(bytes)).instructions.len());
        }
    });
}

#[divan::bench]
fn b_meaning(bencher: Bencher<'_, '_>) {
    up_to(bencher, |build| {
        black_box(build.stages().len());
    });
}

#[divan::bench(sample_count = 10)]
fn c_shell(bencher: Bencher<'_, '_>) {
    up_to(bencher, |build| {
        black_box(build.runs().len());
    });
}

/// Every rule that looks at Dockerfiles, by name.
fn rules() -> Vec<&'static str> {
    all_rules().filter(|rule| rule.kind == Kind::Dockerfile).map(|rule| rule.name).collect()
}

/// Goes through the files with only these rules on.
fn lint(bencher: Bencher<'_, '_>, select: &str) {
    let files = files();
    let mut settings = Settings::default();
    settings.selection.select(&[select]).expect("a rule");
    let around = Around::nowhere();
    bencher.with_inputs(|| files.clone()).bench_local_values(|files| {
        for bytes in files {
            black_box(lint_dockerfile("Dockerfile", bytes, &settings, &around).findings.len());
        }
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn d_every_rule(bencher: Bencher<'_, '_>) {
    lint(bencher, "ALL");
}

#[divan::bench(args = rules(), sample_count = 3, sample_size = 1)]
fn e_one_rule(bencher: Bencher<'_, '_>, rule: &str) {
    lint(bencher, rule);
}
