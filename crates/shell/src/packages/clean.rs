//! What a command cleans up.

use crate::command::Command;

/// Something that a build leaves behind and a command removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cleaned {
    /// `/var/lib/apt/lists`
    AptLists,
    /// `/var/cache/apt`
    AptArchives,
    /// `/var/cache/apk`
    Apk,
    /// `/var/cache/yum`
    Yum,
    /// `/var/cache/dnf`, of dnf, microdnf and tdnf
    Dnf,
    /// `/var/cache/zypp`
    Zypper,
    /// pip's cache
    Pip,
    /// npm's cache
    Npm,
    /// yarn's cache
    Yarn,
    /// pnpm's store
    Pnpm,
    /// bun's cache
    Bun,
    /// gem's cache
    Gem,
    /// conda's package cache
    Conda,
    /// Go's module and build cache
    Go,
    /// cargo's registry
    Cargo,
    /// composer's cache
    Composer,
    /// `/tmp`
    Tmp,
}

/// Folders and what they hold. `~` is any home.
const FOLDERS: &[(&str, Cleaned)] = &[
    ("/var/lib/apt/lists", Cleaned::AptLists),
    ("/var/cache/apt", Cleaned::AptArchives),
    ("/var/cache/apt/archives", Cleaned::AptArchives),
    ("/var/cache/apk", Cleaned::Apk),
    ("/etc/apk/cache", Cleaned::Apk),
    ("/var/cache/yum", Cleaned::Yum),
    ("/var/cache/dnf", Cleaned::Dnf),
    ("/var/cache/libdnf5", Cleaned::Dnf),
    ("/var/cache/tdnf", Cleaned::Dnf),
    ("/var/cache/zypp", Cleaned::Zypper),
    ("~/.cache/pip", Cleaned::Pip),
    ("~/.npm", Cleaned::Npm),
    ("~/.npm/_cacache", Cleaned::Npm),
    ("~/.cache/yarn", Cleaned::Yarn),
    ("/usr/local/share/.cache/yarn", Cleaned::Yarn),
    ("~/.yarn/cache", Cleaned::Yarn),
    ("~/.local/share/pnpm/store", Cleaned::Pnpm),
    ("~/.bun/install/cache", Cleaned::Bun),
    ("~/.cache/go-build", Cleaned::Go),
    ("/go/pkg/mod", Cleaned::Go),
    ("~/go/pkg/mod", Cleaned::Go),
    ("/usr/local/cargo/registry", Cleaned::Cargo),
    ("~/.cargo/registry", Cleaned::Cargo),
    ("~/.composer/cache", Cleaned::Composer),
    ("~/.cache/composer", Cleaned::Composer),
    ("/opt/conda/pkgs", Cleaned::Conda),
    ("/tmp", Cleaned::Tmp),
];

/// Everything that this command cleans up; empty for most. Ask it of [`crate::Script::effective_commands`].
pub fn cleans(command: &Command) -> Vec<Cleaned> {
    let verb = command.subcommand();
    let second = || command.args_without_flags().nth(1).map(|word| word.text_lossy());
    let one = |cleaned| vec![cleaned];
    match (command.name(), verb) {
        ("rm", _) => removed_folders(command),
        ("find", _) if command.has_arg("-delete") => removed_folders(command),
        ("apt-get" | "apt" | "aptitude", Some("clean" | "autoclean" | "distclean")) => {
            let lists = (verb == Some("distclean")).then_some(Cleaned::AptLists);
            lists.into_iter().chain([Cleaned::AptArchives]).collect()
        }
        ("yum", Some("clean")) => one(Cleaned::Yum),
        ("dnf" | "dnf5" | "microdnf" | "tdnf", Some("clean")) => one(Cleaned::Dnf),
        ("zypper", Some("clean" | "cc")) => one(Cleaned::Zypper),
        ("apk", Some("cache")) if second() == Some("clean") => one(Cleaned::Apk),
        ("npm", Some("cache")) if matches!(second(), Some("clean" | "clear" | "rm")) => one(Cleaned::Npm),
        ("yarn" | "yarnpkg", Some("cache")) if second() == Some("clean") => one(Cleaned::Yarn),
        ("pnpm", Some("store")) if second() == Some("prune") => one(Cleaned::Pnpm),
        ("bun", Some("pm")) if second() == Some("cache") => one(Cleaned::Bun),
        ("pip" | "pip3", Some("cache")) if second() == Some("purge") => one(Cleaned::Pip),
        ("uv", Some("cache")) if second() == Some("clean") => one(Cleaned::Pip),
        ("conda" | "mamba" | "micromamba", Some("clean")) => one(Cleaned::Conda),
        ("go", Some("clean")) if command.has_any_flag(&["-modcache", "-cache"]) => one(Cleaned::Go),
        ("gem", Some("cleanup")) => one(Cleaned::Gem),
        ("composer", Some("clear-cache" | "clearcache" | "cc")) => one(Cleaned::Composer),
        _ => Vec::new(),
    }
}

fn removed_folders(command: &Command) -> Vec<Cleaned> {
    let paths: Vec<String> =
        command.args_without_flags().flat_map(|word| word.brace_alternatives()).collect();
    let mut found = Vec::new();
    for (folder, cleaned) in FOLDERS {
        if paths.iter().any(|path| covers(path, folder)) && !found.contains(cleaned) {
            found.push(*cleaned);
        }
    }
    found
}

/// Whether removing `path` (a glob at its end included) empties `folder`.
fn covers(path: &str, folder: &str) -> bool {
    let path = path.trim_end_matches('/');
    let path =
        path.strip_suffix("/*").or_else(|| path.strip_suffix("/.")).unwrap_or(path).trim_end_matches('/');
    let homes = ["/root", "~", "${HOME}", "$HOME"];
    match folder.strip_prefix('~') {
        Some(rest) => homes.iter().any(|home| {
            path.strip_prefix(home).is_some_and(|below| !below.is_empty() && is_at_or_above(below, rest))
        }),
        None => is_at_or_above(path, folder),
    }
}

fn is_at_or_above(path: &str, folder: &str) -> bool {
    if let Some(stem) = path.strip_suffix('*') {
        return !stem.is_empty() && folder.starts_with(stem);
    }
    !path.is_empty() && folder.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
