//! Scripts of which no finding can be made, so that the linter need not run: plain words, plain commands.

use crate::command::{Command, Connector};
use crate::script::{ParsedBy, Script};

/// Commands that no check knows by name.
const PLAIN: &[&str] = &[
    "apk",
    "apt",
    "apt-cache",
    "apt-get",
    "apt-mark",
    "addgroup",
    "adduser",
    "bundle",
    "cargo",
    "chmod",
    "chown",
    "cmake",
    "composer",
    "conda",
    "corepack",
    "cp",
    "curl",
    "dnf",
    "docker-php-ext-enable",
    "docker-php-ext-install",
    "dotnet",
    "gem",
    "git",
    "go",
    "gradle",
    "groupadd",
    "java",
    "ldconfig",
    "ln",
    "make",
    "microdnf",
    "mkdir",
    "mv",
    "mvn",
    "node",
    "npm",
    "npx",
    "pecl",
    "pip",
    "pip3",
    "pnpm",
    "poetry",
    "python",
    "python3",
    "tar",
    "touch",
    "unzip",
    "update-rc.d",
    "useradd",
    "usermod",
    "uv",
    "wget",
    "yarn",
    "yum",
    "zypper",
];

/// Whether the script is made of plain commands with plain words only, joined by `&&`.
pub(super) fn is_clean(script: &Script) -> bool {
    script.parsed_by() == ParsedBy::Parser
        && script.problems.is_empty()
        && script.comments.is_empty()
        && script.text().bytes().all(is_plain_byte)
        && script.commands.iter().all(is_plain_command)
}

fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" \t&-_./:=@+,%".contains(&byte)
}

fn is_plain_command(command: &Command) -> bool {
    let name = command.words.first().and_then(|word| word.text()).unwrap_or("");
    PLAIN.contains(&name)
        && matches!(command.connector, Connector::Start | Connector::And)
        && command.assignments.is_empty()
        && command.context.depth == 0
        && !command.context.background
        && !(name == "mkdir" && command.has_flag("m", "mode"))
}
