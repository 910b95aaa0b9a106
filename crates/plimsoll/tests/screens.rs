//! What a person sees: whole screens of real output, kept as snapshots.

use std::path::Path;

use assert_cmd::Command;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder};

/// The day of the screens.
const TODAY: &str = "2026-11-01";

/// Standard output of the command, run in the project's root or in `folder`.
fn screen(folder: Option<&Path>, args: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command.current_dir(folder.unwrap_or(&root)).args(args).env("NO_COLOR", "1").env("LANG", "C.UTF-8");
    let output = command.output().expect("it starts");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_bad_application() {
    insta::assert_snapshot!(screen(None, &["lint", "testdata/bad", "--today", TODAY]));
}

#[test]
fn the_bad_application_as_a_table() {
    insta::assert_snapshot!(screen(None, &["lint", "testdata/bad", "--today", TODAY, "--format", "table"]));
}

#[test]
fn the_reference_application() {
    insta::assert_snapshot!(screen(None, &["lint", "testdata/reference", "--today", TODAY]));
}

#[test]
fn an_image_with_its_dockerfile() {
    let dockerfile = "FROM debian:12-slim\nCOPY deploy.env /app/.env\nRUN rm /app/.env\nRUN apt-get update\nCMD [\"/app/run\"]\n";
    let release = "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
    let base = LayerBuilder::new()
        .file("etc/os-release", release)
        .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    // Made up here, so that no credential stands in the repository.
    let token: String = (0..36u32)
        .map(|n| char::from(b'A' + u8::try_from((n * 7 + n / 3) % 26).expect("a letter")))
        .collect();
    let image = ImageBuilder::new("shop-api:1")
        .config(|c| {
            c["config"] =
                serde_json::json!({ "Cmd": ["/app/run"], "Env": ["DB_PASSWORD=tr0ub4dor-n1ne-lives"] })
        })
        .layer(base.build(), "/bin/sh -c #(nop) ADD file:0123456789abcdef in / ")
        .layer(
            LayerBuilder::new().file("app/.env", format!("GITHUB_TOKEN=ghp_{token}\n")).build(),
            "COPY deploy.env /app/.env # buildkit",
        )
        .layer(LayerBuilder::new().whiteout("app/.env").build(), "RUN /bin/sh -c rm /app/.env # buildkit")
        .layer(
            LayerBuilder::new().file("var/lib/apt/lists/Packages", vec![b'x'; 900_000]).build(),
            "RUN /bin/sh -c apt-get update # buildkit",
        )
        .empty_layer("CMD [\"/app/run\"]");
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("Dockerfile"), dockerfile).expect("it can be written");
    std::fs::write(folder.path().join("app.tar"), image.docker_save()).expect("it can be written");
    let args = ["image", "app.tar", "--dockerfile", "Dockerfile", "--profile", "backend", "--today", TODAY];
    let seen = screen(Some(folder.path()), &args);
    assert!(!seen.contains(&token) && !seen.contains("tr0ub4dor-n1ne"), "a secret was printed");
    insta::assert_snapshot!(seen);
}
