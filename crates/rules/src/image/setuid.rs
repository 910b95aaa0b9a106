//! Setuid and setgid files, those of packages told apart.

use std::collections::HashSet;

use plimsoll_image::Fate;

use super::inventory::Seen;
use super::{Audit, path_text};

/// A setuid or setgid file that a container sees.
pub(crate) struct Setuid<'i> {
    pub(crate) seen: Seen<'i>,
    /// Whether a package of the distribution shipped it so.
    pub(crate) shipped: bool,
    /// The program that gives its caller a shell or any file, if it is one or a copy of one.
    pub(crate) shell: Option<&'static str>,
}

/// Programs that hand the rights of their owner to whoever calls them.
const SHELLS: [&str; 22] = [
    "bin/sh",
    "bin/bash",
    "bin/dash",
    "bin/busybox",
    "bin/zsh",
    "bin/ksh",
    "bin/cp",
    "bin/tar",
    "usr/bin/env",
    "usr/bin/find",
    "usr/bin/awk",
    "usr/bin/less",
    "usr/bin/vim",
    "usr/bin/nano",
    "usr/bin/perl",
    "usr/bin/python3",
    "usr/bin/node",
    "usr/bin/ruby",
    "usr/bin/php",
    "usr/local/bin/python3",
    "usr/local/bin/node",
    "usr/local/bin/ruby",
];

/// Every setuid and setgid file that a container sees, in the order of layers.
pub(crate) fn find<'i>(audit: &Audit<'i>) -> Vec<Setuid<'i>> {
    let all = &audit.inventory().setuid;
    if all.is_empty() {
        return Vec::new();
    }
    // Packages ship no shell with the bit: whoever set it meant a way in.
    let shells: Vec<(u128, &'static str)> = SHELLS
        .iter()
        .filter_map(|path| {
            let entry = audit.fs.resolve(path.as_bytes()).ok()?.entry()?;
            Some((entry.content_hash()?, *path))
        })
        .collect();
    let packaged: HashSet<&[u8]> = all
        .iter()
        .filter(|s| {
            audit.shipped().brought_by(&s.entry, s.layer)
                || audit.shipped().is_unread(s.layer) && is_packages_place(s.entry.path())
        })
        .map(|s| s.entry.path())
        .collect();
    let live = all.iter().filter(|s| matches!(audit.fs.fate(s.layer, s.entry.index()), Fate::Live));
    live.map(|seen| {
        let shell = seen.entry.content_hash().and_then(|hash| shells.iter().find(|(h, _)| *h == hash));
        let unchanged = || audit.shipped().has_unread() || audit.shipped().has(&seen.entry, seen.layer);
        Setuid {
            seen: *seen,
            shipped: shell.is_none() && packaged.contains(seen.entry.path()) && unchanged(),
            shell: shell.map(|(_, path)| *path),
        }
    })
    .collect()
}

/// Packages of a distribution write below these folders and leave /usr/local alone. The databases of pacman
/// and of old rpms are not read, so in an image that has one the place decides.
fn is_packages_place(path: &[u8]) -> bool {
    let known = [
        "bin/",
        "sbin/",
        "lib/",
        "lib64/",
        "usr/bin/",
        "usr/sbin/",
        "usr/lib/",
        "usr/lib64/",
        "usr/libexec/",
    ];
    known.iter().any(|folder| path.starts_with(folder.as_bytes()))
}

/// `/usr/bin/x (mode 4755, owner root)`
pub(crate) fn named(audit: &Audit<'_>, seen: &Seen<'_>) -> String {
    let entry = &seen.entry;
    let accounts = audit.accounts();
    let owner = accounts.user_name(entry.uid());
    let group = match entry.mode() & 0o2000 != 0 {
        true => format!(", group {}", accounts.group_name(entry.gid())),
        false => String::new(),
    };
    format!("/{} (mode {:o}, owner {owner}{group})", path_text(entry.path()), entry.mode())
}
