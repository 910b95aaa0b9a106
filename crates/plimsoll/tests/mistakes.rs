//! What people give by mistake: nothing wrong may pass for clean, and one mistake is one error.

mod support;

use std::path::Path;

use plimsoll_image::Compression;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use support::{Run, folder, plimsoll, run, write};

const STAGES: &str = "FROM debian:13-slim AS build\nRUN make\n\nFROM debian:13-slim AS web\nHEALTHCHECK NONE\nCOPY --from=build /a /b\nENTRYPOINT [\"/b\"]\n";
const STACK: &str = "services:\n  web:\n    image: nginx:latest\n";

fn lint(folder: &Path, args: &[&str]) -> Run {
    run(plimsoll(folder).arg("lint").args(args))
}

/// A saved image of one file.
fn saved() -> Vec<u8> {
    let layer = LayerBuilder::new().file("a", "a\n").build();
    ImageBuilder::new("a:1").layer(layer, "COPY a /").oci_archive(Compression::Gzip)
}

/// One error, and nothing else on either side.
fn refused(found: &Run, error: &str) {
    assert_eq!((found.status, found.stdout.as_str()), (2, ""), "{}", found.stderr);
    assert_eq!(found.stderr, format!("error: {error}\n"));
}

#[test]
fn what_is_no_text_is_not_parsed() {
    let folder = folder();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let image = saved();
    for (name, contents, error) in [
        ("Dockerfile", b"\x7fELF\x02\x01\x01\0\0\0FROM".to_vec(), "a binary file, not a text file"),
        (
            "image.tar",
            image.clone(),
            "an archive, not a text file: `plimsoll image FILE` audits a saved image",
        ),
        (".env", image, "an archive, not a text file: `plimsoll image FILE` audits a saved image"),
        ("Dockerfile.win", wide(STAGES), "UTF-16 text, which no builder reads: save it as UTF-8"),
        (
            ".dockerignore",
            wide("\u{feff}node_modules\n"),
            "UTF-16 text, which no builder reads: save it as UTF-8",
        ),
    ] {
        write(folder.path(), name, contents);
        refused(&lint(folder.path(), &[name]), &format!("{name}: {error}"));
    }
}

#[test]
fn a_file_named_outright_is_read_as_what_it_is() {
    let folder = folder();
    for (name, text, rule) in [
        ("stack.yml", STACK, "pin-service-image"),
        ("podman-compose.yml", STACK, "pin-service-image"),
        ("prod.env", "DB HOST=x\n", "env-syntax-error"),
        ("Dockerfile.json", STAGES, "run-as-non-root"),
        ("anything", STAGES, "run-as-non-root"),
        // What has the name keeps its faults, one by one.
        ("Dockerfile", "fastapi==1.0\n", "fastapi==1.0 is no instruction"),
    ] {
        write(folder.path(), name, text);
        let found = lint(folder.path(), &[name]);
        assert!(found.stdout.contains(rule), "{name}: {}{}", found.stdout, found.stderr);
        assert!(
            rule.contains("is no") || !found.stdout.contains("is no instruction"),
            "{name}: {}",
            found.stdout
        );
    }
    let found =
        run(plimsoll(folder.path()).args(["lint", "-", "--stdin-filename", "stack.yml"]).write_stdin(STACK));
    assert!(found.stdout.contains("pin-service-image"), "{}", found.stdout);
    let pod =
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: x\n      env:\n      - name: A\n";
    for (name, text) in [("pod.yaml", pod), ("requirements.txt", "fastapi==1.0\nuvicorn\n")] {
        write(folder.path(), name, text);
        refused(
            &lint(folder.path(), &[name]),
            &format!(
                "{name}: no Dockerfile, as far as one can tell: none of its lines is an instruction (a compose file is \
                 known by its `services:`, an environment file by `.env` in its name)"
            ),
        );
    }
}

#[test]
fn a_folder_is_not_searched_for_what_is_only_named_after_a_dockerfile() {
    let folder = folder();
    for ending in ["md", "json", "bak", "orig", "j2", "tmpl", "yml"] {
        write(folder.path(), &format!("Dockerfile.{ending}"), "nothing of the kind\n");
    }
    for ending in ["py", "go", "prod", "txt"] {
        write(folder.path(), &format!("Dockerfile.{ending}"), STAGES);
    }
    let found = lint(folder.path(), &["--format", "json"]);
    assert_eq!((found.status, found.stderr.as_str()), (1, ""));
    for ending in ["py", "go", "prod", "txt"] {
        assert!(
            found.stdout.contains(&format!("\"file\":\"Dockerfile.{ending}\"")),
            "{ending}: {}",
            found.stdout
        );
    }
}

