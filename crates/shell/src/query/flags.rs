//! Which arguments are flags, which are the values of flags, and which are neither.

use crate::command::Command;
use crate::word::Word;

/// An argument of a command.
pub(super) enum Argument<'a> {
    /// Neither a flag nor the value of one.
    Operand(&'a Word),
    /// A flag, with its value when that is the next word.
    Flag { word: &'a Word, value: Option<&'a Word> },
}

/// The flags of a program that take a value.
struct Valued {
    programs: &'static [&'static str],
    /// Letters.
    short: &'static str,
    /// Long names, and single-dash names of several letters, as they are written.
    long: &'static [&'static str],
}

const PIP_LONG: &[&str] = &[
    "--requirement",
    "--constraint",
    "--editable",
    "--index-url",
    "--extra-index-url",
    "--find-links",
    "--target",
    "--trusted-host",
    "--cert",
    "--client-cert",
    "--proxy",
    "--prefix",
    "--root",
    "--src",
    "--cache-dir",
    "--timeout",
    "--default-timeout",
    "--retries",
    "--platform",
    "--python-version",
    "--abi",
    "--implementation",
    "--log",
    "--report",
    "--only-binary",
    "--no-binary",
    "--progress-bar",
    "--global-option",
    "--install-option",
    "--config-settings",
    "--config-setting",
    "--build-option",
    "--python",
    "--upgrade-strategy",
    "--exists-action",
    "--use-feature",
    "--use-deprecated",
    "--index",
    "--default-index",
    "--dest",
    "--group",
    "--extra",
    "--resolution",
    "--link-mode",
    "--wheel-dir",
    "--keyring-provider",
    "--root-user-action",
    "--build-constraint",
    "--override",
    "--package",
];

