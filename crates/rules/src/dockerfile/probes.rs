//! Health checks that can be written from what a Dockerfile says: what serves, on which port, and what the image has to
//! ask with.

use plimsoll_dockerfile::instructions::Protocol;
use plimsoll_dockerfile::{Body, Kind};

use super::bases::Family;
use super::edits::json_array;
use super::servers::server;
use super::{Build, Stage, Start};

/// Ports that people serve HTTP on, and nothing else.
const WEB_PORTS: &[u16] =
    &[80, 3000, 3001, 4000, 4200, 5000, 5001, 5173, 8000, 8001, 8008, 8080, 8081, 8088, 8501, 8888];

/// Servers that answer here when they are well; any answer of the others to `/` is taken.
const HEALTH_PATHS: &[(&str, &str)] = &[("streamlit run", "/_stcore/health"), ("mlflow server", "/health")];

/// Servers whose client tells whether they are well: the program, the official image, the client.
const CLIENTS: &[(&str, &str, &[&str])] = &[
    ("postgres", "postgres", &["pg_isready", "-U", "postgres"]),
    ("redis-server", "redis", &["redis-cli", "ping"]),
    ("valkey-server", "valkey", &["valkey-cli", "ping"]),
    ("mysqld", "mysql", &["mysqladmin", "ping", "-h", "127.0.0.1"]),
    ("mariadbd", "mariadb", &["healthcheck.sh", "--connect", "--innodb_initialized"]),
    ("rabbitmq-server", "rabbitmq", &["rabbitmq-diagnostics", "-q", "ping"]),
];

/// The HEALTHCHECK for a stage; None where nothing is known that serves, or nothing is there to ask with.
pub(super) fn healthcheck<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<String> {
    let asks =
        build.start(stage).is_some_and(|s| s.programs.iter().any(|p| p.has("--help") || p.has("--version")));
    if build.is_windows(stage) || asks || build.is_toolbox() {
        return None;
    }
    let command = client(build, stage).or_else(|| web(build, stage))?;
    Some(format!("HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD {command}"))
}

/// Asks a database by its own client.
fn client<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<String> {
    let official = build.official_base(stage).map(|(_, name)| name);
    let start = build.start(stage);
    let (_, _, words) = CLIENTS.iter().find(|(program, image, _)| {
        let its_image = official.as_deref() == Some(image);
        match &start {
            // Where another image runs it, only what comes with the server itself is there.
            Some(start) => {
                let [only] = start.programs.as_slice() else { return false };
                only.name() == *program && (its_image || *program == "redis-server") && only.words.len() < 3
            }
            None => its_image,
        }
    })?;
    Some(json_array(words.iter().copied()))
}

/// Asks a web server, with what the image certainly has.
fn web<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<String> {
    let official = build.official_base(stage).map(|(_, name)| name);
    let official = official.as_deref().unwrap_or("");
    let start = build.start(stage);
    let known =
        start.as_ref().and_then(|s| s.programs.iter().find_map(|p| server(build, stage, s.instruction, p)));
    let exposed = exposed_port(build, stage);
    let is_itself = |start: &Start| start.programs.iter().all(|p| p.name() == official) && !start.by_script;
    let serves_files = matches!(official, "nginx" | "caddy") && start.as_ref().is_none_or(is_itself);
    let port = match (&known, exposed) {
        (Some(known), _) if known.name.contains("redis") || known.loopback.is_some() => return None,
        (Some(known), _) => known.port?,
        (None, Exposed::One(port)) => port,
        (None, Exposed::None) if serves_files => 80,
        (None, _) => return None,
    };
    // A program that nobody knows serves HTTP where its port says so.
    if known.is_none() && (!WEB_PORTS.contains(&port) || (start.is_none() && !serves_files)) {
        return None;
    }
    if known.is_none() && start.as_ref().is_some_and(|s| s.programs.len() != 1 || s.by_script) {
        return None;
    }
    let path =
        known.as_ref().and_then(|k| HEALTH_PATHS.iter().find(|(name, _)| k.name == *name)).map(|(_, p)| *p);
    ask(build, stage, official, port, path, serves_files)
}

fn ask<'s>(
    build: &Build<'s>,
    stage: &Stage<'s>,
    official: &str,
    port: u16,
    path: Option<&str>,
    serves_files: bool,
) -> Option<String> {
    let url = match (port, path) {
        (80, _) => format!("http://127.0.0.1{}", path.unwrap_or("/")),
        _ => format!("http://127.0.0.1:{port}{}", path.unwrap_or("/")),
    };
    let tag = build.base_image(stage).and_then(|i| i.tag()).unwrap_or("latest");
    let python = |url: &str| match path {
        Some(_) => format!("import urllib.request; urllib.request.urlopen('{url}', timeout=3)"),
        None => format!(
            "import http.client; c = http.client.HTTPConnection('127.0.0.1', {port}, timeout=3); c.request('GET', '/'); c.getresponse()"
        ),
    };
    match official {
        "python" if !tag.starts_with('2') => return Some(json_array(["python", "-c", &python(&url)])),
        "node" if has_fetch(tag) => {
            return Some(json_array([
                "node",
                "-e",
                &format!("fetch('{url}').then(() => process.exit(), () => process.exit(1))"),
            ]));
        }
        "ruby" => {
            return Some(json_array([
                "ruby",
                "-rnet/http",
                "-e",
                &format!("Net::HTTP.get_response(URI('{url}'))"),
            ]));
        }
        _ => {}
    }
    let answers = path.is_some() || serves_files;
    if build.has_curl(stage) {
        return Some(match answers {
            true => json_array(["curl", "-fsS", "-o", "/dev/null", &url]),
            false => json_array(["curl", "-sS", "-o", "/dev/null", &url]),
        });
    }
    match build.family(stage)? {
        Family::Alpine | Family::Busybox if answers => Some(json_array(["wget", "-q", "--spider", &url])),
        Family::Alpine => Some(json_array(["nc", "-z", "127.0.0.1", &port.to_string()])),
        _ => None,
    }
}

/// Node has `fetch` from version 18 on.
fn has_fetch(tag: &str) -> bool {
    let version: String = tag.chars().take_while(char::is_ascii_digit).collect();
    match version.parse::<u32>() {
        Ok(version) => version >= 18,
        Err(_) => ["latest", "lts", "current", "alpine", "slim", "bookworm", "trixie", "jod", "krypton"]
            .iter()
            .any(|word| tag.starts_with(word)),
    }
}

/// Which ports the image exposes.
#[derive(Clone, Copy)]
enum Exposed {
    None,
    One(u16),
    Several,
}

fn exposed_port<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Exposed {
    let mut found = Exposed::None;
    for instruction in build.lineage(stage).flat_map(|s| build.own_of(s, Kind::Expose)) {
        let Body::Expose(ports) = &instruction.body else { continue };
        for port in ports {
            found = match (found, port.parsed) {
                (Exposed::None, Some(range))
                    if range.start == range.end && range.protocol == Protocol::Tcp =>
                {
                    Exposed::One(range.start)
                }
                (Exposed::One(port), Some(range)) if range.start == port && range.end == port => found,
                _ => Exposed::Several,
            };
        }
    }
    found
}
