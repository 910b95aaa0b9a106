//! Looking at images: the tree, the layers, what could go, and how two images differ.

use std::path::Path;

use assert_cmd::Command;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder, TestEntry};
use plimsoll_report::{Format, Options, render};
use plimsoll_rules::config::Settings;
use plimsoll_rules::look::{Compared, Look};
use plimsoll_rules::{AuditOptions, ImageSource, Outcome, audit_stream, compare_images};

/// The day of the screens.
const TODAY: &str = "2026-11-01";

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n";

/// Bytes that are in no other file. A tenth of the number, so that the tests are quick.
fn content(byte: u8, tenfold: usize) -> Vec<u8> {
    vec![byte; tenfold / 10]
}

/// An image with something of everything that could go.
fn old() -> ImageBuilder {
    let base = LayerBuilder::new()
        .file("etc/passwd", PASSWD)
        .file("usr/bin/python3", content(b'p', 6_000_000))
        .file("usr/lib/x86_64-linux-gnu/libc.so.6", content(b'c', 2_000_000))
        .file("usr/share/doc/python3/README", content(b'd', 1_500_000))
        .file("var/lib/dpkg/status", content(b's', 90_000));
    let install = LayerBuilder::new()
        .file("var/lib/apt/lists/debian_Packages", content(b'l', 3_000_000))
        .file("var/lib/dpkg/status", content(b't', 95_000))
        .file("usr/local/lib/python3.13/site-packages/pandas/core.so", content(b'o', 4_000_000))
        .file("usr/local/lib/python3.13/site-packages/pandas/tests/data.csv", content(b'v', 2_500_000));
    let copy = LayerBuilder::new()
        .file("app/main.py", "print()")
        .file("app/weights.bin", content(b'w', 2_000_000))
        .file("app/cache/weights.bin", content(b'w', 2_000_000));
    let chown = LayerBuilder::new()
        .entry(TestEntry::file("app/weights.bin", content(b'w', 2_000_000)).owner(10001, 10001))
        .whiteout("app/cache");
    ImageBuilder::new("shop-api:1")
        .config(|c| {
            c["config"] = serde_json::json!({
                "Cmd": ["python3", "/app/main.py"],
                "Env": ["PATH=/usr/bin", "MODE=slow", "OLD=1"],
                "Labels": { "version": "1" },
            });
        })
        .layer(base.build(), "/bin/sh -c #(nop) ADD file:0123456789abcdef in / ")
        .layer(install.build(), "RUN /bin/sh -c apt-get update && pip install pandas # buildkit")
        .layer(copy.build(), "COPY . /app # buildkit")
        .layer(chown.build(), "RUN /bin/sh -c chown -R app /app && rm -r /app/cache # buildkit")
}

/// The same service, with a user and without most of the waste.
fn new() -> ImageBuilder {
    let base = LayerBuilder::new()
        .file("etc/passwd", PASSWD)
        .file("usr/bin/python3", content(b'p', 6_000_000))
        .file("usr/lib/x86_64-linux-gnu/libc.so.6", content(b'c', 2_000_000))
        .file("usr/share/doc/python3/README", content(b'd', 1_500_000))
        .file("var/lib/dpkg/status", content(b's', 90_000));
    let install = LayerBuilder::new()
        .file("usr/local/lib/python3.13/site-packages/pandas/core.so", content(b'o', 5_500_000))
        .file("usr/local/lib/python3.13/site-packages/numpy/core.so", content(b'n', 3_000_000))
        .file("root/.cache/pip/http/wheel", content(b'h', 1_200_000));
    let copy = LayerBuilder::new()
        .entry(TestEntry::file("app/main.py", "print()").mode(0o755))
        .file("app/weights.bin", content(b'x', 2_000_000));
    ImageBuilder::new("shop-api:2")
        .config(|c| {
            c["config"] = serde_json::json!({
                "User": "10001",
                "Cmd": ["python3", "/app/main.py"],
                "Env": ["PATH=/usr/bin", "MODE=fast", "DB_PASSWORD=tr0ub4dor-n1ne-lives"],
                "Labels": { "version": "2", "note": "password is tr0ub4dor-n1ne-lives" },
                "ExposedPorts": { "8000/tcp": {} },
                "Healthcheck": { "Test": ["CMD", "python3", "check.py"] },
                "WorkingDir": "/app",
            });
        })
        .layer(base.build(), "/bin/sh -c #(nop) ADD file:0123456789abcdef in / ")
        .layer(install.build(), "RUN /bin/sh -c pip install numpy pandas # buildkit")
        .layer(copy.build(), "COPY . /app # buildkit")
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.today = TODAY.parse().expect("a date");
    settings
}

fn look(tree: bool, layers: bool) -> Outcome {
    let options = AuditOptions { look: Look { tree, layers }, ..AuditOptions::default() };
    audit_stream(&old().docker_save()[..], "old.tar", &settings(), &options)
}

fn options(width: usize) -> Options {
    Options { unicode: true, width, findings: false, ..Options::default() }
}

