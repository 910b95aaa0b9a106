use std::collections::HashSet;

use plimsoll_compose::{Mount, Service, Span};

use super::database_without_volume::{is_extra, is_for_tests};
use super::settings::literal;
use super::volumes::{data_volume, mounted};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct StateWithoutVolume;

/// Folders at the root that are made for what is kept.
const STATE: &[&str] =
    &["/data", "/db", "/database", "/uploads", "/media", "/sessions", "/storage", "/state"];

/// What a setting says the service keeps on its disk.
struct State {
    what: &'static str,
    /// Where, as far as it is known; several where one writing means more than one place.
    paths: Vec<String>,
}

impl ComposeRule for StateWithoutVolume {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.whole_services() {
            if !service.volumes_from.items.is_empty() || is_for_tests(stack, service) {
                continue;
            }
            let mut said: Vec<&str> = Vec::new();
            for (name, value, place) in settings(stack, service) {
                let Some(state) = state(&name, &value).filter(|s| !said.contains(&s.what)) else { continue };
                let workdir = stack.built(service).and_then(|image| image.workdir.clone());
                let workdir = service.working_dir.as_ref().map(|w| w.value.clone()).or(workdir);
                let places = places(&state.paths, workdir.as_deref());
                if is_kept(service, &places) {
                    continue;
                }
                let target = places.as_ref().and_then(|p| p.first()).map(|path| folder_of(path).to_owned());
                // A volume over the working folder would hide the program.
                let target = target.map(|folder| match workdir.as_deref() {
                    Some(own) if own.trim_end_matches('/') == folder => (format!("{folder}/data"), true),
                    None if folder.matches('/').count() == 1 && !STATE.contains(&folder.as_str()) => {
                        (format!("{folder}/data"), true)
                    }
                    _ => (folder, false),
                });
                let (target, moved) = target.unwrap_or_else(|| ("/data".to_owned(), false));
                let first = if moved {
                    format!("keep it in {target}, and mount a named volume there")
                } else {
                    "mount a named volume there".to_owned()
                };
                // A folder that is only guessed may not be the one.
                let edits = match (&places, moved) {
                    (Some(_), false) => mounted(stack, service, &data_volume(service), &target),
                    _ => None,
                };
                let at =
                    places.as_ref().and_then(|p| p.first()).map(|p| format!(" in {p}")).unwrap_or_default();
                report
                    .flag_compose(
                        &place,
                        format!("`{name}` makes `{}` keep {}{at}, and no volume is there: the next container begins without what this one wrote", service.name, state.what),
                    )
                    .help(format!("{first}: `{}-data:{target}`, declared under `volumes:`", service.name))
                    .mend_project(stack, edits, false);
                said.push(state.what);
            }
        }
    }
}

/// What the service is told, by the compose file, by its env files and by ENV of its own Dockerfile, and where.
fn settings(stack: &Stack<'_>, service: &Service) -> Vec<(String, String, Span)> {
    let given = service.environment.iter().filter_map(|v| {
        Some((v.key.clone(), v.value.clone().filter(|value| !value.contains('$'))?, v.key_span.clone()))
    });
    let mut all: Vec<(String, String, Span)> = given.collect();
    let mut set: HashSet<&str> = service.environment.iter().map(|v| v.key.as_str()).collect();
    // What is set later holds.
    let files: Vec<_> = stack.env_files(service).collect();
    for (file, contents) in files.into_iter().rev() {
        let unset = contents.entries.iter().rev().filter(|entry| set.insert(&entry.key));
        let known = unset.filter_map(|entry| Some((entry.key.clone(), literal(entry)?.to_owned())));
        all.extend(known.map(|(name, value)| (name, value, file.path.span.clone())));
    }
    let own = stack.built(service).map(|image| image.env.as_slice()).unwrap_or_default();
    for (name, value) in own {
        if !set.contains(name.as_str()) {
            all.push((name.clone(), value.clone(), service.name_span.clone()));
        }
    }
    all
}

/// What a setting says is kept on disk, if anything.
fn state(name: &str, value: &str) -> Option<State> {
    let upper = name.to_ascii_uppercase();
    let value = value.trim();
    if value.is_empty() || value.contains(":memory:") || value.contains("mode=memory") {
        return None;
    }
    if let Some(paths) = sqlite(&upper, value) {
        return Some(State { what: "an SQLite database", paths });
    }
    let is_word = |words: &[&str]| upper.split('_').any(|word| words.contains(&word));
    let is_path = value.starts_with(['/', '.']) && !value.contains("://");
    let names_folder = is_word(&["DIR", "DIRECTORY", "FOLDER", "LOCATION", "PATH", "ROOT"]) && is_path;
    if names_folder
        && (is_word(&["UPLOAD", "UPLOADS"]) || upper == "MEDIA_ROOT")
        && !is_word(&["TMP", "TEMP", "URL"])
    {
        return Some(State { what: "uploads", paths: vec![value.to_owned()] });
    }
    if names_folder && is_word(&["SESSION", "SESSIONS"]) {
        return Some(State { what: "sessions", paths: vec![value.to_owned()] });
    }
    let on_disk =
        matches!((upper.as_str(), value), ("SESSION_DRIVER", "file") | ("SESSION_TYPE", "filesystem"));
    on_disk.then(|| State { what: "sessions", paths: Vec::new() })
}

