//! `plimsoll context`, and what `plimsoll lint` says of ignore and environment files, as a person meets them.

use std::path::Path;

use assert_cmd::Command;

struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

fn run(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command.current_dir(folder).args(args).env("NO_COLOR", "1").env("LANG", "C.UTF-8");
    let output = command.output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run {
        status: output.status.code().expect("it ends by itself"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn write(folder: &Path, name: &str, contents: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("it can be written");
    std::fs::write(path, contents).expect("it can be written");
}

/// A token that the engine takes for one, made up here so that none stands in the repository.
fn token() -> String {
    let letters =
        (0..36u32).map(|n| char::from(b'A' + u8::try_from((n * 7 + n / 3) % 26).expect("a letter")));
    format!("ghp_{}", letters.collect::<String>())
}

/// A shop with nearly everything wrong that can be.
fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    write(root, ".git/HEAD", "ref: refs/heads/main\n");
    write(root, ".git/objects/pack/pack-1.pack", vec![b'p'; 1_200_000]);
    write(
        root,
        "Dockerfile",
        "FROM debian:13-slim\nCOPY . /app\nUSER 10001\nHEALTHCHECK NONE\nENTRYPOINT [\"/app/run\"]\n",
    );
    write(root, ".dockerignore", "docs # not needed\n!README.md\n*.md\n");
    write(
        root,
        "compose.yaml",
        "services:\n  web:\n    image: \"shop:${TAG}\"\n    environment:\n      DB: ${DB_URL:?}\n",
    );
    write(root, ".env", format!("DEBUG=0\nGITHUB_TOKEN={}\nBAD KEY=hunter2hunter2\n", token()));
    write(root, ".env.example", "TAG=1.0\n");
    write(root, "web/node_modules/next/next.js", vec![b'n'; 3_400_000]);
    write(root, "web/src/page.js", "export default 1\n");
    write(root, "api/.venv/pyvenv.cfg", "home = /usr\n");
    write(root, "api/.venv/lib/x.so", vec![b'v'; 500_000]);
    write(root, "api/app/__pycache__/main.pyc", vec![b'c'; 900]);
    write(root, "api/certs/client.p12", "a key store");
    folder
}

#[test]
fn a_context_is_weighed_and_searched() {
    let folder = shop();
    let seen = run(folder.path(), &["context"]);
    assert_eq!((seen.status, seen.stderr.as_str()), (1, ""));
    assert!(!seen.stdout.contains(&token()), "a secret was printed");
    insta::assert_snapshot!(seen.stdout);
}

#[test]
fn lint_judges_the_files_around_the_build() {
    let folder = shop();
    let seen = run(folder.path(), &["lint"]);
    assert_eq!((seen.status, seen.stderr.as_str()), (1, ""));
    assert!(!seen.stdout.contains(&token()) && !seen.stdout.contains("hunter2"), "a secret was printed");
    insta::assert_snapshot!(seen.stdout);
}

#[test]
fn every_format_has_the_leak_and_none_the_secret() {
    let folder = shop();
    for format in ["text", "table", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown"] {
        let seen = run(folder.path(), &["context", ".", "--no-ignore", "--format", format]);
        assert_eq!(seen.status, 1, "{format}");
        assert!(seen.stdout.contains("context-leaked-secret"), "{format}: {}", seen.stdout);
        assert!(!seen.stdout.contains(&token()), "{format}: {}", seen.stdout);
    }
    let shown = run(folder.path(), &["context", "--show-secrets"]);
    assert!(shown.stdout.contains(&token()));
    let json = run(folder.path(), &["context", "web", "api", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report["contexts"][0]["name"], "api");
    assert_eq!(report["contexts"][1]["heaviest"][0]["path"], "node_modules");
    assert_eq!(report["contexts"][1]["savings"][0]["pattern"], "node_modules");
    assert_eq!(report["findings"][0]["file"], "api/certs/client.p12");
}

#[test]
fn the_exit_status_says_what_was_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "clean/main.py", "print(1)\n");
    write(folder.path(), "leaky/deploy.env", format!("T={}\n", token()));
    write(folder.path(), "leaky/Dockerfile", "FROM scratch\n");
    write(folder.path(), "leaky/Dockerfile.dockerignore", "*.env\n");
    write(folder.path(), "leaky/other.Dockerfile", "FROM scratch\n");
    let status = |args: &[&str]| run(folder.path(), args).status;
    assert_eq!(status(&["context", "clean"]), 0);
    assert_eq!(status(&["context", "leaky"]), 0);
    assert_eq!(status(&["context", "leaky", "--no-ignore"]), 1);
    assert_eq!(status(&["context", "leaky", "--file", "leaky/other.Dockerfile"]), 1);
    assert_eq!(status(&["context", "leaky", "--no-ignore", "--ignore", "secrets"]), 0);
}

#[test]
fn bad_input_is_one_line_and_never_stops_the_rest() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "leaky/deploy.env", format!("T={}\n", token()));
    write(folder.path(), "bad/.dockerignore/x", "");
    for (args, message) in [
        (&["context", "gone", "leaky"][..], "error: gone: no such folder\n"),
        (
            &["context", "leaky/deploy.env", "leaky"],
            "error: leaky/deploy.env: is no folder: a build context is one\n",
        ),
        (&["context", "bad", "leaky"], "error: bad/.dockerignore: not a regular file\n"),
    ] {
        let seen = run(folder.path(), args);
        assert_eq!((seen.status, seen.stderr.as_str()), (2, message));
        assert!(seen.stdout.contains("context-leaked-secret"), "{}", seen.stdout);
    }
    let seen = run(folder.path(), &["context", "leaky", "--file", "gone"]);
    assert_eq!((seen.status, seen.stderr.as_str()), (2, "error: gone: no such file or folder\n"));
}

#[test]
fn env_files_of_services_are_judged_whatever_their_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder can be made");
        std::fs::write(path, text).expect("it can be written");
    };
    // As `git init` leaves it: there is no index before the first `git add`.
    write(".git/HEAD", "ref: refs/heads/main\n");
    write("config/prod.vars", "DB_PASSWORD=tr0ub4dor-n1ne-lives\n");
    write(
        "compose.yaml",
        "services:\n  api:\n    image: example.com/api:1\n    env_file: config/prod.vars\n",
    );
    let found = || {
        let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
        let run = command.current_dir(folder.path()).args(["lint", ".", "--format", "json"]).output();
        let text = String::from_utf8(run.expect("it starts").stdout).expect("UTF-8");
        assert!(!text.contains("tr0ub4dor"), "a secret was printed");
        let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let findings = report["findings"].as_array().expect("a list").clone();
        findings.iter().map(|f| format!("{} {}", f["rule"], f["file"])).collect::<Vec<_>>()
    };
    assert_eq!(found(), ["\"env-unignored\" \"config/prod.vars\""]);
    write(".gitignore", "*.vars\n");
    assert!(found().is_empty());
}
