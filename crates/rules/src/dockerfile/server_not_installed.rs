use std::path::Path;

use plimsoll_shell::packages::Manager;

use super::start::Program;
use super::{Build, DockerfileRule, Reporter};
use crate::context::read_beside;
use crate::manifests;

pub(crate) struct ServerNotInstalled;

/// A program that a package brings.
struct Server {
    name: &'static str,
    /// Packages that bring it, or need one that does. One that ends in `-` stands for all that begin so.
    packages: &'static [&'static str],
    lists: &'static [&'static str],
}

const PYTHON: &[&str] = &["requirements.txt", "pyproject.toml", "Pipfile"];
const NODE: &[&str] = &["package.json"];

const SERVERS: &[Server] = &[
    Server {
        name: "uvicorn",
        packages: &[
            "uvicorn",
            "uvicorn-",
            "fastapi-cli",
            "fastmcp",
            "mcp",
            "gradio",
            "chainlit",
            "bentoml",
            "langserve",
            "langgraph-api",
            "mlserver",
            "prefect",
            "reflex",
            "nicegui",
            "sglang",
            "vllm",
            "litellm",
            "chromadb",
            "ray",
        ],
        lists: PYTHON,
    },
    Server {
        name: "gunicorn",
        packages: &["gunicorn", "mlflow", "apache-airflow", "uvicorn-worker", "superset"],
        lists: PYTHON,
    },
    Server { name: "hypercorn", packages: &["hypercorn", "quart", "quart-"], lists: PYTHON },
    Server { name: "daphne", packages: &["daphne", "channels"], lists: PYTHON },
    Server { name: "granian", packages: &["granian"], lists: PYTHON },
    Server {
        name: "flask",
        packages: &["flask", "flask-", "dash", "dash-", "connexion", "mlflow", "apache-airflow"],
        lists: PYTHON,
    },
    Server {
        name: "celery",
        packages: &["celery", "django-celery-", "celery-", "apache-airflow"],
        lists: PYTHON,
    },
    Server { name: "waitress-serve", packages: &["waitress", "mlflow"], lists: PYTHON },
    Server { name: "streamlit", packages: &["streamlit", "streamlit-"], lists: PYTHON },
    Server { name: "next", packages: &["next"], lists: NODE },
    Server { name: "nuxt", packages: &["nuxt"], lists: NODE },
];

impl DockerfileRule for ServerNotInstalled {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(folder) = build.around.folder() else { return };
        let Some(start) = build.final_stage().and_then(|stage| build.start(stage)) else { return };
        for program in &start.programs {
            let Some((server, by_script)) = started(program, folder) else { continue };
            // Another image may bring it, and a RUN may install it by its name or from a list that is not here.
            if brought_elsewhere(build, server) {
                continue;
            }
            let Some(list) = list_without(server, folder) else { continue };
            let how = if by_script { format!(", by `{}`,", words(program)) } else { String::new() };
            report
                .flag(
                    program.span(),
                    format!("the container starts `{}`{how} and {list} does not list it: it stops with `not found`", server.name),
                )
                .help(format!("add `{}` to {list}", server.packages.first().unwrap_or(&server.name)));
            return;
        }
    }
}

/// The server that a program is, behind runners and the scripts of package.json, and whether such a script says it.
fn started(program: &Program, folder: &Path) -> Option<(&'static Server, bool)> {
    let known = |name: &str| SERVERS.iter().find(|server| server.name == name);
    let at = match (program.name(), program.word(1)) {
        // npx fetches what is not there.
        ("poetry" | "uv" | "pipenv" | "pdm" | "rye", "run") | ("pnpm" | "yarn", "exec") => 2,
        ("npm" | "yarn" | "pnpm" | "bun", verb @ ("run" | "start")) => {
            let name = if verb == "run" { program.word(2) } else { verb };
            let script = manifests::script(&read_beside(&folder.join("package.json"))?, name)?;
            let first = script.split_whitespace().find(|word| !word.contains('='))?.to_owned();
            return Some((known(&first)?, true));
        }
        _ => 0,
    };
    let name = if at == 0 { program.name() } else { program.word(at) };
    Some((known(name)?, false))
}

fn words(program: &Program) -> String {
    let words: Vec<&str> = program.words.iter().map(|w| w.text.as_str()).collect();
    words.join(" ")
}

/// Whether the server may come from what the lists in this folder do not say.
fn brought_elsewhere(build: &Build<'_>, server: &Server) -> bool {
    let plain = |stage| {
        let base = build.official_base(stage).map(|(_, name)| name);
        build.is_from_scratch(stage)
            || base.is_some_and(|name| {
                ["python", "node", "debian", "ubuntu", "alpine", "pypy", "buildpack-deps"]
                    .contains(&name.as_str())
            })
    };
    if !build.shipped().all(plain) {
        return true;
    }
    let mut from_list = false;
    for (_, install) in build.installs() {
        if install
            .packages
            .iter()
            .any(|p| brings(server, &p.name) || p.name.contains("://") || p.name.contains('$'))
        {
            return true;
        }
        // `pip install .`, another file, conda: what they bring is not in the lists.
        let own_list = |file: &String| file.rsplit('/').next() == Some("requirements.txt");
        if install.requirement_files.iter().any(|file| !own_list(file))
            || matches!(install.manager, Manager::Conda)
        {
            return true;
        }
        from_list |= install.from_manifest || !install.requirement_files.is_empty();
    }
    !from_list
}

/// The first list of the folder, where there is one and none of them brings the server.
fn list_without(server: &Server, folder: &Path) -> Option<&'static str> {
    let mut first = None;
    for list in server.lists {
        let Some(text) = read_beside(&folder.join(list)) else { continue };
        let named = |package: &&str| match package.strip_suffix('-') {
            Some(_) => manifests::names_beginning(list, &text, package),
            None => manifests::names(list, &text, package),
        };
        // What other files say is not followed: another list, a whole set of extras.
        let extras = ["fastapi[all]", "fastapi[standard]"].iter().any(|extra| text.contains(extra));
        let others = text.lines().any(|line| {
            let line = line.trim_start();
            line.starts_with("-r")
                || line.starts_with("--requirement")
                || line.starts_with("-e")
                || line.starts_with('.')
        });
        // The packages of a workspace have lists of their own.
        if extras || others || text.contains("\"workspaces\"") || server.packages.iter().any(named) {
            return None;
        }
        first = first.or(Some(*list));
    }
    first.filter(|_| !is_in_other_file(server, folder))
}

const OTHERS: &[&str] = &[
    "environment.yml",
    "setup.cfg",
    "setup.py",
    "uv.lock",
    "poetry.lock",
    "Pipfile.lock",
    "pdm.lock",
    "pylock.toml",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
];

/// Whether a lock file, which has what the listed packages need, or a list of another tool has the server; true where
/// one cannot be read.
fn is_in_other_file(server: &Server, folder: &Path) -> bool {
    let name = server.packages.first().unwrap_or(&server.name);
    OTHERS.iter().map(|lock| folder.join(lock)).filter(|lock| lock.is_file()).any(|lock| {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.');
        read_beside(&lock).is_none_or(|text| text.split(ends).any(|word| word == *name))
    })
}

fn brings(server: &Server, package: &str) -> bool {
    let package = package.to_ascii_lowercase().replace('_', "-");
    let name = package.split(['[', '=', '<', '>', '~', '@', '!']).next().unwrap_or(&package);
    server.packages.iter().any(|p| *p == name || (p.ends_with('-') && name.starts_with(p)))
        || (server.name == "uvicorn" && package.starts_with("fastapi["))
}
