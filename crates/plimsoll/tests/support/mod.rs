//! Running the command in a folder of its own.

// Each test file is a program of its own and uses a part of this.
#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;

pub fn plimsoll(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command.current_dir(folder).env("NO_COLOR", "1").env("LANG", "C.UTF-8");
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
