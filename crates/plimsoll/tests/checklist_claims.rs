//! What lint reports, the checklist does not tick: each finding fails the item that it is about, or the one for what is
//! left.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use serde_json::Value;
use support::{Run, copy, plimsoll, run, untold, write};

const B: &str = "backend/Dockerfile";
const F: &str = "frontend/Dockerfile";
const C: &str = "docker-compose.yml";

fn reference() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/reference"), folder.path());
    folder
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let Run { stdout, .. } =
        run(plimsoll(folder).args(args).args(["--today", "2026-11-01", "--format", "json"]));
    serde_json::from_str(&stdout).expect("JSON")
}

fn items(folder: &Path) -> Vec<Value> {
    let report = json(folder, &["checklist", "."]);
    let sections = report["sections"].as_array().expect("sections").clone();
    sections.into_iter().flat_map(|s| s["items"].as_array().expect("items").clone()).collect()
}

/// How the items with an id stand.
fn statuses(items: &[Value]) -> BTreeMap<String, String> {
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    items.iter().filter(|i| i["id"].is_string()).map(|i| (word(&i["id"]), word(&i["status"]))).collect()
}

fn failed(items: &[Value]) -> Vec<String> {
    let own = items.iter().filter(|i| i["status"] == "failed" && i["repeated"] == false);
    own.map(|i| i["id"].as_str().expect("an own item has an id").to_owned()).collect()
}

fn item<'i>(items: &'i [Value], id: &str) -> &'i Value {
    items.iter().find(|i| i["id"] == id).expect("there is such an item")
}

fn commands(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|i| i["command"].as_str()).collect()
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.join(file)).expect("it is there");
    assert!(text.contains(from), "{file} has no {from:?}");
    write(folder, file, text.replace(from, to));
}

/// A service that is built from `mailer/Dockerfile`, which nothing says is a backend or a frontend.
fn add_mailer(folder: &Path, dockerfile: &str) {
    write(folder, "mailer/Dockerfile", dockerfile);
    let service = "services:\n  mailer:\n    <<: *hardened\n    build: ./mailer\n    image: plimsoll-reference/mailer:1.0.0\n    environment: {LOG_LEVEL: info}\n    networks: [api]\n    healthcheck: {test: [CMD, \"true\"]}\n    mem_limit: 64m\n    cpus: 0.5\n";
    edit(folder, C, "services:\n", service);
}

type Break = fn(&Path);

