use super::*;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

fn ignore(folder: &Path, name: &str, settings: &Settings) -> Outcome {
    let path = folder.join(name);
    lint_dockerignore(name, std::fs::read(&path).unwrap(), Some(&path), settings, &Projects::default())
}

fn rules(outcome: &Outcome) -> Vec<(&str, Option<u32>)> {
    outcome.findings.iter().map(|f| (&*f.rule, f.line)).collect()
}

#[test]
fn a_dockerfiles_own_ignore_file_is_for_the_folder_it_is_built_from() {
    let folder = project(&[
        ("docker/Dockerfile", "FROM a\nCOPY app/main.py /\nCOPY app /app\n"),
        ("docker/Dockerfile.dockerignore", "dist\n"),
        ("app/main.py", ""),
        ("app/.venv/pyvenv.cfg", "home = /usr\n"),
    ]);
    let outcome = ignore(folder.path(), "docker/Dockerfile.dockerignore", &Settings::default());
    assert_eq!(rules(&outcome), [("ignore-installed-packages", Some(1))]);
    // Where it is built from is not known: nothing is said of what would be sent.
    std::fs::remove_file(folder.path().join("app/main.py")).unwrap();
    let outcome = ignore(folder.path(), "docker/Dockerfile.dockerignore", &Settings::default());
    assert_eq!(rules(&outcome), []);
}

#[test]
fn comments_silence_what_they_name() {
    let files = |comment: &str| {
        project(&[
            ("Dockerfile", "FROM a\nCOPY . /\n"),
            (".dockerignore", &format!("{comment}\n.git\n!x\n")),
            ("node_modules/a/b", "x"),
        ])
    };
    let mut settings = Settings::default();
    settings.selection.extend(&["unused-ignore"]).unwrap();
    let run = |comment| {
        let folder = files(comment);
        let outcome = ignore(folder.path(), ".dockerignore", &settings);
        outcome.findings.iter().map(|f| (f.rule.to_string(), f.line)).collect::<Vec<_>>()
    };
    let packages = ("ignore-installed-packages".to_owned(), Some(2));
    let exception = ("dockerignore-useless-exception".to_owned(), Some(3));
    let unused = ("unused-ignore".to_owned(), Some(1));
    assert_eq!(run("# words"), [packages.clone(), exception.clone()]);
    let named = run("# plimsoll ignore=ignore-installed-packages reason=they are bundled");
    assert_eq!(named, std::slice::from_ref(&exception));
    assert_eq!(run("# plimsoll ignore-file=context,correctness"), []);
    assert_eq!(run("# plimsoll ignore=ignore-caches"), [unused, packages, exception]);
}

#[test]
fn no_value_of_a_real_environment_file_is_shown() {
    let text = "NAME=harmless\nBAD KEY=hunter2x\nOPEN=\"hunter3x\n";
    let outcome = lint_env(".env", text.into(), None, &Settings::default(), &Projects::default());
    assert_eq!(rules(&outcome), [("env-syntax-error", Some(2)), ("env-syntax-error", Some(3))]);
    assert!(!format!("{outcome:?}").contains("hunter"), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("harmless"), "{outcome:?}");
    let mut settings = Settings::default();
    settings.show_secrets = true;
    let outcome = lint_env(".env", text.into(), None, &settings, &Projects::default());
    assert_eq!(outcome.sources[".env"], text);
}

#[test]
fn a_missing_ignore_file_is_graver_with_a_secret_beside_it() {
    let token: String =
        (0..36u32).map(|n| char::from(b'A' + u8::try_from((n * 7 + n / 3) % 26).unwrap())).collect();
    let folder = project(&[("Dockerfile", "FROM a\nCOPY . /\n"), (".env", "DEBUG=1\n")]);
    let severity = || {
        let path = folder.path().join("Dockerfile");
        let around = crate::dockerfile::Around::of(&path);
        let outcome = crate::lint_dockerfile(
            "Dockerfile",
            std::fs::read(&path).unwrap(),
            &Settings::default(),
            &around,
        );
        let finding = outcome.findings.into_iter().find(|f| f.rule == "add-dockerignore").unwrap();
        (finding.severity, finding.message.contains("`.env` goes into the image"))
    };
    assert_eq!(severity(), (crate::Severity::Warning, false));
    write(folder.path(), ".env", &format!("GITHUB_TOKEN=ghp_{token}\n"));
    assert_eq!(severity(), (crate::Severity::Error, true));
}

#[test]
fn nothing_is_asked_of_the_disk_for_standard_input() {
    let outcome =
        lint_dockerignore("-", "*.md # x\n[\n".into(), None, &Settings::default(), &Projects::default());
    assert_eq!(
        rules(&outcome),
        [("dockerignore-inline-comment", Some(1)), ("dockerignore-syntax-error", Some(2))]
    );
}

#[test]
fn keys_of_tests_open_nothing() {
    let key = format!(
        "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n",
        "MIIEpAIBAAKCAQEA7Vb3".repeat(20)
    );
    let folder = project(&[
        ("Dockerfile", "FROM a\nCOPY . /\n"),
        (".dockerignore", ".git\n"),
        ("lib/tests/server.key", &key),
        ("id_rsa", "x"),
    ]);
    let outcome = ignore(folder.path(), ".dockerignore", &Settings::default());
    assert_eq!(rules(&outcome), [("ignore-credential-files", Some(1))]);
    assert!(
        outcome.findings[0].message.starts_with("`id_rsa` is not kept out"),
        "{}",
        outcome.findings[0].message
    );
}
