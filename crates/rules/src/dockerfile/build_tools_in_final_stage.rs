use plimsoll_shell::packages::Package;

use super::kept::{kept_packages, listed};
use super::{Build, DockerfileRule, Reporter};
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
            report
                .flag(kept.run.span(first.span), message)
                .help("build in an earlier stage and take the result with `COPY --from=...`, or remove them in the same RUN")
                .also("CIS-DI-0003");
        }
    }
}

/// In `java-17-openjdk-devel` the number is no version.
fn what_of(package: &Package) -> Option<&'static str> {
    build_package(&package.name).or_else(|| build_package(&package.text))
}
