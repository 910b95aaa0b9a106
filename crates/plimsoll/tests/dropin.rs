//! What people bring along from other linters: settings, comments, a baseline.

mod support;

use std::path::Path;

use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use serde_json::Value;
use support::{Run, folder, plimsoll, run, write};

const DOCKERFILE: &str = "\
FROM debian:latest
LABEL maintainer=\"\" built=yesterday extra=1
RUN apt-get update && apt-get install -y curl
COPY a b c
CMD app
";

fn lint(folder: &Path, arguments: &[&str]) -> Run {
    run(plimsoll(folder).arg("lint").args(arguments))
}

/// Each finding as its line, severity and codes.
fn findings(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let printed = lint(folder, &[arguments, &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&printed.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}{}", printed.stdout, printed.stderr));
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|f| format!("{}:{} {} {} {}", f["file"], f["line"], f["severity"], f["rule"], f["also"]))
        .collect()
}

fn has(findings: &[String], code: &str) -> bool {
    findings.iter().any(|f| f.contains(&format!("\"{code}\"")))
}

#[test]
fn hadolints_settings_are_honoured() {
    let folder = folder();
    write(folder.path(), "app/Dockerfile", DOCKERFILE);
    let before = findings(folder.path(), &[]);
    assert!(has(&before, "DL3025") && has(&before, "DL3021") && !has(&before, "DL3008"), "{before:#?}");

    write(folder.path(), ".hadolint.yaml", "ignored: [DL3025]\noverride: {error: [DL3008]}\n");
    let after = findings(folder.path(), &[]);
    assert!(!has(&after, "DL3025"), "{after:#?}");
    // A code with a severity is wanted, also where it is an opinion here.
    let pinned = after.iter().find(|f| f.contains("\"DL3008\"")).expect("DL3008");
    assert!(pinned.contains("\"error\""), "{pinned}");

    assert!(has(&findings(folder.path(), &["--no-config"]), "DL3025"));
    write(folder.path(), "plimsoll.toml", "");
    assert_eq!(findings(folder.path(), &[]), before, "a plimsoll.toml stands alone");
}

#[test]
fn labels_and_registries_come_from_hadolints_settings() {
    let folder = folder();
    write(folder.path(), "Dockerfile", DOCKERFILE);
    let settings = "trustedRegistries: [ghcr.io]\nstrict-labels: true\n\
                    label-schema: {maintainer: text, built: rfc3339, version: semver}\n";
    write(folder.path(), ".hadolint.yml", settings);
    let found = findings(folder.path(), &[]);
    for code in ["DL3026", "DL3049", "DL3050", "DL3051", "DL3053"] {
        assert!(has(&found, code), "{code}: {found:#?}");
    }
}

#[test]
fn hadolints_threshold_and_no_fail_decide_the_exit_status() {
    let folder = folder();
    write(folder.path(), "Dockerfile", "FROM debian:13-slim\nUSER 1\nHEALTHCHECK NONE\nCMD app\n");
    let status = |settings: &str, arguments: &[&str]| {
        write(folder.path(), ".hadolint.yaml", settings);
        lint(folder.path(), arguments).status
    };
    assert_eq!(status("", &[]), 1);
    assert_eq!(status("failure-threshold: error\n", &[]), 0);
    assert_eq!(status("failure-threshold: style\n", &[]), 1);
    assert_eq!(status("no-fail: true\nfailure-threshold: style\n", &[]), 0);
    assert_eq!(status("no-fail: true\n", &["--fail-on", "warning"]), 1);
    assert_eq!(status("", &["--fail-on", "never"]), 0);
}

#[test]
fn hadolints_ignore_comments_can_be_disabled() {
    let folder = folder();
    write(folder.path(), "Dockerfile", "FROM debian:13\nUSER 1\n# hadolint ignore=DL3025\nCMD app\n");
    assert!(!has(&findings(folder.path(), &[]), "DL3025"));
    write(folder.path(), ".hadolint.yaml", "disable-ignore-pragma: true\n");
    assert!(has(&findings(folder.path(), &[]), "DL3025"));
}

