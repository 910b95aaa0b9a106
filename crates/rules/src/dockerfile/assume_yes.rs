use std::cell::LazyCell;
use std::ops::Deref;

use plimsoll_shell::RedirectKind;
use plimsoll_shell::packages::{self, Manager};

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, peers};

pub(crate) struct AssumeYes;

impl DockerfileRule for AssumeYes {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let text = run.script.text();
            if text.contains("Assume-Yes") || text.contains("assumeyes=") {
                continue;
            }
            // Trivy is content with one install of the RUN that says it.
            let is_said = LazyCell::new(|| {
                let yes = ["-y", "--yes", "--assume-yes"];
                let installs = |s: &Step<'_>| s.command.is("apt-get") && s.command.has_arg("install");
                build.steps_of(run).any(|s| installs(&s) && s.command.has_any_flag(&yes))
            });
            for step in build.steps_of(run) {
                if let Some(manager) = asking(&step) {
                    judge(build, &step, manager, &is_said, report);
                }
            }
        }
    }
}

fn judge(
    build: &Build<'_>,
    step: &Step<'_>,
    manager: Manager,
    is_said: &dyn Deref<Target = bool>,
    report: &mut Reporter,
) {
    let name = step.command.name();
    let verb = step.command.subcommand().unwrap_or("");
    let plain = step.is_in_plain_sight();
    let installs = matches!(verb, "install" | "groupinstall" | "localinstall") || is_group_install(step);
    let apt_get_install = name == "apt-get" && verb == "install";
    let draft = report.flag(
        step.head(),
        format!("`{name} {verb}` asks before it goes on, and a build has nobody to answer"),
    );
    draft
        .help(format!("add `-y`: `{name} {verb} -y ...`"))
        .also_if(plain && apt_get_install, "DL3014")
        .also_if(
            apt_get_install && peers::trivy_sees(step) && !**is_said && !step.command.has_arg("--force-yes"),
            "DS-0021",
        )
        .also_if(apt_get_install, "missing-assume-yes-switch")
        .also_if(plain && manager == Manager::Yum && installs, "DL3030")
        .also_if(manager == Manager::Yum && verb == "install", "missing-yum-assume-yes-switch")
        .also_if(
            plain && matches!(manager, Manager::Dnf | Manager::Microdnf) && installs && name != "dnf5",
            "DL3038",
        )
        .also_if(manager == Manager::Dnf && verb == "install", "missing-dnf-assume-yes-switch")
        .also_if(
            plain
                && manager == Manager::Zypper
                && matches!(verb, "install" | "in" | "remove" | "rm" | "source-install" | "si" | "patch"),
            "DL3034",
        );
    let word = step.command.args_without_flags().next();
    draft.mend(word.and_then(|word| build.with_word_behind(step, word, "-y")), false);
}

/// The manager that will ask before it runs this command.
fn asking(step: &Step<'_>) -> Option<Manager> {
    let command = step.command;
    let manager = packages::manager(command)?;
    let verbs: &[&str] = match manager {
        Manager::Apt => {
            &["install", "upgrade", "dist-upgrade", "full-upgrade", "remove", "purge", "build-dep"]
        }
        Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf => {
            &["install", "groupinstall", "localinstall", "update", "upgrade", "remove", "erase"]
        }
        Manager::Zypper => &[
            "install",
            "in",
            "remove",
            "rm",
            "source-install",
            "si",
            "patch",
            "update",
            "up",
            "dup",
            "dist-upgrade",
        ],
        _ => return None,
    };
    let quiet = manager == Manager::Apt && is_very_quiet(step);
    let yes = command.has_any_flag(&["-y", "--yes", "--assume-yes", "--assumeyes", "--no-confirm"])
        || manager == Manager::Zypper && command.has_any_flag(&["-n", "--non-interactive"])
        || manager == Manager::Apt
            && command.has_any_flag(&["-s", "--dry-run", "--simulate", "--print-uris"]);
    let input = |kind| matches!(kind, RedirectKind::Input | RedirectKind::Heredoc | RedirectKind::HereString);
    // xargs reads what is piped in, and gives the command nothing to read.
    let fed = step.run.script.commands.get(command.index).is_some_and(|outer| !outer.is("xargs"));
    let answered = fed && command.is_piped_from() || command.redirects.iter().any(|r| input(r.kind));
    let asks = command.subcommand().is_some_and(|verb| verbs.contains(&verb))
        || manager.is_rpm() && is_group_install(step);
    (asks && !quiet && !yes && !answered).then_some(manager)
}

/// `dnf group install`, `dnf module install`.
fn is_group_install(step: &Step<'_>) -> bool {
    let grouped = matches!(step.command.subcommand(), Some("group" | "groups" | "module"));
    grouped && step.command.has_arg("install")
}

/// `-qq` implies yes for apt-get.
fn is_very_quiet(step: &Step<'_>) -> bool {
    packages::installs(step.command).is_some_and(|install| install.assume_yes)
        || step.command.args().iter().any(|w| w.text_lossy().starts_with("-qq"))
}
