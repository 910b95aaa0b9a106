//! How far the ShellCheck findings agree with a peer's, code by code, and how long they take.
//!
//! usage: sc-agree BUILDKIT-AST.jsonl PEERS.jsonl [DOCKERFILES] [--all] [--show CODE]
//!
//! BUILDKIT-AST.jsonl has one object per file as `plimsoll ast` prints it, PEERS.jsonl one object per file with the
//! peer's findings as `"hadolint": [[code, line]...]`. With the folder of the Dockerfiles, `# hadolint shell=` and
//! `# hadolint ignore=` comments are honoured. hadolint prints one ShellCheck finding for each RUN; `--all` compares
//! with all of ours instead of the one that it would choose.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use plimsoll_shell::{Dialect, LintOptions, Script, Shell, hadolints_choice, lint};
use serde_json::Value;

/// Code and instruction line.
type Findings = BTreeSet<(String, u64)>;

/// One script of one file.
struct Run {
    file: String,
    line: u64,
    text: String,
    shell: Shell,
    variables: Vec<String>,
}

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let show = args.iter().position(|arg| arg == "--show").map(|at| {
        args.remove(at);
        args.remove(at)
    });
    let all = args.iter().position(|arg| arg == "--all").map(|at| args.remove(at)).is_some();
    let [asts, peers, rest @ ..] = &args[..] else {
        eprintln!("usage: sc-agree BUILDKIT-AST.jsonl PEERS.jsonl [DOCKERFILES] [--all] [--show CODE]");
        std::process::exit(2);
    };
    let expected = read_peers(peers);
    let runs: Vec<Run> =
        json_lines(asts).iter().flat_map(|file| runs_of(file, rest.first().map(Path::new))).collect();
    let (found, parsing, linting) = lint_all(&runs, all);
    report(&expected, &found, &runs, show.as_deref());
    let bytes: usize = runs.iter().map(|run| run.text.len()).sum();
    println!("{} scripts, {bytes} bytes, on one thread: parse {parsing:.0?}, lint {linting:.0?}", runs.len());
}

fn json_lines(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// SC2 findings by file; files that the peer could not parse are left out.
fn read_peers(path: &str) -> BTreeMap<String, Findings> {
    let mut all = BTreeMap::new();
    for row in json_lines(path) {
        let (Some(file), Some(list)) = (row["file"].as_str(), row["hadolint"].as_array()) else { continue };
        let pairs = list.iter().filter_map(|pair| Some((pair[0].as_str()?.to_string(), pair[1].as_u64()?)));
        let findings: Findings = pairs.collect();
        if findings.iter().any(|(code, _)| code == "DL1000") {
            continue;
        }
        all.insert(
            file.to_string(),
            findings.into_iter().filter(|(code, _)| code.starts_with("SC")).collect(),
        );
    }
    all
}

fn runs_of(file: &Value, folder: Option<&Path>) -> Vec<Run> {
    let name = file["file"].as_str().unwrap_or_default().to_string();
    let source =
        folder.and_then(|folder| std::fs::read_to_string(folder.join(&name)).ok()).unwrap_or_default();
    let source: Vec<&str> = source.lines().collect();
    let mut runs = Vec::new();
    let mut shell = Shell::default();
    let mut variables: Vec<String> = Vec::new();
    for instruction in file["instructions"].as_array().into_iter().flatten() {
        let words = || instruction["value"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let line = instruction["start_line"].as_u64().unwrap_or(0);
        let comment = comment_above(&source, line);
        if let Some(named) = comment.iter().find_map(|c| c.strip_prefix("shell=")) {
            shell = Shell::from_argv(&named.split_whitespace().collect::<Vec<_>>());
        }
        match instruction["cmd"].as_str().unwrap_or_default() {
            "FROM" => {
                shell = Shell::default();
                if let Some(named) = comment.iter().find_map(|c| c.strip_prefix("shell=")) {
                    shell = Shell::from_argv(&named.split_whitespace().collect::<Vec<_>>());
                }
                variables = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"]
                    .iter()
                    .flat_map(|name| [name.to_string(), name.to_lowercase()])
                    .collect();
            }
            "ARG" => variables.extend(words().map(|w| w.split('=').next().unwrap_or(w).to_string())),
            "ENV" => variables.extend(words().step_by(3).map(str::to_string)),
            "SHELL" => shell = Shell::from_argv(&words().collect::<Vec<_>>()),
            "RUN" if instruction["json"] == false => {
                let text = words().next().unwrap_or_default().to_string();
                runs.push(Run { file: name.clone(), line, text, shell, variables: variables.clone() });
            }
            _ => {}
        }
    }
    runs
}

/// The `# hadolint` comments directly above a line.
fn comment_above<'a>(source: &[&'a str], line: u64) -> Vec<&'a str> {
    let above = source.iter().take(usize::try_from(line).unwrap_or(0).saturating_sub(1)).rev();
    let comments = above.map(|l| l.trim()).take_while(|l| l.starts_with('#'));
    comments
        .filter_map(|l| l.trim_start_matches('#').trim().strip_prefix("hadolint").map(str::trim))
        .collect()
}

