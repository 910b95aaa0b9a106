use super::env_subject::examples_in;
use super::{ContextRule, EnvSubject, Reporter, span};
use crate::FileEdit;

pub(crate) struct AddEnvExample;

impl ContextRule for AddEnvExample {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        let (Some(folder), Some(first)) = (file.folder(), file.file.entries.first()) else { return };
        // A file that git tracks explains itself.
        if file.name != ".env" || file.is_tracked() == Some(true) || !examples_in(folder).is_empty() {
            return;
        }
        let mut names: Vec<String> =
            file.file.entries.iter().map(|entry| format!("{}=", entry.key)).collect();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        report
            .flag_file(
                span(&first.key_span),
                "there is no .env.example beside this .env: whoever clones the project has to guess what it needs",
            )
            .help("add a .env.example with the same names, values that are no secrets, and a word on each")
            .change_file(FileEdit::appending(&folder.join(".env.example"), &names), true);
    }
}
