use plimsoll_shell::packages::{Install, Manager};

use super::steps::{Step, named};
use super::{Build, DockerfileRule, Reporter, pins};

pub(crate) struct PinRpmPackages;

impl DockerfileRule for PinRpmPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            if !(install.manager.is_rpm() || install.manager == Manager::Zypper)
                || !matches!(install.verb.as_str(), "install" | "in")
            {
                continue;
            }
            let group = install.command.has_any_flag(&["-t", "--type"]);
            let open: Vec<_> = pins::unpinned(build, &step, &install)
                .into_iter()
                .filter(|p| !p.text.starts_with('@'))
                .collect();
            let Some(first) = open.first().filter(|_| !group) else { continue };
            let sign = if install.manager == Manager::Zypper { "=" } else { "-" };
            report
                .flag(step.run.span(first.span), pins::complaint(&open))
                .help(format!("name the version: `{}{sign}<version>`", first.name))
                .also_if(is_hadolints(&step, &install, Manager::Yum), "DL3033")
                .also_if(is_hadolints(&step, &install, Manager::Zypper), "DL3037")
                .also_if(
                    is_hadolints(&step, &install, Manager::Dnf)
                        || is_hadolints(&step, &install, Manager::Microdnf),
                    "DL3041",
                );
        }
        for step in build.steps().filter(|s| s.command.is_any(&["yum", "dnf", "microdnf"])) {
            let words: Vec<_> = step.command.args_without_flags().collect();
            let [module, install, streams @ ..] = words.as_slice() else { continue };
            if module.text_lossy() != "module" || !matches!(install.text_lossy(), "install" | "enable") {
                continue;
            }
            let open: Vec<&str> =
                streams.iter().map(|w| w.text_lossy()).filter(|t| !t.contains([':', '$', '/'])).collect();
            if open.is_empty() || install.text_lossy() == "enable" {
                continue;
            }
            let plain = step.is_in_plain_sight();
            report
                .flag(
                    step.whole(),
                    format!(
                        "{} names no stream, so the next build may install another release",
                        named(&open)
                    ),
                )
                .help(format!("name the stream: `{}:<stream>`", open[0]))
                .also_if(plain && step.command.is("yum"), "DL3033")
                .also_if(plain && !step.command.is("yum"), "DL3041");
        }
    }
}

fn is_hadolints(step: &Step<'_>, install: &Install<'_>, manager: Manager) -> bool {
    install.manager == manager && step.is_in_plain_sight() && !step.command.is("dnf5")
}