#[test]
fn a_stage_that_nobody_has_is_an_error() {
    let folder = folder();
    write(folder.path(), "a/Dockerfile", STAGES);
    write(folder.path(), "b/Dockerfile", "FROM debian:13-slim\nCMD [\"/b\"]\n");
    let found = lint(folder.path(), &["a", "--target", "wbe"]);
    assert_eq!(found.status, 2);
    assert_eq!(found.stderr, "error: --target wbe: no Dockerfile here has that stage: did you mean `web`?\n");
    // Judged by its last stage all the same.
    assert!(found.stdout.contains("run-as-non-root"), "{}", found.stdout);
    assert!(lint(folder.path(), &["a", "--target", "nope"]).stderr.ends_with("there is build, web\n"));
    assert!(
        lint(folder.path(), &["b", "--target", "nope"]).stderr.ends_with("none of the stages has a name\n")
    );
    for target in ["web", "WEB", "1", "build"] {
        assert_eq!(lint(folder.path(), &["a", "--target", target]).stderr, "", "{target}");
    }
    // In one of several it is enough, and the others are not let off.
    let found =
        lint(folder.path(), &["--target", "build", "--format", "json", "--select", "run-as-non-root"]);
    assert_eq!((found.status, found.stderr.as_str()), (1, ""));
    assert!(found.stdout.contains("\"file\":\"b/Dockerfile\""), "{}", found.stdout);
}

#[test]
fn a_selection_of_nothing_is_an_error() {
    let folder = folder();
    write(folder.path(), "Dockerfile", STAGES);
    refused(
        &lint(folder.path(), &["--select", "DL9999"]),
        "no rule has the code `DL9999`, so nothing would be selected",
    );
    refused(
        &lint(folder.path(), &["--extend-select", "DL9999,DS-9999"]),
        "no rule has the code `DL9999` or `DS-9999`, so nothing would be selected",
    );
    refused(
        &lint(folder.path(), &["--ignore", "DL3O08"]),
        "unknown rule, category or code `DL3O08`: did you mean `DL3008`?",
    );
    // A list that was taken over from another tool holds what there is no rule for.
    let foreign =
        "DL9999,SC9999,DS-9999,CKV_DOCKER_99,CKV2_DOCKER_99,CIS-DI-9999,DKL-DI-9999,DKL-LI-9999,CL-9999";
    assert_eq!(lint(folder.path(), &["--ignore", foreign]).status, 1);
    assert_eq!(lint(folder.path(), &["--select", &format!("DS-0002,{foreign}")]).status, 1);
    write(folder.path(), "plimsoll.toml", "ignore = [\"DL3O42\"]\n");
    assert!(lint(folder.path(), &[]).stderr.contains("did you mean `DL3042`?"));
    write(folder.path(), "plimsoll.toml", "[[per-path]]\npath = 'x'\nselect = [\"DL9999\"]\n");
    assert!(lint(folder.path(), &[]).stderr.contains("nothing would be selected"));
}

#[test]
fn what_was_not_read_is_not_counted() {
    let folder = folder();
    write(folder.path(), "empty.tar", "");
    write(folder.path(), "Dockerfile", STAGES);
    let saved = saved();
    write(folder.path(), "good.tar", &saved);
    write(folder.path(), "short.tar", saved.get(..700).expect("it is longer"));
    let image = |args: &[&str]| run(plimsoll(folder.path()).arg("image").args(args));
    refused(&image(&["nope.tar"]), "nope.tar: no such file or folder");
    refused(&image(&["empty.tar"]), "empty.tar: not an image archive: the file is empty");
    refused(
        &image(&["Dockerfile"]),
        "Dockerfile: not an image archive: the file is no tar, gzip or zstd archive",
    );
    assert_eq!(image(&["short.tar"]).stdout, "");
    assert!(
        image(&["-f", "markdown", "nope.tar"]).stdout.starts_with("### plimsoll: nothing could be checked\n")
    );
    let found = run(plimsoll(folder.path()).args(["diff", "good.tar", "nope.tar"]));
    refused(&found, "nope.tar: no such file or folder");
    let found = run(plimsoll(folder.path()).args(["diff", "nope.tar", "good.tar", "--format", "json"]));
    assert!(found.stdout.contains("\"findings\":[]"), "{}", found.stdout);
}

