//! The commands of what only a running system shows, filled in with the project's own names, ports and paths.
//!
//! `<backend>` is the service of the application with that profile, `<database>` that of the database; behind the name
//! stands what is done with it, or asked of it ([`PARTS`]). Of everything there is [`OF_ALL`].

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use plimsoll_compose::{HealthTest, Project, Service};
use plimsoll_dockerfile::Body;

use super::asking::Asker;
use super::compose_facts::told_of;
use super::facts::AppView;
use super::quoting::word;
use super::routes::routes;
use super::stage_facts::production_build;
use super::start_facts::{path_in, probe_path};
use super::surroundings::{App, Surroundings, plain, shown};
use crate::compose::database;
use crate::dockerfile::ImageRef;
use crate::rule::nearest;

/// What may stand behind a name, and what it becomes.
const PARTS: &[(&str, &str)] = &[
    ("build-stage", "builds the stage in which its production build runs"),
    ("curl", "a curl that gets to its `.url`"),
    ("exec", "runs what stands behind it in its container"),
    ("folder", "its build context"),
    (
        "get",
        "`.get=/path` asks it for a path, `/path?` for the one in its sources that ends so, `health` for its health",
    ),
    ("health", "the path of its health check"),
    ("id", "its container"),
    ("image", "its image's name, without the tag"),
    ("inside", "its URL in its container"),
    ("kill", "kills it"),
    ("logs", "shows its log"),
    ("port", "the port it listens on"),
    (
        "reach",
        "`.reach=backend` asks the other's health from within it, by the variable that holds the other's URL",
    ),
    ("restart", "restarts it"),
    ("rollback", "starts its image of before"),
    ("route", "`.route=/chat` is the path in its sources that ends so"),
    ("start", "starts it"),
    ("status", "shows whether it runs"),
    ("stop", "stops it"),
    ("up", "builds and starts it"),
    ("url", "where it answers"),
];
/// Parts that take something behind `=`.
const WITH_ARGUMENT: &[&str] = &["get", "reach", "route"];
/// What is about the whole project.
const OF_ALL: &[(&str, &str)] = &[
    ("build", "builds every image"),
    ("compose", "`docker compose`, with the project's file"),
    ("folder", "the folder that is looked at"),
    ("ids", "every container"),
    ("logs", "shows every log"),
    ("ps", "shows what runs"),
    ("restart", "restarts everything"),
    ("up", "builds and starts everything"),
];
/// Where a health check is likely to ask, if nothing says where.
const HEALTH_ROUTES: &[&str] = &["/health", "/healthz", "/api/health", "/api/healthz"];

/// What fills a command in.
pub(crate) struct Names<'a> {
    around: &'a Surroundings,
    views: &'a [AppView<'a>],
    /// The paths in the sources of each Dockerfile's application.
    routes: RefCell<BTreeMap<&'a str, BTreeSet<String>>>,
}

/// What a name in a command means here.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) view: Option<&'a AppView<'a>>,
    pub(super) service: Option<(&'a Project, &'a Service)>,
}

/// Where something answers.
struct Address {
    host: String,
    port: u16,
    /// Whether this machine reaches it.
    published: bool,
}

/// A placeholder: its name, its part, and what stands behind `=`.
type Placeholder<'c> = (&'c str, &'c str, &'c str);

/// Every placeholder of a command, and what it becomes. `NAME` is a profile's or a service's, or `database`.
pub fn placeholders() -> impl Iterator<Item = (String, &'static str)> {
    let of_one = PARTS.iter().map(|(part, what)| (format!("<NAME.{part}>"), *what));
    let name = std::iter::once(("<NAME>".to_owned(), "the service of that profile or name, or the database"));
    name.chain(of_one).chain(OF_ALL.iter().map(|(name, what)| (format!("<{name}>"), *what)))
}

fn parts() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|(part, _)| *part)
}

