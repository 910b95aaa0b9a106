//! What the other linters have and say: every code of theirs is carried, and on our own cases we say what they say.
//!
//! `scripts/store-peers` makes testdata/peers/results.json by running them; nothing here needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_rules::config::{Config, Settings};
use plimsoll_rules::dockerfile::Around;
use plimsoll_rules::page::{Example, examples};
use plimsoll_rules::{Finding, Kind, all_rules, lint_dockerfile};
use serde::Deserialize;

/// What may be declined of all that the others have.
const MOST_DECLINED: usize = 5;

/// How many of a peer's findings may be called its mistakes.
const MOST_DEVIATIONS: f64 = 0.03;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn toml<T: serde::de::DeserializeOwned>(path: &str) -> T {
    toml::from_str(&read(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every code of the peers.
fn codes() -> BTreeSet<String> {
    toml::<BTreeMap<String, Vec<String>>>("testdata/peers/codes.toml").into_values().flatten().collect()
}

#[derive(Deserialize)]
struct DeclinedFile {
    #[serde(default)]
    declined: Vec<Declined>,
}

#[derive(Deserialize)]
struct Declined {
    code: String,
    reason: String,
}

fn declined() -> Vec<Declined> {
    toml::<DeclinedFile>("rules/declined.toml").declined
}

#[derive(Deserialize)]
struct DeviationFile {
    deviation: Vec<Deviation>,
}

#[derive(Deserialize, Clone)]
struct Deviation {
    file: String,
    code: String,
    #[serde(default)]
    line: u32,
    why: String,
}

/// What the peers say of one case: nothing where a peer gives the file up.
#[derive(Deserialize)]
struct Said {
    file: String,
    hadolint: Option<Vec<(u32, String)>>,
    trivy: Option<Vec<String>>,
}

fn settings(config: Option<&str>) -> Settings {
    let file = Path::new("plimsoll.toml");
    let config = Config::parse(config.unwrap_or(""), file).unwrap_or_else(|e| panic!("{e}"));
    let mut settings = Settings::new(&config, file).unwrap_or_else(|e| panic!("{e}"));
    settings.selection.select(&["ALL"]).expect("ALL is a selector");
    settings.today = "2026-11-01".parse().expect("a day");
    settings
}

fn lint(name: &str) -> Vec<Finding> {
    let bytes = read(&format!("testdata/peers/cases/{name}")).into_bytes();
    lint_dockerfile(name, bytes, &settings(None), &Around::nowhere()).findings
}

/// The codes that findings carry, ShellCheck's own aside, each with its instruction's line.
fn codes_of(findings: &[Finding]) -> BTreeSet<(u32, String)> {
    let line = |f: &Finding| f.instruction_line.or(f.line).unwrap_or_default();
    findings.iter().flat_map(|f| f.also.iter().map(move |code| (line(f), code.to_string()))).collect()
}

#[test]
fn every_code_is_carried_or_declined() {
    let carried: BTreeSet<&str> = all_rules().flat_map(|rule| rule.also.iter().copied()).collect();
    let declined = declined();
    assert!(declined.len() <= MOST_DECLINED, "{} codes are declined", declined.len());
    for Declined { code, reason } in &declined {
        // dockle's checks are of images: dockle_codes.rs holds them.
        let of_dockle = code.starts_with("CIS-DI-") || code.starts_with("DKL-");
        assert!(of_dockle || codes().contains(code), "{code} is no peer's code");
        assert!(!carried.contains(code.as_str()), "{code} is declined, and carried by a page");
        assert!(reason.len() > 20, "{code} is declined without a reason");
    }
    let lost: Vec<String> = codes()
        .into_iter()
        .filter(|code| !carried.contains(code.as_str()) && declined.iter().all(|d| d.code != *code))
        .collect();
    assert!(lost.is_empty(), "no page carries {lost:?}");
}

/// A page may claim what it likes: each code must be said of some example or case.
#[test]
fn every_carried_code_is_said_somewhere() {
    let mut said = BTreeSet::new();
    for rule in all_rules().filter(|rule| rule.kind == Kind::Dockerfile) {
        for example in examples(rule.page) {
            said.extend(codes_of(&example_findings(&example)).into_iter().map(|(_, code)| code));
        }
    }
    for case in results() {
        said.extend(codes_of(&lint(&case.file)).into_iter().map(|(_, code)| code));
    }
    let declined: BTreeSet<String> = declined().into_iter().map(|d| d.code).collect();
    let silent: Vec<String> =
        codes().into_iter().filter(|c| !said.contains(c) && !declined.contains(c)).collect();
    assert!(silent.is_empty(), "no example and no case is reported as {silent:?}");
}

fn example_findings(example: &Example) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join(".git")).expect("it can be written");
    for file in example.files.iter().filter(|f| !f.title.is_empty()) {
        let path = folder.path().join(&file.title);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be written");
        fs::write(path, &file.text).expect("it can be written");
    }
    let config = example.files.iter().find(|f| f.title.ends_with("plimsoll.toml")).map(|f| f.text.as_str());
    let settings = settings(config);
    let dockerfiles = example.files.iter().filter(|f| f.language == "dockerfile");
    dockerfiles
        .flat_map(|f| {
            let around = Around::of(&folder.path().join(&f.title));
            lint_dockerfile(&f.title, f.text.clone().into_bytes(), &settings, &around).findings
        })
        .collect()
}

fn results() -> Vec<Said> {
    let results: Vec<Said> =
        serde_json::from_str(&read("testdata/peers/results.json")).expect("what store-peers wrote");
    assert!(results.len() > 20);
    results
}

/// hadolint's codes that its default settings never print, or that are about the comment itself.
fn is_off_in_hadolint(code: &str) -> bool {
    matches!(code, "DL1000" | "DL1001" | "DL3057")
}

#[test]
fn the_cases_are_those_that_have_results() {
    let cases: BTreeSet<String> = fs::read_dir(root().join("testdata/peers/cases"))
        .expect("the cases")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let stored: BTreeSet<String> = results().into_iter().map(|r| r.file).collect();
    assert_eq!(cases, stored, "run scripts/store-peers");
}

/// Line 0 stands for the file: Trivy is compared by file.
type Place = (String, u32, String);

#[test]
fn hadolint_and_we_say_the_same_of_the_cases() {
    let mut theirs = BTreeSet::new();
    let mut ours = BTreeSet::new();
    for case in results() {
        let Some(said) = case.hadolint else { continue };
        theirs.extend(said.into_iter().map(|(line, code)| (case.file.clone(), line, code)));
        let own = codes_of(&lint(&case.file)).into_iter();
        let own = own.filter(|(_, code)| code.starts_with("DL") && !is_off_in_hadolint(code));
        ours.extend(own.map(|(line, code)| (case.file.clone(), line, code)));
    }
    compare("hadolint", &theirs, &ours, |d| d.code.starts_with("DL"));
}

#[test]
fn trivy_and_we_say_the_same_of_the_cases() {
    let mut theirs = BTreeSet::new();
    let mut ours = BTreeSet::new();
    for case in results() {
        let Some(said) = case.trivy else { continue };
        theirs.extend(said.into_iter().map(|code| (case.file.clone(), 0, code)));
        let own = codes_of(&lint(&case.file)).into_iter().filter(|(_, code)| code.starts_with("DS-"));
        ours.extend(own.map(|(_, code)| (case.file.clone(), 0, code)));
    }
    compare("Trivy", &theirs, &ours, |d| d.code.starts_with("DS-"));
}

/// Every difference is one that deviations.toml explains, none of those has become idle, and they are few.
fn compare(
    peer: &str,
    theirs: &BTreeSet<Place>,
    ours: &BTreeSet<Place>,
    is_of_peer: impl Fn(&Deviation) -> bool,
) {
    let cases: BTreeSet<String> = results().into_iter().map(|r| r.file).collect();
    let all = toml::<DeviationFile>("testdata/peers/deviations.toml").deviation;
    assert!(all.iter().all(|d| d.why.len() > 20), "a deviation says why");
    let deviations: BTreeSet<Place> = all
        .iter()
        .filter(|d| cases.contains(&d.file) && is_of_peer(d))
        .map(|d| (d.file.clone(), d.line, d.code.clone()))
        .collect();
    let differences: BTreeSet<Place> = theirs.symmetric_difference(ours).cloned().collect();
    let told = |place: &Place| {
        let side = if theirs.contains(place) { "missed" } else { "extra" };
        format!("{side} {} {}:{}", place.2, place.0, place.1)
    };
    let unexplained: Vec<String> = differences.difference(&deviations).map(told).collect();
    assert!(unexplained.is_empty(), "{peer} and we differ:\n{}", unexplained.join("\n"));
    let idle: Vec<&Place> = deviations.difference(&differences).collect();
    assert!(idle.is_empty(), "{peer} and we agree on {idle:?} now: take it out of deviations.toml");
    let most = (theirs.len() as f64 * MOST_DEVIATIONS) as usize;
    assert!(
        deviations.len() <= most,
        "{} deviations from {peer}, {most} at most: is {peer} wrong so often?",
        deviations.len()
    );
}
