//! How compose files are checked as a whole: which file a finding stands in, what silences it, and what is never shown.

use std::path::{Path, PathBuf};

use plimsoll_rules::config::{Config, Settings};
use plimsoll_rules::{ComposeFiles, Finding, Outcome, compose_projects, lint_compose};
use proptest::prelude::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The findings of `select` in everything that belongs to the named files, as `file:line rule`.
    fn findings(&self, names: &[&str], select: &[&str]) -> Vec<String> {
        let mut settings = Settings::default();
        settings.selection.select(select).unwrap();
        self.findings_with(names, &settings)
    }

    fn findings_with(&self, names: &[&str], settings: &Settings) -> Vec<String> {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.path(name)).collect();
        let outcomes = compose_projects(&paths).into_iter().map(|files| lint_compose(&files, settings, None));
        outcomes.flat_map(|outcome| outcome.findings).map(|finding| self.show(&finding)).collect()
    }

    fn show(&self, finding: &Finding) -> String {
        let file = Path::new(finding.file.as_deref().unwrap());
        let file = file.strip_prefix(self.0.path()).unwrap().display();
        format!("{file}:{} {}", finding.line.unwrap(), finding.rule)
    }
}

fn text(text: &str) -> Outcome {
    let name = Path::new("compose.yaml");
    let files = ComposeFiles { files: vec![name.to_owned()], about: None };
    let mut settings = Settings::default();
    settings.selection.select(&["ALL"]).unwrap();
    lint_compose(&files, &settings, Some((name, text)))
}

const BASE: &str = "services:\n  app:\n    image: app:1.2\n    privileged: true\n    user: root\n";

#[test]
fn a_finding_stands_in_the_file_that_says_it() {
    let folder = Folder::with(&[
        ("compose.yaml", BASE),
        ("compose.override.yaml", "services:\n  app:\n    privileged: false\n    network_mode: host\n"),
    ]);
    let expected = ["compose.override.yaml:4 host-network", "compose.yaml:5 service-as-root"];
    assert_eq!(folder.findings(&["compose.yaml"], &["DEFAULT"]), expected);
    assert_eq!(folder.findings(&["compose.override.yaml", "compose.yaml"], &["DEFAULT"]), expected);
}

#[test]
fn a_file_that_is_laid_over_another_is_only_asked_for_what_it_says() {
    let folder = Folder::with(&[
        ("compose.yaml", BASE),
        ("compose.prod.yaml", "services:\n  app:\n    pid: host\n    read_only: true\n"),
    ]);
    assert_eq!(folder.findings(&["compose.prod.yaml"], &["ALL"]), ["compose.prod.yaml:3 host-namespace"]);
}

#[test]
fn included_and_extended_files_are_checked_where_they_are() {
    let folder = Folder::with(&[
        (
            "compose.yaml",
            "include: [more/part.yaml]\nservices:\n  app:\n    extends: {file: base.yaml, service: base}\n",
        ),
        ("more/part.yaml", "services:\n  other:\n    image: other:1.2\n    ipc: host\n"),
        ("base.yaml", "services:\n  base:\n    image: base:1.2\n    pid: host\n"),
    ]);
    assert_eq!(
        folder.findings(&["compose.yaml"], &["DEFAULT"]),
        ["base.yaml:4 host-namespace", "more/part.yaml:4 host-namespace"]
    );
}

#[test]
fn a_base_that_is_not_there_is_told_once_and_so_is_nothing_that_follows_from_it() {
    let folder = Folder::with(&[(
        "compose.yaml",
        "services:\n  app:\n    extends: {file: gone.yaml, service: base}\n    image: app:1.2\n  more:\n    extends: {file: gone.yaml, service: base}\n    image: app:1.2\n",
    )]);
    assert_eq!(folder.findings(&["compose.yaml"], &["DEFAULT"]), ["compose.yaml:3 undefined-reference"]);
    // Of a text alone it is not known what lies beside it.
    let alone = text("services:\n  app:\n    extends: {file: x.yaml, service: base}\n    image: app:1.2\n");
    assert!(alone.findings.iter().all(|f| f.rule != "undefined-reference" && f.rule != "syntax-error"));
}

#[test]
fn a_development_server_is_meant_in_an_override_and_not_in_the_file_below_it() {
    let select = ["development-service"];
    let base = "services:\n  web:\n    image: web:1.2\n";
    let started = "    command: npm run dev\n";
    let mounted = "    volumes: [\".:/app\"]\n";
    let over = "services:\n  web:\n";
    let found = |base: &str, over: &str| {
        let folder = Folder::with(&[("compose.yaml", base), ("compose.override.yaml", over)]);
        folder.findings(&["compose.yaml"], &select)
    };
    assert_eq!(found(base, &[over, started, mounted].concat()), [""; 0]);
    assert_eq!(
        found(&[base, started].concat(), &[over, mounted].concat()),
        ["compose.yaml:4 development-service"]
    );
    assert_eq!(found(&[base, started, mounted].concat(), &[over, "    tty: true\n"].concat()), [""; 0]);
    let beside = Folder::with(&[("compose.yaml", &[base, started].concat()), ("compose.prod.yaml", base)]);
    assert_eq!(beside.findings(&["compose.yaml"], &select), [""; 0]);
}

