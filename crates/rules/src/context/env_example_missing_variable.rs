use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_context::EnvFile;
use plimsoll_dockerfile::Span;

use super::env_subject::examples_in;
use super::input::read_beside;
use super::{ContextRule, EnvSubject, Reporter, named, span};

pub(crate) struct EnvExampleMissingVariable;

impl ContextRule for EnvExampleMissingVariable {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        let (true, Some(folder)) = (file.is_main_example(), file.folder()) else { return };
        let uses = file.projects.uses_in(folder);
        let mut known: BTreeSet<String> = file.file.entries.iter().map(|entry| entry.key.clone()).collect();
        for name in examples_in(folder).iter().filter(|name| *name != file.name) {
            known.extend(keys(&folder.join(name)));
        }
        // What the .env does not have either, `unset-variable` tells of.
        let own = keys(&folder.join(".env"));
        let taken = uses.without_default.iter().filter(|(name, _)| own.contains(*name));
        let missing: BTreeMap<&String, &String> =
            uses.needed.iter().chain(taken).filter(|(name, _)| !known.contains(*name)).collect();
        let (names, users): (Vec<&String>, BTreeSet<&String>) = missing.into_iter().unzip();
        if names.is_empty() {
            return;
        }
        let users: Vec<&String> = users.into_iter().collect();
        let verb = if users.len() == 1 { "uses" } else { "use" };
        let it = if names.len() == 1 { "it" } else { "them" };
        let text = self::lines(&names, file.source.text());
        let place = file.file.entries.first().map_or(Span::empty(0), |entry| span(&entry.key_span));
        let end = u32::try_from(file.source.text().len()).unwrap_or(u32::MAX);
        report
            .flag_file(
                place,
                format!(
                    "{} {verb} {} without a default, and this file does not name {it}",
                    named(&users),
                    named(&names),
                ),
            )
            .help("add the names, with a value that is no secret and a word on what they are")
            .replace(Span::empty(end), text, true);
    }
}

/// The entries to add behind `text`.
fn lines(names: &[&String], text: &str) -> String {
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let lines: Vec<String> = names.iter().map(|name| format!("{name}=\n")).collect();
    format!("{gap}{}", lines.concat())
}

/// The variables of an environment file that may or may not be there.
fn keys(path: &Path) -> BTreeSet<String> {
    let text = read_beside(path).unwrap_or_default();
    EnvFile::parse(&text).entries.into_iter().map(|entry| entry.key).collect()
}
