//! How an application's container starts, listens, and tells its health.

use plimsoll_context::EntryKind;
use plimsoll_dockerfile::instructions::Healthcheck;
use plimsoll_dockerfile::{Body, Kind};

use super::facts::AppView;
use super::stage_facts::last;
use super::surroundings::place;
use super::verdict::{Evidence, Verdict};
use crate::context::read_beside;
use crate::dockerfile::Program;
use crate::manifests;

/// A larger source file was made by a machine.
const MAX_SOURCE: u64 = 1 << 20;
/// So many source files are searched for the path of the health check.
const MAX_SOURCES: usize = 2_000;

/// The container starts one of these programs.
pub(crate) fn starts(view: &AppView<'_>, programs: &str) -> Verdict {
    let wanted: Vec<&str> = programs.split_whitespace().collect();
    let listed = || wanted.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(" or ");
    let start = view.stage().and_then(|s| view.build.start(s));
    let Some(start) = start else {
        return Verdict::fails(view.lacking(format!("no CMD and no ENTRYPOINT starts {}", listed())));
    };
    for program in &start.programs {
        let words: Vec<&str> = program.words.iter().map(|w| w.text.as_str()).collect();
        let script = npm_script(view, program);
        let by_script = script.iter().flat_map(|s| s.split_whitespace());
        if let Some(found) = words.iter().copied().chain(by_script).find(|w| is_one_of(w, &wanted)) {
            return Verdict::holds(view.at(start.instruction, format!("starts `{found}`")));
        }
    }
    let name = start.programs.first().map_or("", Program::name);
    Verdict::fails(view.at(start.instruction, format!("starts `{name}`, and {} is asked for", listed())))
}

/// `uvicorn`, `/opt/venv/bin/uvicorn`, `uvicorn.workers.UvicornWorker`.
fn is_one_of(word: &str, wanted: &[&str]) -> bool {
    let base = word.rsplit('/').next().unwrap_or(word);
    wanted.iter().any(|w| base == *w || base.strip_prefix(w).is_some_and(|rest| rest.starts_with('.')))
}

/// What `npm start` runs, by the package.json of the context.
fn npm_script(view: &AppView<'_>, program: &Program) -> Option<String> {
    let name = match (program.name(), program.word(1)) {
        ("npm" | "yarn" | "pnpm" | "bun", "run") => program.word(2),
        ("npm" | "yarn" | "pnpm", word @ "start") => word,
        _ => return None,
    };
    manifests::script(&read_beside(&view.app.context.join("package.json"))?, name)
}

/// The port of the profile is exposed.
pub(crate) fn port(view: &AppView<'_>, _: &str) -> Verdict {
    let Some(wanted) = view.profile.and_then(|p| p.port) else {
        return Verdict::not_applicable("its profile names no port");
    };
    let mut others = Vec::new();
    for stage in view.build.shipped() {
        for (at, instruction) in view.build.instructions(stage) {
            let Body::Expose(ports) = &instruction.body else { continue };
            for port in ports {
                let range = port.parsed.as_ref().map(|p| (p.start, p.end)).or_else(|| {
                    let text = view.build.expand_at(at, &port.text)?;
                    let number = text.split('/').next()?.parse().ok()?;
                    Some((number, number))
                });
                match range {
                    Some((start, end)) if (start..=end).contains(&wanted) => {
                        return Verdict::holds(view.at(at, format!("exposes {wanted}")));
                    }
                    _ => others.push(
                        view.at(at, format!("exposes {}, and {wanted} is asked for", port.text.as_str())),
                    ),
                }
            }
        }
    }
    if others.is_empty() {
        return Verdict::fails(view.lacking(format!("no EXPOSE names port {wanted}")));
    }
    Verdict::failed(others)
}

fn probe<'a>(view: &AppView<'a>) -> Option<(usize, &'a Healthcheck<'a>)> {
    let stage = view.stage()?;
    let (at, instruction) = view.build.healthcheck(stage)?;
    match &instruction.body {
        Body::Healthcheck(check) if check.command().is_some() => Some((at, check)),
        _ => None,
    }
}

/// The image says how its health is tested.
pub(crate) fn healthcheck(view: &AppView<'_>, _: &str) -> Verdict {
    if view.profile.is_some_and(|p| !p.healthcheck) {
        return Verdict::not_applicable("its profile asks for none");
    }
    match probe(view) {
        Some((at, _)) => Verdict::holds(view.at(at, "HEALTHCHECK tests it")),
        None => Verdict::fails(view.lacking("there is no HEALTHCHECK")),
    }
}

/// What the health check asks for, the application answers.
pub(crate) fn health_endpoint(view: &AppView<'_>, _: &str) -> Verdict {
    let Some((at, _)) = probe(view) else { return Verdict::not_applicable("nothing is asked for") };
    let Some(path) = probe_path(view) else {
        return Verdict::holds(view.at(at, "the test asks no URL path"));
    };
    match answered_by(view, &path) {
        Some(seen) => Verdict::holds(seen),
        None => Verdict::not_checked(
            format!("no source file of the context names {path}"),
            format!("docker compose exec {} {}", view.app.name, "curl --fail http://127.0.0.1").to_owned()
                + &view.profile.and_then(|p| p.port).map(|p| format!(":{p}")).unwrap_or_default()
                + &path,
        ),
    }
}

