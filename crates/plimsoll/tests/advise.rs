//! What `plimsoll advise` says of the bad application.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use plimsoll_report::{Format, Options};
use plimsoll_rules::advise::advise as advice;
use plimsoll_rules::checklist::{Checklist, Surroundings};
use plimsoll_rules::config::Settings;
use plimsoll_rules::dockerfile::Around;
use plimsoll_rules::lint_dockerfile;
use serde_json::Value;

const DOCKERFILE: &str = "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y gcc\nCOPY nowhere.txt /app/\nRUN pip install fastapi==0.115.0\nUSER 1000\nCMD [\"python\", \"/app/main.py\"]\n";

fn advise(folder: &Path, args: &[&str]) -> String {
    plimsoll(folder, &[&["advise", "."], args].concat())
}

fn plimsoll(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command
        .current_dir(folder)
        .args(args)
        .args(["--today", "2026-11-01"])
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS");
    let output = command.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.lines().all(|line| line.starts_with("note: the patch also does")), "{said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn project() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_owned();
    std::fs::write(path.join("Dockerfile"), DOCKERFILE).expect("it can be written");
    (folder, path)
}

fn image() -> Vec<u8> {
    let layer = |path: &str, size: usize| LayerBuilder::new().file(path, vec![b'x'; size]).build();
    let base = LayerBuilder::new().file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n").build();
    let apt = LayerBuilder::new()
        .file("var/lib/apt/lists/Packages", vec![b'x'; 3_000_000])
        .file("usr/lib/gcc/cc1", vec![b'x'; 6_000_000])
        .build();
    ImageBuilder::new("app:1")
        .layer(base, "/bin/sh -c #(nop) ADD file:0123456789abcdef in / ")
        .layer(apt, "RUN /bin/sh -c apt-get update && apt-get install -y gcc # buildkit")
        .layer(layer("app/nowhere.txt", 10), "COPY nowhere.txt /app/ # buildkit")
        .layer(
            layer("root/.cache/pip/http/a", 1_000_000),
            "RUN /bin/sh -c pip install fastapi==0.115.0 # buildkit",
        )
        .empty_layer("USER 1000")
        .empty_layer("CMD [\"python\" \"/app/main.py\"]")
        .docker_save()
}

#[test]
fn advice_for_people() {
    let (_keep, folder) = project();
    std::fs::write(folder.join("app.tar"), image()).expect("it can be written");
    insta::assert_snapshot!(advise(&folder, &["--image", "app.tar"]));
}

#[test]
fn advice_in_markdown() {
    let (_keep, folder) = project();
    insta::assert_snapshot!(advise(&folder, &["--format", "markdown"]));
}

#[test]
fn bytes_are_counted_once() {
    let (_keep, folder) = project();
    std::fs::write(folder.join("app.tar"), image()).expect("it can be written");
    let text = advise(&folder, &["--image", "app.tar", "--format", "json"]);
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["saves"], 10_000_000);
    let saves = |rule: &str| {
        let advice = report["advice"].as_array().expect("a list").iter().find(|a| a["rule"] == rule);
        advice.expect("it is advised")["saves"].as_u64()
    };
    assert_eq!(saves("clean-apt-lists"), Some(3_000_000));
    assert_eq!(saves("build-tools-in-final-stage"), Some(6_000_000));
    assert_eq!(saves("pip-no-cache"), Some(1_000_000));
    assert_eq!(report["trouble"][0]["line"], 3);
}

/// The advice on the bad application of the reference as a terminal of that width shows it.
fn at_width(width: usize) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/bad");
    let mut settings = Settings::default();
    settings.today = "2026-11-01".parse().expect("a day");
    let dockerfile = folder.join("Dockerfile");
    let text = std::fs::read(&dockerfile).expect("it is there");
    let lint = lint_dockerfile("Dockerfile", text, &settings, &Around::of(&dockerfile));
    let mut report = advice(&Surroundings::find(&folder, &[], &settings), &lint, &[], &settings);
    // As somebody sees it who stands in that folder.
    report.apply_in = None;
    report.folder = ".".to_owned();
    let options = Options { unicode: true, width, ..Options::default() };
    let mut out = Vec::new();
    plimsoll_report::write_advice(&report, &[], Format::Text, &options, &mut out).expect("memory takes it");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn advice_at_80_columns() {
    let seen = at_width(80);
    let prose = seen.lines().filter(|line| line.starts_with("   "));
    assert!(prose.clone().count() > 10 && prose.clone().all(|line| line.chars().count() <= 80), "{seen}");
    insta::assert_snapshot!(seen);
}