#[test]
fn advice_and_checklist_are_for_folders() {
    let folder = folder();
    write(folder.path(), "api/Dockerfile", STAGES);
    for command in ["advise", "checklist"] {
        refused(
            &run(plimsoll(folder.path()).args([command, "api/Dockerfile"])),
            "api/Dockerfile: is no folder: a project is one, and `plimsoll lint` takes single files",
        );
        refused(&run(plimsoll(folder.path()).args([command, "nope"])), "nope: no such file or folder");
    }
}

#[test]
fn a_bad_configuration_stops_only_what_lies_under_it() {
    let folder = folder();
    for name in ["a", "bad", "b"] {
        write(folder.path(), &format!("{name}/Dockerfile"), STAGES);
    }
    write(folder.path(), "bad/Dockerfile.more", STAGES);
    write(folder.path(), "bad/plimsoll.toml", "ignroe = []\n");
    let found = lint(folder.path(), &["a", "bad", "b", "--format", "json"]);
    assert_eq!(found.status, 2);
    assert_eq!(found.stderr, "error: bad/plimsoll.toml:1: unknown key `ignroe`: did you mean `ignore`?\n");
    for (name, checked) in [("a", true), ("b", true), ("bad", false)] {
        assert_eq!(found.stdout.contains(&format!("\"file\":\"{name}/Dockerfile\"")), checked, "{name}");
    }
    let found = run(plimsoll(folder.path()).args(["context", "a", "bad", "b"]));
    assert_eq!(found.status, 2);
    assert!(
        found.stdout.contains("build context a ") && found.stdout.contains("build context b "),
        "{}",
        found.stdout
    );
}

#[test]
fn a_compose_file_without_services_is_an_error() {
    let folder = folder();
    for (text, message) in [
        ("sevices:\n  web:\n    image: nginx:1.31\n", "a compose file has no key `sevices`"),
        ("serivce:\n  web:\n    image: nginx:1.31\n", "a compose file has no key `serivce`"),
        ("services: []\n", "`services` is no mapping of names to services"),
        ("services:\n", "`services` is no mapping of names to services"),
        ("foo: bar\n", "there are no `services` in this file"),
        ("", "the file is empty: Compose needs `services`"),
        ("# later\n", "the file is empty: Compose needs `services`"),
        ("web:\n  image: nginx:1.31\n", "a service stands under `services`"),
        ("- web\n", "a compose file is a mapping, not a list"),
        ("services:\n  web:\n    imgae: nginx:1.31\n", "a service has no key `imgae`"),
        (
            "services:\n  web:\n    image: x:1\n    ports: ['99999:80']\n",
            "`ports` takes ports from 1 to 65535, such as",
        ),
    ] {
        write(folder.path(), "compose.yaml", text);
        let found = lint(folder.path(), &["--select", "syntax-error,unknown-key"]);
        assert_eq!(found.status, 1, "{text}");
        assert!(found.stdout.contains(message), "{text}: {}", found.stdout);
        assert_eq!(found.stdout.matches("error[").count(), 1, "{text}: {}", found.stdout);
    }
    // Parts of a project need none.
    for text in ["networks:\n  back: {}\n", "include:\n  - db.yaml\n", "services: {}\n"] {
        write(folder.path(), "compose.yaml", text);
        write(folder.path(), "db.yaml", STACK);
        assert_eq!(lint(folder.path(), &["compose.yaml", "--select", "syntax-error"]).status, 0, "{text}");
    }
}

#[test]
fn nobody_has_to_read_to_the_end() {
    let folder = folder();
    write(folder.path(), "Dockerfile", STAGES);
    let command = env!("CARGO_BIN_EXE_plimsoll");
    for args in [
        &["checklist", "--facts"][..],
        &["completions", "bash"],
        &["rules"],
        &["lint", "nope"],
        &["image", "nope.tar"],
    ] {
        for closed in ["stdout", "stderr"] {
            // Both ends of a pipe whose reader is gone.
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            let mut process = std::process::Command::new(command);
            process.args(args).current_dir(folder.path());
            process.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            match closed {
                "stdout" => process.stdout(writer),
                _ => process.stderr(writer),
            };
            let status = process.status().expect("it starts");
            assert!(matches!(status.code(), Some(0 | 2)), "{args:?} without {closed}: {status}");
        }
    }
}