/// The path of the URL that the HEALTHCHECK asks for, when it is more than the root.
pub(crate) fn probe_path(view: &AppView<'_>) -> Option<String> {
    let (at, _) = probe(view)?;
    path_in(view.build.source.slice(view.build.tree.instructions.get(at)?.span))
}

/// The path of the first URL in a text, when it is more than the root.
fn path_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("://")?;
    let url: &str = rest.split(|c: char| c.is_whitespace() || "\"'`)],;".contains(c)).next()?;
    let path = url.get(url.find('/')?..)?;
    let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
    (path.len() > 1).then(|| path.to_owned())
}

/// Where the sources answer a path: a route that is written so, or a file whose place is the route.
fn answered_by(view: &AppView<'_>, path: &str) -> Option<Evidence> {
    let listing = view.context.walk();
    let sources = listing.entries.iter().filter(|e| {
        let end = e.path.rsplit('.').next().unwrap_or_default();
        e.kind == EntryKind::File
            && e.size <= MAX_SOURCE
            && !e.path.contains("node_modules/")
            && matches!(
                end,
                "py" | "js"
                    | "mjs"
                    | "cjs"
                    | "ts"
                    | "jsx"
                    | "tsx"
                    | "go"
                    | "rb"
                    | "java"
                    | "kt"
                    | "cs"
                    | "php"
                    | "rs"
            )
    });
    let last = path.rsplit('/').next().map(|l| format!("/{l}")).unwrap_or_default();
    let quoted = |text: &str, path: &str| {
        ["\"", "'", "`"]
            .iter()
            .any(|q| text.contains(&format!("{q}{path}{q}")) || text.contains(&format!("{q}{path}/{q}")))
    };
    for entry in sources.take(MAX_SOURCES) {
        let file = view.app.context.join(&entry.path);
        let shown = super::surroundings::shown(&file);
        // Next.js: app/api/health/route.js, pages/api/health.js.
        let stem = entry.path.rsplit_once('.').map_or(entry.path.as_str(), |(stem, _)| stem);
        let stem = stem.strip_prefix("src/").unwrap_or(stem);
        let routes = [format!("app{path}/route"), format!("pages{path}"), format!("pages{path}/index")];
        if routes.iter().any(|r| r == stem) {
            return Some(Evidence::at(&shown, None, format!("answers {path}")));
        }
        let Some(text) = read_beside(&file) else { continue };
        for wanted in [path, last.as_str()] {
            if let Some(line) = text.lines().position(|line| quoted(line, wanted)) {
                return Some(Evidence::at(&shown, u32::try_from(line + 1).ok(), format!("answers {wanted}")));
            }
        }
    }
    None
}

/// An init is process 1.
pub(crate) fn init(view: &AppView<'_>, _: &str) -> Verdict {
    if view.profile.is_some_and(|p| !p.init) {
        return Verdict::not_applicable("its profile asks for none");
    }
    let start = view.stage().and_then(|s| view.build.start(s));
    if start.is_some_and(|s| s.has_init) {
        let at = last(view, Kind::Entrypoint).or_else(|| last(view, Kind::Cmd)).unwrap_or_default();
        return Verdict::holds(view.at(at, "an init is process 1"));
    }
    for (project, service) in view.around.services_of(view.app) {
        if let Some(init) = service.init.as_ref().filter(|i| i.value) {
            let (file, line) = place(project, &init.key);
            return Verdict::holds(Evidence::at(&file, line, "`init: true` makes an init process 1"));
        }
    }
    let at = last(view, Kind::Entrypoint).or_else(|| last(view, Kind::Cmd));
    let text = "no init such as dumb-init is process 1";
    Verdict::fails(at.map_or_else(|| view.lacking(text), |at| view.at(at, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_probe_is_found() {
        for (text, path) in [
            ("CMD curl -f http://127.0.0.1:8000/health || exit 1", Some("/health")),
            (
                "CMD [\"node\", \"-e\", \"fetch('http://localhost:3000/api/health').then(x)\"]",
                Some("/api/health"),
            ),
            ("CMD curl http://localhost/", None),
            ("CMD curl http://localhost:80", None),
            ("CMD pg_isready", None),
            ("CMD wget http://x/a/?full=1", Some("/a")),
        ] {
            assert_eq!(path_in(text).as_deref(), path, "{text}");
        }
    }

    #[test]
    fn a_program_is_known_by_its_name() {
        assert!(is_one_of("/opt/venv/bin/uvicorn", &["uvicorn"]));
        assert!(is_one_of("uvicorn.workers.UvicornWorker", &["uvicorn"]));
        assert!(!is_one_of("uvicornish", &["uvicorn"]));
        assert!(is_one_of("./server.js", &["next", "server.js"]));
    }
}
