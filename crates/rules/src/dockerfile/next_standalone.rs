use std::path::Path;

use super::edits::Replacement;
use super::stage_facts::FileCopy;
use super::{Build, DockerfileRule, Reporter};
use crate::context::read_beside;

pub(crate) struct NextStandalone;

const CONFIGS: &[&str] =
    &["next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs", "next.config.mts"];

impl DockerfileRule for NextStandalone {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(folder) = build.around.folder() else { return };
        let Some(server) = copy_of(build, ".next/standalone") else { return };
        let config = CONFIGS.iter().find_map(|name| Some((*name, read_beside(&folder.join(name))?)));
        let Some((name, text)) = config else { return };
        let span = server.instruction.span;
        if !asks_for_it(&text) && !build.source.text().contains("NEXT_PRIVATE_STANDALONE") {
            report
                .flag(span, format!("{name} does not ask for `output: \"standalone\"`, so `next build` makes no .next/standalone"))
                .help(format!("add `output: \"standalone\"` to {name}"));
            return;
        }
        let lacking: Vec<&str> = [(".next/static", true), ("public", folder.join("public").is_dir())]
            .into_iter()
            .filter(|(part, needed)| *needed && !brings(build, part))
            .map(|(part, _)| part)
            .collect();
        if lacking.is_empty() {
            return;
        }
        report
            .flag(
                span,
                format!(
                    "the standalone server comes without {}: its pages find no scripts, styles or pictures",
                    lacking.join(" and ")
                ),
            )
            .help(format!("copy {} beside it, from the stage that builds", lacking.join(" and ")))
            .mend(beside(build, &server, &lacking), false);
    }
}

/// Whether the built image has the server that Next.js writes for itself.
pub(crate) fn is_in(build: &Build<'_>) -> bool {
    copy_of(build, ".next/standalone").is_some()
}

/// COPYs of the parts below that of the server, from and to the same folders.
fn beside(build: &Build<'_>, server: &FileCopy<'_>, parts: &[&str]) -> Option<Replacement> {
    let [source] = server.files.sources.as_slice() else { return None };
    let folder = source.text.trim_end_matches('/').strip_suffix(".next/standalone")?;
    let to = server.files.destination.as_ref().filter(|_| !server.files.json)?;
    let to = to.trim_end_matches('/');
    let written = build.source.slice(server.instruction.span);
    let options = written.get(..written.find(source.text.as_str())?)?;
    let lines: Vec<String> =
        parts.iter().map(|part| format!("{options}{folder}{part} {to}/{part}")).collect();
    let newline = build.newline_at(server.instruction.span.start);
    (!options.contains('\n')).then(|| build.line_below(server.instruction, &lines.join(newline)))
}

/// Whether a configuration asks for standalone output, comments aside.
fn asks_for_it(text: &str) -> bool {
    text.lines().any(|line| line.split("//").next().unwrap_or(line).contains("standalone"))
}

/// The COPY of the shipped stages that takes a path of that ending.
fn copy_of<'s>(build: &Build<'s>, ending: &str) -> Option<FileCopy<'s>> {
    build.shipped().find_map(|stage| {
        build
            .copies(stage)
            .find(|copy| copy.files.sources.iter().any(|s| Path::new(s.text.as_str()).ends_with(ending)))
    })
}

/// Whether a COPY ships a part, alone or in its folder, or a RUN puts it somewhere.
fn brings(build: &Build<'_>, part: &str) -> bool {
    let by_copy = copy_of(build, part).is_some() || (part != "public" && copy_of(build, ".next").is_some());
    let by_whole = build.shipped().any(|stage| build.copies(stage).any(|copy| copy.whole_source().is_some()));
    by_copy
        || by_whole
        || build.commands().any(|(_, command)| {
            command.is_any(&["cp", "mv", "rsync", "ln"])
                && command.args().iter().any(|w| w.text_lossy().contains(part))
        })
}