/// What is wrong with the placeholders of a command, if anything is.
pub(super) fn complaint(command: &str) -> Option<String> {
    let mut rest = command;
    while let Some((_, placeholder, behind)) = next_placeholder(rest) {
        let (name, part, argument) = placeholder;
        if !part.is_empty() && !parts().any(|known| known == part) {
            let near = nearest(part, parts());
            let near = near.map(|near| format!(": did you mean `<{name}.{near}>`?")).unwrap_or_default();
            return Some(format!("unknown placeholder `<{name}.{part}>`{near}"));
        }
        if WITH_ARGUMENT.contains(&part) == argument.is_empty() {
            return Some(match argument.is_empty() {
                true => format!("`<{name}.{part}>` wants something behind `=`: `<{name}.{part}=...>`"),
                false => format!("`<{name}.{part}={argument}>` takes nothing behind `=`"),
            });
        }
        rest = behind;
    }
    None
}

/// What stands before the next placeholder, the placeholder, and what stands behind it.
fn next_placeholder(command: &str) -> Option<(&str, Placeholder<'_>, &str)> {
    let is_name = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
    };
    for (at, _) in command.match_indices('<') {
        let (before, after) = (command.get(..at)?, command.get(at + 1..)?);
        let (word, behind) = after.split_once('>')?;
        let (head, argument) = word.split_once('=').unwrap_or((word, ""));
        let (name, part) = head.split_once('.').unwrap_or((head, ""));
        if is_name(name) && (part.is_empty() || is_name(part)) && !argument.contains(char::is_whitespace) {
            return Some((before, (name, part, argument), behind));
        }
    }
    None
}