fn compared() -> Compared {
    let (old, new) = (old().docker_save(), new().docker_save());
    let (old, new) = (ImageSource::Stream(Box::new(&old[..])), ImageSource::Stream(Box::new(&new[..])));
    compare_images((old, "old.tar"), (new, "new.tar"), &settings(), &AuditOptions::default())
}

fn difference(new_only: bool, format: Format, options: &Options) -> String {
    let mut out = Vec::new();
    plimsoll_report::write_comparison(&compared(), new_only, format, options, &mut out)
        .expect("memory takes it");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn the_tree_at_80_columns() {
    insta::assert_snapshot!(render(&look(true, false), Format::Text, &options(80)));
}

#[test]
fn the_tree_at_140_columns() {
    let seen = render(&look(true, false), Format::Table, &options(140));
    assert!(seen.lines().all(|line| line.chars().count() <= 140), "{seen}");
    insta::assert_snapshot!(seen);
}

#[test]
fn the_tree_in_ascii() {
    let seen = render(&look(true, false), Format::Text, &Options { unicode: false, ..options(80) });
    assert!(seen.is_ascii() && seen.lines().all(|line| line.len() <= 80), "{seen}");
    insta::assert_snapshot!(seen);
}

#[test]
fn the_tree_in_colour() {
    let plain = render(&look(true, false), Format::Text, &options(80));
    let coloured = render(&look(true, false), Format::Text, &Options { colour: true, ..options(80) });
    assert_ne!(plain, coloured);
    let mut stripped = String::new();
    let mut rest = &coloured[..];
    while let Some((before, after)) = rest.split_once('\x1b') {
        stripped.push_str(before);
        rest = after.split_once('m').expect("every escape code ends").1;
    }
    assert_eq!(stripped + rest, plain);
}

#[test]
fn the_layers() {
    insta::assert_snapshot!(render(&look(false, true), Format::Text, &options(100)));
}

#[test]
fn the_findings_about_weight() {
    let all = Options { findings: true, ..options(100) };
    insta::assert_snapshot!(render(&look(false, false), Format::Text, &all));
}

#[test]
fn a_difference() {
    insta::assert_snapshot!(difference(false, Format::Text, &options(100)));
}

#[test]
fn a_difference_in_markdown() {
    insta::assert_snapshot!(difference(false, Format::Markdown, &options(100)));
}

#[test]
fn a_difference_in_json() {
    let json: serde_json::Value =
        serde_json::from_str(&difference(true, Format::Json, &options(100))).expect("JSON");
    let diff = &json["diff"];
    assert_eq!(json["version"], 1);
    assert_eq!(json["images"][0]["name"], "shop-api:1");
    assert_eq!(json["findings"], diff["new_findings"]);
    assert_eq!(diff["shared_layers"], serde_json::json!([{ "layer": 0, "bytes": 959_030 }]));
    assert_eq!(diff["grew"]["files"], 1);
    assert_eq!(diff["changed"]["heaviest"][0]["path"], "app/weights.bin");
    assert_eq!(diff["rights"]["heaviest"][0]["path"], "app/main.py");
    let size = |image: usize| json["images"][image]["size"].as_i64().expect("a size");
    assert_eq!(diff["size_difference"], size(1) - size(0));
    let env: Vec<&serde_json::Value> =
        diff["config"].as_array().expect("a list").iter().filter(|c| c["field"] == "env").collect();
    assert_eq!(env.len(), 3);
    assert!(env.iter().all(|c| c.get("old").is_none() && c.get("new").is_none()), "{env:?}");
    let rules = |key: &str| -> Vec<&str> {
        diff[key].as_array().expect("a list").iter().map(|f| f["rule"].as_str().expect("a name")).collect()
    };
    assert!(rules("new_findings").contains(&"image-secret-in-config"));
    assert!(rules("gone_findings").contains(&"image-run-as-non-root"));
    assert!(!rules("new_findings").contains(&"image-documentation"), "both have it");
}

#[test]
fn no_format_of_a_difference_prints_a_secret() {
    for format in Format::ALL {
        let seen = difference(false, format, &options(120));
        assert!(!seen.is_empty(), "{format}");
        assert!(!seen.contains("tr0ub4dor-n1ne"), "{format}: {seen}");
    }
}

/// An image made to break what looks at it.
fn hostile(turn: u8) -> Vec<u8> {
    let deep = "d/".repeat(1900) + "f";
    let lower = LayerBuilder::new()
        .file("\x1b[31mred\u{202e}\n```", content(b'r', 3_000_000 + usize::from(turn)))
        .file(b"\xff\xfe\x80", content(b'u', 2_000_000))
        .file(&deep, content(b'd', 4_000_000))
        .file("a|b`c`<img src=x>", content(b'm', 2_500_000))
        .symlink("l1", "l2")
        .symlink("l2", "l1")
        .hard_link("self", "self")
        .hard_link("dangling", "nothing")
        .file("twice", "1")
        .file("twice", "22")
        .file("file/below", "x")
        .file("kept", content(b'k', 1_500_000))
        .hard_link("link", "kept");
    let upper = LayerBuilder::new()
        .whiteout("never/was")
        .whiteout("kept")
        .opaque("d")
        .file("file", "was a folder")
        .dir("twice")
        .file("l1/through/a/cycle", "x");
    ImageBuilder::new("x:1")
        .config(|c| c["config"] = serde_json::json!({ "Labels": { "a\u{1b}b": "\u{202e}|`" } }))
        .layer(lower.build(), "COPY \x1b[2J . # buildkit")
        .layer(upper.build(), "")
        .docker_save()
}

#[test]
fn nothing_in_an_image_steers_what_shows_it() {
    let (one, two) = (hostile(0), hostile(200));
    let options = AuditOptions { look: Look { tree: true, layers: true }, ..AuditOptions::default() };
    let outcome = audit_stream(&one[..], "x.tar", &settings(), &options);
    let source = |bytes| ImageSource::Stream(Box::new(bytes));
    let (old, new) = (source(&one[..]), source(&two[..]));
    let compared = compare_images((old, "x.tar"), (new, "y.tar"), &settings(), &options);
    for format in [Format::Text, Format::Table, Format::Json, Format::Markdown] {
        for width in [1, 40, 200] {
            let options = Options { unicode: true, width, ..Options::default() };
            let mut seen = render(&outcome, format, &options).into_bytes();
            plimsoll_report::write_comparison(&compared, false, format, &options, &mut seen)
                .expect("memory takes it");
            let seen = String::from_utf8(seen).expect("UTF-8");
            let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!seen.contains(steers), "{format}: {seen:?}");
        }
    }
}

