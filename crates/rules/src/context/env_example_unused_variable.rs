use std::path::{Path, PathBuf};

use plimsoll_dockerfile::Span;

use super::uses::is_given;
use super::{ContextRule, EnvSubject, Reporter, lines_of, span};
use crate::kind_of;

pub(crate) struct EnvExampleUnusedVariable;

/// A folder with more in it than that is not looked through: something in it may use the variable.
const LOOKED_AT: usize = 2_000;

impl ContextRule for EnvExampleUnusedVariable {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        let (true, Some(folder)) = (file.is_main_example(), file.folder()) else { return };
        let uses = file.projects.uses_in(folder);
        if !uses.has_compose || uses.passes_env_files {
            return;
        }
        let in_values = |name: &str| {
            let values = file.file.entries.iter().filter_map(|entry| entry.value.as_deref());
            values.into_iter().any(|value| value.contains('$') && value.contains(name))
        };
        let unused: Vec<_> = file
            .file
            .entries
            .iter()
            .filter(|entry| !uses.all.contains(&entry.key) && !is_given(&entry.key) && !in_values(&entry.key))
            .collect();
        if unused.is_empty() || has_other_files(folder) {
            return;
        }
        for entry in unused {
            let whole = Span::new(span(&entry.key_span).start, span(&entry.value_span).end);
            report
                .flag(span(&entry.key_span), format!("nothing here uses `{}`", entry.key))
                .help("take the entry out, or use it in the compose file")
                .replace(lines_of(file.source.text(), whole), "", true);
        }
    }
}

/// Whether the folder holds anything beside Dockerfiles, compose files, ignore files, environment files and prose: a
/// program, a script or another tool's settings may use a variable in ways that cannot be seen from here.
pub(super) fn has_other_files(folder: &Path) -> bool {
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { return true };
        for entry in entries.flatten() {
            seen += 1;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { return true };
            if kind.is_dir() {
                if name != ".git" {
                    folders.push(entry.path());
                }
            } else if !(kind.is_file() && is_silent(&name)) {
                return true;
            }
            if seen > LOOKED_AT {
                return true;
            }
        }
    }
    false
}

/// Whether a file of that name uses no variable that the folder's own readers do not see.
fn is_silent(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    kind_of(Path::new(name)).is_some()
        || [".gitignore", ".gitattributes", ".editorconfig", "plimsoll.toml"].contains(&name)
        || ["readme", "license", "changelog", "notice", "contributing"]
            .iter()
            .any(|start| lower.starts_with(start))
        || [".md", ".txt", ".rst", ".png", ".svg", ".jpg"].iter().any(|end| lower.ends_with(end))
}