/// Where the file of an SQLite database is.
fn sqlite(name: &str, value: &str) -> Option<Vec<String>> {
    let plain = |path: &str| path.split(['?', '#']).next().unwrap_or(path).to_owned();
    let value = value.strip_prefix("jdbc:").unwrap_or(value);
    let is_file = |path: &str| [".db", ".sqlite", ".sqlite3", ".db3"].iter().any(|end| path.ends_with(end));
    let Some((scheme, rest)) = value.split_once(':') else {
        let names_it = ["SQLITE", "DB_PATH", "DB_FILE", "DATABASE_PATH", "DATABASE_FILE"]
            .iter()
            .any(|part| name.contains(part));
        return match value {
            "sqlite" | "sqlite3" if name.ends_with("DB_CONNECTION") || name.ends_with("DB_TYPE") => {
                Some(Vec::new())
            }
            path if names_it && is_file(path) => Some(vec![plain(path)]),
            _ => None,
        };
    };
    let scheme = scheme.split('+').next().unwrap_or(scheme);
    match scheme {
        "sqlite" | "sqlite3" => {
            let path = plain(rest.strip_prefix("//").unwrap_or(rest));
            match path.strip_prefix("//") {
                Some(absolute) => Some(vec![format!("/{absolute}")]),
                // Three slashes: from the working folder to some libraries, from the root to others.
                None => match path.strip_prefix('/') {
                    Some("") => None,
                    Some(relative) if value.contains("://") => Some(vec![relative.to_owned(), path.clone()]),
                    _ if path.is_empty() => None,
                    _ => Some(vec![path]),
                },
            }
        }
        "file" if is_file(&plain(rest)) && (name.contains("DATABASE") || name.contains("DB_")) => {
            Some(vec![plain(rest)])
        }
        _ => None,
    }
}

/// The paths from the root; None where a folder that they start from is not known.
fn places(paths: &[String], workdir: Option<&str>) -> Option<Vec<String>> {
    let absolute = |path: &String| {
        if path.starts_with('/') {
            return Some(path.clone());
        }
        let path = path.trim_start_matches("./");
        Some(format!("{}/{path}", workdir?.trim_end_matches('/')))
    };
    let found: Vec<String> = paths.iter().filter_map(absolute).collect();
    (!found.is_empty()).then_some(found)
}

/// Whether a mount is where the state is; where that is not known, whether there is one that could be.
fn is_kept(service: &Service, places: &Option<Vec<String>>) -> bool {
    let inside = |path: &str, folder: &str| {
        let folder = folder.trim_end_matches('/');
        path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    let holds = |target: &str| match places {
        // A volume for a folder of the uploads holds them as well as one around them.
        Some(places) => places.iter().any(|place| inside(place, target) || inside(target, place)),
        None => !is_extra(target),
    };
    service.volumes.iter().any(|mount: &Mount| holds(&mount.target))
        || service.tmpfs.iter().any(|memory| holds(&memory.target))
}

/// The folder to mount: that of a file, or the path itself.
fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((folder, file)) if file.contains('.') && !folder.is_empty() => folder,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_on_disk() {
        let paths = |name: &str, value: &str| state(name, value).map(|s| s.paths.join(" "));
        for (name, value, expected) in [
            ("DATABASE_URL", "sqlite:///./app.db", Some("./app.db /./app.db")),
            ("DATABASE_URL", "sqlite:////app/data/app.db", Some("/app/data/app.db")),
            ("DATABASE_URL", "sqlite+aiosqlite:////data/x.sqlite3?timeout=3", Some("/data/x.sqlite3")),
            ("DATABASE_URL", "file:./dev.db", Some("./dev.db")),
            ("DATABASE_URL", "sqlite:data.db", Some("data.db")),
            ("SPRING_DATASOURCE_URL", "jdbc:sqlite:/var/app.db", Some("/var/app.db")),
            ("SQLITE_PATH", "/app/app.sqlite", Some("/app/app.sqlite")),
            ("DB_CONNECTION", "sqlite", Some("")),
            ("UPLOAD_DIR", "/app/uploads", Some("/app/uploads")),
            ("MEDIA_ROOT", "./media", Some("./media")),
            ("SESSION_FILE_DIR", "/app/sessions", Some("/app/sessions")),
            ("SESSION_DRIVER", "file", Some("")),
            ("DATABASE_URL", "sqlite://:memory:", None),
            ("DATABASE_URL", "sqlite://", None),
            ("DATABASE_URL", "postgres://db/app", None),
            ("UPLOAD_URL", "https://x.example.com/uploads", None),
            ("UPLOAD_TMP_DIR", "/tmp", None),
            ("MAX_UPLOAD_SIZE", "10m", None),
            ("SESSION_DRIVER", "redis", None),
            ("PATH", "/usr/bin", None),
        ] {
            assert_eq!(paths(name, value).as_deref(), expected, "{name}={value}");
        }
    }
}
