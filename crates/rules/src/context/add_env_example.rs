use std::path::Path;

use super::env_example_unused_variable::has_other_files;
use super::env_subject::examples_in;
use super::{ContextRule, EnvSubject, Reporter, span};
use crate::FileEdit;
use crate::public_variables::{inner_name, names_secret};

pub(crate) struct AddEnvExample;

impl ContextRule for AddEnvExample {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        let (Some(folder), Some(first)) = (file.folder(), file.file.entries.first()) else { return };
        // A file that git tracks explains itself.
        if file.name != ".env" || file.is_tracked() == Some(true) || !examples_in(folder).is_empty() {
            return;
        }
        let lines: Vec<String> = names(file, folder).iter().map(|name| format!("{name}=")).collect();
        let draft = report
            .flag_file(
                span(&first.key_span),
                "there is no .env.example beside this .env: whoever clones the project has to guess what it needs",
            )
            .help("add a .env.example with the same names, values that are no secrets, and a word on each");
        if !lines.is_empty() {
            draft.change_file(FileEdit::appending(&folder.join(".env.example"), &lines), true);
        }
    }
}

/// The names for the example: what the file has, and what has to be set besides.
fn names(file: &EnvSubject<'_>, folder: &Path) -> Vec<String> {
    let uses = file.projects.uses_in(folder);
    let all_is_seen = uses.has_compose && !uses.passes_env_files && !has_other_files(folder);
    let own = file.file.entries.iter().map(|entry| &entry.key);
    // What nothing uses needs no example, and what should not be there at all is not asked of others.
    let own = own.filter(|name| !all_is_seen || uses.all.contains(*name));
    let own = own.filter(|name| inner_name(name).is_none() || !names_secret(name));
    let mut names: Vec<String> = Vec::new();
    for name in own.chain(uses.needed.keys()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}
