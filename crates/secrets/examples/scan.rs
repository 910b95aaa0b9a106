//! Scans folders, or the rows of a labelled JSON-lines file, on one thread; prints findings, counts and times.
//!
//! `scan [--keywords] [--quiet] DIR...` or `scan --rows FILE.jsonl` with `{"leak": bool, "name": ..., "text": ...}` a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plimsoll_secrets::{Context, Scanner};

fn main() {
    let start = Instant::now();
    let scanner = Scanner::default();
    let ready = start.elapsed();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| args.iter().any(|a| a == name);
    let paths = args.iter().filter(|a| !a.starts_with("--"));
    println!("{} detectors ready in {ready:?}", scanner.detectors().len());
    for path in paths {
        if flag("--rows") {
            rows(&scanner, path);
        } else {
            folder(&scanner, Path::new(path), flag("--keywords"), flag("--quiet"));
        }
    }
}

fn files(root: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(root) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), out),
            Ok(kind) if kind.is_file() => out.push(entry.path()),
            _ => {}
        }
    }
}

fn folder(scanner: &Scanner, root: &Path, keywords_only: bool, quiet: bool) {
    let mut paths = Vec::new();
    files(root, &mut paths);
    paths.sort();
    let (mut bytes, mut hits, mut reading, mut scanning) = (0u64, 0usize, Duration::ZERO, Duration::ZERO);
    let mut by_detector: BTreeMap<String, usize> = BTreeMap::new();
    for path in &paths {
        let start = Instant::now();
        let Ok(content) = fs::read(path) else { continue };
        reading += start.elapsed();
        bytes += content.len() as u64;
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
        let context = Context::of_path(&name);
        let start = Instant::now();
        if keywords_only {
            hits += scanner.keyword_hits(&content, context);
            scanning += start.elapsed();
            continue;
        }
        let leaks = scanner.scan(&content, context);
        scanning += start.elapsed();
        for leak in leaks {
            hits += 1;
            *by_detector.entry(leak.detector.name.to_string()).or_default() += 1;
            if !quiet {
                println!("{name}:{}:{}: {} {}", leak.line, leak.column, leak.detector.name, leak.redacted);
            }
        }
    }
    for (name, n) in by_detector {
        println!("{n:6} {name}");
    }
    println!(
        "{} files, {:.1} MB, {hits} hits; read in {reading:.2?}, scanned in {scanning:.2?}: {:.2} GB/s",
        paths.len(),
        bytes as f64 / 1e6,
        bytes as f64 / 1e9 / scanning.as_secs_f64()
    );
}

fn rows(scanner: &Scanner, path: &str) {
    let text = fs::read_to_string(path).expect("a file of rows");
    let (mut leaks, mut found, mut alike, mut alarms) = (0, 0, 0, 0);
    for (index, line) in text.lines().enumerate() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
        let reported = scanner.scan(row["text"].as_str().unwrap_or_default().as_bytes(), Context::Config);
        let names: Vec<&str> = reported.iter().map(|l| &*l.detector.name).collect();
        if row["leak"] == true {
            leaks += 1;
            found += usize::from(!names.is_empty());
            if names.is_empty() {
                println!("missed {index} {}", row["name"]);
            }
        } else {
            alike += 1;
            alarms += usize::from(!names.is_empty());
            if !names.is_empty() {
                println!("alarm  {index} {} {names:?}", row["name"]);
            }
        }
    }
    println!(
        "{found} of {leaks} leaks found ({:.1} %), {alarms} of {alike} look-alikes reported",
        found as f64 * 100.0 / leaks as f64
    );
}