#[test]
fn the_format_comes_from_the_settings_where_the_command_line_is_silent() {
    let folder = folder();
    write(folder.path(), "Dockerfile", DOCKERFILE);
    write(folder.path(), ".hadolint.yaml", "format: codeclimate\n");
    assert!(lint(folder.path(), &[]).stdout.contains("\"check_name\""));
    assert!(lint(folder.path(), &["--format", "json"]).stdout.contains("\"version\":1"));
    write(folder.path(), "plimsoll.toml", "format = 'yaml'\n");
    let wrong = lint(folder.path(), &[]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.stderr.starts_with("error: unknown format `yaml`: expected one of text"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn unusable_hadolint_settings_are_one_line() {
    let folder = folder();
    write(folder.path(), "Dockerfile", DOCKERFILE);
    write(folder.path(), ".hadolint.yaml", "ignored: [DL3008\n");
    let wrong = lint(folder.path(), &[]);
    assert_eq!((wrong.status, wrong.stderr.lines().count()), (2, 1), "{}", wrong.stderr);
    assert!(wrong.stderr.starts_with("error: .hadolint.yaml:"), "{}", wrong.stderr);

    write(folder.path(), ".hadolint.yaml", "ignore: [DL3008]\n");
    write(folder.path(), "deep/Dockerfile", DOCKERFILE);
    let noted = lint(folder.path(), &[]);
    assert_eq!(noted.status, 1);
    let notes: Vec<&str> = noted.stderr.lines().filter(|l| l.starts_with("note: ")).collect();
    assert_eq!(notes.len(), 1, "{}", noted.stderr);
    assert!(
        notes[0].ends_with(".hadolint.yaml:1: unknown key `ignore` is passed over: did you mean `ignored`?")
    );
}

#[test]
fn a_taken_over_configuration_finds_the_same() {
    for settings in [
        "ignored: [DL3025, DL3048]\noverride: {error: [DL3008], info: [DL3021]}\nfailure-threshold: error\n",
        "trustedRegistries: [ghcr.io]\nlabel-schema: {maintainer: text, version: semver}\nstrict-labels: true\n",
        "disable-ignore-pragma: true\nno-fail: true\nno-color: true\nformat: json\n",
        "# nothing\n",
    ] {
        let folder = folder();
        write(folder.path(), "Dockerfile", format!("# hadolint global ignore=DL3007\n{DOCKERFILE}"));
        write(folder.path(), ".hadolint.yaml", settings);
        let before = (findings(folder.path(), &[]), lint(folder.path(), &[]));
        let init = run(plimsoll(folder.path()).args(["init", "--from-hadolint"]));
        assert_eq!(init.status, 0, "{}", init.stderr);
        std::fs::remove_file(folder.path().join(".hadolint.yaml")).expect("it is there");
        let after = (findings(folder.path(), &[]), lint(folder.path(), &[]));
        assert_eq!(before.0, after.0, "{settings}");
        assert_eq!((before.1.status, before.1.stdout), (after.1.status, after.1.stdout), "{settings}");
    }
}

#[test]
fn init_writes_what_fits_the_project() {
    let folder = folder();
    write(folder.path(), "backend/Dockerfile", "FROM ghcr.io/acme/python:3.13 AS base\nFROM base\n");
    write(folder.path(), "Dockerfile.dev", "FROM node:24\n");
    write(folder.path(), "compose.yaml", "services: {}\n");
    let init = run(plimsoll(folder.path()).args(["init"]));
    assert_eq!(init.status, 0, "{}", init.stderr);
    insta::assert_snapshot!("init_screen", init.stdout);
    let written = std::fs::read_to_string(folder.path().join("plimsoll.toml")).expect("it was written");
    insta::assert_snapshot!("init_toml", written);
    assert!(lint(folder.path(), &[]).status < 2, "the file can be used");

    let again = run(plimsoll(folder.path()).args(["init"]));
    assert_eq!(again.status, 2);
    assert_eq!(again.stderr, "error: plimsoll.toml: is there already, and stays as it is\n");
    assert_eq!(std::fs::read_to_string(folder.path().join("plimsoll.toml")).expect("it stays"), written);
}

#[test]
fn init_without_hadolints_file_is_an_error() {
    let folder = folder();
    let none = run(plimsoll(folder.path()).args(["init", "--from-hadolint"]));
    assert_eq!((none.status, none.stderr.as_str()), (2, "error: .: no .hadolint.yaml in this folder\n"));
    assert!(!folder.path().join("plimsoll.toml").exists());
    write(folder.path(), "conf/lint.yaml", "ignored: [DL3008]\n");
    let named = run(plimsoll(folder.path()).args(["init", "--from-hadolint", "conf/lint.yaml"]));
    assert_eq!(named.status, 0, "{}", named.stderr);
}

#[test]
fn a_baseline_leaves_what_is_new() {
    let folder = folder();
    write(folder.path(), "Dockerfile", DOCKERFILE);
    let baseline = ["--baseline", "known.json"];
    let missing = lint(folder.path(), &baseline);
    assert_eq!(missing.status, 2);
    assert!(
        missing.stderr.contains("known.json: no such file: --write-baseline makes it"),
        "{}",
        missing.stderr
    );

    let written = lint(folder.path(), &["--baseline", "known.json", "--write-baseline"]);
    assert_eq!(written.status, 0, "{}", written.stderr);
    assert_eq!(lint(folder.path(), &baseline).status, 0);
    assert_eq!(findings(folder.path(), &baseline), [""; 0]);

    write(folder.path(), "Dockerfile", format!("# moved\n\n{DOCKERFILE}ENTRYPOINT app\n"));
    let new = findings(folder.path(), &baseline);
    assert!(!new.is_empty() && new.iter().all(|f| f.contains(":8 ")), "{new:#?}");
    assert_eq!(lint(folder.path(), &baseline).status, 1);

    write(folder.path(), "Dockerfile", "FROM debian:13-slim\nUSER 1\nHEALTHCHECK NONE\n");
    let mended = lint(folder.path(), &baseline);
    assert_eq!(mended.status, 0);
    assert!(mended.stderr.contains("of known.json match nothing any more"), "{}", mended.stderr);
    lint(folder.path(), &["--baseline", "known.json", "--write-baseline"]);
    assert_eq!(lint(folder.path(), &baseline).stderr, "");
}

#[test]
fn a_baseline_is_none_of_a_kind_that_shows_secrets() {
    let folder = folder();
    write(folder.path(), "Dockerfile", DOCKERFILE);
    let wrong = lint(folder.path(), &["--baseline", "b.json", "--show-secrets"]);
    assert_eq!(wrong.status, 2);
    assert_eq!(lint(folder.path(), &["--write-baseline"]).status, 2, "it needs to know where");
    write(folder.path(), "b.json", "{}");
    assert!(
        lint(folder.path(), &["--baseline", "b.json"]).stderr.starts_with("error: b.json: not a baseline")
    );
}

#[test]
fn the_report_goes_where_output_says() {
    let folder = folder();
    write(folder.path(), "Dockerfile", DOCKERFILE);
    let quiet = lint(folder.path(), &["--format", "sarif", "--output", "out.sarif"]);
    assert_eq!((quiet.status, quiet.stdout.as_str()), (1, ""));
    let written = std::fs::read_to_string(folder.path().join("out.sarif")).expect("it was written");
    assert!(serde_json::from_str::<Value>(&written).is_ok_and(|v| v["version"] == "2.1.0"));
}

#[test]
fn checks_that_stop_the_build_are_errors() {
    let folder = folder();
    let of = |directive: &str| {
        let text = format!("{directive}FROM debian:13-slim AS Base\nUSER 1\nHEALTHCHECK NONE\nCMD app\n");
        write(folder.path(), "Dockerfile", text);
        findings(folder.path(), &[])
    };
    let severity = |found: &[String], code: &str| {
        let finding = found.iter().find(|f| f.contains(&format!("\"{code}\"")))?;
        finding.split(' ').nth(1).map(str::to_owned)
    };
    let plain = of("");
    assert_eq!(severity(&plain, "JSONArgsRecommended").as_deref(), Some("\"warning\""));
    let strict = of("# check=error=true\n");
    assert_eq!(severity(&strict, "JSONArgsRecommended").as_deref(), Some("\"error\""));
    let some = of("# check=skip=JSONArgsRecommended;error=true\n");
    assert_eq!(severity(&some, "JSONArgsRecommended"), None);
    assert_eq!(severity(&some, "StageNameCasing").as_deref(), Some("\"error\""));
    let none = of("# check=skip=all\n");
    assert_eq!(severity(&none, "StageNameCasing"), None);
    let described = |directive: &str| {
        let text = format!("{directive}# what it is\nFROM debian:13-slim AS base\nUSER 1\n");
        write(folder.path(), "Dockerfile", text);
        has(&findings(folder.path(), &[]), "InvalidDefinitionDescription")
    };
    assert!(!described("# syntax=docker/dockerfile:1\n"));
    assert!(described("# check=experimental=all\n"));
}

/// A Dockerfile with one fault of each peer, and the comment that silences it in that peer.
#[test]
fn every_peers_comment_silences_its_code() {
    let folder = folder();
    let codes =
        ["DL3004", "DL3003", "SC2086", "StageNameCasing", "CKV_DOCKER_2", "DS-0004", "use-shell-instruction"];
    let text = |comments: [&str; 6]| {
        let [directive, file, sudo, cd, port, link] = comments;
        format!(
            "{directive}{file}FROM debian:13-slim AS Base\n{sudo}RUN sudo ls\n{cd}RUN cd /tmp && ls\n\
             RUN ls $HOME/$X\n{port}EXPOSE 22\nUSER 1\n{link}RUN ln -sf /bin/bash /bin/sh\n"
        )
    };
    write(folder.path(), "Dockerfile", text([""; 6]));
    let loud = findings(folder.path(), &["--select", "ALL"]);
    for code in codes {
        assert!(has(&loud, code), "{code}: {loud:#?}");
    }
    let comments = [
        "# check=skip=StageNameCasing\n",
        "# hadolint global ignore=SC2086\n#checkov:skip=CKV_DOCKER_2:no service\n",
        "# hadolint ignore=DL3004\n",
        "# hadolint ignore=DL3003,DL3059\n",
        "# trivy:ignore:AVD-DS-0004\n",
        "# nosemgrep: dockerfile.best-practice.use-shell-instruction\n",
    ];
    write(folder.path(), "Dockerfile", text(comments));
    let quiet = findings(folder.path(), &["--select", "ALL"]);
    for code in codes {
        assert!(!has(&quiet, code), "{code}: {quiet:#?}");
    }
}

#[test]
fn hadolints_comment_names_the_shell() {
    let folder = folder();
    let of = |comment: &str| {
        write(
            folder.path(),
            "Dockerfile",
            format!("FROM acme/base:1\n{comment}RUN [[ -e /x ]] && ls\nUSER 1\n"),
        );
        has(&findings(folder.path(), &["--select", "ALL"]), "SC3010")
    };
    assert!(of(""), "a bashism in sh");
    assert!(!of("# hadolint shell=bash\n"));
}

#[test]
fn a_baseline_holds_for_images_of_other_tags() {
    let folder = folder();
    let saved = |tag: &str, extra: &[(&str, &str)]| {
        let mut layer = LayerBuilder::new();
        for (path, text) in [("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")].iter().chain(extra) {
            layer = layer.file(path, *text);
        }
        let image = ImageBuilder::new(&format!("acme/app:{tag}")).layer(layer.build(), "COPY . /");
        write(folder.path(), &format!("{tag}.tar"), image.docker_save());
    };
    let audit = |arguments: &[&str]| run(plimsoll(folder.path()).arg("image").args(arguments));
    saved("1", &[]);
    assert!(audit(&["1.tar"]).status == 1, "root is reported");
    let written = audit(&["1.tar", "--baseline", "known.json", "--write-baseline"]);
    assert_eq!(written.status, 0, "{}", written.stderr);
    saved("2", &[("root/.ssh/id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\n")]);
    let new = audit(&["2.tar", "--baseline", "known.json", "--format", "json"]);
    let report: Value = serde_json::from_str(&new.stdout).expect("JSON");
    let rules: Vec<&str> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|f| f["path"].as_str().unwrap_or("none"))
        .collect();
    assert!(!rules.is_empty() && rules.iter().all(|path| path.contains("id_rsa")), "{}", new.stdout);
}
