use plimsoll_shell::packages::{self, Manager, Package};

use super::edits::Replacement;
use super::kept::{kept_packages, listed};
use super::{Build, DockerfileRule, Reporter, Run};
use crate::data::build_package;

pub(crate) struct BuildToolsInFinalStage;

impl DockerfileRule for BuildToolsInFinalStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        if build.is_toolbox() {
            return;
        }
        // A base that is made of build tools was chosen for them.
        let made_of_tools =
            |name: &str| matches!(name, "buildpack-deps" | "gcc" | "golang" | "rust" | "maven" | "gradle");
        let base = build.final_stage().and_then(|s| build.official_base(s));
        if base.is_some_and(|(_, name)| made_of_tools(&name)) {
            return;
        }
        for kept in kept_packages(build) {
            let tools: Vec<_> =
                kept.packages.iter().filter_map(|p| what_of(p).map(|what| (p, what))).collect();
            let Some((first, what)) = tools.first() else { continue };
            let names: Vec<&str> = tools.iter().map(|(p, _)| p.name.as_str()).collect();
            let message = match names.as_slice() {
                [name] => format!(
                    "`{name}` ({what}) stays in the image: only building needs it, and it helps an intruder"
                ),
                _ => format!(
                    "{} stay in the image: only building needs them, and they help an intruder",
                    listed(&names)
                ),
            };
            let draft = report.flag(kept.run.span(first.span), message);
            draft
                .help("build in an earlier stage and take the result with `COPY --from=...`, or remove them in the same RUN")
                .also("CIS-DI-0003");
            // What goes with headers may be a library that the program needs.
            if tools.iter().all(|(_, what)| *what != "headers") && builds_there_alone(build, kept.run) {
                draft.mend(purged(build, kept.run, first, &names), false);
            }
        }
    }
}

/// In `java-17-openjdk-devel` the number is no version.
fn what_of(package: &Package) -> Option<&'static str> {
    build_package(&package.name).or_else(|| build_package(&package.text))
}

/// Commands that compile what is installed for it.
const BUILDERS: &[&str] = &[
    "pip",
    "pip3",
    "python",
    "python3",
    "gem",
    "bundle",
    "npm",
    "yarn",
    "pnpm",
    "make",
    "cmake",
    "ninja",
    "gcc",
    "cc",
    "g++",
    "go",
    "cargo",
    "configure",
    "luarocks",
    "pecl",
    "docker-php-ext-install",
    "R",
    "Rscript",
    "cpanm",
    "uv",
    "poetry",
];

/// Whether the RUN that installs the tools also uses them, and no other RUN of what is shipped could.
fn builds_there_alone(build: &Build<'_>, run: &Run) -> bool {
    let compiles = |r: &Run| {
        r.script.is_opaque()
            || r.script.effective_commands().any(|c| {
                let name = c.name();
                c.is_any(BUILDERS)
                    || name.starts_with("python")
                    || name.ends_with(".sh")
                    || name.contains('$')
            })
    };
    let others = build.shipped().flat_map(|s| build.runs_of(s)).filter(|r| r.instruction > run.instruction);
    compiles(run) && !run.script.is_opaque() && others.into_iter().all(|r| !compiles(r))
}

/// The tools removed at the end of the RUN that installs them.
fn purged(build: &Build<'_>, run: &Run, first: &Package, names: &[&str]) -> Option<Replacement> {
    let (step, _) = build.step_with_word(run, first.span)?;
    let list = names.join(" ");
    let command = match packages::installs(step.command)?.manager {
        Manager::Apt => format!("apt-get purge -y --auto-remove {list}"),
        Manager::Apk => format!("apk del {list}"),
        _ => return None,
    };
    build.with_last_step(&step, &command)
}
