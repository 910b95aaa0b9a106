//! Package managers as one table: what a command installs, updates, upgrades and cleans up.
//!
//! ```
//! use plimsoll_shell::{Dialect, Script, packages};
//!
//! let script = Script::parse("pip install --no-cache-dir 'flask==3.0.0' requests -r more.txt", Dialect::Sh);
//! let install = packages::installs(&script.commands[0]).expect("an install");
//! assert!(install.no_cache);
//! assert_eq!(install.packages.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["flask", "requests"]);
//! assert!(install.packages[1].version.is_none());
//! assert_eq!(install.requirement_files, ["more.txt"]);
//! ```

mod clean;
mod name;
mod table;

pub use clean::{Cleaned, cleans};

use crate::command::Command;
use crate::word::{Span, Word};
use table::{Spec, Verb, spec};

/// A package manager. Programs that are used alike are one manager (apt-get, apt and aptitude).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Manager {
    Apt,
    Apk,
    Yum,
    Dnf,
    Microdnf,
    Tdnf,
    Zypper,
    Pacman,
    Pip,
    Pipx,
    Uv,
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Gem,
    Go,
    Cargo,
    Conda,
    Composer,
}

impl Manager {
    /// Whether it installs packages of the distribution.
    pub fn is_system(self) -> bool {
        use Manager::{Apk, Apt, Dnf, Microdnf, Pacman, Tdnf, Yum, Zypper};
        matches!(self, Apt | Apk | Yum | Dnf | Microdnf | Tdnf | Zypper | Pacman)
    }

    /// Whether it is one of the Red Hat family.
    pub fn is_rpm(self) -> bool {
        matches!(self, Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf)
    }
}

/// What stands for a package on an install's command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Where.
    pub span: Span,
    /// As it is written, quotes removed, expansions kept as `${X}`.
    pub text: String,
    /// Its name without version, extras or tag; the whole text for a file, a URL or a variable.
    pub name: String,
    /// The version that is asked for, `${X}` included: `7.88.*`, `>=2`, `1.2.3`.
    pub version: Option<String>,
    /// Whether it is a path or a URL.
    pub is_file_or_url: bool,
    /// Whether it is nothing but a variable or a substitution, so that nothing is known of it.
    pub is_variable: bool,
}

/// An install, read once for each command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Install<'a> {
    /// The command: the package manager itself, also behind a wrapper.
    pub command: &'a Command,
    installed: &'a Installed,
}

impl std::ops::Deref for Install<'_> {
    type Target = Installed;

    fn deref(&self) -> &Installed {
        self.installed
    }
}

/// What an install installs, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The manager.
    pub manager: Manager,
    /// The subcommand: `install`, `add`, `ci`.
    pub verb: String,
    /// The packages that are named.
    pub packages: Vec<Package>,
    /// Whether it will not ask: `-y`, `--yes`, `-qq`; true for managers that never ask.
    pub assume_yes: bool,
    /// Whether recommended packages are left out: `--no-install-recommends`, `--no-recommends`, `install_weak_deps=0`.
    pub no_recommends: bool,
    /// Whether no cache is left by its own flags: apk `--no-cache`, pip `--no-cache-dir`, uv `--no-cache`.
    pub no_cache: bool,
    /// `-r` files.
    pub requirement_files: Vec<String>,
    /// `-c` files (pip), `--file` (conda).
    pub constraint_files: Vec<String>,
    /// Whether versions come from a lock file: `npm ci`, `--frozen-lockfile`, `--locked`, `--require-hashes`.
    pub is_locked: bool,
    /// Whether it installs what the project's manifest lists (`npm install` alone), not packages named here.
    pub from_manifest: bool,
}

/// What this command installs; none when it installs nothing. Ask it of [`crate::Script::effective_commands`].
pub fn installs(command: &Command) -> Option<Install<'_>> {
    spec(command.name())?;
    let installed = command.installed.get_or_init(|| read_install(command).map(Box::new));
    Some(Install { command, installed: installed.as_deref()? })
}

