use plimsoll_shell::packages::{Manager, Package};

use super::{Build, DockerfileRule, Reporter, pins};
use crate::Severity;

pub(crate) struct PinNpmPackages;

impl DockerfileRule for PinNpmPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            if !matches!(install.manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun) {
                continue;
            }
            let open = pins::unpinned(build, &step, &install);
            let moving: Vec<Package> =
                install.packages.iter().filter(|p| is_moving_tag(p)).cloned().collect();
            let hadolints = step.command.is("npm") && install.verb == "install" && step.is_in_plain_sight();
            let (at, message) = match (open.first(), moving.first()) {
                (Some(first), _) => (first, pins::complaint(&open)),
                (None, Some(first)) => (
                    first,
                    format!(
                        "`{}` is whatever was published last, so the next build may install another release",
                        first.text
                    ),
                ),
                (None, None) => continue,
            };
            let tools = pins::are_tools(&open) && pins::are_tools(&moving);
            let draft = report.flag(step.run.span(at.span), message);
            draft
                .help(match at.is_file_or_url {
                    true => format!("name the commit or tag: `{}#<tag>`", at.text),
                    false => format!("name the version: `{}@<version>`", at.name),
                })
                .also_if(hadolints && !open.is_empty(), "DL3016");
            if tools {
                draft.severity(Severity::Info);
            }
        }
    }
}

fn is_moving_tag(package: &Package) -> bool {
    matches!(package.version.as_deref(), Some("latest" | "next" | "*" | "x"))
}
