use super::{ContextRule, EnvSubject, Reporter, span};
use crate::Severity;

pub(crate) struct EnvFileInGit;

/// What to do with a file of that name.
fn help(name: &str) -> String {
    format!(
        "Take it out of git with `git rm --cached {name}`, write `{name}` into .gitignore and keep a .env.example without secrets; git's history keeps what was in it"
    )
}

impl ContextRule for EnvFileInGit {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        if file.is_example() || file.is_tracked() != Some(true) {
            return;
        }
        let help = help(file.name);
        for secret in file.secrets() {
            let holder = secret.key.as_ref().map_or("it".to_owned(), |key| format!("`{key}`"));
            let what =
                secret.leak.as_ref().map(|leak| format!(" ({})", leak.detector.title)).unwrap_or_default();
            let draft = report.flag(
                secret.span,
                format!("git tracks this file, and {holder} holds a credential{what}: it is in every clone"),
            );
            match &secret.leak {
                Some(leak) => draft
                    .help(format!("{}. {help}", leak.detector.revoke.trim_end_matches('.')))
                    .detector(leak.detector.name.clone()),
                None => draft.help(format!("Change the credential. {help}")),
            };
        }
        // Frameworks read `.env.production` and the like from the repository; a plain or local one is a machine's own.
        let own = file.name == ".env" || file.name.ends_with("local");
        if !file.secrets().is_empty() || !own {
            return;
        }
        let filled = |value: &Option<String>| value.as_deref().is_some_and(|value| !value.is_empty());
        if let Some(entry) = file.file.entries.iter().find(|entry| filled(&entry.value)) {
            report
                .flag_file(
                    span(&entry.key_span),
                    format!("git tracks this file with values in it: the next secret that `{}` gets goes into every clone", file.name),
                )
                .severity(Severity::Warning)
                .help(help);
        }
    }
}