/// What is broken, and the items that then fail, beside the one that fails in the reference as it is.
const BROKEN: &[(&str, Break, &[&str])] = &[
    (
        "an application without a profile runs as root",
        |f| add_mailer(f, "FROM alpine:3.23\nCMD [\"/m\"]\n"),
        &["all-users"],
    ),
    (
        "it starts through a shell",
        |f| add_mailer(f, "FROM alpine:3.23\nUSER 10001\nCMD /m\n"),
        &["security-scan"],
    ),
    (
        "it holds no instruction",
        |f| add_mailer(f, "FROM alpine:3.23\nRNU x\nUSER 10001\nCMD [\"/m\"]\n"),
        &["security-scan"],
    ),
    (
        "a service of an image that runs as root",
        |f| {
            let service = "services:\n  proxy:\n    <<: *hardened\n    image: nginx:1.31.2\n    networks: [edge]\n    healthcheck: {test: [CMD, \"true\"]}\n    mem_limit: 64m\n    cpus: 0.5\n";
            edit(f, C, "services:\n", service);
        },
        &["all-users"],
    ),
    (
        "a service is built as a stage that runs as root",
        |f| {
            let service = "services:\n  job:\n    <<: *hardened\n    build: {context: ./backend, target: builder}\n    image: plimsoll-reference/job:1.0.0\n    command: [uvicorn, \"app.main:app\", --host, 0.0.0.0]\n    environment: {LOG_LEVEL: info}\n    networks: [api]\n    healthcheck: {test: [CMD, \"true\"]}\n    mem_limit: 64m\n    cpus: 0.5\n";
            let text = std::fs::read_to_string(f.join(C)).expect("it is there");
            // Behind the others: the first one stands for the Dockerfile.
            let at = text.find("  database:\n    <<").expect("a database");
            write(
                f,
                C,
                format!("{}{}{}", &text[..at], service.trim_start_matches("services:\n"), &text[at..]),
            );
        },
        &["all-users"],
    ),
    (
        "a service is built from a text that names no user",
        |f| {
            let service = "services:\n  job:\n    <<: *hardened\n    build: {dockerfile_inline: \"FROM alpine:3.23\\nCMD [\\\"/j\\\"]\\n\"}\n    image: plimsoll-reference/job:1.0.0\n    networks: [api]\n    healthcheck: {test: [CMD, \"true\"]}\n    mem_limit: 64m\n    cpus: 0.5\n";
            edit(f, C, "services:\n", service);
        },
        &["all-users"],
    ),
    ("the service runs as root", |f| edit(f, C, "user: \"10001:10001\"", "user: root"), &["all-users"]),
    (
        "YAML that is none",
        |f| {
            let text = std::fs::read_to_string(f.join(C)).expect("it is there");
            write(f, C, text + "\tx: 1\n");
        },
        &["compose-file"],
    ),
    (
        "a file that is not there is included",
        |f| edit(f, C, "services:\n", "include: [gone.yml]\nservices:\n"),
        &["compose-file"],
    ),
    (
        "a port in a file that is extended",
        |f| {
            write(f, "common.yml", "services:\n  base:\n    ports: [\"127.0.0.1:8000:8001\"]\n");
            let extended = "    extends: {file: common.yml, service: base}\n    build: ./backend\n";
            edit(f, C, "    build: ./backend\n", extended);
        },
        &["backend-port"],
    ),
    (
        "a port in an override",
        |f| {
            let text = "services:\n  backend:\n    ports: [\"127.0.0.1:8000:8001\"]\n";
            write(f, "docker-compose.override.yml", text);
        },
        &["backend-port"],
    ),
    (
        "a port in a file that is laid over",
        |f| {
            let text = "services:\n  backend:\n    ports: [\"127.0.0.1:8000:8001\"]\n";
            write(f, "docker-compose.prod.yml", text);
        },
        &["backend-port"],
    ),
    (
        "a public variable in an override",
        |f| {
            let text =
                "services:\n  frontend:\n    environment:\n      NEXT_PUBLIC_SITE: https://www.example.com\n";
            write(f, "docker-compose.override.yml", text);
        },
        &["api-url"],
    ),
    (
        "the database on localhost",
        |f| edit(f, C, "DATABASE_HOST: database", "DATABASE_URL: postgres://chat@localhost/chat"),
        &["backend-environment"],
    ),
    (
        "a stage that the compose file makes up",
        |f| edit(f, C, "build: ./frontend\n", "build: {context: ./frontend, target: runer}\n"),
        &["compose-file"],
    ),
    (
        "the compose file asks for development",
        |f| edit(f, C, "      API_URL: http", "      NODE_ENV: development\n      API_URL: http"),
        &["frontend-start"],
    ),
    (
        "the compose file starts something else",
        |f| edit(f, C, "build: ./backend\n", "build: ./backend\n    command: [python, -m, http.server]\n"),
        &["backend-start"],
    ),
];

