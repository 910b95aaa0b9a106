use super::{ContextRule, EnvSubject, Reporter, span};
use crate::draft::Draft;
use crate::{FileEdit, Severity};

pub(crate) struct EnvUnignored;

impl ContextRule for EnvUnignored {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        if file.is_example() || file.is_open_to_git() != Some(true) {
            return;
        }
        let help = format!("add `{}` to .gitignore, and commit a .env.example without values", file.name);
        if let Some(secret) = file.secrets().first() {
            let holder = secret.key.as_ref().map_or("it".to_owned(), |key| format!("`{key}`"));
            let draft = report
                .flag_file(
                    secret.span,
                    format!("git does not ignore this file, and {holder} holds a credential: the next `git add .` commits it"),
                )
                .help(help);
            ignored_by_git(file, draft);
            return;
        }
        // Frameworks read `.env.production` and the like from the repository; a plain or local one is a machine's own.
        let own = file.name == ".env" || file.name.ends_with("local");
        let filled = |value: &Option<String>| value.as_deref().is_some_and(|value| !value.is_empty());
        if let Some(entry) = file.file.entries.iter().find(|entry| own && filled(&entry.value)) {
            let draft = report
                .flag_file(
                    span(&entry.key_span),
                    format!("git does not ignore this file: the next `git add .` commits it, and one day a secret in `{}` with it", file.name),
                )
                .severity(Severity::Info)
                .help(help);
            ignored_by_git(file, draft);
        }
    }
}

/// The edit that names the file in the folder's .gitignore.
fn ignored_by_git(file: &EnvSubject<'_>, draft: &mut Draft) {
    if let Some(folder) = file.folder() {
        let line = format!("/{}", file.name);
        draft.change_file(FileEdit::appending(&folder.join(".gitignore"), &[line]), true);
    }
}
