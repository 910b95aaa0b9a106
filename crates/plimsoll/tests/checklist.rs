//! The checklist of the reference application, whole and with one thing undone at a time.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use serde_json::Value;
use support::{copy, plimsoll, untold};

const TODAY: &str = "2026-11-01";

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/reference")
}

/// Standard output and exit status of `plimsoll checklist` in a folder.
fn checklist(folder: &Path, args: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    command
        .current_dir(folder)
        .args(["checklist", ".", "--today", TODAY])
        .args(args)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS");
    let output = command.output().expect("it starts");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code())
}

/// Every item of a run.
fn items(folder: &Path, args: &[&str]) -> Vec<Value> {
    let (text, _) = checklist(folder, &[&["--format", "json"], args].concat());
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let sections = report["sections"].as_array().expect("sections").clone();
    sections.into_iter().flat_map(|s| s["items"].as_array().expect("items").clone()).collect()
}

fn is_failed(item: &Value) -> bool {
    item["status"] == "failed"
}

/// The items that failed by themselves, by their ids.
fn failed(items: &[Value]) -> BTreeSet<String> {
    let own = items.iter().filter(|i| is_failed(i) && i["repeated"] == false);
    own.map(|i| i["id"].as_str().expect("an own item has an id").to_owned()).collect()
}

