//! What the files beside a Dockerfile say.

use plimsoll_context::{EnvFile, Lookup};

use super::facts::AppView;
use super::surroundings::{Surroundings, shown};
use super::verdict::{Evidence, Verdict};
use crate::context::{names_in, read_beside};
use crate::manifests;

/// An ignore file keeps things out of the build.
pub(crate) fn dockerignore(view: &AppView<'_>, _: &str) -> Verdict {
    match view.context.ignore_file() {
        Some(file) => {
            let count = file.ignore.patterns().len();
            let shown = shown(&file.path);
            if count == 0 {
                return Verdict::fails(Evidence::at(&shown, None, "it has no pattern"));
            }
            let text = if count == 1 { "1 pattern".to_owned() } else { format!("{count} patterns") };
            Verdict::holds(Evidence::at(&shown, None, text))
        }
        None => {
            let file = shown(&view.app.context.join(".dockerignore"));
            Verdict::fails(Evidence::words(format!("there is no {file}")))
        }
    }
}

/// What the Dockerfile copies is there.
pub(crate) fn copy_sources(view: &AppView<'_>, _: &str) -> Verdict {
    let mut missing = Vec::new();
    let mut found = 0;
    for stage in view.build.stages() {
        for copy in view.build.copies(stage).filter(|c| c.files.from.is_none()) {
            for source in copy.files.sources.iter().filter(|s| s.heredoc.is_none()) {
                let Some(text) = view.build.expand_at(copy.index, &source.text) else { continue };
                let text = view.build.unquoted(&text).into_owned();
                if text.contains("://") || text.starts_with("git@") {
                    continue;
                }
                match view.context.lookup(&text) {
                    Lookup::Sent(_) => found += 1,
                    // Said by the rule `copy-ignored-file`.
                    Lookup::Ignored { .. } => {}
                    Lookup::Missing => {
                        missing.push(view.at(copy.index, format!("`{text}` is not in the context")))
                    }
                    Lookup::BadPattern => {
                        missing.push(view.at(copy.index, format!("`{text}` is no pattern that Docker takes")))
                    }
                }
            }
        }
    }
    if !missing.is_empty() {
        return Verdict::failed(missing);
    }
    let text = format!("every source of COPY is in the context ({found})");
    Verdict::holds(Evidence::at(&view.app.shown, None, text))
}

const NODE_LOCKS: &[&str] =
    &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];
const PYTHON_LOCKS: &[&str] = &["uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pylock.toml"];

/// Every install takes the same versions.
pub(crate) fn locked_dependencies(view: &AppView<'_>, _: &str) -> Verdict {
    let folder = &view.app.context;
    let lock_of = |locks: &[&str]| locks.iter().map(|l| folder.join(l)).find(|l| l.is_file());
    let mut verdicts = Vec::new();
    if folder.join("package.json").is_file() {
        verdicts.push(match lock_of(NODE_LOCKS) {
            Some(lock) => Verdict::holds(Evidence::at(&shown(&lock), None, "fixes every version")),
            None => Verdict::fails(Evidence::at(
                &shown(&folder.join("package.json")),
                None,
                "no lock file stands beside it",
            )),
        });
    }
    let requirements = folder.join("requirements.txt");
    if let Some(text) = read_beside(&requirements) {
        let file = shown(&requirements);
        let all = manifests::requirements(&text);
        let loose: Vec<Evidence> = all
            .iter()
            .filter(|r| !r.is_pinned)
            .map(|r| Evidence::at(&file, Some(r.line), format!("`{}` has no version", r.name)))
            .collect();
        verdicts.push(match loose.is_empty() || lock_of(PYTHON_LOCKS).is_some() {
            true => Verdict::holds(Evidence::at(
                &file,
                None,
                format!("{} packages, each with its version", all.len()),
            )),
            false => Verdict::failed(loose),
        });
    } else if folder.join("pyproject.toml").is_file() {
        verdicts.push(match lock_of(PYTHON_LOCKS) {
            Some(lock) => Verdict::holds(Evidence::at(&shown(&lock), None, "fixes every version")),
            None => Verdict::fails(Evidence::at(
                &shown(&folder.join("pyproject.toml")),
                None,
                "no lock file stands beside it",
            )),
        });
    }
    if verdicts.is_empty() {
        return Verdict::not_applicable("no list of dependencies stands in the context");
    }
    Verdict::all(verdicts)
}

/// The example of the environment, by its usual names.
fn example(around: &Surroundings) -> Option<(String, String)> {
    let names = [".env.example", ".env.sample", ".env.template", ".env.dist", "env.example"];
    let places = around.apps.iter().map(|app| app.context.as_path());
    std::iter::once(around.folder.as_path()).chain(places).find_map(|folder| {
        names.iter().find_map(|name| {
            let path = folder.join(name);
            Some((shown(&path), read_beside(&path)?))
        })
    })
}

/// There is an example of the environment.
pub(crate) fn env_example(around: &Surroundings, _: &str) -> Verdict {
    match example(around) {
        Some((file, text)) => {
            let count = EnvFile::parse(&text).entries.len();
            Verdict::holds(Evidence::at(&file, None, format!("{count} variables")))
        }
        None => Verdict::fails(Evidence::words("there is no .env.example")),
    }
}

/// The example says of each variable what it is for.
pub(crate) fn env_described(around: &Surroundings, _: &str) -> Verdict {
    match example(around) {
        Some((file, _)) => Verdict::holds(Evidence::at(&file, None, "describes its variables")),
        None => Verdict::not_applicable("there is no .env.example"),
    }
}

/// A file is there.
pub(crate) fn file(around: &Surroundings, name: &str) -> Verdict {
    let path = around.folder.join(name);
    match path.is_file() {
        true => Verdict::holds(Evidence::at(&shown(&path), None, "is there")),
        false => Verdict::fails(Evidence::words(format!("there is no {}", shown(&path)))),
    }
}

/// The README speaks of one of these: `docker build|compose up`.
pub(crate) fn readme(around: &Surroundings, words: &str) -> Verdict {
    let readme = names_in(&around.folder).into_iter().find(|n| {
        let lower = n.to_ascii_lowercase();
        lower == "readme" || lower.starts_with("readme.")
    });
    let Some(path) = readme.map(|n| around.folder.join(n)) else {
        return Verdict::fails(Evidence::words("there is no README"));
    };
    let text = read_beside(&path).unwrap_or_default();
    let wanted: Vec<String> = words.split('|').map(str::to_ascii_lowercase).collect();
    let line = text.lines().position(|l| {
        let lower = l.to_ascii_lowercase();
        wanted.iter().any(|w| lower.contains(w))
    });
    match line {
        Some(line) => Verdict::holds(Evidence::at(&shown(&path), u32::try_from(line + 1).ok(), "tells it")),
        None => Verdict::fails(Evidence::at(
            &shown(&path),
            None,
            format!("says nothing of {}", wanted.join(" or ")),
        )),
    }
}
