use std::collections::HashSet;

use super::{ContextRule, EnvSubject, Reporter, span};
use crate::connections::{encryption_off, plain_text, without_encryption};

pub(crate) struct EnvPlainTextConnection;

impl ContextRule for EnvPlainTextConnection {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        let mut seen = HashSet::new();
        // Of a name that occurs twice the last holds.
        for entry in file.file.entries.iter().rev().filter(|entry| seen.insert(entry.key.as_str())) {
            let Some(value) = entry.value.as_deref() else { continue };
            let (place, setting) = (span(&entry.value_span), format!("`{}`", entry.key));
            let get = |name: &str| file.file.get(name).and_then(|other| other.value.clone());
            if let Some(host) = encryption_off(&entry.key, value, get) {
                report
                    .flag(place, without_encryption(&setting, &host))
                    .help("write `verify-full` in place of `disable`");
            } else if let Some(found) = plain_text(&entry.key, value) {
                report.flag(place, without_encryption(&setting, found.host)).help(found.help());
            }
        }
    }
}