const VALUED: &[Valued] = &[
    Valued {
        programs: &["apt-get", "apt", "aptitude", "apt-cache"],
        short: "otcaP",
        long: &["--option", "--target-release", "--default-release", "--config-file", "--host-architecture"],
    },
    Valued {
        programs: &["apk"],
        short: "Xptm",
        long: &[
            "--repository",
            "--root",
            "--virtual",
            "--wait",
            "--arch",
            "--keys-dir",
            "--repositories-file",
            "--cache-dir",
            "--cache-max-age",
            "--progress-fd",
            "--timeout",
        ],
    },
    Valued {
        programs: &["yum", "dnf", "dnf5", "tdnf", "microdnf"],
        short: "cdexR",
        long: &[
            "--config",
            "--enablerepo",
            "--disablerepo",
            "--exclude",
            "--installroot",
            "--releasever",
            "--setopt",
            "--repo",
            "--repoid",
            "--enable-repo",
            "--disable-repo",
            "--repofrompath",
            "--forcearch",
            "--comment",
            "--advisory",
            "--disableplugin",
            "--enableplugin",
            "--from-repo",
            "--destdir",
            "--downloaddir",
        ],
    },
    Valued {
        programs: &["zypper"],
        short: "rRtpcDC",
        long: &[
            "--repo",
            "--root",
            "--type",
            "--installroot",
            "--config",
            "--plus-repo",
            "--from",
            "--releasever",
            "--reposd-dir",
            "--cache-dir",
            "--pkg-cache-dir",
            "--plus-content",
        ],
    },
    Valued { programs: &["pip", "pipx", "uv"], short: "rceiftCdwp", long: PIP_LONG },
    Valued {
        programs: &["npm", "pnpm", "yarn", "bun"],
        short: "Cw",
        long: &[
            "--registry",
            "--prefix",
            "--cache",
            "--loglevel",
            "--userconfig",
            "--workspace",
            "--filter",
            "--dir",
            "--cwd",
            "--network-timeout",
            "--network-concurrency",
            "--modules-folder",
            "--cache-folder",
            "--tag",
            "--fetch-timeout",
            "--fetch-retries",
            "--mutex",
            "--python",
            "--store-dir",
            "--global-dir",
            "--use-yarnrc",
            "--fetch-retry-mintimeout",
            "--fetch-retry-maxtimeout",
            "--reporter",
            "--backend",
        ],
    },
    Valued {
        programs: &["gem"],
        short: "vinsPpgT",
        long: &[
            "--version",
            "--install-dir",
            "--bindir",
            "--source",
            "--platform",
            "--http-proxy",
            "--trust-policy",
            "--build-root",
            "--file",
            "--target-rbconfig",
        ],
    },
    Valued {
        programs: &["go"],
        short: "Cop",
        long: &[
            "-ldflags",
            "-gcflags",
            "-asmflags",
            "-tags",
            "-mod",
            "-modfile",
            "-buildmode",
            "-toolexec",
            "-overlay",
            "-pgo",
        ],
    },
    Valued {
        programs: &["cargo"],
        short: "jFZCp",
        long: &[
            "--version",
            "--vers",
            "--git",
            "--branch",
            "--tag",
            "--rev",
            "--path",
            "--root",
            "--registry",
            "--index",
            "--features",
            "--target",
            "--target-dir",
            "--profile",
            "--jobs",
            "--bin",
            "--example",
            "--config",
            "--color",
            "--package",
            "--manifest-path",
        ],
    },
    Valued {
        programs: &["conda", "mamba", "micromamba"],
        short: "ncpr",
        long: &[
            "--name",
            "--channel",
            "--prefix",
            "--file",
            "--revision",
            "--solver",
            "--root-prefix",
            "--subdir",
            "--platform",
        ],
    },
    Valued {
        programs: &["curl"],
        short: "oHdXuAeFTxbcCKmrwyYzEDhPQt",
        long: &[
            "--output",
            "--header",
            "--data",
            "--data-raw",
            "--data-binary",
            "--data-urlencode",
            "--json",
            "--request",
            "--user",
            "--user-agent",
            "--referer",
            "--form",
            "--upload-file",
            "--proxy",
            "--cookie",
            "--cookie-jar",
            "--retry",
            "--retry-delay",
            "--retry-max-time",
            "--max-time",
            "--connect-timeout",
            "--cacert",
            "--capath",
            "--cert",
            "--key",
            "--write-out",
            "--range",
            "--url",
            "--output-dir",
            "--config",
            "--resolve",
            "--limit-rate",
            "--proto",
            "--proto-default",
            "--proto-redir",
            "--max-redirs",
            "--ciphers",
            "--tls-max",
            "--create-file-mode",
            "--dump-header",
            "--unix-socket",
            "--noproxy",
            "--tls13-ciphers",
            "--oauth2-bearer",
            "--aws-sigv4",
            "--interface",
        ],
    },
    Valued {
        programs: &["wget"],
        short: "OoaPtTwUeiBQXAIRDlY",
        long: &[
            "--output-document",
            "--output-file",
            "--append-output",
            "--directory-prefix",
            "--tries",
            "--timeout",
            "--wait",
            "--user-agent",
            "--execute",
            "--input-file",
            "--header",
            "--user",
            "--password",
            "--post-data",
            "--post-file",
            "--method",
            "--body-data",
            "--waitretry",
            "--ca-certificate",
            "--ca-directory",
            "--referer",
            "--load-cookies",
            "--save-cookies",
            "--limit-rate",
            "--quota",
            "--progress",
            "--dns-timeout",
            "--compression",
            "--connect-timeout",
            "--read-timeout",
            "--accept",
            "--reject",
            "--cut-dirs",
            "--level",
            "--secure-protocol",
        ],
    },
    Valued {
        programs: &["git"],
        short: "Ccbo",
        long: &[
            "--git-dir",
            "--work-tree",
            "--namespace",
            "--branch",
            "--depth",
            "--origin",
            "--reference",
            "--jobs",
            "--config",
            "--template",
        ],
    },
    Valued {
        programs: &["tar", "bsdtar"],
        short: "fCTXIbgHVNKL",
        long: &[
            "--file",
            "--directory",
            "--exclude",
            "--strip-components",
            "--transform",
            "--use-compress-program",
            "--files-from",
            "--owner",
            "--group",
            "--mode",
            "--one-top-level",
        ],
    },
    Valued {
        programs: &["useradd", "adduser", "usermod", "groupadd", "addgroup"],
        short: "bcdefgGkKpRPsuZlh",
        long: &[
            "--base-dir",
            "--comment",
            "--home-dir",
            "--home",
            "--expiredate",
            "--inactive",
            "--gid",
            "--groups",
            "--skel",
            "--key",
            "--password",
            "--root",
            "--prefix",
            "--shell",
            "--uid",
            "--gecos",
            "--ingroup",
            "--conf",
            "--firstuid",
            "--lastuid",
        ],
    },
    Valued { programs: &["chmod", "chown", "chgrp"], short: "", long: &["--reference", "--from"] },
    Valued {
        programs: &["install"],
        short: "gmotS",
        long: &["--group", "--mode", "--owner", "--target-directory", "--suffix"],
    },
    Valued {
        programs: &["make", "ninja"],
        short: "CfIjlow",
        long: &["--directory", "--file", "--include-dir", "--jobs", "--load-average"],
    },
    Valued {
        programs: &["docker"],
        short: "cDHl",
        long: &["--config", "--context", "--host", "--log-level"],
    },
    Valued { programs: &["composer"], short: "d", long: &["--working-dir"] },
    Valued { programs: &["head", "tail"], short: "nc", long: &["--lines", "--bytes"] },
    Valued { programs: &["ssh", "scp"], short: "bcDEeFIiJLlmOopQRSWw", long: &[] },
];