type PerFile = BTreeMap<String, Findings>;

fn lint_all(runs: &[Run], all: bool) -> (PerFile, Duration, Duration) {
    let mut found = PerFile::new();
    let (mut parsing, mut linting) = (Duration::ZERO, Duration::ZERO);
    for run in runs {
        let start = Instant::now();
        let script = Script::parse(&run.text, run.shell.dialect);
        parsing += start.elapsed();
        let names: Vec<&str> = run.variables.iter().map(String::as_str).collect();
        let options = LintOptions { declared_variables: &names, ..LintOptions::default() };
        let start = Instant::now();
        let findings = lint(&script, &options);
        linting += start.elapsed();
        let chosen = hadolints_choice(&findings).map(|chosen| chosen.code);
        let shown = findings.iter().filter(|finding| all || Some(finding.code) == chosen);
        let codes = shown.map(|finding| (finding.code.to_string(), run.line));
        found.entry(run.file.clone()).or_default().extend(codes);
    }
    (found, parsing, linting)
}

fn report(expected: &PerFile, found: &PerFile, runs: &[Run], show: Option<&str>) {
    let opaque: BTreeSet<(&str, u64)> = runs
        .iter()
        .filter(|run| matches!(run.shell.dialect, Dialect::PowerShell | Dialect::Cmd | Dialect::Other))
        .map(|run| (run.file.as_str(), run.line))
        .collect();
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let nothing = Findings::new();
    for (file, theirs) in expected {
        let ours = found.get(file).unwrap_or(&nothing);
        for finding in theirs.union(ours) {
            let column = match (theirs.contains(finding), ours.contains(finding)) {
                (true, true) => 0,
                (true, false) if opaque.contains(&(file.as_str(), finding.1)) => continue,
                (true, false) => 1,
                _ => 2,
            };
            table.entry(&finding.0).or_default()[column] += 1;
            if column > 0 && show.is_some_and(|code| code == finding.0 || code == "ALL") {
                let text =
                    runs.iter().find(|r| &r.file == file && r.line == finding.1).map_or("", |r| &r.text);
                println!(
                    "{} {file}:{} {}\n    {text}",
                    ["", "missed", "extra"][column],
                    finding.1,
                    finding.0
                );
            }
        }
    }
    let mut total = [0; 3];
    for (code, counts) in &table {
        println!("{}", row(code, counts));
        if code.starts_with("SC2") {
            (0..3).for_each(|i| total[i] += counts[i]);
        }
    }
    println!("{}", row("SC2", &total));
}

fn row(code: &str, [both, missed, extra]: &[usize; 3]) -> String {
    let f1 = 2.0 * *both as f64 / (2 * both + missed + extra).max(1) as f64;
    format!("{code:8} both {both:4} missed {missed:4} extra {extra:4} f1 {f1:.3}")
}
