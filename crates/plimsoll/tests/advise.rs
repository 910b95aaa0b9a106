//! What `plimsoll advise` says of the bad application.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use serde_json::Value;

const DOCKERFILE: &str = "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y gcc\nCOPY nowhere.txt /app/\nRUN pip install fastapi==0.115.0\nUSER 1000\nCMD [\"python\", \"/app/main.py\"]\n";

fn advise(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command
        .current_dir(folder)
        .args(["advise", ".", "--today", "2026-11-01"])
        .args(args)
        .env("NO_COLOR", "1");
    let output = command.output().expect("it starts");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
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
