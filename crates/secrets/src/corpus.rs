//! Whole files with invented leaks, and texts that only look like leaks.

use serde::Deserialize;

use crate::examples::expand;
use crate::{Context, Scanner};

#[derive(Deserialize)]
struct Corpus {
    file: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    path: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    finds: Vec<String>,
    text: String,
}

fn files(toml: &str) -> Vec<File> {
    toml::from_str::<Corpus>(toml).expect("a list of files").file
}

fn found(scanner: &Scanner, text: &str, context: Context) -> Vec<String> {
    scanner.scan(text.as_bytes(), context).iter().map(|leak| leak.detector.name.to_string()).collect()
}

#[test]
fn files_that_leak_give_each_leak_once() {
    let scanner = Scanner::default();
    let mut faults = Vec::new();
    let mut leaks = 0;
    for file in files(include_str!("../testdata/leaks.toml")) {
        leaks += file.finds.len();
        let found = found(&scanner, &expand(&file.text), Context::of_path(&file.path));
        if found != file.finds {
            let missed: Vec<_> = file.finds.iter().filter(|name| !found.contains(name)).collect();
            let other: Vec<_> = found.iter().filter(|name| !file.finds.contains(name)).collect();
            faults.push(format!("{}: missed {missed:?}, found {other:?}", file.path));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(leaks >= 150, "{leaks}");
}

#[test]
fn look_alikes_are_not_reported() {
    let scanner = Scanner::default();
    let mut faults = Vec::new();
    let files = files(include_str!("../testdata/look-alikes.toml"));
    for file in &files {
        let found = found(&scanner, &expand(&file.text), Context::Config);
        if !found.is_empty() {
            faults.push(format!("{}: {found:?}", file.what));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(files.len() >= 150, "{}", files.len());
}