/// What is undone: a file is deleted, or a text in it replaced wherever it stands.
enum Undo {
    Delete(&'static str),
    Replace(&'static str, &'static [(&'static str, &'static str)]),
}
use Undo::{Delete, Replace};

const B: &str = "backend/Dockerfile";
const F: &str = "frontend/Dockerfile";
const C: &str = "docker-compose.yml";

/// What is undone, and the one item that then fails.
const UNDONE: &[(&str, Undo, &str)] = &[
    (
        "the backend has one stage",
        Replace(
            B,
            &[(
                "COPY --from=builder /opt/venv /opt/venv\n",
                "COPY --chown=10001:10001 requirements.txt ./\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    python -m venv --without-pip /opt/venv \\\n    && pip --python /opt/venv/bin/python install --require-hashes --requirement requirements.txt\n",
            )],
        ),
        "backend-stages",
    ),
    ("another Python", Replace(B, &[("python:3.11.16", "python:3.12.12")]), "backend-runtime"),
    (
        "packages named one by one",
        Replace(B, &[("--require-hashes --requirement requirements.txt", "fastapi==0.115.0")]),
        "backend-dependencies",
    ),
    (
        "another start command",
        Replace(
            B,
            &[(
                "CMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]",
                "CMD [\"python\", \"-m\", \"app.main\"]",
            )],
        ),
        "backend-start",
    ),
    (
        "the server reloads",
        Replace(B, &[("\"--port\", \"8000\"]", "\"--port\", \"8000\", \"--reload\"]")]),
        "backend-start",
    ),
    ("the server listens on loopback", Replace(B, &[("\"--host\", \"0.0.0.0\", ", "")]), "backend-start"),
    ("no EXPOSE", Replace(B, &[("EXPOSE 8000\n", "")]), "backend-port"),
    ("another port", Replace(B, &[("EXPOSE 8000\n", "EXPOSE 9000\n")]), "backend-port"),
    (
        "no HEALTHCHECK",
        Replace(
            B,
            &[(
                "HEALTHCHECK --interval=30s --timeout=3s --start-period=15s --retries=3 \\\n    CMD [\"curl\", \"--fail\", \"--silent\", \"--show-error\", \"--output\", \"/dev/null\", \"http://127.0.0.1:8000/health\"]\n",
                "",
            )],
        ),
        "backend-health",
    ),
    ("no USER", Replace(B, &[("USER 10001:10001\n", "")]), "backend-user"),
    ("the user is root", Replace(B, &[("USER 10001:10001\n", "USER root\n")]), "backend-user"),
    ("no --chown", Replace(B, &[("COPY --chown=10001:10001 app", "COPY app")]), "backend-ownership"),
    ("no PYTHONUNBUFFERED", Replace(B, &[(" \\\n    PYTHONUNBUFFERED=1", "")]), "backend-environment"),
    (
        "no curl",
        Replace(B, &[("--no-install-recommends curl", "--no-install-recommends ca-certificates")]),
        "backend-system-packages",
    ),
    (
        "gcc ships",
        Replace(B, &[("--no-install-recommends curl", "--no-install-recommends curl gcc")]),
        "packages",
    ),
    ("another Node", Replace(F, &[("node:18.20.8-slim", "node:22.21.1-slim")]), "frontend-runtime"),
    (
        "modules named one by one",
        Replace(F, &[("npm ci --no-audit --no-fund", "npm install next@15.5.29")]),
        "frontend-dependencies",
    ),
    ("no production build", Replace(F, &[("RUN npm run build\n", "")]), "frontend-build"),
    ("no EXPOSE of the frontend", Replace(F, &[("EXPOSE 3000\n", "")]), "frontend-port"),
    ("no USER of the frontend", Replace(F, &[("USER 10001:10001\n", "")]), "frontend-user"),
    (
        "NODE_ENV is development",
        Replace(F, &[("NODE_ENV=production", "NODE_ENV=development")]),
        "frontend-start",
    ),
    (
        "no static files",
        Replace(F, &[("COPY --from=builder --chown=10001:10001 /src/.next/static ./.next/static\n", "")]),
        "frontend-ownership",
    ),
    (
        "no --chown of the assets",
        Replace(F, &[("--chown=10001:10001 /src/public", "/src/public")]),
        "frontend-ownership",
    ),
    (
        "no standalone output",
        Replace("frontend/next.config.mjs", &[("  output: \"standalone\",\n", "")]),
        "frontend-ownership",
    ),
    ("no dumb-init", Replace(F, &[("ENTRYPOINT [\"dumb-init\", \"--\"]\n", "")]), "frontend-init"),
    (
        "no HEALTHCHECK of the frontend",
        Replace(F, &[("HEALTHCHECK --interval", "# "), ("    CMD [\"node\", \"-e\", \"fetch", "# ")]),
        "frontend-health",
    ),
    ("no ignore file of the backend", Delete("backend/.dockerignore"), "backend-dockerignore"),
    ("no ignore file of the frontend", Delete("frontend/.dockerignore"), "frontend-dockerignore"),
    ("no .env.example", Delete(".env.example"), "env-example"),
    ("no API_URL", Replace(C, &[("      API_URL: http://backend:8000\n", "")]), "api-url"),
    ("the API on localhost", Replace(C, &[("http://backend:8000", "http://localhost:8000")]), "api-url"),
    (
        "an entry without a word",
        Replace(
            ".env.example",
            &[("# Port on this machine, on the loopback address only, where the frontend answers.\n", "")],
        ),
        "environment-documented",
    ),
    (
        "an env_file that is not there",
        Replace(C, &[("    build: ./backend\n", "    build: ./backend\n    env_file: backend.env\n")]),
        "compose-file",
    ),
    ("no volume", Replace(C, &[("    volumes:\n      - messages:/var/lib/postgresql\n", "")]), "volumes"),
    ("no common network", Replace(C, &[("networks: [api, data]", "networks: [data]")]), "networks"),
    ("a network with a way out", Replace(C, &[("  data:\n    internal: true\n", "  data:\n")]), "isolation"),
    (
        "the frontend reaches the database",
        Replace(C, &[("networks: [edge, api]", "networks: [edge, api, data]")]),
        "isolation",
    ),
    ("no limit on memory", Replace(C, &[("    mem_limit: 512m\n", "")]), "limits"),
    ("no limit on processes", Replace(C, &[("  pids_limit: 200\n", "")]), "limits"),
    ("no restart", Replace(C, &[("  restart: unless-stopped\n", "")]), "restart"),
    ("a root file system to write", Replace(C, &[("  read_only: true\n", "")]), "stateless"),
    ("all capabilities", Replace(C, &[("  cap_drop: [ALL]\n", "")]), "access"),
    ("privileges to gain", Replace(C, &[("  security_opt: [\"no-new-privileges:true\"]\n", "")]), "access"),
    (
        "a password in the environment",
        Replace(
            C,
            &[(
                "DATABASE_PASSWORD_FILE: /run/secrets/database_password",
                "DATABASE_PASSWORD: tr0ub4dor-n1ne-lives",
            )],
        ),
        "configuration-secrets",
    ),
    (
        "nobody waits for the database",
        Replace(
            C,
            &[(
                "      database:\n        condition: service_healthy\n",
                "      database:\n        condition: service_started\n",
            )],
        ),
        "health-checks",
    ),
    ("a long start", Replace(C, &[("start_period: 15s", "start_period: 90s")]), "start-period"),
    ("a long start in the image", Replace(B, &[("--start-period=15s", "--start-period=2m")]), "start-period"),
    (
        "a name without a tag",
        Replace(C, &[("    image: plimsoll-reference/backend:${TAG:-1.0.0}\n", "")]),
        "tagged",
    ),
    (
        "a package without a version",
        Replace("backend/requirements.txt", &[("asyncpg==0.32.0 \\", "asyncpg \\")]),
        "dependencies-listed",
    ),
    (
        "the server is not listed",
        Replace("backend/requirements.txt", &[("uvicorn==", "starlite==")]),
        "dependencies-listed",
    ),
    (
        "an SQLite file without a volume",
        Replace(C, &[("      DATABASE_HOST: database\n", "      CACHE_URL: sqlite:////app/cache.db\n")]),
        "volumes",
    ),
    (
        "a secret in a public variable",
        Replace(
            C,
            &[(
                "    build: ./frontend\n",
                "    build:\n      context: ./frontend\n      args:\n        NEXT_PUBLIC_OPENAI_API_KEY: key\n",
            )],
        ),
        "configuration-secrets",
    ),
    (
        "a secret in a public variable of the image",
        Replace(F, &[("RUN npm run build\n", "ARG NEXT_PUBLIC_OPENAI_API_KEY\nRUN npm run build\n")]),
        "secrets",
    ),
    (
        "localhost in a public variable",
        Replace(
            F,
            &[("RUN npm run build\n", "ENV NEXT_PUBLIC_API_URL=http://localhost:8000\nRUN npm run build\n")],
        ),
        "api-url",
    ),
    (
        "a public variable at run time",
        Replace(
            C,
            &[(
                "      API_URL: http",
                "      NEXT_PUBLIC_SITE: https://www.example.com\n      API_URL: http",
            )],
        ),
        "api-url",
    ),
    (
        "a database without encryption",
        Replace(
            C,
            &[("DATABASE_HOST: database", "DATABASE_URL: postgres://chat@db.acme.io/chat?sslmode=disable")],
        ),
        "encryption",
    ),
    (
        "a source that is not there",
        Replace(B, &[("10001:10001 app ./app", "10001:10001 application ./app")]),
        "sources",
    ),
    (
        "a full base",
        Replace(B, &[("FROM python:3.11.16-slim-trixie\n", "FROM python:3.11.16-trixie\n")]),
        "minimal-base",
    ),
    (
        "package lists stay",
        Replace(B, &[("    && rm -rf /var/lib/apt/lists/* \\\n    && groupadd", "    && groupadd")]),
        "optimized-layers",
    ),
    (
        "a stage that is not there",
        Replace(
            B,
            &[(
                "USER 10001:10001\n",
                "COPY --from=assets --chown=10001:10001 /assets /assets\nUSER 10001:10001\n",
            )],
        ),
        "backend-builds",
    ),
    ("mixed case", Replace(B, &[(" AS builder", " as builder")]), "build-warnings"),
    (
        "a script run unseen",
        Replace(
            B,
            &[("WORKDIR /src\n", "WORKDIR /src\nRUN curl -fsSL https://example.com/install.sh | sh\n")],
        ),
        "security-scan",
    ),
];

#[test]
fn one_thing_undone_fails_one_item() {
    let whole = items(&reference(), &[]);
    let before = failed(&whole);
    let mut wrong = Vec::new();
    for (name, undo, expected) in UNDONE {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&reference(), folder.path());
        match undo {
            Delete(file) => std::fs::remove_file(folder.path().join(file)).expect("it is there"),
            Replace(file, edits) => {
                let path = folder.path().join(file);
                let mut text = std::fs::read_to_string(&path).expect("it is there");
                for (from, to) in *edits {
                    assert!(text.contains(from), "{name}: {file} has no {from:?}");
                    text = text.replace(from, to);
                }
                std::fs::write(&path, text).expect("it can be written");
            }
        }
        let after = items(folder.path(), &[]);
        let fell: Vec<String> = failed(&after).difference(&before).cloned().collect();
        if fell != [(*expected).to_owned()] {
            wrong.push(format!("{name}: {expected} should fail, and {fell:?} do"));
        }
        // What lint says of it, an item says too.
        let lint = plimsoll(folder.path()).args(["lint", ".", "--today", TODAY, "--format", "json"]).output();
        let lint = serde_json::from_slice(&lint.expect("it starts").stdout).expect("JSON");
        wrong
            .extend(untold(&lint, &after).into_iter().map(|what| format!("{name}: no item tells of {what}")));
        // Where the list says it again, it fails again, and nowhere else.
        let text = whole.iter().find(|i| i["id"] == *expected).map(|i| i["text"].clone()).unwrap_or_default();
        for (item, old) in after.iter().zip(&whole) {
            let again = is_failed(item) && !is_failed(old) && item["repeated"] == true;
            let same = item["same_as"].as_array().is_some_and(|same| same.contains(&text));
            if again && !same {
                wrong.push(format!("{name}: {} fails too", item["text"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), UNDONE.len(), wrong.join("\n"));
}

#[test]
fn a_secret_in_env_fails_the_item_on_secrets() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&reference(), folder.path());
    // Made up here, so that no credential stands in the repository.
    let token: String = (0..36u32)
        .map(|n| char::from(b'A' + u8::try_from((n * 7 + n / 3) % 26).expect("a letter")))
        .collect();
    let path = folder.path().join(B);
    let text = std::fs::read_to_string(&path).expect("it is there");
    let text = text.replace("PYTHONUNBUFFERED=1", &format!("PYTHONUNBUFFERED=1 GITHUB_TOKEN=ghp_{token}"));
    std::fs::write(&path, text).expect("it can be written");
    let after = failed(&items(folder.path(), &[]));
    let fell: Vec<String> = after.difference(&failed(&items(&reference(), &[]))).cloned().collect();
    assert_eq!(fell, ["secrets"]);
    let (seen, status) = checklist(folder.path(), &[]);
    assert!(!seen.contains(&token), "a secret was printed");
    assert_eq!(status, Some(1));
}

#[test]
fn the_reference_application_in_markdown() {
    insta::assert_snapshot!(checklist(&reference(), &["--format", "markdown"]).0);
}

#[test]
fn images_settle_what_files_cannot() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&reference(), folder.path());
    let release = "ID=debian\nVERSION_ID=\"13\"\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n";
    let base = LayerBuilder::new()
        .file("etc/os-release", release)
        .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:10001:10001::/app:/usr/sbin/nologin\n");
    let image = |name: &str, user: &str, size: usize| {
        let image = ImageBuilder::new(name)
            .config(|c| {
                c["config"] = serde_json::json!({
                    "User": user, "Cmd": ["uvicorn"], "Healthcheck": { "Test": ["CMD", "true"] }
                });
            })
            .layer(base.clone().build(), "ADD file:0123456789abcdef in / ")
            .layer(
                LayerBuilder::new().file("app/data", vec![b'x'; size]).build(),
                "COPY app ./app # buildkit",
            );
        std::fs::write(folder.path().join(name), image.docker_save()).expect("it can be written");
    };
    image("small.tar", "10001", 1_000);
    image("heavy.tar", "10001", 100_000_001);
    image("root.tar", "root", 1_000);
    let status = |items: &[Value], id: &str| {
        items.iter().find(|i| i["id"] == id).expect("there is such an item")["status"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    let small = items(folder.path(), &["--image", "backend=small.tar", "--image", "frontend=small.tar"]);
    for id in ["backend-size", "frontend-size", "backend-builds", "secrets"] {
        assert_eq!(status(&small, id), "passed", "{id}");
    }
    let one = items(folder.path(), &["--image", "backend=small.tar"]);
    assert_eq!(status(&one, "secrets"), "not-checked", "the frontend's image was not seen");
    let heavy = items(folder.path(), &["--image", "backend=small.tar", "--image", "frontend=heavy.tar"]);
    let fell = |items: &[Value]| failed(items).difference(&failed(&small)).cloned().collect::<Vec<_>>();
    assert_eq!(fell(&heavy), ["frontend-size"]);
    let root = items(folder.path(), &["--image", "backend=root.tar", "--image", "frontend=small.tar"]);
    assert_eq!(fell(&root), ["backend-user"]);
}

#[test]
fn failed_items_are_findings_for_code_scanning() {
    let (text, status) = checklist(&reference(), &["--format", "sarif"]);
    let log: Value = serde_json::from_str(&text).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 1, "{results:#?}");
    assert_eq!(results[0]["ruleId"], "checklist/bases");
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "frontend/Dockerfile");
    assert_eq!((&place["region"]["startLine"], status), (&3.into(), Some(1)));
}

