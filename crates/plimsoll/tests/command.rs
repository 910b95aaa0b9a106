//! The command as a person meets it: exit statuses, bad input, standard input, what is printed where.

mod support;

use plimsoll_image::Compression;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder, archive};
use support::{folder, plimsoll, run, write};

const CLEAN: &str = "FROM debian:13-slim\nUSER 10001\nHEALTHCHECK NONE\nENTRYPOINT [\"/app\"]\n";
const ROOT: &str = "FROM debian:13-slim\nHEALTHCHECK NONE\nENTRYPOINT [\"/app\"]\n";

#[test]
fn the_exit_status_says_what_was_found() {
    let folder = folder();
    write(folder.path(), "clean/Dockerfile", CLEAN);
    write(folder.path(), "root/Dockerfile", ROOT);
    assert_eq!(run(plimsoll(folder.path()).args(["lint", "clean"])).status, 0);
    let found = run(plimsoll(folder.path()).args(["lint", "root"]));
    assert_eq!(found.status, 1);
    assert!(found.stdout.contains("error[run-as-non-root]"), "{}", found.stdout);
    assert_eq!(run(plimsoll(folder.path()).args(["lint", "root", "--ignore", "run-as-non-root"])).status, 0);
    assert_eq!(run(plimsoll(folder.path()).args(["lint", "root", "--ignore", "DS002"])).status, 0);
    assert_eq!(run(plimsoll(folder.path()).args(["lint", "missing"])).status, 2);
    assert_eq!(run(plimsoll(folder.path()).args(["lint", "--no-such-flag"])).status, 2);
}

#[test]
fn one_unreadable_input_never_stops_the_others() {
    let folder = folder();
    write(folder.path(), "Dockerfile", ROOT);
    let found = run(plimsoll(folder.path()).args(["lint", "missing/Dockerfile", "Dockerfile"]));
    assert_eq!(found.status, 2);
    assert!(found.stdout.contains("run-as-non-root"), "{}", found.stdout);
    assert_eq!(found.stderr, "error: missing/Dockerfile: no such file or folder\n");
}

#[test]
fn a_folder_without_anything_to_read_is_an_error() {
    let folder = folder();
    write(folder.path(), "empty/readme.txt", "nothing here");
    let found = run(plimsoll(folder.path()).args(["lint", "empty"]));
    assert_eq!(found.status, 2);
    assert!(found.stderr.starts_with("error: empty: no Dockerfile"), "{}", found.stderr);
    assert_eq!(found.stderr.lines().count(), 1);
}

#[test]
fn standard_input_is_read_under_its_name() {
    let folder = folder();
    let found = run(plimsoll(folder.path())
        .args(["lint", "-", "--stdin-filename", "api/Dockerfile", "--format", "json"])
        .write_stdin(ROOT));
    assert_eq!(found.status, 1);
    let report: serde_json::Value = serde_json::from_str(&found.stdout).expect("JSON");
    assert_eq!(report["version"], 1);
    assert_eq!(report["findings"][0]["file"], "api/Dockerfile");
}

#[test]
fn one_bad_line_never_hides_the_rest() {
    let folder = folder();
    write(
        folder.path(),
        "Dockerfile",
        "FROM debian:13-slim\nCOPPY a b\nENV DB_PASSWORD=tr0ub4dor-n1ne-lives\nCMD app\n",
    );
    let found = run(plimsoll(folder.path()).args(["lint", "--format", "json"]));
    for rule in ["syntax-error", "secret-in-variable", "exec-form-command", "run-as-non-root"] {
        assert!(found.stdout.contains(&format!("\"rule\":\"{rule}\"")), "{rule}: {}", found.stdout);
    }
    assert!(!found.stdout.contains("tr0ub4dor-n1ne-lives"), "the secret was printed");
}

