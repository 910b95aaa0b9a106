use plimsoll_compose::Fallback;
use plimsoll_dockerfile::Span;

use super::env_subject::examples_in;
use super::projects::folder_of;
use super::uses::is_given;
use super::{ComposeSubject, ContextRule, EnvSubject, Reporter, named, span};

pub(crate) struct AddEnvExample;

impl ContextRule for AddEnvExample {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        let (Some(folder), Some(first)) = (file.folder(), file.file.entries.first()) else { return };
        // A file that git tracks explains itself.
        if file.name != ".env" || file.is_tracked() == Some(true) || !examples_in(folder).is_empty() {
            return;
        }
        report
            .flag_file(
                span(&first.key_span),
                "there is no .env.example beside this .env: whoever clones the project has to guess what it needs",
            )
            .help("add a .env.example with the same names, values that are no secrets, and a word on each");
    }

    fn check_compose(&self, file: &ComposeSubject<'_>, report: &mut Reporter) {
        let folder = folder_of(file.path);
        if !examples_in(folder).is_empty() || folder.join(".env").exists() {
            return;
        }
        let uses = file.projects.uses_in(folder);
        let own_name = file.path.file_name().and_then(|name| name.to_str());
        // One compose file tells it for all of the folder.
        if uses.without_default.values().min().map(String::as_str) != own_name {
            return;
        }
        let open = |fallback: &Fallback| matches!(fallback, Fallback::None | Fallback::Required { .. });
        let own = file.project.sources.iter().find(|source| source.path == file.path);
        let mut variables = own.into_iter().flat_map(|source| &source.variables);
        let Some(first) = variables.find(|v| open(&v.fallback) && !is_given(&v.name)) else { return };
        let names: Vec<&String> = uses.without_default.keys().collect();
        let (verb, have) = if names.len() == 1 { ("is", "has") } else { ("are", "have") };
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        report
            .flag_file(
                Span::new(offset(first.span.bytes.start), offset(first.span.bytes.end)),
                format!(
                    "{} {have} no default and {verb} described nowhere: whoever clones the project has to guess",
                    named(&names)
                ),
            )
            .help("add a .env.example that names them, with values that are no secrets and a word on each");
    }
}
