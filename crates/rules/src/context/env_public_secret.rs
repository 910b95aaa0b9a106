use super::{ContextRule, EnvSubject, Reporter, span};
use crate::Severity;
use crate::public_variables::{inner_name, is_secret, names_secret, secret_help, secret_message};

pub(crate) struct EnvPublicSecret;

impl ContextRule for EnvPublicSecret {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        for entry in file.file.entries.iter().filter(|entry| inner_name(&entry.key).is_some()) {
            let value = span(&entry.value_span);
            let held =
                file.secrets().iter().find(|s| value.start <= s.span.start && s.span.start < value.end);
            let leak = held.and_then(|secret| secret.leak.as_ref()).filter(|leak| is_secret(&leak.detector));
            if leak.is_none() && !names_secret(&entry.key) {
                continue;
            }
            let draft = report.flag(span(&entry.key_span), secret_message(&entry.key));
            draft.help(secret_help(&entry.key));
            if let Some(leak) = leak {
                draft.detector(leak.detector.name.clone());
            } else if held.is_none() {
                // Nothing has leaked yet: the name says that it will.
                draft.severity(Severity::Warning);
            }
        }
    }
}
