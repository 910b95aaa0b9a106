//! Running the command in a folder of its own.

// Each test file is a program of its own and uses a part of this.
#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

pub fn plimsoll(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command.current_dir(folder).env("NO_COLOR", "1").env("LANG", "C.UTF-8").env_remove("COLUMNS");
    command
}

pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

pub fn run(command: &mut Command) -> Run {
    let output = command.output().expect("it starts");
    Run {
        status: output.status.code().expect("it ends by itself"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join(".git")).expect("it can be written");
    folder
}

pub fn write(folder: &Path, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("it can be written");
    std::fs::write(&path, contents).expect("it can be written");
    path
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("it is a folder") {
        let entry = entry.expect("it can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("it can be copied");
        }
    }
}

/// What lint found from warning upward and no failed item of the checklist tells of, in its words.
pub fn untold(lint: &Value, items: &[Value]) -> Vec<String> {
    let failed = || items.iter().filter(|item| item["status"] == "failed");
    let evidence: Vec<&Value> =
        failed().flat_map(|item| item["evidence"].as_array().expect("evidence")).collect();
    let is_told = |finding: &Value| {
        let message = finding["message"].as_str().expect("a message");
        evidence.iter().any(|seen| {
            ["rule", "file", "line"].iter().all(|key| seen[key] == finding[key])
                && seen["text"].as_str().is_some_and(|text| text.starts_with(message))
        })
    };
    let findings = lint["findings"].as_array().expect("a list").iter();
    let grave = findings.filter(|f| f["severity"] == "error" || f["severity"] == "warning");
    grave.filter(|f| !is_told(f)).map(|f| format!("{}: {}", f["rule"], f["message"])).collect()
}
