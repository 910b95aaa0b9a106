//! The commands of what only a running system shows, filled in with the project's own names, ports and paths.
//!
//! A command names an application by its profile, or the database: `<backend>` is its service. `<backend.exec>`,
//! `<backend.up>` and `<backend.logs>` run something in it, start it, and show what it says; `<backend.url>` is where it
//! answers, `<backend.curl>` a curl that gets there, `<backend.health>` the path of its health check, `<backend.port>`
//! the port it listens on, `<backend.folder>` its build context. `<compose>` is `docker compose` with the project's
//! file, `<up>` starts everything.

use std::path::Path;

use plimsoll_compose::{Project, Service};

use super::facts::AppView;
use super::start_facts::probe_path;
use super::surroundings::{Surroundings, shown};
use crate::compose::database;

/// What fills a command in.
pub(crate) struct Names<'a> {
    pub(crate) around: &'a Surroundings,
    pub(crate) views: &'a [AppView<'a>],
}

/// What a name in a command means here.
struct Target<'a> {
    view: Option<&'a AppView<'a>>,
    service: Option<(&'a Project, &'a Service)>,
}

/// Where something answers.
struct Address {
    host: String,
    port: u16,
    /// Whether this machine reaches it.
    published: bool,
}

impl<'a> Names<'a> {
    /// The command with everything put in. Fails with what is not here where it speaks of something that is not.
    pub(crate) fn fill(&self, command: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = command;
        let mut hidden: Option<String> = None;
        while let Some((before, after)) = rest.split_once('<') {
            out.push_str(before);
            let Some((word, behind)) = after.split_once('>').filter(|(word, _)| is_name(word)) else {
                out.push('<');
                rest = after;
                continue;
            };
            let (name, part) = word.split_once('.').unwrap_or((word, ""));
            out.push_str(&match name {
                "compose" => self.compose(),
                "up" => self.up_all(),
                _ => self.part(name, part, &mut hidden)?,
            });
            rest = behind;
        }
        out.push_str(rest);
        // A curl that runs in the container gets there.
        if let Some(words) = hidden.filter(|_| !command.contains(".curl>")) {
            let sign = if out.contains("   # ") { ";" } else { "   #" };
            out.push_str(&format!("{sign} {words}"));
        }
        Ok(out)
    }

    fn part(&self, name: &str, part: &str, hidden: &mut Option<String>) -> Result<String, String> {
        let target = self.target(name)?;
        let service = match (target.service, target.view) {
            (Some((_, service)), _) => service.name.clone(),
            (None, Some(view)) => view.app.name.clone(),
            (None, None) => name.to_owned(),
        };
        let address = address(&target);
        let exec = match target.service {
            Some(_) => format!("{} exec {service}", self.compose()),
            None => format!("docker exec {service}"),
        };
        let port = || address.as_ref().map_or("PORT".to_owned(), |a| a.port.to_string());
        Ok(match part {
            "exec" => exec,
            "up" if target.service.is_some() => format!("{} up --build --wait {service}", self.compose()),
            "up" => format!(
                "docker build --tag {service} {} && docker run --rm --detach --name {service} --publish 127.0.0.1:{port}:{port} {service}",
                target.view.map_or(".".to_owned(), |v| folder(&v.app.context)),
                port = port(),
            ),
            "logs" if target.service.is_some() => format!("{} logs {service}", self.compose()),
            "logs" => format!("docker logs {service}"),
            "curl" if address.as_ref().is_some_and(|a| a.published) => "curl".to_owned(),
            "curl" => format!("{exec} curl"),
            "health" => target.view.and_then(probe_path).unwrap_or_else(|| "/health".to_owned()),
            "port" => port(),
            "inside" => format!(
                "http://127.0.0.1:{}",
                target.view.and_then(|v| v.profile?.port).map_or_else(port, |p| p.to_string())
            ),
            "url" => {
                if let Some(a) = address.as_ref().filter(|a| !a.published) {
                    *hidden = Some(format!(
                        "publish port {} of {service} for it: only other containers reach it",
                        a.port
                    ));
                }
                address
                    .as_ref()
                    .map_or("http://127.0.0.1:PORT".to_owned(), |a| format!("http://{}:{}", a.host, a.port))
            }
            "folder" => target.view.map_or(".".to_owned(), |view| folder(&view.app.context)),
            _ => service,
        })
    }

    fn target(&self, name: &str) -> Result<Target<'a>, String> {
        if name == "database" {
            let found =
                self.around.services().find(|(_, service)| database(service).is_some_and(|d| d.keeps));
            let service = found.ok_or("no service here is a database")?;
            return Ok(Target { view: None, service: Some(service) });
        }
        if let Some(view) = self.views.iter().find(|view| view.app.is(name)) {
            return Ok(Target { view: Some(view), service: view.around.services_of(view.app).next() });
        }
        let named = self.around.services().find(|(_, service)| service.name == name);
        named
            .map(|service| Target { view: None, service: Some(service) })
            .ok_or(format!("nothing here is a {name}"))
    }

    /// `docker compose`, told which file where it would not find it.
    fn compose(&self) -> String {
        let file =
            self.around.projects.first().and_then(|project| project.sources.first()).map(|s| shown(&s.path));
        let found = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
        match file.filter(|file| !found.contains(&file.as_str())) {
            Some(file) => format!("docker compose --file {file}"),
            None => "docker compose".to_owned(),
        }
    }

    fn up_all(&self) -> String {
        format!("{} up --build --wait", self.compose())
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
}

/// Where the target answers: on this machine where its port is published, else in its container.
fn address(target: &Target<'_>) -> Option<Address> {
    let wanted = target.view.and_then(|view| view.profile?.port);
    let ports = target.service.map(|(_, service)| service.ports.items.as_slice()).unwrap_or_default();
    let of_profile =
        |port: &&plimsoll_compose::Port| port.target.is_some_and(|t| wanted.is_none_or(|w| t.contains(w)));
    let port = ports.iter().find(of_profile).or_else(|| ports.iter().find(|p| p.published.is_some()));
    if let Some((port, published)) = port.and_then(|port| Some((port, port.published?))) {
        let host = port
            .host_ip
            .as_deref()
            .filter(|ip| !matches!(*ip, "0.0.0.0" | "::" | "[::]"))
            .unwrap_or("127.0.0.1");
        return Some(Address { host: host.to_owned(), port: published.first, published: true });
    }
    // Without a compose file it is started with its port published.
    let port = wanted?;
    Some(Address { host: "127.0.0.1".to_owned(), port, published: target.service.is_none() })
}

fn folder(path: &Path) -> String {
    match shown(path).as_str() {
        "" => ".".to_owned(),
        path => path.to_owned(),
    }
}
