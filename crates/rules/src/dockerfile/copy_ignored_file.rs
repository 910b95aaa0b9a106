use plimsoll_context::Ignore;
use plimsoll_dockerfile::Body;

use super::added::is_remote;
use super::proposed_dockerignore::taken_back;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct CopyIgnoredFile;

/// A longer ignore file is not one that a person wrote.
const MAX_IGNORE_BYTES: u64 = 1 << 20;

impl DockerfileRule for CopyIgnoredFile {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(Some(path)) = build.around.ignore_file() else { return };
        if std::fs::metadata(path).map_or(true, |m| m.len() > MAX_IGNORE_BYTES) {
            return;
        }
        let Ok(text) = std::fs::read(path) else { return };
        let ignore = Ignore::parse(&String::from_utf8_lossy(&text));
        for (index, instruction) in build.tree.instructions.iter().enumerate() {
            let (Body::Copy(copy) | Body::Add(copy)) = &instruction.body else { continue };
            if copy.from.is_some() {
                continue;
            }
            for source in copy.sources.iter().filter(|s| s.heredoc.is_none()) {
                let Some(name) = build.expand_at(index, &build.unquoted(&source.text)) else { continue };
                // A wildcard takes what is left; only a name that is spelt out must be there.
                if is_remote(&name) || name.contains(['*', '?', '[']) {
                    continue;
                }
                let found = ignore.matches(&name);
                let Some(pattern) =
                    found.pattern.filter(|_| found.excluded).and_then(|n| ignore.patterns().get(n))
                else {
                    continue;
                };
                let bare = name.trim_start_matches("./").trim_start_matches('/');
                report
                    .flag(
                        source.text.span,
                        format!("`{name}` is kept out of the build context by `{}` in .dockerignore, so it is not there to copy", pattern.text),
                    )
                    .help(format!("add `!{bare}` to .dockerignore, or do not copy it"))
                    .also("CopyIgnoredFile")
                    .change_file(taken_back(path, &String::from_utf8_lossy(&text), bare, build), false);
            }
        }
    }
}
