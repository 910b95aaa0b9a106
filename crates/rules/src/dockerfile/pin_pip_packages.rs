use plimsoll_shell::packages::Manager;

use super::{Build, DockerfileRule, Reporter, pins};
use crate::Severity;

pub(crate) struct PinPipPackages;

impl DockerfileRule for PinPipPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            if !matches!(install.manager, Manager::Pip | Manager::Pipx | Manager::Uv)
                || install.verb == "sync"
            {
                continue;
            }
            // Wheels from a folder are what somebody put there.
            if step.command.has_any_flag(&["--no-index"]) {
                continue;
            }
            let open = pins::unpinned(build, &step, &install);
            let Some(first) = open.first() else { continue };
            let draft = report.flag(step.run.span(first.span), pins::complaint(&open));
            draft
                .help(match first.is_file_or_url {
                    true => format!("name the commit or tag: `{}@<tag>`", first.text),
                    false => format!(
                        "name the version, `{}==<version>`, or install from a lock file with `-r`",
                        first.text
                    ),
                })
                .also_if(
                    step.is_in_plain_sight()
                        && install.manager != Manager::Uv
                        && install.requirement_files.is_empty(),
                    "DL3013",
                );
            if pins::are_tools(&open) {
                draft.severity(Severity::Info);
            }
        }
    }
}