#[test]
fn a_host_may_be_a_service_of_another_file_in_the_folder() {
    let app = "services:\n  app:\n    image: app:1.2\n    environment:\n      API_URL: http://api:8000\n";
    let folder = Folder::with(&[("app.compose.yaml", app)]);
    let select = ["wrong-service-address"];
    assert_eq!(folder.findings(&["app.compose.yaml"], &select), ["app.compose.yaml:5 wrong-service-address"]);
    let api = "services:\n  api:\n    image: api:1.2\n";
    let folder = Folder::with(&[("app.compose.yaml", app), ("api.compose.yaml", api)]);
    assert_eq!(folder.findings(&["app.compose.yaml"], &select), [""; 0]);
}

#[test]
fn an_anchor_is_reported_once() {
    let outcome = text("x-a: &a\n  privileged: true\n  image: a:1.2\nservices:\n  b: *a\n  c:\n    <<: *a\n");
    let privileged = outcome.findings.iter().filter(|f| f.rule == "privileged-service");
    assert_eq!(privileged.map(|f| f.line).collect::<Vec<_>>(), [Some(2)]);
}

#[test]
fn settings_of_single_paths_hold_for_their_file() {
    let folder = Folder::with(&[
        ("compose.yaml", BASE),
        ("compose.override.yaml", "services:\n  app:\n    network_mode: host\n"),
    ]);
    let toml = folder.path("plimsoll.toml");
    let config = "[[per-path]]\npath = '*.override.yaml'\nignore = ['host-network']\n\
                  [[per-path]]\npath = 'compose.yaml'\nignore = ['CL-0018']\n";
    let settings = Settings::new(&Config::parse(config, &toml).unwrap(), &toml).unwrap();
    assert_eq!(folder.findings_with(&["compose.yaml"], &settings), ["compose.yaml:4 privileged-service"]);
}

#[test]
fn comments_silence_what_stands_under_them() {
    let silenced = |comment: &str| {
        let outcome = text(&format!(
            "services:\n  # {comment}\n  app:\n    image: app:1.2\n    privileged: true\n  other:\n    image: app:1.2\n    pid: host\n"
        ));
        let rules = ["privileged-service", "host-namespace", "unused-ignore"];
        let left = outcome.findings.into_iter().map(|f| f.rule.into_owned());
        left.filter(|rule| rules.contains(&rule.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(silenced("plimsoll ignore=privileged-service reason=it has to"), ["host-namespace"]);
    assert_eq!(silenced("plimsoll ignore=CL-0002"), ["host-namespace"]);
    assert_eq!(silenced("checkov:skip=CL-0010"), ["privileged-service"]);
    assert_eq!(
        silenced("plimsoll ignore=host-namespace"),
        ["unused-ignore", "privileged-service", "host-namespace"]
    );
    assert_eq!(silenced("plimsoll ignore-file=compose"), Vec::<String>::new());
}

#[test]
fn no_credential_is_shown() {
    let secret = "k7Hq2xWm9Lr4vT8z";
    let outcome = text(&format!(
        "services:\n  app:\n    image: app:1.2\n    command: serve --api-token {secret}\n    environment:\n      - DB_PASSWORD={secret}\n      - URL=postgres://a:{secret}@db/a\n      - OTHER={secret}\n"
    ));
    let shown = format!("{:?} {:?}", outcome.findings, outcome.sources);
    assert!(outcome.findings.iter().any(|f| f.rule == "secret-in-command"));
    assert!(outcome.findings.iter().any(|f| f.rule == "secret-in-environment"));
    let messages: Vec<_> = outcome.findings.iter().map(|f| &f.message).collect();
    assert!(!messages.iter().any(|m| m.contains(secret)), "{messages:?}");
    // A value under a name that says nothing is not known for a credential by itself.
    assert!(!shown.replace(&format!("OTHER={secret}"), "").contains(secret), "{shown}");
}

#[test]
fn what_compose_refuses_is_a_finding() {
    let outcome = text("services:\n  app:\n    image: a:1\n    image: b:1\n    ports: {\n");
    assert!(outcome.errors.is_empty());
    assert!(outcome.findings.iter().any(|f| f.rule == "syntax-error" && f.line >= Some(4)));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let folder = Folder::with(&[("x.compose.yaml", "")]);
    std::fs::write(folder.path("x.compose.yaml"), [0xff, 0xfe, 0x00]).unwrap();
    for (name, message) in [("x.compose.yaml", "not UTF-8 text"), ("y.compose.yaml", "no such file")] {
        let files = ComposeFiles { files: vec![folder.path(name)], about: None };
        let outcome = lint_compose(&files, &Settings::default(), None);
        assert_eq!(outcome.errors[0].message, message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics(values in prop::collection::vec(
        "([:/@$={}\\[\\]\"'*&!|>#, -]|[a-z0-9.]|\\$\\{A:-|/etc|docker\\.sock|://|\u{e9}|\n      ){0,12}", 14
    )) {
        let keys = [
            "image", "ports", "volumes", "environment", "command", "user", "devices", "cap_add", "security_opt",
            "depends_on", "networks", "env_file", "build", "mem_limit",
        ];
        let mut file = "services:\n  postgres:\n".to_owned();
        for (key, value) in keys.iter().zip(&values) {
            file += &format!("    {key}: [{value}]\n");
            file += &format!("  s_{key}:\n    {key}: {value}\n");
        }
        text(&file);
        let quoted: Vec<String> = values.iter().map(|v| format!("{:?}", v.replace(['\n', '\u{e9}'], "é"))).collect();
        let mut file = "services:\n".to_owned();
        for (key, value) in keys.iter().zip(&quoted) {
            file += &format!("  s_{key}:\n    {key}: [{value}]\n");
            file += &format!("  t_{key}:\n    image: postgres\n    {key}: {value}\n");
        }
        text(&file);
    }
}