#[test]
fn no_format_prints_a_secret() {
    let folder = folder();
    write(
        folder.path(),
        "Dockerfile",
        "FROM debian:13-slim\nENV DB_PASSWORD=tr0ub4dor-n1ne-lives\nRUN echo tr0ub4dor-n1ne-lives\n",
    );
    for format in ["text", "table", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown"] {
        let found = run(plimsoll(folder.path()).args(["lint", "--select", "ALL", "--format", format]));
        assert_eq!(found.status, 1, "{format}");
        assert!(!found.stdout.is_empty(), "{format}");
        assert!(!found.stdout.contains("tr0ub4dor"), "{format}: {}", found.stdout);
    }
    let found = run(plimsoll(folder.path()).args(["lint", "--show-secrets"]));
    assert!(found.stdout.contains("tr0ub4dor-n1ne-lives"));
}

#[test]
fn the_configuration_is_found_upward() {
    let folder = folder();
    write(
        folder.path(),
        "plimsoll.toml",
        "ignore = ['run-as-non-root']\n[[per-path]]\npath = 'strict/**'\nextend-select = ['ALL']\n",
    );
    write(folder.path(), "deep/down/Dockerfile", ROOT);
    assert_eq!(run(plimsoll(folder.path()).args(["lint", "deep"])).status, 0);
    assert_eq!(run(plimsoll(&folder.path().join("deep/down")).args(["lint"])).status, 0);
    assert_eq!(run(plimsoll(folder.path()).args(["lint", "deep", "--no-config"])).status, 1);
    write(folder.path(), "plimsoll.toml", "ignroe = []\n");
    let found = run(plimsoll(folder.path()).args(["lint", "deep"]));
    assert_eq!(found.status, 2);
    assert!(
        found.stderr.contains("plimsoll.toml:1: unknown key `ignroe`: did you mean `ignore`?"),
        "{}",
        found.stderr
    );
}

#[test]
fn ignores_in_comments_hold() {
    let folder = folder();
    let text = format!("# plimsoll ignore=run-as-non-root reason=the orchestrator sets the user\n{ROOT}");
    write(folder.path(), "Dockerfile", text);
    assert_eq!(run(plimsoll(folder.path()).args(["lint"])).status, 0);
    write(folder.path(), "Dockerfile", format!("# hadolint ignore=DL3002\n# trivy:ignore:DS-0002\n{ROOT}"));
    assert_eq!(run(plimsoll(folder.path()).args(["lint"])).status, 0);
}

#[test]
fn rules_are_explained_by_name_and_by_code() {
    let folder = folder();
    for word in ["pin-base-image", "DL3007", "DS-0001", "CKV_DOCKER_7"] {
        let found = run(plimsoll(folder.path()).args(["explain", word]));
        assert_eq!(found.status, 0);
        assert!(found.stdout.contains("The base image has no version"), "{word}: {}", found.stdout);
    }
    let found = run(plimsoll(folder.path()).args(["explain", "pin-base-imgae"]));
    assert_eq!(found.status, 2);
    assert!(found.stderr.contains("did you mean `pin-base-image`?"), "{}", found.stderr);
    let found =
        run(plimsoll(folder.path()).args(["rules", "--category", "user,compose", "--kind", "compose"]));
    assert!(found.stdout.contains("service-as-root") && !found.stdout.contains("run-as-non-root"));
    assert!(
        run(plimsoll(folder.path()).args(["rules", "--category", "users"]))
            .stderr
            .contains("did you mean `user`?")
    );
    let found = run(plimsoll(folder.path()).args(["rules", "--category", "user"]));
    assert!(found.stdout.contains("run-as-non-root"), "{}", found.stdout);
    assert!(!found.stdout.contains("add-healthcheck"), "{}", found.stdout);
}

fn image() -> ImageBuilder {
    ImageBuilder::new("shop-api:1")
        .config(|c| c["config"] = serde_json::json!({ "Cmd": ["/app"] }))
        .layer(LayerBuilder::new().file("app", vec![b'x'; 30_000]).build(), "COPY app / # buildkit")
}

