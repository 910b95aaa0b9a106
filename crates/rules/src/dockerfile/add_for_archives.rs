use plimsoll_dockerfile::{Body, Kind};
use plimsoll_shell::Word;

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct AddForArchives;

/// Endings of the archives that ADD extracts.
const TARS: &[&str] = &[
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tar.lzma",
    ".tlz",
    ".tar.zst",
];

impl DockerfileRule for AddForArchives {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let extracting: Vec<Step<'_>> = build.steps().filter(is_extraction).collect();
        if extracting.is_empty() {
            return;
        }
        for stage in build.stages() {
            // hadolint forgets what it saw at the next FROM.
            let is_last = stage.index + 1 == build.stages().len();
            for (at, instruction) in build.instructions(stage) {
                let Body::Copy(copy) = &instruction.body else { continue };
                if instruction.kind != Kind::Copy || copy.from.is_some() {
                    continue;
                }
                let destination = copy.destination.as_ref().map_or("", |d| d.as_str());
                for source in copy.sources.iter().filter(|s| s.heredoc.is_none()) {
                    let name =
                        if is_tar(destination) { base(destination) } else { base(source.text.as_str()) };
                    if !is_tar(source.text.as_str()) || name.contains(['*', '?']) {
                        continue;
                    }
                    let mut later = extracting
                        .iter()
                        .rev()
                        .filter(|s| s.run.stage == stage.index && s.run.instruction > at);
                    let Some(step) = later.find(|s| names(s, name)) else { continue };
                    // hadolint wants a flag, and the archive as a word of its own; it does not know bsdtar.
                    let dashed = step.command.args().iter().any(|w| {
                        w.looks_like_flag() && (w.text_lossy().contains('x') || w.text_lossy() == "--get")
                    });
                    let hadolints = match step.command.name() {
                        "tar" => {
                            dashed
                                && step
                                    .command
                                    .args()
                                    .iter()
                                    .any(|w| !w.looks_like_flag() && base(w.text_lossy()) == name)
                        }
                        program => program != "bsdtar",
                    };
                    report
                        .flag(source.text.span, format!("`{name}` is copied into one layer and extracted into another, so the image holds it twice"))
                        .help(format!("let ADD extract it: `ADD {} <folder>/`", source.text.as_str()))
                        .also_if(hadolints && is_last && step.is_in_plain_sight(), "DL3010");
                }
            }
        }
    }
}

fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

fn is_tar(path: &str) -> bool {
    TARS.iter().any(|ending| path.ends_with(ending))
}

fn names(step: &Step<'_>, file: &str) -> bool {
    step.command.args().iter().any(|w| base(w.text_lossy().rsplit('=').next().unwrap_or("")) == file)
}

fn is_extraction(step: &Step<'_>) -> bool {
    let command = step.command;
    let tar = command.is_any(&["tar", "bsdtar"])
        && (command.has_flag("x", "extract") || command.has_arg("--get") || old_style(command.args()));
    tar || command.is_any(&["gunzip", "bunzip2", "unxz", "unlzma", "uncompress"])
}

/// `tar xzf`: the first word, without a dash.
fn old_style(args: &[Word]) -> bool {
    args.first().is_some_and(|w| {
        !w.looks_like_flag() && w.text_lossy().starts_with('x') || w.text_lossy().starts_with("zx")
    })
}
