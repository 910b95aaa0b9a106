//! Servers that are known by their command line: which port and which address they listen on.

use plimsoll_dockerfile::Span;

use super::next_standalone;
use super::start::Program;
use super::{Build, Stage};
use crate::connections::is_loopback;

/// A server, as its command line says it listens.
#[derive(Debug)]
pub(crate) struct Server {
    /// `uvicorn`, `next start`.
    pub(crate) name: String,
    /// The port, where it can be told.
    pub(crate) port: Option<u16>,
    /// Where the port is written, or else the program's name.
    pub(crate) port_span: Span,
    /// What makes it listen on loopback only, where it does.
    pub(crate) loopback: Option<Loopback>,
    /// The flag that would make it listen everywhere: `--host 0.0.0.0`.
    pub(crate) open: String,
}

/// What makes a server listen on loopback only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loopback {
    /// These words: the address, or the program's name where it is its default.
    Words(Span),
    /// A variable of the environment.
    Variable(&'static str),
}

/// What a command line is read with.
pub(crate) struct Circumstances<'c> {
    /// A word with its variables put in; None where one has no value.
    pub(crate) expand: &'c dyn Fn(&str) -> Option<String>,
    /// A variable of the container's environment; what is not known of its value is left as it is written.
    pub(crate) env: &'c dyn Fn(&str) -> Option<String>,
    /// Whether a file of that name may lie where the server looks for its settings.
    pub(crate) may_have_file: &'c dyn Fn(&str) -> bool,
    /// Whether the image holds the server that Next.js writes for itself.
    pub(crate) has_next_standalone: &'c dyn Fn() -> bool,
}

struct Known {
    program: &'static str,
    verbs: &'static [&'static str],
    port: u16,
    port_flags: &'static [&'static str],
    port_env: &'static str,
    host_flags: &'static [&'static str],
    host_env: &'static str,
    /// Flags that take address and port in one.
    bind_flags: &'static [&'static str],
    /// Flags after which a file may say anything.
    config_flags: &'static [&'static str],
    /// A file that it reads unasked, and that may say anything.
    config_file: &'static str,
    /// Whether it listens on loopback unless told otherwise.
    loopback: bool,
}

const BASE: Known = Known {
    program: "",
    verbs: &[],
    port: 0,
    port_flags: &["--port"],
    port_env: "",
    host_flags: &["--host"],
    host_env: "",
    bind_flags: &[],
    config_flags: &[],
    config_file: "",
    loopback: false,
};