/// `useradd -l` takes no value, `adduser -l` neither on Debian; only groups of letters that differ are listed.
const UNVALUED: &[(&str, &str)] = &[
    ("useradd", "lh"),
    ("usermod", "lh"),
    ("groupadd", "fh"),
    ("adduser", "l"),
    ("addgroup", "f"),
    ("make", "w"),
    ("bun", "w"),
];

fn valued(program: &str) -> Option<&'static Valued> {
    let pip = program.strip_prefix("pip").is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    // `python -m pip install` has pip's flags behind the module's name.
    let program = if pip || program.starts_with("python") { "pip" } else { program };
    VALUED.iter().find(|valued| super::is_one_of(program, valued.programs))
}

/// The arguments of a command, each flag with its value.
pub(super) fn split(command: &Command) -> impl Iterator<Item = Argument<'_>> {
    let program = command.name();
    let known = std::cell::OnceCell::new();
    let mut rest = command.args();
    let mut flags_ended = false;
    std::iter::from_fn(move || {
        loop {
            let (word, after) = rest.split_first()?;
            rest = after;
            if flags_ended || !word.looks_like_flag() {
                return Some(Argument::Operand(word));
            }
            if word.text_lossy() == "--" {
                flags_ended = true;
                continue;
            }
            let valued: &Option<&Valued> = known.get_or_init(|| valued(program));
            let takes = valued.is_some_and(|valued| takes_next(valued, program, word.text_lossy()));
            let value = if takes { rest.first() } else { None };
            if value.is_some() {
                rest = rest.get(1..).unwrap_or_default();
            }
            return Some(Argument::Flag { word, value });
        }
    })
}

fn takes_next(valued: &Valued, program: &str, flag: &str) -> bool {
    if valued.long.contains(&flag) {
        return true;
    }
    let Some(letters) = flag.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else { return false };
    // The first letter that takes a value takes the rest of the cluster, or the next word at its end.
    letters
        .chars()
        .position(|letter| takes_value(valued, program, letter))
        .is_some_and(|i| i + 1 == letters.chars().count())
}

fn takes_value(valued: &Valued, program: &str, letter: char) -> bool {
    valued.short.contains(letter)
        && !UNVALUED.iter().any(|(name, letters)| *name == program && letters.contains(letter))
}

/// The letters of a cluster that are flags, not the value of one (`-ofile` is `o`).
fn letters<'a>(command: &Command, cluster: &'a str) -> &'a str {
    let Some(valued) = valued(command.name()) else { return cluster };
    let end = cluster.char_indices().find(|(_, letter)| takes_value(valued, command.name(), *letter));
    end.map_or(cluster, |(i, letter)| &cluster[..i + letter.len_utf8()])
}

pub(super) fn matches(
    command: &Command,
    word: &Word,
    _value: Option<&Word>,
    letter: &str,
    long: &str,
) -> bool {
    let text = word.text_lossy();
    match text.strip_prefix("--") {
        Some(given) => {
            let (name, value) = given.split_once('=').map_or((given, ""), |(name, value)| (name, value));
            !long.is_empty() && name == long && !matches!(value, "false" | "no" | "0")
        }
        None => {
            let cluster = text.strip_prefix('-').unwrap_or(text);
            (!letter.is_empty() && letters(command, cluster).contains(letter))
                || (!long.is_empty() && cluster == long)
        }
    }
}

/// The values given to a flag named as it is written.
pub(super) fn values<'a>(command: &'a Command, name: &str) -> impl Iterator<Item = (&'a str, &'a Word)> {
    let letter = name.strip_prefix('-').filter(|rest| rest.chars().count() == 1);
    let args = command.args();
    args.iter().enumerate().filter_map(move |(i, word)| {
        let text = word.text_lossy();
        let next = || args.get(i + 1).map(|next| (next.text_lossy(), next));
        if text == name {
            return next();
        }
        if let Some(value) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some((value, word));
        }
        let letter = letter?;
        let cluster = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
        let flags = letters(command, cluster);
        let at = flags.find(letter)?;
        let value = &cluster[at + letter.len()..];
        // `-ofile` holds its value; in `-xzf file` the flag is last and the value is the next word.
        if value.is_empty() { next() } else { flags.ends_with(letter).then_some((value, word)) }
    })
}
