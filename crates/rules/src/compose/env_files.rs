//! The env files beside a project, and who is to make them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use ignore::gitignore::GitignoreBuilder;
use plimsoll_context::EnvFile;

use super::Stack;

/// Names that an example of `.env` has.
const EXAMPLES: &[&str] = &[".example", ".sample", ".template", ".dist", ".defaults"];

/// The variables that the `.env` beside the project's first file names, or an example of it. None when there is
/// neither.
pub(crate) fn named_variables(stack: &Stack<'_>) -> Option<HashSet<String>> {
    let base = stack.project.sources.first()?.base.clone();
    let own = stack.dot_env().map(|file| file.entries.iter().map(|entry| entry.key.clone()).collect());
    let mut found: Option<HashSet<String>> = own;
    for name in example_names() {
        let Some(bytes) = stack.beside.read(&base.join(name)) else { continue };
        let file = EnvFile::parse(&String::from_utf8_lossy(&bytes));
        found.get_or_insert_with(HashSet::new).extend(file.entries.into_iter().map(|entry| entry.key));
    }
    found
}

/// The example of an env file beside the project's first file, and whether it is there; where none is, the one to make.
/// None where nothing is known of what lies there.
pub(crate) fn example_beside(stack: &Stack<'_>) -> Option<(PathBuf, bool)> {
    let base = stack.project.sources.first().filter(|_| stack.beside.is_known())?.base.clone();
    let there = example_names().map(|name| base.join(name)).find(|path| stack.beside.has_file(path));
    let is_there = there.is_some();
    Some((there.unwrap_or_else(|| base.join(".env.example")), is_there))
}

fn example_names() -> impl Iterator<Item = String> {
    let more = ["env.example", "example.env", ".env-example", "env.sample"].map(str::to_owned);
    EXAMPLES.iter().map(|end| format!(".env{end}")).chain(more)
}

/// Whether everybody makes a file for himself: an example stands beside it, or git ignores it.
pub(crate) fn is_private(stack: &Stack<'_>, path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return false };
    let folder = path.parent().unwrap_or(Path::new(""));
    let stem = name.strip_suffix(".env").filter(|stem| !stem.is_empty());
    let beside = EXAMPLES.iter().map(|end| format!("{name}{end}"));
    let beside = beside.chain([format!("example{name}"), format!("{name}-example")]);
    let mut beside =
        beside.chain(stem.into_iter().flat_map(|s| [format!("{s}.example.env"), format!("{s}.env.example")]));
    beside.any(|example| stack.beside.has_file(&folder.join(example))) || is_ignored(stack, path)
}

/// Whether a .gitignore between the file and the repository's root ignores it.
fn is_ignored(stack: &Stack<'_>, path: &Path) -> bool {
    let Ok(absolute) = std::path::absolute(path) else { return false };
    for folder in absolute.ancestors().skip(1) {
        let ignore_file = folder.join(".gitignore");
        if stack.beside.has_file(&ignore_file) {
            let mut builder = GitignoreBuilder::new(folder);
            // A file that cannot be read ignores nothing.
            let _ = builder.add(&ignore_file);
            let ignored =
                builder.build().is_ok_and(|g| g.matched_path_or_any_parents(&absolute, false).is_ignore());
            if ignored {
                return true;
            }
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    false
}