static KNOWN: &[Known] = &[
    Known {
        program: "uvicorn",
        port: 8000,
        port_env: "UVICORN_PORT",
        host_env: "UVICORN_HOST",
        config_flags: &["--uds", "--fd"],
        loopback: true,
        ..BASE
    },
    Known {
        program: "gunicorn",
        port: 8000,
        port_flags: &[],
        port_env: "PORT",
        host_flags: &[],
        host_env: "GUNICORN_CMD_ARGS",
        bind_flags: &["--bind", "-b"],
        config_flags: &["--config", "-c", "--paste"],
        config_file: "gunicorn.conf.py",
        loopback: true,
        ..BASE
    },
    Known {
        program: "hypercorn",
        port: 8000,
        port_flags: &[],
        host_flags: &[],
        bind_flags: &["--bind", "-b"],
        config_flags: &["--config", "-c", "--quic-bind", "--insecure-bind"],
        loopback: true,
        ..BASE
    },
    Known {
        program: "daphne",
        port: 8000,
        port_flags: &["--port", "-p"],
        host_flags: &["--bind", "-b"],
        config_flags: &["--endpoint", "-e", "-u", "--fd"],
        loopback: true,
        ..BASE
    },
    Known {
        program: "flask",
        verbs: &["run"],
        port: 5000,
        port_flags: &["--port", "-p"],
        port_env: "FLASK_RUN_PORT",
        host_flags: &["--host", "-h"],
        host_env: "FLASK_RUN_HOST",
        config_file: ".flaskenv",
        loopback: true,
        ..BASE
    },
    Known { program: "fastapi", verbs: &["run"], port: 8000, ..BASE },
    Known { program: "fastapi", verbs: &["dev"], port: 8000, loopback: true, ..BASE },
    Known {
        program: "streamlit",
        verbs: &["run"],
        port: 8501,
        port_flags: &["--server.port"],
        port_env: "STREAMLIT_SERVER_PORT",
        host_flags: &["--server.address"],
        ..BASE
    },
    Known {
        program: "next",
        verbs: &["start", "dev"],
        port: 3000,
        port_flags: &["--port", "-p"],
        port_env: "PORT",
        host_flags: &["--hostname", "-H"],
        ..BASE
    },
    Known { program: "vite", verbs: &["preview"], port: 4173, config_flags: &["--config", "-c"], ..BASE },
    Known { program: "ng", verbs: &["serve", "s"], port: 4200, loopback: true, ..BASE },
    Known {
        program: "http-server",
        port: 8080,
        port_flags: &["--port", "-p"],
        port_env: "PORT",
        host_flags: &["-a"],
        ..BASE
    },
    Known {
        program: "serve",
        port: 3000,
        port_flags: &["-p"],
        port_env: "PORT",
        host_flags: &[],
        bind_flags: &["--listen", "-l"],
        config_flags: &["--config", "-c"],
        ..BASE
    },
    Known {
        program: "waitress-serve",
        port: 8080,
        bind_flags: &["--listen"],
        config_flags: &["--unix-socket"],
        ..BASE
    },
    Known {
        program: "rails",
        verbs: &["server", "s"],
        port: 3000,
        port_flags: &["--port", "-p"],
        port_env: "PORT",
        host_flags: &["--binding", "-b"],
        config_flags: &["--config", "-c"],
        ..BASE
    },
    Known {
        program: "jupyter",
        verbs: &["notebook", "lab"],
        port: 8888,
        host_flags: &["--ip"],
        config_flags: &["--config"],
        config_file: "jupyter_server_config.py",
        loopback: true,
        ..BASE
    },
    Known {
        program: "mlflow",
        verbs: &["server", "ui"],
        port: 5000,
        port_flags: &["--port", "-p"],
        port_env: "MLFLOW_PORT",
        host_flags: &["--host", "-h"],
        host_env: "MLFLOW_HOST",
        loopback: true,
        ..BASE
    },
    Known { program: "redis-server", port: 6379, host_flags: &["--bind"], ..BASE },
];

/// The server that a program is, if it is one whose command line says where it listens.
pub(super) fn server(
    build: &Build<'_>,
    stage: &Stage<'_>,
    instruction: usize,
    program: &Program,
) -> Option<Server> {
    let circumstances = Circumstances {
        expand: &|text| build.expand_at(instruction, text),
        env: &|name| build.stage(stage.index).and_then(|own| build.env(own, name)),
        may_have_file: &|name| build.around.folder().is_some_and(|folder| folder.join(name).is_file()),
        has_next_standalone: &|| next_standalone::is_in(build),
    };
    known_server(program, &circumstances)
}

