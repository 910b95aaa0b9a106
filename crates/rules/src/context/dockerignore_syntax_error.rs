use super::{ContextRule, IgnoreSubject, Reporter, span};

pub(crate) struct DockerignoreSyntaxError;

impl ContextRule for DockerignoreSyntaxError {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        for wrong in file.ignore.diagnostics() {
            report
                .flag(span(&wrong.span), format!("{}: Docker refuses to build", wrong.message))
                .help("write paths and the wildcards `*`, `?`, `[a-z]` and `**`; a backslash before a character takes it literally");
        }
    }
}
