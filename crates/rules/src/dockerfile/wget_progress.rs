use super::bases::Family;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct WgetProgress;

/// Flags that quiet or redirect what wget says of its progress.
const QUIET: &[&str] = &[
    "--progress",
    "-q",
    "--quiet",
    "-nv",
    "--no-verbose",
    "-o",
    "--output-file",
    "-a",
    "--append-output",
    "-b",
    "--background",
    "--version",
    "--help",
    "--spider",
];

impl DockerfileRule for WgetProgress {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps().filter(|s| s.command.is("wget")) {
            let quiet = step.command.has_any_flag(QUIET)
                || step.command.args().iter().any(|w| w.text_lossy().starts_with("-nv"));
            if quiet {
                continue;
            }
            // busybox's wget only has `-q`, and nobody misses the bar.
            let stage = build.stage(step.run.stage);
            let flag = match stage.and_then(|s| build.family(s)) {
                Some(Family::Debian | Family::Rpm) => "--progress=dot:giga",
                _ => "-q",
            };
            let quieter = step.command.name_word().and_then(|name| build.with_word_behind(&step, name, flag));
            report
                .flag(
                    step.head(),
                    "`wget` writes its progress bar into the build log, thousands of lines for a large file",
                )
                .help("add `--progress=dot:giga`, or `-nv`; busybox's wget only has `-q`")
                .also_if(step.is_in_plain_sight(), "DL3047")
                .mend(quieter, true);
        }
    }
}