#[test]
fn a_saved_image_is_audited_from_a_file_and_from_a_pipe() {
    let folder = folder();
    for (name, saved) in
        [("old.tar", image().docker_save()), ("new.tar", archive(&image().docker_25_files()))]
    {
        write(folder.path(), name, &saved);
        let found = run(plimsoll(folder.path()).args(["image", name]));
        assert_eq!(found.status, 1, "{name}: {}", found.stderr);
        assert!(found.stdout.contains("image-run-as-non-root"), "{}", found.stdout);
        assert!(found.stdout.contains("COPY app /"), "{}", found.stdout);
        let piped = run(plimsoll(folder.path()).args(["image", "-"]).write_stdin(saved));
        assert_eq!((piped.status, piped.stdout), (found.status, found.stdout));
    }
}

#[test]
fn a_budget_that_was_asked_for_is_an_error() {
    let folder = folder();
    write(folder.path(), "app.tar", image().docker_save());
    let budget = |profile: &str| {
        format!(
            "[[image]]\nname = 'shop-api:*'\nprofile = 'backend'\n[profile.backend]\nbudget = '{profile}'\n"
        )
    };
    write(folder.path(), "plimsoll.toml", budget("10 kB"));
    let over = run(plimsoll(folder.path()).args(["image", "app.tar"]));
    assert!(over.stdout.contains("error[image-over-budget]"), "{}", over.stdout);
    write(folder.path(), "plimsoll.toml", budget("1 MB"));
    let under = run(plimsoll(folder.path()).args(["image", "app.tar"]));
    assert!(!under.stdout.contains("image-over-budget"), "{}", under.stdout);
    let unknown = run(plimsoll(folder.path()).args(["image", "app.tar", "--profile", "spaceship"]));
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("unknown profile `spaceship`"), "{}", unknown.stderr);
}

#[test]
fn a_bad_archive_is_one_line_that_says_what_to_do() {
    let folder = folder();
    let saved = image().docker_save();
    write(folder.path(), "cut.tar", &saved[..saved.len() / 2]);
    write(folder.path(), "text.tar", "this is no archive");
    write(folder.path(), "plain.tar", LayerBuilder::new().file("hello", "x").build());
    write(folder.path(), "folder/x", "");
    let missing = r#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":["gone/layer.tar"]}]"#;
    let tar = LayerBuilder::new()
        .file("c.json", r#"{"rootfs":{"type":"layers","diff_ids":[]}}"#)
        .file("manifest.json", missing);
    write(folder.path(), "missing.tar", tar.build());
    let no_tar =
        ImageBuilder::new("a:1").layer(b"this layer is no tar, and long enough".repeat(40), "COPY . /");
    write(folder.path(), "layer.tar", no_tar.docker_save());
    let mut lying = image().oci_files(Compression::Gzip);
    for (_, contents) in &mut lying {
        // The manifest is the one that lists layers; a digit more in each of its sizes.
        if let Ok(text) = std::str::from_utf8(contents)
            && text.contains("\"layers\":[")
        {
            *contents = text.replace("\"size\":", "\"size\":9").into_bytes();
        }
    }
    write(folder.path(), "lying.tar", archive(&lying));
    for (input, words) in [
        ("layer.tar", "layer"),
        ("lying.tar", "are stated"),
        ("python:3.13-slim", "docker save python:3.13-slim | plimsoll image -"),
        ("nothing.tar", "no such file"),
        ("cut.tar", ""),
        ("text.tar", "not an image archive"),
        ("plain.tar", "manifest"),
        ("folder", "index.json"),
        ("missing.tar", "gone/layer.tar"),
    ] {
        let found = run(plimsoll(folder.path()).args(["image", input]));
        assert_eq!(found.status, 2, "{input}: {}", found.stderr);
        assert!(found.stderr.contains(words), "{input}: {}", found.stderr);
        assert!(found.stderr.lines().all(|l| l.starts_with("error: ")), "{input}: {}", found.stderr);
        // The good image beside it is audited all the same.
        write(folder.path(), "good.tar", &saved);
        let both = run(plimsoll(folder.path()).args(["image", input, "good.tar"]));
        assert_eq!(both.status, 2, "{input}");
        assert!(both.stdout.contains("shop-api:1"), "{input}: {}", both.stdout);
    }
}