fn read_install(command: &Command) -> Option<Installed> {
    let (spec, call) = read(command)?;
    let Verb { name: verb, locked, manifest } = spec.install_verb(&call)?;
    let flag = |names: &[&str]| command.has_any_flag(names);
    let values = |name: &'static str| command.flag_values(name).map(str::to_string);
    let mut requirement_files = Vec::new();
    let mut constraint_files = Vec::new();
    match spec.manager {
        Manager::Pip | Manager::Uv => {
            requirement_files
                .extend(values("-r").chain(values("--requirement")).chain(values("--requirements")));
            constraint_files
                .extend(values("-c").chain(values("--constraint")).chain(values("--constraints")));
        }
        Manager::Conda => requirement_files.extend(values("--file").chain(values("-f"))),
        _ => {}
    }
    let mut packages: Vec<Package> =
        call.operands.iter().map(|word| name::package(spec.manager, word)).collect();
    if matches!(spec.manager, Manager::Pip | Manager::Uv) {
        let editable = command.flag_value_words("-e").chain(command.flag_value_words("--editable"));
        packages.extend(editable.map(|(text, word)| name::file(text, word)));
    }
    if let Some(version) = version_flag(spec.manager, command) {
        for package in packages.iter_mut().filter(|package| package.version.is_none()) {
            package.version = Some(version.to_string());
        }
    }
    if spec.manager == Manager::Cargo && (flag(&["--git", "--path"])) {
        packages.iter_mut().for_each(|package| package.is_file_or_url = true);
    }
    Some(Installed {
        manager: spec.manager,
        verb: verb.to_owned(),
        assume_yes: spec.yes.is_empty()
            || flag(spec.yes)
            || (spec.manager == Manager::Apt && is_very_quiet(command)),
        no_recommends: leaves_recommended_out(spec.manager, command),
        no_cache: flag(spec.no_cache) || has_value_form(command, spec.no_cache),
        is_locked: locked || flag(spec.locked),
        from_manifest: manifest && packages.is_empty() && requirement_files.is_empty(),
        packages,
        requirement_files,
        constraint_files,
    })
}

/// The manager whose package index this command refreshes: `apt-get update`, `apk update`, `zypper refresh`.
pub fn updates(command: &Command) -> Option<Manager> {
    let (spec, call) = read(command)?;
    spec.update.contains(&call.verb?).then_some(spec.manager)
}

/// The manager whose installed packages this command brings up to date: `apt-get dist-upgrade`, `yum update`.
pub fn upgrades(command: &Command) -> Option<Manager> {
    let (spec, call) = read(command)?;
    spec.upgrade.contains(&call.verb?).then_some(spec.manager)
}

/// The manager whose packages this command removes: `apt-get purge`, `apk del`, `yum remove`.
pub fn removes(command: &Command) -> Option<Manager> {
    let (spec, call) = read(command)?;
    spec.remove.contains(&call.verb?).then_some(spec.manager)
}

/// The package manager that this command runs, whatever it does.
pub fn manager(command: &Command) -> Option<Manager> {
    spec(command.name()).map(|spec| spec.manager)
}

/// A package manager's command line: the subcommand and what follows it.
struct Call<'a> {
    verb: Option<&'a str>,
    operands: Vec<&'a Word>,
}

fn read(command: &Command) -> Option<(&'static Spec, Call<'_>)> {
    let spec = spec(command.name())?;
    let mut words = command.args_without_flags().peekable();
    // `uv pip install`, `uv tool install`, `yarn global add`: the verb is one further.
    words.next_if(|word| spec.groups.contains(&word.text_lossy()));
    let verb = words.next().map(Word::text_lossy);
    Some((spec, Call { verb, operands: words.collect() }))
}

/// A version given by flag for all packages: `gem install rails -v 7.1`, `cargo install x --version 1`.
fn version_flag(manager: Manager, command: &Command) -> Option<&str> {
    match manager {
        Manager::Gem => command.flag_value("--version").or_else(|| command.flag_value("-v")),
        Manager::Cargo => {
            ["--version", "--vers", "--tag", "--rev"].into_iter().find_map(|flag| command.flag_value(flag))
        }
        _ => None,
    }
}

/// `-qq` and `-q=2` imply yes for apt-get.
fn is_very_quiet(command: &Command) -> bool {
    let quiet = |word: &Word| {
        let text = word.text_lossy();
        match text.strip_prefix("-q=") {
            Some(level) => level.parse().unwrap_or(0),
            None if text.starts_with("--") => usize::from(text == "--quiet"),
            None if text.starts_with('-') => text.matches('q').count(),
            None => 0,
        }
    };
    command.args().iter().map(quiet).sum::<usize>() >= 2
}

fn leaves_recommended_out(manager: Manager, command: &Command) -> bool {
    let is_off = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off");
    match manager {
        Manager::Apt => {
            let by_option = |option: &str| {
                let option = option.to_ascii_lowercase();
                option
                    .strip_prefix("apt::install-recommends=")
                    .is_some_and(|value| is_off(value.trim_matches('"')))
            };
            command.has_any_flag(&["--no-install-recommends", "--without-recommends", "-R"])
                || command.flag_values("-o").chain(command.flag_values("--option")).any(by_option)
        }
        Manager::Zypper => command.has_any_flag(&["--no-recommends"]),
        manager if manager.is_rpm() => {
            let mut options = command.flag_values("--setopt");
            options.any(|option| option.strip_prefix("install_weak_deps=").is_some_and(is_off))
        }
        _ => false,
    }
}

/// `--no-cache-dir=off` is pip's odd way of saying no cache: any value but a false one of a plain flag counts.
fn has_value_form(command: &Command, flags: &[&str]) -> bool {
    let starts = |text: &str, flag: &str| text.strip_prefix(flag).is_some_and(|rest| rest.starts_with('='));
    command
        .args()
        .iter()
        .any(|word| flags.iter().any(|flag| *flag == "--no-cache-dir" && starts(word.text_lossy(), flag)))
}

#[cfg(test)]
mod tests;