#[test]
fn advice_at_140_columns() {
    insta::assert_snapshot!(at_width(140));
}

/// An application with much to mend, some of it beside credentials.
fn faulty() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [
        (
            "api/Dockerfile",
            "from python:3.13-slim as base\nMAINTAINER a@example.com\nENV API_KEY tr0ub4dor-n1ne-lives-k\nENV PORT 8000\nWORKDIR app\nADD . /app\nRUN apt-get update && apt-get install curl\nRUN pip install fastapi\nRUN cd /app && ls\nENTRYPOINT python main.py\n",
        ),
        (
            "web/Dockerfile",
            "FROM --platform=$TARGETPLATFORM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN npm install\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"npm\", \"start\"]\nEXPOSE 3000/TCP",
        ),
        (
            "compose.yaml",
            "version: \"3\"\nservices:\n  api:\n    build: ./api\n    ports: [\"8000:8000\"]\n  database:\n    image: postgres:18.6\n    environment:\n      POSTGRES_PASSWORD: tr0ub4dor-n1ne-lives\n    ports: [\"5432:5432\"]\n",
        ),
        // Another hand, in brackets.
        (
            "tools/compose.yaml",
            "services:\n  jobs: {image: \"app:${TAG}\", privileged: true, cap_add: [SYS_ADMIN, CHOWN], depends_on: [store]}\n  store: {image: \"mysql:8.4\", environment: {MYSQL_ALLOW_EMPTY_PASSWORD: \"yes\"}, healthcheck: {test: [CMD, mysqladmin, ping]}}\n",
        ),
        // And one with the line ends of Windows, and none at the end.
        (
            "edge/compose.yaml",
            "x-host: &host\r\n  network_mode: host\r\n\r\nservices:\r\n  cache:\r\n    <<: *host\r\n    image: redis\r\n    volumes:\r\n      - /:/host\r\n  search:\r\n    image: elasticsearch:9.1.4\r\n    user: root",
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder can be made");
        std::fs::write(path, text).expect("it can be written");
    }
    folder
}

/// The diffs of the advice on a folder.
fn diffs(folder: &Path) -> Vec<String> {
    let report: Value = serde_json::from_str(&advise(folder, &["--format", "json"])).expect("JSON");
    let of = |list: &str| report[list].as_array().expect("a list").clone();
    let all = of("trouble").into_iter().chain(of("advice"));
    all.filter_map(|advice| Some(advice["diff"].as_str()?.to_owned())).collect()
}

/// How often each rule fires in each file, those of the checklist included.
fn findings(folder: &Path) -> BTreeMap<(String, String), usize> {
    let rules: Vec<&str> = Checklist::containerization().rules().into_iter().collect();
    let args = ["lint", ".", "--format", "json", "--extend-select", &rules.join(",")];
    let report: Value = serde_json::from_str(&plimsoll(folder, &args)).expect("JSON");
    let mut counts = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list") {
        let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        // A database that is published on this machine only is half as bad as one that is to everybody.
        let (rule, weight) = match word("rule").as_str() {
            "published-database" => ("published-database".to_owned(), 2),
            "database-on-loopback" => ("published-database".to_owned(), 1),
            rule => (rule.to_owned(), 1),
        };
        *counts.entry((rule, word("file"))).or_default() += weight;
    }
    counts
}

