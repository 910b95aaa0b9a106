use std::collections::HashSet;

use super::secret_in_variable::Peers;
use super::{Build, DockerfileRule, Reporter};
use crate::public_variables::{is_secret, names_secret, secret_help, secret_message};

pub(crate) struct SecretInPublicVariable;

impl DockerfileRule for SecretInPublicVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let mut said = HashSet::new();
        for setting in build.public_settings() {
            let leak = setting.value.as_ref().and_then(|(_, span)| build.leak_in(*span));
            let leak = leak.filter(|leak| is_secret(&leak.detector));
            // `ENV X=$X` repeats the ARG above it.
            if leak.is_none() && (!names_secret(&setting.name) || said.contains(&setting.name)) {
                continue;
            }
            let draft = report.flag(setting.name_span, secret_message(&setting.name));
            draft.help(secret_help(&setting.name));
            Peers::of(build, setting.index, &setting.name).mark(draft);
            if let Some((value, span)) = &setting.value {
                draft.mask(*span);
                if !plimsoll_secrets::placeholder(value) {
                    draft.secret(*span);
                }
            }
            if let Some(leak) = leak {
                draft.detector(leak.detector.name.clone());
            }
            said.insert(setting.name);
        }
    }
}

/// Whether the rule speaks of a variable that holds this leak, or none.
pub(super) fn is_said(name: &str, leak: Option<&super::Leak>) -> bool {
    names_secret(name)
        || crate::public_variables::inner_name(name).is_some() && leak.is_some_and(|l| is_secret(&l.detector))
}
