//! Compose files as the command reads them, with the Dockerfiles that they build.

use std::path::Path;

use assert_cmd::Command;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join(".git")).expect("it can be written");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("it can be written");
        std::fs::write(path, text).expect("it can be written");
    }
    folder
}

/// The exit status, and the findings as `file:line rule`.
fn lint(folder: &Path, args: &[&str]) -> (i32, Vec<String>) {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    let output = command.current_dir(folder).args(["lint", "--format", "json"]).args(args).output();
    let output = output.expect("it starts");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let show = |f: &serde_json::Value| {
        format!(
            "{}:{} {}",
            f["file"].as_str().expect("a file"),
            f["line"],
            f["rule"].as_str().expect("a rule")
        )
    };
    let findings = json["findings"].as_array().expect("findings").iter().map(show).collect();
    (output.status.code().expect("it ends by itself"), findings)
}

const COMPOSE: &str = "services:\n  app:\n    build:\n      context: app\n      dockerfile: image.prod\n      args:\n        BASE: python:latest\n";

#[test]
fn a_dockerfile_is_checked_with_what_the_compose_file_gives_it() {
    let dockerfile = "ARG BASE\nFROM ${BASE}\nUSER 10001\n";
    let folder = folder(&[("compose.yaml", COMPOSE), ("app/image.prod", dockerfile)]);
    let found = lint(folder.path(), &["--select", "pin-base-image,run-as-non-root"]);
    assert_eq!(found, (1, vec!["app/image.prod:2 pin-base-image".to_owned()]));
    // What is given on the command line holds over it.
    let found = lint(folder.path(), &["--select", "pin-base-image", "--build-arg", "BASE=python:3.14"]);
    assert_eq!(found, (0, Vec::new()));
}

#[test]
fn the_override_goes_with_its_base_and_the_status_follows_the_gravity() {
    let folder = folder(&[
        ("compose.yaml", "services:\n  app:\n    image: app:1.2\n"),
        ("compose.override.yaml", "services:\n  app:\n    tmpfs: /tmp:exec\n"),
        ("other/docker-compose.yml", "services:\n  app:\n    image: app:1.2\n    pid: host\n"),
    ]);
    assert_eq!(
        lint(folder.path(), &["compose.yaml"]),
        (0, vec!["compose.override.yaml:3 tmpfs-exec".to_owned()])
    );
    assert_eq!(lint(folder.path(), &["compose.override.yaml", "--fail-on", "info"]).0, 1);
    let all = lint(folder.path(), &["."]);
    assert_eq!(all.0, 1);
    assert_eq!(all.1, ["compose.override.yaml:3 tmpfs-exec", "other/docker-compose.yml:4 host-namespace"]);
    assert_eq!(lint(folder.path(), &[".", "--fail-on", "error"]).0, 0);
}

#[test]
fn standard_input_is_a_compose_file_by_its_name() {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    let command = command.args(["lint", "-", "--stdin-filename", "compose.yaml"]);
    let output =
        command.write_stdin("services:\n  app:\n    build: nowhere\n    privileged: true\n").output();
    let output = String::from_utf8(output.expect("it starts").stdout).expect("UTF-8");
    assert!(output.contains("compose.yaml:4:5"), "{output}");
    // Nothing is known of what lies beside it, so nothing is missing.
    assert!(!output.contains("missing-build-file"), "{output}");
}