fn git_apply(folder: &Path, diff: &str, args: &[&str]) {
    let run = Command::new("git").current_dir(folder).arg("apply").args(args).write_stdin(diff).output();
    let output = run.expect("git starts");
    assert!(output.status.success(), "{}\n{diff}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_diff_applies_and_mends_what_it_says() {
    let keep = faulty();
    let folder = keep.path();
    for diff in diffs(folder) {
        git_apply(folder, &diff, &["--check"]);
        assert!(!diff.contains("tr0ub4dor"), "a secret was printed");
    }
    // One by one, since two may change the same line: advice is asked again after each.
    let mut before = findings(folder);
    let mut applied = 0;
    while let Some(diff) = diffs(folder).first() {
        git_apply(folder, diff, &[]);
        let after = findings(folder);
        let worse: Vec<_> = after.iter().filter(|(key, n)| before.get(key).is_none_or(|m| m < n)).collect();
        assert!(worse.is_empty(), "{worse:?} after\n{diff}");
        assert!(after.values().sum::<usize>() < before.values().sum(), "nothing is mended by\n{diff}");
        before = after;
        applied += 1;
    }
    assert!(applied >= 20, "{applied}");
}

#[test]
fn what_goes_together_is_one_patch() {
    let keep = faulty();
    let folder = keep.path();
    let mut before = findings(folder);
    let all: usize = before.values().sum();
    let mut runs = 0;
    loop {
        let patch = advise(folder, &["--patch"]);
        if patch.is_empty() {
            break;
        }
        assert!(!patch.contains("tr0ub4dor"), "a secret was printed");
        git_apply(folder, &patch, &[]);
        let after = findings(folder);
        // A variable that one edit puts in is missing from the file that another makes.
        let is_new = |key: &(String, String), n: &usize| {
            before.get(key).is_none_or(|m| m < n) && key.0 != "env-example-missing-variable"
        };
        let worse: Vec<_> = after.iter().filter(|(key, n)| is_new(key, n)).collect();
        assert!(worse.is_empty(), "{worse:?} after\n{patch}");
        assert!(after.values().sum::<usize>() < before.values().sum(), "nothing is mended by\n{patch}");
        before = after;
        runs += 1;
    }
    let left: usize = before.values().sum();
    assert!(runs <= 6 && left * 2 < all, "{left} of {all} are left after {runs} runs: {before:#?}");
    assert!(diffs(folder).is_empty(), "what has a diff is in a patch");
}

#[test]
fn what_the_checklist_fails_is_advised_on() {
    let keep = tempfile::tempdir().expect("a temporary folder");
    let folder = keep.path();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/reference/docker-compose.yml");
    let text = std::fs::read_to_string(path).expect("it is there");
    let text = text.replace("  restart: unless-stopped\n", "").replace("    mem_limit: 512m\n", "");
    std::fs::write(folder.join("docker-compose.yml"), text).expect("it can be written");
    let report: Value = serde_json::from_str(&advise(folder, &["--format", "json"])).expect("JSON");
    let advised = |rule: &str| {
        report["advice"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|a| a["rule"] == rule && a["diff"].is_string())
    };
    assert!(advised("restart-policy") && advised("limit-resources"), "{report:#}");
}

#[test]
fn a_build_is_judged_by_the_context_that_compose_names() {
    let keep = tempfile::tempdir().expect("a temporary folder");
    let folder = keep.path();
    for (name, text) in [
        ("compose.yaml", "services:\n  api:\n    build: {context: ., dockerfile: docker/Dockerfile}\n"),
        (
            "docker/Dockerfile",
            "FROM python:3.14-slim\nCOPY src /app\nUSER 1000\nCMD [\"python\", \"/app/main.py\"]\n",
        ),
        // A build from the folder above does not read it.
        ("docker/.dockerignore", "*.md\n"),
        (".dockerignore", "src\n"),
        ("src/main.py", "print()\n"),
    ] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder can be made");
        std::fs::write(path, text).expect("it can be written");
    }
    let ignored = ("copy-ignored-file".to_owned(), "docker/Dockerfile".to_owned());
    assert!(findings(folder).contains_key(&ignored), "{:?}", findings(folder));
    let diff = diffs(folder).into_iter().find(|diff| diff.contains("b/.dockerignore")).expect("a diff");
    assert!(diff.contains("+!src"), "{diff}");
    git_apply(folder, &diff, &[]);
    assert!(!findings(folder).contains_key(&ignored));
}

#[test]
fn a_patch_decides_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("compose.yaml");
    let text = "services:\n  db:\n    image: postgres:18.6\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    ports:\n      - \"5432:5432\"\n";
    std::fs::write(&file, text).expect("it can be written");
    let patch = |more: &[&str]| {
        let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
        let output = command.current_dir(folder.path()).args(["advise", "--patch"]).args(more).output();
        let output = output.expect("it starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (text(output.stdout), text(output.stderr))
    };
    // The checklist wants no port at all: it is not moved first and deleted then.
    let (diff, note) = patch(&[]);
    assert!(diff.contains("-      - \"5432:5432\"") && !diff.contains("127.0.0.1"), "{diff}");
    assert!(note.starts_with("note: the patch also does what the checklist asks for"), "{note}");
    // What lint reports is mended by moving it, and that is all.
    let (diff, note) = patch(&["--select", "DEFAULT"]);
    assert!(diff.contains("+      - \"127.0.0.1:5432:5432\"") && note.is_empty(), "{diff}{note}");
    std::fs::write(&file, text.replace("5432:5432", "127.0.0.1:5432:5432")).expect("it can be written");
    let (diff, _) = patch(&["--select", "DEFAULT"]);
    assert!(!diff.lines().any(|line| line.starts_with('-') && line.contains("5432")), "{diff}");
}
