//! Whether a container starts, on images that no page needs to show.

use plimsoll_image::testing::{ElfSpec, ImageBuilder, LayerBuilder, TestEntry};
use plimsoll_rules::config::Settings;
use plimsoll_rules::{AuditOptions, Outcome, audit_stream};
use serde_json::{Value, json};

fn program(path: &str) -> TestEntry {
    TestEntry::elf(path, &ElfSpec { interpreter: String::new(), ..ElfSpec::default() })
}

fn script(path: &str, text: &str) -> TestEntry {
    TestEntry::file(path, text).mode(0o755)
}

/// Rule and message of every finding on starting, by the layer's entries and the configuration.
fn findings(entries: &[TestEntry], config: Value) -> Vec<String> {
    let outcome = audit(entries, config);
    outcome.findings.into_iter().map(|f| format!("{}: {}", f.rule, f.message)).collect()
}

fn audit(entries: &[TestEntry], config: Value) -> Outcome {
    let mut layer = LayerBuilder::new();
    entries.iter().for_each(|e| layer.push(e));
    let image = ImageBuilder::new("t:1").config(|c| c["config"] = config).layer(layer.build(), "COPY . /");
    let mut settings = Settings::default();
    let rules = [
        "image-command-exists",
        "image-command-permission",
        "image-interpreter-exists",
        "image-library-exists",
        "image-script-exists",
        "image-architecture",
        "image-healthcheck-runs",
        "image-workdir-exists",
    ];
    settings.selection.select(&rules).unwrap();
    audit_stream(&image.docker_save()[..], "t.tar", &settings, &AuditOptions::default())
}

#[track_caller]
fn one(found: Vec<String>, words: &[&str]) {
    assert_eq!(found.len(), 1, "{found:#?}");
    for word in words {
        assert!(found[0].contains(word), "{word}: {found:#?}");
    }
}

#[test]
fn what_may_stand_in_is_enough() {
    let shell = [program("bin/sh"), program("bin/wget")];
    let check = |text: &str| findings(&shell, json!({ "Healthcheck": { "Test": ["CMD-SHELL", text] } }));
    for passes in [
        "curl -f http://x || wget -q http://x || exit 1",
        "command -v curl && curl -f http://x",
        "if [ -x /usr/bin/curl ]; then curl http://x; fi",
        "ask() { wget $1; }; ask http://x",
        ". /etc/profile; check",
        "PATH=/opt/bin:$PATH; check",
        "cd /opt && ./check",
        "$CHECK --now",
    ] {
        assert!(check(passes).is_empty(), "{passes}: {:?}", check(passes));
    }
    one(check("curl -f http://x || exit 1"), &["image-healthcheck-runs", "`curl`"]);
    one(check("curl http://x || http http://x || exit 1"), &["`curl`"]);
    one(check("set -e; exec timeout 5 curl http://x"), &["`curl`"]);
}

#[test]
fn rpath_counts_for_the_libraries_below_and_runpath_does_not() {
    let elf = |path: &str, interpreter: &str, needed: &[&str], runpath: &str| {
        let needed = needed.iter().map(|n| (*n).to_owned()).collect();
        let spec = ElfSpec { interpreter: interpreter.into(), needed, runpath: runpath.into(), machine: 62 };
        TestEntry::elf(path, &spec)
    };
    let loader = "/lib64/ld-linux-x86-64.so.2";
    let entries = [
        elf("app/run", loader, &["liba.so"], "/app/lib"),
        elf("app/lib/liba.so", "", &["libb.so"], ""),
        elf("app/lib/libb.so", "", &[], ""),
        program("lib64/ld-linux-x86-64.so.2"),
    ];
    one(findings(&entries, json!({ "Cmd": ["/app/run"] })), &["libb.so (for /app/lib/liba.so)"]);
    let path = json!({ "Cmd": ["/app/run"], "Env": ["LD_LIBRARY_PATH=/app/lib"] });
    assert!(findings(&entries, path).is_empty());
}

#[test]
fn a_library_of_another_machine_is_passed_over() {
    let arm = TestEntry::elf(
        "lib/liba.so",
        &ElfSpec { machine: 183, interpreter: String::new(), ..ElfSpec::default() },
    );
    let entries = [
        TestEntry::elf("run", &ElfSpec { needed: vec!["liba.so".into()], ..ElfSpec::default() }),
        program("lib64/ld-linux-x86-64.so.2"),
        arm,
    ];
    one(findings(&entries, json!({ "Cmd": ["/run"] })), &["image-library-exists", "liba.so"]);
}

#[test]
fn root_needs_an_execute_bit_and_nothing_else() {
    let locked = [
        TestEntry::dir("srv").mode(0o700).owner(7, 7),
        script("srv/run", "#!/bin/sh\n").mode(0o100).owner(7, 7),
        program("bin/sh"),
    ];
    assert!(findings(&locked, json!({ "Cmd": ["/srv/run"] })).is_empty());
    one(
        findings(&locked, json!({ "Cmd": ["/srv/run"], "User": "8" })),
        &["image-command-permission", "the folder /srv has mode 700"],
    );
}

#[test]
fn what_cannot_be_known_is_taken_to_be_right() {
    let none: [TestEntry; 1] = [program("bin/sh")];
    assert!(findings(&none, json!({ "Cmd": ["/data/x"], "Volumes": { "/data": {} } })).is_empty());
    assert!(findings(&none, json!({ "Entrypoint": ["/dev/init", "--", "x"] })).is_empty());
    assert!(findings(&none, json!({ "Cmd": Value::Null })).is_empty());
}

#[test]
fn circles_and_masses_end() {
    let mut circle = vec![
        script("a", "#!/b\n"),
        script("b", "#!/a\n"),
        TestEntry::symlink("c", "d"),
        TestEntry::symlink("d", "c"),
        program("bin/sh"),
    ];
    assert!(findings(&circle, json!({ "Cmd": ["/a"] })).is_empty());
    one(findings(&circle, json!({ "Cmd": ["/c"] })), &["/c"]);
    // Libraries that need each other by the hundred, PATH without end, a script of a hundred thousand commands: without
    // bounds these would take hours.
    let needed: Vec<String> = (0..500).map(|n| format!("lib{n}.so")).collect();
    for n in 0..300 {
        let spec = ElfSpec { interpreter: String::new(), needed: needed.clone(), ..ElfSpec::default() };
        circle.push(TestEntry::elf(format!("lib/lib{n}.so"), &spec));
    }
    circle.push(TestEntry::elf("run", &ElfSpec { needed, ..ElfSpec::default() }));
    circle.push(program("lib64/ld-linux-x86-64.so.2"));
    let path = format!("PATH={}", "/x:".repeat(200_000));
    let outcome = audit(&circle, json!({ "Cmd": ["/run"], "Env": [path] }));
    assert!(outcome.findings.len() <= 1, "{}", outcome.findings.len());
    let text = "x y;".repeat(100_000);
    let outcome = audit(&circle, json!({ "Cmd": ["/bin/sh", "-c", text], "Env": [path] }));
    assert!(outcome.findings.len() <= 200, "{}", outcome.findings.len());
}
