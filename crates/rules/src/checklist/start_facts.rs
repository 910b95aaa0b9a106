//! How an application's container starts, listens, and tells its health.

use plimsoll_dockerfile::instructions::Healthcheck;
use plimsoll_dockerfile::{Body, Kind};

use super::claims::has_compose_init;
use super::commands::{self, Target};
use super::facts::AppView;
use super::quoting::is_plain;
use super::routes::answered_by;
use super::stage_facts::last;
use super::surroundings::place;
use super::verdict::{Evidence, Verdict};
use crate::context::read_beside;
use crate::dockerfile::Program;
use crate::manifests;

/// The script that a command line runs is among its first words: `sh -c ./start.sh`, `dumb-init python main.py`.
const MAX_SCRIPT_AT: usize = 4;

/// The container starts one of these programs.
pub(crate) fn starts(view: &AppView<'_>, programs: &str) -> Verdict {
    let wanted: Vec<&str> = programs.split_whitespace().collect();
    let listed = || wanted.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(" or ");
    let by_compose: Vec<Verdict> = view
        .around
        .services_of(view.app)
        .filter_map(|(project, service)| {
            // Without a command an entry point takes that of the image.
            let command = service.command.as_ref().or(service.entrypoint.as_ref())?;
            let words = command.words();
            let (file, line) = place(project, &command.key);
            let told = |text: String| Evidence::at(&file, line, text);
            Some(match started(view, &words, &wanted) {
                Some(found) => Verdict::holds(told(format!("`{}` starts `{found}`", service.name))),
                None if words.iter().any(|word| word.contains('$')) => Verdict::not_checked(
                    format!("what `{}` starts depends on the environment", service.name),
                    "",
                ),
                None => Verdict::fails(told(format!(
                    "`{}` starts `{}`, and {} is asked for",
                    service.name,
                    words.first().map_or("", String::as_str),
                    listed()
                ))),
            })
        })
        .collect();
    // What every service that runs it starts is what counts.
    if !by_compose.is_empty() && by_compose.len() == view.app.services.len() {
        return Verdict::all(by_compose);
    }
    Verdict::all(by_compose.into_iter().chain([by_image(view, &wanted, &listed())]))
}

/// What the image starts by itself.
fn by_image(view: &AppView<'_>, wanted: &[&str], listed: &str) -> Verdict {
    let start = view.stage().and_then(|s| view.build.start(s));
    let Some(start) = start else {
        return Verdict::fails(view.lacking(format!("no CMD and no ENTRYPOINT starts {listed}")));
    };
    for program in &start.programs {
        let words: Vec<String> = program.words.iter().map(|w| w.text.clone()).collect();
        if let Some(found) = started(view, &words, wanted) {
            return Verdict::holds(view.at(start.instruction, format!("starts `{found}`")));
        }
    }
    let name = start.programs.first().map_or("", Program::name);
    Verdict::fails(view.at(start.instruction, format!("starts `{name}`, and {listed} is asked for")))
}

/// Which of the programs a command line starts: by its own words, or by the script that they name.
fn started(view: &AppView<'_>, words: &[String], wanted: &[&str]) -> Option<String> {
    let word = |at: usize| words.get(at).map_or("", |w| w.rsplit('/').next().unwrap_or(w));
    let script = match (word(0), word(1)) {
        ("npm" | "yarn" | "pnpm" | "bun", "run") => npm_script(view, word(2)),
        ("npm" | "yarn" | "pnpm", "start") => npm_script(view, "start"),
        // It is a front for that server.
        ("fastapi", "run") => Some("uvicorn".to_owned()),
        _ => words.iter().take(MAX_SCRIPT_AT).find_map(|word| own_script(view, word)),
    };
    let by_script =
        script.iter().flat_map(|s| s.split(|c: char| c.is_whitespace() || "\"'();&|".contains(c)));
    words.iter().map(String::as_str).chain(by_script).find(|w| is_one_of(w, wanted)).map(str::to_owned)
}

/// The commands of a script of the context that a command line names; of one in Python the server that it calls.
fn own_script(view: &AppView<'_>, word: &str) -> Option<String> {
    let (is_shell, name) = (word.ends_with(".sh"), word.rsplit('/').next().unwrap_or(word));
    if !is_shell && !word.ends_with(".py") {
        return None;
    }
    let entries = &view.context.walk().entries;
    let entry = entries.iter().find(|e| e.path == name || e.path.ends_with(&format!("/{name}")))?;
    let text = read_beside(&view.app.context.join(&entry.path))?;
    let called = |line| Some(str::split_once(line, ".run(")?.0.split_whitespace().last()?.to_owned());
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    Some(match is_shell {
        true => lines.collect::<Vec<_>>().join("\n"),
        false => lines.filter_map(called).collect::<Vec<_>>().join("\n"),
    })
}

/// `uvicorn`, `/opt/venv/bin/uvicorn`, `uvicorn.workers.UvicornWorker`.
fn is_one_of(word: &str, wanted: &[&str]) -> bool {
    let base = word.rsplit('/').next().unwrap_or(word);
    wanted.iter().any(|w| base == *w || base.strip_prefix(w).is_some_and(|rest| rest.starts_with('.')))
}

/// What `npm start` runs, by the package.json of the context.
fn npm_script(view: &AppView<'_>, name: &str) -> Option<String> {
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
        None => {
            let target = Target::of(view);
            let compose = commands::compose(view.around);
            let tool = if target.service.is_some() { compose.as_str() } else { "docker" };
            Verdict::not_checked(
                format!("no source file of the context names {path}"),
                commands::get(&target, &path, tool),
            )
        }
    }
}

/// The path of the URL that the HEALTHCHECK asks for, when it is more than the root.
pub(crate) fn probe_path(view: &AppView<'_>) -> Option<String> {
    path_in(&probe_text(view)?)
}

/// The HEALTHCHECK as it is written.
pub(super) fn probe_text(view: &AppView<'_>) -> Option<String> {
    let (at, _) = probe(view)?;
    Some(view.build.source.slice(view.build.tree.instructions.get(at)?.span).to_owned())
}

/// The path of the first URL in a text, when it is more than the root.
pub(super) fn path_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("://")?;
    let url: &str = rest.split(|c: char| c.is_whitespace() || "\"'`)],;".contains(c)).next()?;
    let path = url.get(url.find('/')?..)?;
    let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
    (path.len() > 1 && is_plain(path)).then(|| path.to_owned())
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
    let mut services = view.around.services_of(view.app);
    let given = services.find_map(|(project, service)| Some((project, service.init.as_ref()?)));
    if let Some((project, init)) = given.filter(|_| has_compose_init(view)) {
        let (file, line) = place(project, &init.key);
        return Verdict::holds(Evidence::at(&file, line, "`init: true` makes an init process 1"));
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