/// The server that a program is under these circumstances, wherever its command line is written.
pub(crate) fn known_server(program: &Program, around: &Circumstances<'_>) -> Option<Server> {
    if program.name() == "manage.py" || program.words.get(1).is_some_and(|w| w.text.ends_with("manage.py")) {
        return django(program, around);
    }
    if program.name() == "http.server" {
        return Some(Server {
            name: "http.server".into(),
            port: match program.word(1) {
                "" => Some(8000),
                port => port.parse().ok(),
            },
            port_span: program.words.get(1).map_or(program.span(), |w| w.span),
            loopback: None,
            open: String::new(),
        });
    }
    if matches!(program.name(), "node" | "bun") {
        return next_server(program, around);
    }
    let program = program.behind_runner();
    let known = KNOWN.iter().find(|k| {
        let verb = || k.verbs.is_empty() || k.verbs.contains(&program.word(1));
        k.program == program.name() && verb()
    })?;
    let says = |flags: &[&str]| program.value(flags);
    let configured = known.config_flags.iter().any(|flag| says(&[flag]).is_some());
    // `redis-server /etc/redis.conf`: a file says it.
    if configured || (known.program == "redis-server" && program.word(1).ends_with(".conf")) {
        return None;
    }
    let expand = around.expand;
    let own = |name: &str| if name.is_empty() { None } else { (around.env)(name) };
    let bound = says(known.bind_flags);
    let port_flag = says(known.port_flags);
    let host_flag = says(known.host_flags);
    let (bound_host, bound_port) = match &bound {
        Some(value) => split_address(&expand(&value.text)?)?,
        None => (None, None),
    };
    let port = match (&port_flag, bound_port) {
        (Some(value), _) => expand(&value.text).and_then(|v| v.parse().ok()),
        (None, Some(port)) => Some(port),
        (None, None) => match own(known.port_env) {
            Some(value) => value.parse().ok(),
            None => Some(known.port),
        },
    };
    let host = match &host_flag {
        Some(value) => Some(expand(&value.text)?),
        None => bound_host,
    };
    let open = match (known.bind_flags.first(), known.host_flags.first()) {
        (Some(flag), _) => format!("{flag} 0.0.0.0:{}", port.unwrap_or(known.port)),
        (None, Some(flag)) => format!("{flag} 0.0.0.0"),
        (None, None) => String::new(),
    };
    let said = host_flag.as_ref().or(bound.as_ref()).map_or(program.span(), |v| v.span);
    let loopback = match &host {
        Some(host) => is_loopback(host).then_some(Loopback::Words(said)),
        None if bound.is_some() => None,
        None => match own(known.host_env) {
            Some(host) => is_loopback(&host).then_some(Loopback::Variable(known.host_env)),
            // gunicorn takes a PORT for the wish to be reached.
            None if known.port_env == "PORT" && own("PORT").is_some() => None,
            None if !known.config_file.is_empty() && (around.may_have_file)(known.config_file) => None,
            None => known.loopback.then_some(Loopback::Words(said)),
        },
    };
    let verb = if known.verbs.is_empty() { "" } else { program.word(1) };
    Some(Server {
        name: format!("{} {verb}", known.program).trim_end().to_owned(),
        port,
        port_span: port_flag.or(bound.clone()).map_or(program.span(), |v| v.span),
        loopback,
        open,
    })
}

/// `node server.js`, which Next.js writes for `output: "standalone"`. It listens where HOSTNAME says.
fn next_server(program: &Program, around: &Circumstances<'_>) -> Option<Server> {
    let script = program.words.get(1).filter(|word| word.text.ends_with("server.js"))?;
    if !(around.has_next_standalone)() {
        return None;
    }
    let hostname = (around.env)("HOSTNAME");
    Some(Server {
        name: "the standalone server of Next.js".into(),
        port: match (around.env)("PORT") {
            Some(port) => port.parse().ok(),
            None => Some(3000),
        },
        port_span: script.span,
        loopback: hostname.filter(|host| is_loopback(host)).map(|_| Loopback::Variable("HOSTNAME")),
        open: String::new(),
    })
}

/// `python manage.py runserver 0.0.0.0:8000`
fn django(program: &Program, around: &Circumstances<'_>) -> Option<Server> {
    let at = program.words.iter().position(|w| w.text == "runserver")?;
    let address = program.words.iter().skip(at + 1).find(|w| !w.text.starts_with('-'));
    let (host, port) = match address {
        Some(word) => {
            let text = (around.expand)(&word.text)?;
            match text.parse() {
                Ok(port) => (None, Some(port)),
                Err(_) => split_address(&text)?,
            }
        }
        None => (None, Some(8000)),
    };
    let span = address.or(program.words.get(at)).map_or(program.span(), |w| w.span);
    let loopback = host.as_deref().is_none_or(is_loopback);
    Some(Server {
        name: "manage.py runserver".into(),
        port,
        port_span: span,
        loopback: loopback.then_some(Loopback::Words(span)),
        open: format!("runserver 0.0.0.0:{}", port.unwrap_or(8000)),
    })
}

/// `0.0.0.0:8000`, `:8000`, `tcp://0.0.0.0:8000`, `8000`, `localhost`; None for a socket file.
fn split_address(text: &str) -> Option<(Option<String>, Option<u16>)> {
    if text.starts_with("unix:") || text.starts_with('/') || text.starts_with("fd:") {
        return None;
    }
    let text = text.strip_prefix("tcp://").unwrap_or(text);
    if let Ok(port) = text.parse() {
        return Some((Some("0.0.0.0".into()), Some(port)));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            let host = if host.is_empty() || host == "*" { "0.0.0.0" } else { host };
            Some((Some(host.to_owned()), Some(port.parse().ok()?)))
        }
        _ => Some((Some(text.to_owned()), None)),
    }
}
