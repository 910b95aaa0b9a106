//! What the programs are called, and what their subcommands and flags mean.

use super::{Call, Manager};
use crate::query::is_one_of;

/// A package manager's words.
pub(super) struct Spec {
    pub(super) manager: Manager,
    programs: &'static [&'static str],
    /// Words that may stand before the verb.
    pub(super) groups: &'static [&'static str],
    install: &'static [&'static str],
    /// Install verbs that take versions from a lock file.
    install_locked: &'static [&'static str],
    /// Whether an install that names nothing installs what a manifest lists.
    manifest: bool,
    pub(super) update: &'static [&'static str],
    pub(super) upgrade: &'static [&'static str],
    pub(super) remove: &'static [&'static str],
    /// Flags that keep it from asking; empty for one that never asks.
    pub(super) yes: &'static [&'static str],
    pub(super) no_cache: &'static [&'static str],
    pub(super) locked: &'static [&'static str],
}

/// The install that a command line asks for.
pub(super) struct Verb<'a> {
    pub(super) name: &'a str,
    pub(super) locked: bool,
    pub(super) manifest: bool,
}

impl Spec {
    pub(super) fn install_verb<'a>(&self, call: &Call<'a>) -> Option<Verb<'a>> {
        // `yarn` alone is `yarn install`.
        let name = match call.verb {
            Some(verb) => verb,
            None if self.manager == Manager::Yarn => "install",
            None => return None,
        };
        let locked = self.install_locked.contains(&name);
        (locked || self.install.contains(&name)).then_some(Verb { name, locked, manifest: self.manifest })
    }
}

const BASE: Spec = Spec {
    manager: Manager::Apt,
    programs: &[],
    groups: &[],
    install: &["install"],
    install_locked: &[],
    manifest: false,
    update: &[],
    upgrade: &[],
    remove: &[],
    yes: &[],
    no_cache: &[],
    locked: &[],
};

const RPM: Spec = Spec {
    install: &["install", "groupinstall", "localinstall", "reinstall", "in"],
    update: &["makecache", "check-update"],
    upgrade: &["update", "upgrade", "distro-sync", "up"],
    remove: &["remove", "erase", "autoremove"],
    yes: &["-y", "--assumeyes"],
    ..BASE
};