#[test]
fn a_team_brings_its_own_list() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it can be written");
    write("Dockerfile", "FROM golang:1.26.1-alpine\nUSER 1000\nCMD [\"/server\"]\n");
    write(
        "list.toml",
        "title = 'Ours'\n[[section]]\ntitle = 'All'\n[[section.item]]\ntext = 'Nobody is root'\nfacts = ['user']\n[[section.item]]\ntext = 'A license'\nfacts = ['file=LICENSE']\n",
    );
    let (seen, status) = checklist(folder.path(), &["--list", "list.toml"]);
    insta::assert_snapshot!(seen, @r"
    Ours
    Dockerfile: no profile

    All
    ╭────────┬────────────────┬────────────────────────────────────────────╮
    │        ┆ item           ┆ evidence                                   │
    ╞════════╪════════════════╪════════════════════════════════════════════╡
    │ passed ┆ Nobody is root ┆ Dockerfile:2: the container runs as `1000` │
    │ failed ┆ A license      ┆ there is no LICENSE                        │
    ╰────────┴────────────────┴────────────────────────────────────────────╯

    1 passed, 1 failed, 0 not checked, 0 not applicable
    What to change first, as edits: plimsoll advise .
    ");
    assert_eq!(status, Some(1));
    write(
        "list.toml",
        "title = 'Ours'\n[[section]]\ntitle = 'All'\n[[section.item]]\ntext = 'x'\nfacts = ['usr']\n",
    );
    let mut command = Command::cargo_bin("plimsoll").expect("cargo built it");
    let output = command
        .current_dir(folder.path())
        .args(["checklist", "--list", "list.toml"])
        .output()
        .expect("it starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: list.toml:5: item `x`: unknown fact `usr`: did you mean `user`?\n"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_profile_of_the_project_decides_what_is_asked_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&reference(), folder.path());
    let config = "[profile.backend]\nport = 8080\nruntime-version = \"3.12\"\n[profile.frontend]\nruntime-version = \"22\"\n";
    std::fs::write(folder.path().join("plimsoll.toml"), config).expect("it can be written");
    let now = failed(&items(folder.path(), &[]));
    let names: Vec<&str> = now.iter().map(String::as_str).collect();
    assert_eq!(names, ["backend-port", "backend-runtime", "bases", "frontend-runtime"]);
}
