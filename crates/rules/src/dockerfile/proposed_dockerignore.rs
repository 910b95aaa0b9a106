//! A `.dockerignore` for a build that has none: what its folder shows that should stay out.

use std::path::Path;
use std::sync::Arc;

use plimsoll_context::glob_match;

use super::Build;
use crate::context::{lint_dockerignore, names_in};
use crate::{Category, FileEdit};

/// Files that show which tools work in a folder, and what these leave behind.
const LEFT_BEHIND: &[(&[&str], &[&str])] = &[
    (&["package.json"], &["**/node_modules", "npm-debug.log*"]),
    (
        &["requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "manage.py", "poetry.lock", "uv.lock"],
        &["**/__pycache__", "**/*.pyc", ".venv", ".pytest_cache"],
    ),
    (&["next.config.js", "next.config.mjs", "next.config.ts"], &[".next"]),
    (&["Cargo.toml"], &["target"]),
    (&["pom.xml"], &["target"]),
    (&["build.gradle", "build.gradle.kts"], &[".gradle", "build"]),
];
/// The rules on ignore files are asked so often what is still let through.
const ROUNDS: usize = 3;

/// The file for a build's context, with nothing in it that the Dockerfile copies by name. None where the context is not
/// known.
pub(crate) fn proposed(build: &Build<'_>) -> Option<FileEdit> {
    let folder = build.around.folder()?;
    let path = folder.join(".dockerignore");
    let copied = copied_names(build);
    let is_wanted = |pattern: &str| {
        let bare = pattern.trim_start_matches("**/");
        !copied.iter().any(|name| {
            name == bare
                || name.strip_prefix(bare).is_some_and(|rest| rest.starts_with('/'))
                || glob_match(bare, name) == Ok(true)
        })
    };
    let there = names_in(folder);
    let has = |names: &[&str]| {
        names.iter().any(|name| there.binary_search_by(|known| known.as_str().cmp(name)).is_ok())
    };
    let tools = LEFT_BEHIND.iter().filter(|(marks, _)| has(marks)).flat_map(|(_, left)| *left);
    let mut lines: Vec<String> = Vec::new();
    for pattern in [".git", ".env", ".env.*"].iter().chain(tools) {
        if (*pattern == ".env.*" || is_wanted(pattern)) && !lines.iter().any(|line| line == pattern) {
            lines.push((*pattern).to_owned());
        }
    }
    // What a frontend's build reads is in git.
    let leaking = build.around.credentials(build.settings);
    let read_by_build =
        |name: &&String| *name == ".env.production" && !leaking.contains(name) && has(&["package.json"]);
    let named = copied.iter().filter(|name| name.starts_with(".env."));
    let mut kept: Vec<String> =
        named.chain(there.iter().filter(read_by_build)).map(|n| format!("!{n}")).collect();
    kept.sort_unstable();
    kept.dedup();
    lines.extend(kept);
    for _ in 0..ROUNDS {
        let asked = asked_for(&lines, &path, build);
        if asked.is_empty() {
            break;
        }
        lines.extend(asked.iter().cloned());
    }
    Some(FileEdit::appending(&path, &lines))
}

/// The line that takes back a path which an ignore file keeps out, and others for what would come back with it.
pub(crate) fn taken_back(ignore_file: &Path, text: &str, name: &str, build: &Build<'_>) -> FileEdit {
    let mut lines = vec![format!("!{name}")];
    let before: Vec<String> = text.lines().map(str::to_owned).collect();
    let all: Vec<String> = before.iter().chain(&lines).cloned().collect();
    let known = asked_for(&before, ignore_file, build);
    let asked = asked_for(&all, ignore_file, build);
    lines.extend(asked.iter().filter(|line| !known.contains(line)).cloned());
    FileEdit::appending(ignore_file, &lines)
}

/// The lines that the rules on ignore files would add to these.
fn asked_for(lines: &[String], path: &Path, build: &Build<'_>) -> Arc<[String]> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let projects = build.around.projects();
    // All Dockerfiles of a folder propose much the same.
    projects.asked_of(path, text, |text| {
        let bytes = text.as_bytes().to_vec();
        let outcome = lint_dockerignore(".dockerignore", bytes, Some(path), build.settings, projects);
        let about = |category| matches!(category, Category::Context | Category::Secrets);
        let findings = outcome.findings.iter().filter(|finding| about(finding.category));
        let edits = findings.filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits);
        let added = edits.filter(|edit| edit.start == edit.end).flat_map(|edit| edit.text.lines());
        let mut asked: Vec<String> = Vec::new();
        for line in added.filter(|line| !line.is_empty()) {
            if !lines.iter().chain(&asked).any(|known| known == line) {
                asked.push(line.to_owned());
            }
        }
        asked
    })
}

/// The paths that the Dockerfile copies out of its context by name.
fn copied_names(build: &Build<'_>) -> Vec<String> {
    let copies =
        build.stages().iter().flat_map(|stage| build.copies(stage)).filter(|c| c.files.from.is_none());
    let names = copies.flat_map(|copy| {
        let sources = copy.files.sources.iter().filter(|source| source.heredoc.is_none());
        sources.filter_map(move |source| build.expand_at(copy.index, &build.unquoted(&source.text)))
    });
    names
        .map(|name| name.trim_start_matches("./").trim_matches('/').to_owned())
        .filter(|name| !name.is_empty() && name != ".")
        .collect()
}