#[test]
fn what_lint_calls_an_error_fails_an_item() {
    let mut wrong = Vec::new();
    for (name, break_it, expected) in BROKEN {
        let folder = reference();
        break_it(folder.path());
        let items = items(folder.path());
        let fell: Vec<String> = failed(&items).into_iter().filter(|id| id != "bases").collect();
        if fell != *expected {
            wrong.push(format!("{name}: {expected:?} should fail, and {fell:?} do"));
        }
        let lint = json(folder.path(), &["lint", "."]);
        wrong.extend(
            untold(&lint, &items).into_iter().map(|message| format!("{name}: no item tells of {message}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_compose_refuses_ticks_nothing() {
    let folder = reference();
    edit(folder.path(), C, "services:\n", "include: [gone.yml]\nservices:\n");
    let items = items(folder.path());
    let now = statuses(&items);
    for id in [
        "networks",
        "volumes",
        "tagged",
        "isolation",
        "limits",
        "all-users",
        "api-url",
        "security-scan",
        "configured-by-environment",
        "backend-port",
        "bases",
    ] {
        assert_ne!(now[id], "passed", "{id}");
    }
    let why = item(&items, "networks")["why"].as_str().expect("a reason");
    assert!(why.starts_with("Compose refuses docker-compose.yml:15: ") && why.contains("gone.yml"), "{why}");
    assert_eq!(now["backend-runtime"], "passed", "a Dockerfile has nothing to do with it");
}

#[test]
fn an_unknown_stage_is_called_that() {
    let folder = reference();
    edit(folder.path(), C, "build: ./frontend\n", "build: {context: ./frontend, target: runer}\n");
    let items = items(folder.path());
    for id in ["frontend-start", "frontend-user", "frontend-builds", "frontend-port"] {
        let item = item(&items, id);
        assert_eq!(item["status"], "not-checked", "{id}");
        assert_eq!(
            item["why"], "frontend/Dockerfile has no stage `runer`, which docker-compose.yml:18 builds",
            "{id}"
        );
    }
}

#[test]
fn without_an_application_nothing_is_ticked_for_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let nothing = items(folder.path());
    assert!(nothing.iter().all(|i| i["status"] != "passed"), "{nothing:#?}");
    write(
        folder.path(),
        "Dockerfile",
        "FROM alpine:3.23\nUSER 10001\nHEALTHCHECK NONE\nCMD [\"/bin/true\"]\n",
    );
    let one = items(folder.path());
    let now = statuses(&one);
    for id in ["encryption", "access", "stateless", "restart", "start-period", "health-checks"] {
        assert_eq!(now[id], "not-checked", "{id}");
    }
    for id in ["backend-start", "frontend-health", "networks", "isolation", "limits"] {
        assert_eq!(now[id], "not-applicable", "{id}");
    }
    let told = commands(&one).join("\n");
    assert!(!told.contains("docker compose") && !told.contains("PORT"), "{told}");
}

#[test]
fn a_profile_decides_whether_its_rules_count() {
    let folder = reference();
    write(folder.path(), "plimsoll.toml", "[profile.frontend]\nhealthcheck = false\ninit = false\n");
    edit(folder.path(), F, "ENTRYPOINT [\"dumb-init\", \"--\"]\n", "");
    edit(folder.path(), F, "HEALTHCHECK --interval", "# ");
    edit(folder.path(), F, "    CMD [\"node\", \"-e\", \"fetch", "# ");
    let items = items(folder.path());
    assert_eq!(failed(&items), ["bases"]);
    assert_eq!(statuses(&items)["frontend-init"], "not-applicable");
}

#[test]
fn compose_brings_an_init() {
    let folder = reference();
    edit(folder.path(), F, "ENTRYPOINT [\"dumb-init\", \"--\"]\n", "");
    edit(folder.path(), C, "    build: ./frontend\n", "    build: ./frontend\n    init: true\n");
    assert_eq!(failed(&items(folder.path())), ["bases"]);
    let report = json(folder.path(), &["lint", "."]);
    let rules: Vec<&Value> =
        report["findings"].as_array().expect("a list").iter().map(|f| &f["rule"]).collect();
    assert_eq!(rules, ["end-of-life-base"]);
}

#[test]
fn the_exit_status_is_that_of_lint() {
    let folder = reference();
    let status = |args: &[&str]| run(plimsoll(folder.path()).args(["checklist", "."]).args(args)).status;
    // The one item fails for a warning.
    for (level, expected) in [("never", 0), ("error", 0), ("warning", 1), ("style", 1)] {
        assert_eq!(status(&["--fail-on", level]), expected, "{level}");
    }
    edit(folder.path(), B, "USER 10001:10001\n", "");
    assert_eq!(status(&["--fail-on", "error"]), 1);
    let refused =
        run(plimsoll(folder.path()).args(["checklist", ".", "--baseline", "b.json", "--write-baseline"]));
    assert_eq!(
        (refused.status, refused.stderr.as_str()),
        (2, "error: a checklist shows every item as it stands: --baseline goes with plimsoll lint\n")
    );
}

#[test]
fn commands_have_the_names_of_the_project() {
    let folder = reference();
    for (from, to) in [
        (
            "[\"CMD\", \"curl\", \"--fail\", \"--silent\", \"--show-error\", \"--output\", \"/dev/null\", \"http://127.0.0.1:8000/health\"]",
            "[\"CMD\", \"python\", \"-c\", \"import urllib.request as r; r.urlopen('http://127.0.0.1:8001/healthz')\"]",
        ),
        ("API_URL: http://backend:8000", "BACKEND_URL: http://api:8001"),
        ("      backend:\n        condition", "      api:\n        condition"),
        ("  backend:\n    <<", "  api:\n    <<"),
    ] {
        edit(folder.path(), C, from, to);
    }
    edit(folder.path(), B, "EXPOSE 8000", "EXPOSE 8001");
    edit(
        folder.path(),
        B,
        "HEALTHCHECK --interval=30s --timeout=3s --start-period=15s --retries=3 \\\n    CMD",
        "#",
    );
    edit(folder.path(), F, "AS builder", "AS bundle");
    edit(folder.path(), F, "--from=builder", "--from=bundle");
    edit(folder.path(), "backend/app/main.py", "\"/ready\"", "\"/internal/ready\"");
    let items = items(folder.path());
    let told = commands(&items);
    for expected in [
        "docker compose exec api python -c \"import urllib.request as r; print(r.urlopen('http://127.0.0.1:8001/healthz').status)\"",
        "docker compose exec api python -c \"import urllib.request as r; print(r.urlopen('http://127.0.0.1:8001/internal/ready').status)\"",
        "docker compose exec frontend node -e \"fetch(process.env.BACKEND_URL + '/healthz').then(r => process.exit(r.ok ? 0 : 1))\"",
        "docker build --target bundle frontend",
    ] {
        assert!(told.contains(&expected), "{expected}\n{}", told.join("\n"));
    }
    for old in ["exec api curl", "API_URL +", "builder", ":8000", "exec backend"] {
        assert!(
            !told.iter().any(|command| command.replace("BACKEND_URL", "").contains(old)),
            "{old}\n{}",
            told.join("\n")
        );
    }
}

#[test]
fn a_script_and_fastapi_start_uvicorn() {
    let cmd = "CMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]";
    let starts = |command: &str, script: Option<(&str, &str)>| {
        let folder = reference();
        edit(folder.path(), B, cmd, command);
        if let Some((name, text)) = script {
            write(folder.path(), &format!("backend/app/{name}"), text);
        }
        statuses(&items(folder.path()))["backend-start"].clone()
    };
    assert_eq!(starts("CMD [\"fastapi\", \"run\", \"app/main.py\", \"--port\", \"8000\"]", None), "passed");
    let script = "#!/bin/sh\nset -e\nexec uvicorn app.main:app --host 0.0.0.0 --port 8000\n";
    assert_eq!(starts("CMD [\"./app/start.sh\"]", Some(("start.sh", script))), "passed");
    let main = "import uvicorn\nuvicorn.run('app.main:app', host='0.0.0.0')\n";
    assert_eq!(starts("CMD [\"python\", \"app/serve.py\"]", Some(("serve.py", main))), "passed");
    assert_eq!(
        starts("CMD [\"./app/start.sh\"]", Some(("start.sh", "#!/bin/sh\nexec gunicorn app\n"))),
        "failed"
    );
}

#[test]
fn an_image_that_is_only_pulled_can_be_given() {
    let folder = reference();
    let service = "services:\n  proxy:\n    <<: *hardened\n    image: registry.example.com/proxy:1\n    networks: [edge]\n    healthcheck: {test: [CMD, \"true\"]}\n    mem_limit: 64m\n    cpus: 0.5\n";
    edit(folder.path(), C, "services:\n", service);
    let now = items(folder.path());
    let item = item(&now, "all-users");
    assert_eq!(item["status"], "not-checked");
    assert_eq!(item["why"], "which user registry.example.com/proxy:1 runs as, no file here says");
    for (user, expected) in [("10001", "passed"), ("root", "failed"), ("", "failed")] {
        let layer = LayerBuilder::new().file("etc/os-release", "ID=debian\nVERSION_ID=\"13\"\n").build();
        let image = ImageBuilder::new("proxy")
            .config(|c| c["config"] = serde_json::json!({ "User": user, "Cmd": ["/proxy"] }))
            .layer(layer, "ADD file:0123456789abcdef in / ");
        write(folder.path(), "proxy.tar", image.docker_save());
        let report = json(folder.path(), &["checklist", ".", "--image", "proxy=proxy.tar"]);
        let sections = report["sections"].as_array().expect("sections");
        let mut items = sections.iter().flat_map(|s| s["items"].as_array().expect("items"));
        let item = items.find(|i| i["id"] == "all-users").expect("there is such an item");
        assert_eq!(item["status"], expected, "{user}: {item:#}");
    }
}

#[test]
fn a_stage_that_is_thrown_away_weighs_nothing() {
    let folder = reference();
    edit(folder.path(), F, "RUN --mount=type=cache,target=/root/.npm npm ci", "RUN npm ci");
    assert_eq!(failed(&items(folder.path())), ["bases"]);
}

#[test]
fn what_has_no_file_is_shown_in_one_for_code_scanning() {
    let folder = reference();
    std::fs::remove_file(folder.path().join("README.md")).expect("it is there");
    let seen = run(plimsoll(folder.path()).args(["checklist", ".", "--format", "sarif"]));
    let log: Value = serde_json::from_str(&seen.stdout).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert!(results.iter().any(|r| r["ruleId"] == "checklist/readme"));
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
        assert!(folder.path().join(uri).is_file(), "{uri}");
    }
}

#[test]
fn a_name_in_a_command_is_only_a_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "api/Dockerfile", "FROM alpine:3.23\nUSER 10001\nCMD [\"/m\"]\nEXPOSE 80\n");
    let compose = "services:\n  \"api; touch owned\":\n    build: {context: ./api}\n    image: x/$(id):1\n    environment: {\"A$(id)\": \"http://db\"}\n  db: {image: \"postgres:18\"}\n";
    write(folder.path(), "compose.yaml", compose);
    write(folder.path(), "plimsoll.toml", "[[image]]\ndockerfile = '**'\nprofile = 'backend'\n");
    let items = items(folder.path());
    let told = commands(&items);
    assert!(told.iter().any(|command| command.contains("'api; touch owned'")), "{}", told.join("\n"));
    for command in told {
        let bare = command.replace("'api; touch owned'", "").replace("'x/$(id)'", "");
        assert!(!bare.contains("touch owned") && !bare.contains("$(id)"), "{command}");
    }
}
