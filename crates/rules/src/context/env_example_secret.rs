use plimsoll_secrets::Severity as Gravity;

use super::{ContextRule, EnvSubject, Reporter};
use crate::Severity;

pub(crate) struct EnvExampleSecret;

impl ContextRule for EnvExampleSecret {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        if !file.is_example() {
            return;
        }
        for secret in file.secrets() {
            // A name alone says nothing here: examples are full of passwords that are none.
            let Some(leak) = &secret.leak else { continue };
            let holder = secret.key.as_ref().map_or("this file".to_owned(), |key| format!("`{key}`"));
            report
                .flag(
                    secret.span,
                    format!(
                        "{holder} holds a credential ({}), not an example of one: this file is for everybody",
                        leak.detector.title
                    ),
                )
                .severity(match leak.detector.severity {
                    Gravity::Error => Severity::Error,
                    Gravity::Warning => Severity::Warning,
                    Gravity::Info => Severity::Info,
                })
                .help(crate::image::secret_help(&leak.detector))
                .detector(leak.detector.name.clone());
        }
    }
}
