use plimsoll_shell::packages::Manager;
use plimsoll_shell::{Command, Word};

use super::{Build, DockerfileRule, Reporter, pins};
use crate::Severity;

pub(crate) struct PinGemPackages;

impl DockerfileRule for PinGemPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (step, install) in build.installs() {
            if install.manager != Manager::Gem {
                continue;
            }
            // What stands behind `--` is for the extension's configure script.
            let limit = step.command.args().iter().find(|w| w.text_lossy() == "--").map(|w| w.span.start);
            let mut open = pins::unpinned(build, &step, &install);
            open.retain(|p| limit.is_none_or(|limit| p.span.start < limit));
            let Some(first) = open.first() else { continue };
            let draft = report.flag(step.run.span(first.span), pins::complaint(&open));
            draft
                .help(format!("name the version: `{}:<version>`, or install from a Gemfile.lock", first.text))
                .also_if(step.is_in_plain_sight() && is_seen_by_hadolint(step.command), "DL3028");
            if pins::are_tools(&open) {
                draft.severity(Severity::Info);
            }
        }
    }
}

/// hadolint takes the word behind every flag for the flag's value: `gem install -N rails` names nothing to it.
fn is_seen_by_hadolint(command: &Command) -> bool {
    let mut words = command.args().iter().map(Word::text_lossy).skip(1);
    while let Some(word) = words.next() {
        match word.starts_with('-') {
            true => drop(words.next()),
            false if !word.contains(':') => return true,
            false => {}
        }
    }
    false
}