fn plimsoll(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command.current_dir(folder).args(args).env("NO_COLOR", "1").env("LANG", "C.UTF-8");
    let output = command.output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

#[test]
fn the_exit_status_of_a_difference_says_what_counts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write =
        |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("it is written");
    write("old.tar", &old().docker_save());
    write("new.tar", &new().docker_save());
    write("cut.tar", &new().docker_save()[..5000]);
    let run = |args: &[&str]| plimsoll(folder.path(), args);
    // The new image leaks; the old one did not.
    assert_eq!(run(&["diff", "old.tar", "new.tar", "--new-only"]).0, 1);
    // What was there before is counted only where everything counts.
    assert_eq!(run(&["diff", "new.tar", "new.tar", "--new-only"]).0, 0);
    assert_eq!(run(&["diff", "new.tar", "new.tar"]).0, 1);
    let same = run(&["diff", "new.tar", "new.tar"]).1;
    assert!(same.contains("(0 B)") && !same.contains("configuration"), "{same}");
    for bad in [&["cut.tar", "new.tar"], &["new.tar", "gone.tar"], &["-", "-"]] {
        let (status, _, stderr) = run(&["diff", bad[0], bad[1]]);
        assert_eq!(status, 2, "{bad:?}");
        assert!(
            stderr.starts_with("error: ") && stderr.lines().all(|l| l.starts_with("error: ")),
            "{stderr}"
        );
    }
    // Nobody asked for an audit of the one that can be read.
    assert_eq!(run(&["diff", "gone.tar", "new.tar"]).1, "");
}

#[test]
fn looking_is_for_people() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("old.tar"), old().docker_save()).expect("it is written");
    let run = |args: &[&str]| plimsoll(folder.path(), args);
    let (status, stdout, _) = run(&["image", "old.tar", "--tree", "--layers"]);
    assert_eq!(status, 1);
    assert!(stdout.contains("rewritten") && stdout.contains("site-packages"), "{stdout}");
    assert!(!stdout.contains("error[") && stdout.contains("in 1 image"), "{stdout}");
    let (status, _, stderr) = run(&["image", "old.tar", "--tree", "--format", "sarif"]);
    assert_eq!((status, stderr.lines().count()), (2, 1));
    let (_, json, _) = run(&["image", "old.tar", "--tree", "--layers", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let image = &json["images"][0];
    // What is shown and what is not add up, at every folder.
    fn check(node: &serde_json::Value) {
        let Some(children) = node.get("children").and_then(|c| c.as_array()) else { return };
        let bytes = |node: &serde_json::Value| node["bytes"].as_u64().expect("bytes");
        let rest = node.get("rest").map_or(0, bytes);
        assert_eq!(children.iter().map(bytes).sum::<u64>() + rest, bytes(node), "{node}");
        children.iter().for_each(check);
    }
    check(&image["tree"]);
    assert_eq!(image["layers"][3]["changes"]["rewritten"]["bytes"], 200_000);
    assert_eq!(image["layers"][3]["changes"]["removed"]["files"], 1);
    let causes = image["weight"].as_array().expect("a list");
    let sum: u64 = causes.iter().map(|c| c["bytes"].as_u64().expect("bytes")).sum();
    assert_eq!(image["removable_bytes"], sum);
}