impl<'a> Names<'a> {
    pub(crate) fn new(around: &'a Surroundings, views: &'a [AppView<'a>]) -> Self {
        Self { around, views, routes: RefCell::default() }
    }

    /// The command with everything put in. Fails with what is not here where it speaks of something that is not.
    pub(crate) fn fill(&self, command: &str) -> Result<String, String> {
        self.filled(command, false)
    }

    /// The command where something that it speaks of is not here: with words in its place.
    pub(crate) fn in_general(&self, command: &str) -> String {
        self.filled(command, true).unwrap_or_else(|_| command.to_owned())
    }

    /// `docker compose`, told which file where it would not find it.
    pub(crate) fn compose(&self) -> String {
        compose(self.around)
    }

    fn filled(&self, command: &str, general: bool) -> Result<String, String> {
        let (mut out, mut notes, mut rest) = (String::new(), Vec::new(), command);
        while let Some((before, (name, part, argument), behind)) = next_placeholder(rest) {
            out.push_str(before);
            let is_of_all = part.is_empty() && OF_ALL.iter().any(|(known, _)| *known == name);
            out.push_str(&match is_of_all {
                true => self.of_all(name, general)?,
                false => self.part((name, part, argument), general, &mut notes)?,
            });
            rest = behind;
        }
        out.push_str(rest);
        // A curl that runs in the container gets there.
        notes.retain(|note| !command.contains(".curl>") || !note.starts_with("publish"));
        notes.dedup();
        if !notes.is_empty() {
            let sign = if out.contains("   # ") { ";" } else { "   #" };
            out.push_str(&format!("{sign} {}", notes.join("; ")));
        }
        Ok(out)
    }

    /// What is about the whole project.
    fn of_all(&self, what: &str, general: bool) -> Result<String, String> {
        let compose = self.compose();
        let has_compose = !self.around.projects.is_empty();
        let each = |one: &dyn Fn(&App) -> String, between: &str| {
            let all: Vec<String> = self.around.apps.iter().map(one).collect();
            all.join(between)
        };
        let names = || each(&|app| word(&app.name), " ");
        Ok(match what {
            "folder" => folder(&self.around.folder),
            _ if has_compose || general => match what {
                "up" => format!("{compose} up --build --wait"),
                "ps" => format!("{compose} ps"),
                "logs" => format!("{compose} logs"),
                "restart" => format!("{compose} restart && {compose} up --wait"),
                "build" => format!("{compose} build --no-cache"),
                "ids" => format!("$({compose} ps --quiet)"),
                _ => compose,
            },
            "compose" => return Err("there is no compose file".to_owned()),
            _ if self.around.apps.is_empty() => return Err("nothing is built here".to_owned()),
            "up" => self.views.iter().map(|view| run(&Target::of(view))).collect::<Vec<_>>().join(" && "),
            "ps" => "docker ps".to_owned(),
            "logs" => each(&|app| format!("docker logs {}", word(&app.name)), "; "),
            "restart" => format!("docker restart {}", names()),
            "build" => each(&|app| build(app, "--no-cache "), " && "),
            _ => names(),
        })
    }

    fn part(
        &self,
        (name, part, argument): Placeholder<'_>,
        general: bool,
        notes: &mut Vec<String>,
    ) -> Result<String, String> {
        let target = match self.target(name) {
            Err(_) if general => Target { view: None, service: None },
            found => found?,
        };
        let service = target.name();
        let compose = self.compose();
        let address = address(&target);
        let is_composed =
            target.service.is_some() || (target.view.is_none() && !self.around.projects.is_empty());
        let tool = if is_composed { compose.as_str() } else { "docker" };
        Ok(match part {
            "exec" => exec(&target, tool),
            "up" if is_composed => format!("{compose} up --build --wait {service}"),
            "up" => run(&target),
            "start" if is_composed => format!("{compose} up --wait {service}"),
            "status" if is_composed => format!("{compose} ps {service}"),
            "status" => format!("docker ps --filter name={service}"),
            "start" | "stop" | "restart" | "kill" | "logs" => format!("{tool} {part} {service}"),
            "id" if is_composed => format!("$({compose} ps --quiet {service})"),
            "image" => image(&target).unwrap_or(service),
            "rollback" => rollback(&target, &compose),
            "build-stage" => target.view.map_or("docker build .".to_owned(), build_stage),
            "curl" => match (&address, Asker::of(&target)) {
                (Some(address), _) if address.published => "curl".to_owned(),
                (_, Asker::Curl) => format!("{} curl", exec(&target, tool)),
                _ if is_composed => format!(
                    "docker run --rm --network container:$({compose} ps --quiet {service}) curlimages/curl"
                ),
                _ => format!("docker run --rm --network container:{service} curlimages/curl"),
            },
            "health" => self.health_path(&target),
            "port" => target.port().map_or("PORT".to_owned(), |port| port.to_string()),
            "inside" => target.inside(),
            "url" => {
                if let Some(a) = address.as_ref().filter(|a| !a.published) {
                    let port = a.port;
                    notes.push(format!(
                        "publish port {port} of {service} for it: only other containers reach it"
                    ));
                }
                address.map_or("http://127.0.0.1:PORT".to_owned(), |a| a.url())
            }
            "folder" => target.view.map_or(".".to_owned(), |view| folder(&view.app.context)),
            "route" => self.route(&target, argument, notes),
            "get" => {
                let path = match argument.strip_suffix('?') {
                    Some(path) => self.route(&target, path, notes),
                    None if argument == "health" => self.health_path(&target),
                    None => argument.to_owned(),
                };
                get(&target, &path, tool)
            }
            "reach" => {
                let other = match self.target(argument) {
                    Err(_) if general => Target { view: None, service: None },
                    found => found?,
                };
                let (path, asker) = (self.health_path(&other), Asker::of(&target));
                let asked = match told_by(&target, &other) {
                    Some(variable) => asker.ask_by(variable, &path),
                    None => {
                        let port = other.port().map_or("PORT".to_owned(), |port| port.to_string());
                        asker.ask(&format!("http://{}:{port}{path}", other.name()))
                    }
                };
                format!("{} {asked}", exec(&target, tool))
            }
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
            return Ok(Target::of(view));
        }
        let named = self.around.services().find(|(_, service)| service.name == name);
        named
            .map(|service| Target { view: None, service: Some(service) })
            .ok_or(format!("nothing here is a {name}"))
    }

    /// The path of the health check; where none is, the likeliest one that the sources have.
    fn health_path(&self, target: &Target<'a>) -> String {
        let tested = || path_in(&target.tested_by_compose()?);
        let by_check = target.view.and_then(probe_path).or_else(tested);
        let likely = || {
            let view = target.view?;
            let known = |path: &&&str| self.with_routes(view, |own| own.contains(**path));
            HEALTH_ROUTES.iter().find(known).map(|path| (*path).to_owned())
        };
        by_check.or_else(likely).unwrap_or_else(|| "/".to_owned())
    }

    /// The path in the application's sources that is `wanted`, or ends so.
    fn route(&self, target: &Target<'a>, wanted: &str, notes: &mut Vec<String>) -> String {
        let Some(view) = target.view else { return wanted.to_owned() };
        let last = wanted.rfind('/').and_then(|at| wanted.get(at..)).unwrap_or(wanted);
        let found = self.with_routes(view, |own| match own.get(wanted) {
            Some(path) => Some(path.clone()),
            None => own.iter().filter(|path| path.ends_with(last)).min_by_key(|path| path.len()).cloned(),
        });
        found.unwrap_or_else(|| {
            notes.push(format!("put your own path in place of {wanted}"));
            wanted.to_owned()
        })
    }

    /// Asks for something of the paths in an application's sources, which are read once.
    fn with_routes<T>(&self, view: &'a AppView<'a>, ask: impl FnOnce(&BTreeSet<String>) -> T) -> T {
        let mut known = self.routes.borrow_mut();
        ask(known.entry(view.app.shown.as_str()).or_insert_with(|| routes(view)))
    }
}

impl<'a> Target<'a> {
    pub(super) fn of(view: &'a AppView<'a>) -> Self {
        Self { view: Some(view), service: view.around.services_of(view.app).next() }
    }

    fn name(&self) -> String {
        match (self.service, self.view) {
            (Some((_, service)), _) => word(&service.name),
            (None, Some(view)) => word(&view.app.name),
            (None, None) => "SERVICE".to_owned(),
        }
    }

    /// The port that it listens on: the profile's unless the Dockerfile or the compose file says another.
    fn port(&self) -> Option<u16> {
        let wanted = self.view.and_then(|view| view.profile?.port);
        let exposed = self.view.map(exposed).unwrap_or_default();
        let ports = self.service.map(|(_, service)| service.ports.items.as_slice()).unwrap_or_default();
        let mapped: Vec<u16> = ports.iter().filter_map(|p| Some(p.target?.first)).collect();
        let said = || exposed.iter().chain(&mapped);
        match wanted {
            Some(wanted) if said().any(|port| *port == wanted) => Some(wanted),
            _ => said().next().copied().or(wanted),
        }
    }

    fn inside(&self) -> String {
        format!("http://127.0.0.1:{}", self.port().map_or("PORT".to_owned(), |port| port.to_string()))
    }

    /// The health check that the compose file gives, in words.
    pub(super) fn tested_by_compose(&self) -> Option<String> {
        match self.service?.1.healthcheck.as_ref()?.test()? {
            HealthTest::Shell(text) => Some(text),
            HealthTest::Exec(words) => Some(words.join(" ")),
            HealthTest::None | HealthTest::Invalid => None,
        }
    }
}

impl Address {
    fn url(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }
}

/// The variable that tells one the address of the other.
fn told_by<'a>(target: &Target<'a>, other: &Target<'a>) -> Option<&'a str> {
    let ((project, service), (_, other)) = (target.service?, other.service?);
    service.environment.iter().find_map(|variable| {
        let named = told_of(project, service, variable)?;
        let is_name = variable.key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_name && named.name == other.name && variable.value.as_deref()?.contains("://"))
            .then_some(variable.key.as_str())
    })
}

/// A command that asks an application for a path: from this machine where that reaches it, or else in its container.
pub(super) fn get(target: &Target<'_>, path: &str, tool: &str) -> String {
    match address(target).filter(|address| address.published) {
        Some(address) => format!("curl --fail {}{path}", address.url()),
        None => {
            let asked = Asker::of(target).ask(&format!("{}{path}", target.inside()));
            format!("{} {asked}", exec(target, tool))
        }
    }
}

/// `docker compose`, told which file where it would not find it.
pub(super) fn compose(around: &Surroundings) -> String {
    let file = around.projects.first().and_then(|project| project.sources.first()).map(|s| shown(&s.path));
    let found = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
    match file.filter(|file| !found.contains(&file.as_str())) {
        Some(file) => format!("docker compose --file {}", word(&file)),
        None => "docker compose".to_owned(),
    }
}

fn exec(target: &Target<'_>, tool: &str) -> String {
    format!("{tool} exec {}", target.name())
}

/// `docker build` of an application; `options` stand before the folder, with a blank behind.
pub(super) fn build(app: &App, options: &str) -> String {
    let usual = plain(&app.dockerfile) == plain(&app.context.join("Dockerfile"));
    let file = if usual { String::new() } else { format!("--file {} ", word(&app.shown)) };
    let target = match (&app.target, options.contains("--target")) {
        (Some(target), false) => format!("--target {} ", word(target)),
        _ => String::new(),
    };
    format!("docker build {options}{file}{target}{}", folder(&app.context))
}

/// Builds and starts an application without Compose.
fn run(target: &Target<'_>) -> String {
    let name = target.name();
    let port = target.port().map(|port| format!("--publish 127.0.0.1:{port}:{port} ")).unwrap_or_default();
    let built = match target.view {
        Some(view) => build(view.app, &format!("--tag {name} ")),
        None => format!("docker build --tag {name} ."),
    };
    format!("{built} && docker run --rm --detach --name {name} {port}{name}")
}

/// Builds as far as the production build.
fn build_stage(view: &AppView<'_>) -> String {
    let stage = production_build(view).and_then(|(stage, _, _)| view.build.stage(stage)?.name);
    build(view.app, &stage.map(|name| format!("--target {name} ")).unwrap_or_default())
}

/// The image's name without its tag.
fn image(target: &Target<'_>) -> Option<String> {
    Some(word(&ImageRef::parse(&target.service?.1.image.as_ref()?.value)?.familiar_name()))
}

/// Starts the image of before: by the variable that its tag comes from, where it does.
fn rollback(target: &Target<'_>, compose: &str) -> String {
    let service = target.name();
    let written = target.service.and_then(|(_, s)| Some(s.image.as_ref()?.written()?.to_owned()));
    let variable = written.as_deref().and_then(|text| {
        let (_, tag) = text.rsplit_once(":$").or_else(|| text.split_once(":${"))?;
        let name =
            tag.trim_start_matches('{').split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
        (!name.is_empty()).then(|| name.to_owned())
    });
    match (variable, target.service) {
        (Some(name), _) => format!("{name}=PREVIOUS {compose} up --detach --wait {service}"),
        (None, Some(_)) => {
            format!("{compose} up --detach --wait {service}   # with the previous tag in its `image:`")
        }
        (None, None) => format!("docker run --detach --name {service} {service}:PREVIOUS"),
    }
}

/// The ports that an application's Dockerfile exposes.
fn exposed(view: &AppView<'_>) -> Vec<u16> {
    let instructions = view.build.shipped().flat_map(|stage| view.build.instructions(stage));
    let ports = instructions.filter_map(|(_, instruction)| match &instruction.body {
        Body::Expose(ports) => Some(ports.iter().filter_map(|port| Some(port.parsed.as_ref()?.start))),
        _ => None,
    });
    ports.flatten().collect()
}

/// Where the target answers: on this machine where its port is published, else in its container.
fn address(target: &Target<'_>) -> Option<Address> {
    let wanted = target.port();
    let ports = target.service.map(|(_, service)| service.ports.items.as_slice()).unwrap_or_default();
    let is_wanted =
        |port: &&plimsoll_compose::Port| port.target.is_some_and(|t| wanted.is_none_or(|w| t.contains(w)));
    let port = ports.iter().find(is_wanted).or_else(|| ports.iter().find(|p| p.published.is_some()));
    if let Some((port, published)) = port.and_then(|port| Some((port, port.published?))) {
        let host = port
            .host_ip
            .as_deref()
            .filter(|ip| ip.parse().is_ok_and(|ip: IpAddr| !ip.is_unspecified()))
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
        path => word(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_redirections() {
        let (before, placeholder, behind) = next_placeholder("a < b <backend.get=/ready?> > c").unwrap();
        assert_eq!((before, placeholder, behind), ("a < b ", ("backend", "get", "/ready?"), " > c"));
        assert!(next_placeholder("cat < file > other").is_none());
        assert_eq!(complaint("<up> && <backend.get=health> | wc"), None);
        assert_eq!(
            complaint("<backend.heath>").as_deref(),
            Some("unknown placeholder `<backend.heath>`: did you mean `<backend.health>`?")
        );
        assert!(complaint("<backend.get>").is_some() && complaint("<backend.url=x>").is_some());
        assert!(PARTS.is_sorted() && OF_ALL.is_sorted());
    }
}
