//! Packages that a shipped stage installs and keeps.

use std::collections::HashSet;

use plimsoll_shell::packages::{self, Install, Manager, Package};
use plimsoll_shell::{Command, Script};

use super::{Build, Run};

/// An install of distribution packages, and those of its packages that the same RUN does not remove again.
pub(super) struct Kept<'b> {
    pub(super) run: &'b Run,
    pub(super) packages: Vec<Package>,
}

/// Every install whose layer the built image has, less what its RUN removes again.
pub(super) fn kept_packages<'b>(build: &'b Build<'_>) -> Vec<Kept<'b>> {
    let mut kept = Vec::new();
    for stage in build.shipped().filter(|s| !build.is_windows(s)) {
        for run in build.runs_of(stage) {
            for install in run.script.effective_commands().filter_map(packages::installs) {
                if !install.manager.is_system() || goes_elsewhere(install.command) {
                    continue;
                }
                let packages = stays(&run.script, &install);
                if !packages.is_empty() {
                    kept.push(Kept { run, packages });
                }
            }
        }
    }
    kept
}

/// Whether the packages are unpacked under another root, as when an image is put together by hand.
fn goes_elsewhere(command: &Command) -> bool {
    ["--installroot", "--root", "-p", "--rootdir"].iter().any(|flag| command.flag_value(flag).is_some())
}

fn stays(script: &Script, install: &Install<'_>) -> Vec<Package> {
    let virtuals: Vec<&str> = match install.manager {
        Manager::Apk => {
            install.command.flag_values("--virtual").chain(install.command.flag_values("-t")).collect()
        }
        _ => Vec::new(),
    };
    let mut removed = HashSet::new();
    let removes_all = script.any_later(install.command, |later| {
        if packages::removes(later).is_none_or(|m| !same_family(m, install.manager)) {
            return false;
        }
        // `apt-get purge --auto-remove` after `apt-mark auto`, or a list in a variable: whatever was meant.
        let mut operands = later.args_without_flags().skip(1).peekable();
        operands.peek().is_none()
            || operands.any(|o| {
                removed.insert(o.text_lossy().to_owned());
                o.has_expansion || o.has_glob || virtuals.contains(&o.text_lossy())
            })
    });
    if removes_all {
        return Vec::new();
    }
    let named = install.packages.iter().filter(|p| !p.is_variable && !p.is_file_or_url);
    named.filter(|p| !removed.contains(&p.name)).cloned().collect()
}

fn same_family(a: Manager, b: Manager) -> bool {
    a == b || (a.is_rpm() && b.is_rpm())
}

/// `gcc`, `make` and `libpq-dev`, for a message; at most four are named.
pub(super) fn listed(names: &[&str]) -> String {
    const NAMED: usize = 4;
    let quoted: Vec<String> = names.iter().take(NAMED).map(|n| format!("`{n}`")).collect();
    match (quoted.split_last(), names.len().saturating_sub(NAMED)) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, before)), 0) => format!("{} and {last}", before.join(", ")),
        (Some(_), more) => format!("{} and {more} more", quoted.join(", ")),
    }
}
