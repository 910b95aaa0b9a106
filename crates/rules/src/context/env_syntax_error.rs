use super::{ContextRule, EnvSubject, Reporter, span};
use crate::Severity;

pub(crate) struct EnvSyntaxError;

impl ContextRule for EnvSyntaxError {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        // Compose reads `.env` by itself, others only where a service names them.
        let read = file.name == ".env" && file.folder().is_some_and(|f| file.projects.uses_in(f).has_compose);
        for wrong in &file.file.diagnostics {
            let nameless = wrong.message == "a variable has no name";
            let refused = match (nameless, read) {
                (true, _) => "Compose passes over it",
                (false, true) => "`docker compose` refuses to start",
                (false, false) => "Compose refuses the file",
            };
            report
                .flag(span(&wrong.span), format!("{}: {refused}", wrong.message))
                .severity(if read && !nameless { Severity::Error } else { Severity::Warning })
                .help("write NAME=value; put a value with spaces or several lines in quotes");
        }
    }
}
