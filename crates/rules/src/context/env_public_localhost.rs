use super::{ContextRule, EnvSubject, Reporter, span};
use crate::connections::asks_localhost;
use crate::public_variables::inner_name;

pub(crate) struct EnvPublicLocalhost;

impl ContextRule for EnvPublicLocalhost {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        // The other files are one machine's own, where localhost is right.
        let for_production =
            file.name.split('.').any(|word| matches!(word, "production" | "prod" | "staging"));
        if !for_production || file.is_example() || file.name.ends_with("local") {
            return;
        }
        for entry in &file.file.entries {
            let Some(value) = entry.value.as_deref().filter(|value| asks_localhost(value)) else { continue };
            if inner_name(&entry.key).is_none() {
                continue;
            }
            report
                .flag(
                    span(&entry.value_span),
                    format!("`{}` goes into the bundle, and `{value}` is every visitor's own machine", entry.key),
                )
                .help("give the address that browsers reach; the one for development belongs in .env.development");
        }
    }
}