static TABLE: &[Spec] = &[
    Spec {
        manager: Manager::Apt,
        programs: &["apt-get", "apt", "aptitude"],
        install: &["install", "reinstall", "build-dep"],
        update: &["update"],
        upgrade: &["upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade"],
        remove: &["remove", "purge", "autoremove", "autopurge"],
        yes: &["-y", "--yes", "--assume-yes"],
        ..BASE
    },
    Spec {
        manager: Manager::Apk,
        programs: &["apk"],
        install: &["add"],
        update: &["update"],
        upgrade: &["upgrade"],
        remove: &["del"],
        no_cache: &["--no-cache"],
        ..BASE
    },
    Spec { manager: Manager::Yum, programs: &["yum"], ..RPM },
    Spec { manager: Manager::Dnf, programs: &["dnf", "dnf5"], ..RPM },
    Spec { manager: Manager::Microdnf, programs: &["microdnf"], ..RPM },
    Spec { manager: Manager::Tdnf, programs: &["tdnf"], ..RPM },
    Spec {
        manager: Manager::Zypper,
        programs: &["zypper"],
        install: &["install", "in"],
        update: &["refresh", "ref"],
        upgrade: &["update", "up", "dist-upgrade", "dup", "patch"],
        remove: &["remove", "rm"],
        yes: &["-n", "--non-interactive", "-y", "--no-confirm"],
        ..BASE
    },
    Spec {
        manager: Manager::Pip,
        programs: &["pip"],
        no_cache: &["--no-cache-dir"],
        locked: &["--require-hashes"],
        remove: &["uninstall"],
        ..BASE
    },
    Spec { manager: Manager::Pipx, programs: &["pipx"], ..BASE },
    Spec {
        manager: Manager::Uv,
        programs: &["uv"],
        groups: &["pip", "tool"],
        install: &["install", "add"],
        install_locked: &["sync"],
        no_cache: &["--no-cache", "--no-cache-dir", "-n"],
        locked: &["--require-hashes", "--frozen", "--locked"],
        ..BASE
    },
    Spec {
        manager: Manager::Npm,
        programs: &["npm"],
        install: &[
            "install", "i", "add", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal",
            "isntall",
        ],
        install_locked: &["ci", "clean-install", "ic", "install-clean"],
        manifest: true,
        remove: &["uninstall", "remove", "rm", "un"],
        ..BASE
    },
    Spec {
        manager: Manager::Yarn,
        programs: &["yarn", "yarnpkg"],
        groups: &["global"],
        install: &["add", "install"],
        manifest: true,
        locked: &["--frozen-lockfile", "--immutable", "--pure-lockfile"],
        remove: &["remove"],
        ..BASE
    },
    Spec {
        manager: Manager::Pnpm,
        programs: &["pnpm"],
        install: &["add", "install", "i"],
        manifest: true,
        locked: &["--frozen-lockfile"],
        remove: &["remove", "rm"],
        ..BASE
    },
    Spec {
        manager: Manager::Bun,
        programs: &["bun"],
        install: &["add", "install", "i", "a"],
        manifest: true,
        locked: &["--frozen-lockfile"],
        ..BASE
    },
    Spec {
        manager: Manager::Gem,
        programs: &["gem"],
        install: &["install", "i"],
        update: &[],
        upgrade: &["update"],
        ..BASE
    },
    Spec { manager: Manager::Go, programs: &["go"], install: &["install", "get"], ..BASE },
    Spec {
        manager: Manager::Cargo,
        programs: &["cargo"],
        install: &["install", "binstall"],
        locked: &["--locked", "--frozen"],
        ..BASE
    },
    Spec {
        manager: Manager::Conda,
        programs: &["conda", "mamba", "micromamba"],
        groups: &["env"],
        install: &["install", "create"],
        upgrade: &["update", "upgrade"],
        remove: &["remove", "uninstall"],
        yes: &["-y", "--yes"],
        ..BASE
    },
    Spec {
        manager: Manager::Composer,
        programs: &["composer"],
        groups: &["global"],
        install: &["require"],
        install_locked: &["install"],
        manifest: true,
        upgrade: &["update"],
        ..BASE
    },
    Spec { manager: Manager::Pacman, programs: &["pacman"], yes: &["--noconfirm"], ..BASE },
];

/// The table's entry for a program: `pip3.11` is pip.
pub(super) fn spec(program: &str) -> Option<&'static Spec> {
    let versioned = |base: &str| {
        program
            .strip_prefix(base)
            .is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-'))
    };
    let program = ["pip", "gem"].into_iter().find(|base| versioned(base)).unwrap_or(program);
    may_be_known(program).then(|| TABLE.iter().find(|spec| is_one_of(program, spec.programs)))?
}

/// The lengths that the table's programs have, a bit each, by their first letter.
static LENGTHS: [u32; 26] = {
    let mut lengths = [0; 26];
    let mut at = 0;
    while at < TABLE.len() {
        let mut name = 0;
        while name < TABLE[at].programs.len() {
            let program = TABLE[at].programs[name].as_bytes();
            lengths[(program[0] - b'a') as usize] |= 1 << program.len();
            name += 1;
        }
        at += 1;
    }
    lengths
};

/// Whether the table may have the program: it is asked of every command by many rules, and most are something else.
fn may_be_known(program: &str) -> bool {
    let first = program.bytes().next().map_or(u8::MAX, |byte| byte.wrapping_sub(b'a'));
    let lengths = LENGTHS.get(usize::from(first)).copied().unwrap_or(0);
    program.len() < 32 && lengths & (1 << program.len()) != 0
}
