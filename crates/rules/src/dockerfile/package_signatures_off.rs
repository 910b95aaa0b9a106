use plimsoll_shell::{Command, Word};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct PackageSignaturesOff;

impl DockerfileRule for PackageSignaturesOff {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps() {
            let Some((word, codes)) = switched_off(step.command) else { continue };
            let what = shown(word);
            let message = match step.command.is_any(&["echo", "printf"]) {
                true => format!("`{what}` in a configuration lets packages in that nobody has signed"),
                false => {
                    format!(
                        "`{what}` makes `{}` install packages that nobody has signed",
                        step.command.name()
                    )
                }
            };
            let draft = report.flag(step.run.span(word.span), message);
            draft
                .help("add the repository's key, and let the package manager check its packages")
                .also("CIS-DI-0011");
            for code in codes {
                draft.also(code);
            }
            // A setting may have others beside it; and some packages come from a file that nobody signs.
            let local =
                step.command.args().iter().any(|w| LOCAL.iter().any(|end| w.text_lossy().ends_with(end)));
            if FLAGS.iter().any(|(_, flags, _)| flags.contains(&word.text_lossy())) && !local {
                draft.mend(build.without_word(&step, word), false);
            }
        }
    }
}

fn shown(word: &Word) -> &str {
    let text = word.text_lossy();
    let line = text
        .lines()
        .flat_map(|line| line.split("\\n"))
        .find(|l| l.contains("trusted") || l.contains("gpgcheck") || l.contains("SigLevel"))
        .unwrap_or(text);
    line.trim()
}

/// Packages that stand in a file.
const LOCAL: &[&str] = &[".apk", ".deb", ".rpm"];

/// Flags by program, and what Checkov calls them.
const FLAGS: &[(&[&str], &[&str], &[&str])] = &[
    (&["apk"], &["--allow-untrusted"], &["CKV2_DOCKER_7"]),
    (&["apt-get", "apt", "aptitude"], &["--allow-unauthenticated"], &["CKV2_DOCKER_8"]),
    (&["apt-get", "apt", "aptitude"], &["--force-yes"], &["CKV2_DOCKER_11"]),
    (&["apt-get", "apt", "aptitude"], &["--allow-insecure-repositories"], &[]),
    (
        &["yum", "dnf", "dnf5", "tdnf", "microdnf", "yumdownloader"],
        &["--nogpgcheck", "--no-gpgchecks"],
        &["CKV2_DOCKER_9"],
    ),
    (&["rpm"], &["--nodigest", "--nosignature", "--noverify"], &["CKV2_DOCKER_10"]),
    (&["zypper"], &["--no-gpg-checks"], &[]),
    (&["dpkg"], &["--force-bad-verify"], &[]),
];

/// The word that lets unsigned packages in, and the codes of Checkov that mean it; None where the command has none.
pub(crate) fn switched_off(command: &Command) -> Option<(&Word, &'static [&'static str])> {
    for (programs, flags, codes) in FLAGS {
        if command.is_any(programs)
            && let Some(word) = command.args().iter().find(|w| flags.contains(&w.text_lossy()))
        {
            return Some((word, codes));
        }
    }
    let switches_off: fn(&str) -> bool = match command.name() {
        "yum" | "dnf" | "dnf5" | "tdnf" | "microdnf" | "yum-config-manager" => {
            |text| text.ends_with("gpgcheck=0") || text.ends_with("gpgcheck=false")
        }
        "apt-get" | "apt" => |text| {
            ["apt::get::allowunauthenticated=true", "acquire::allowinsecurerepositories=true"]
                .iter()
                .any(|setting| text.contains(setting))
        },
        // Lines for the files of repositories. One that the build itself has made is as good as the build.
        "echo" | "printf" => |text| {
            text.contains("[trusted=yes") && !text.contains("file:")
                || text.lines().any(|l| matches!(l, "gpgcheck=0" | "gpgcheck=false"))
                || text.contains("\\ngpgcheck=0")
                || text.contains("siglevel=never")
        },
        _ => return None,
    };
    let squeezed = |word: &Word| -> String {
        word.text_lossy().to_ascii_lowercase().chars().filter(|c| *c != ' ').collect()
    };
    command.args().iter().find(|word| switches_off(&squeezed(word))).map(|word| (word, &[][..]))
}

#[cfg(test)]
mod tests {
    use plimsoll_shell::{Dialect, Script};

    use super::*;

    #[test]
    fn only_the_setting_is_shown() {
        let script = Script::parse("echo -e \"[x]\\nname=x\\ngpgcheck=0\" > x.repo", Dialect::Sh);
        let word = script.commands.first().and_then(switched_off).map(|(word, _)| shown(word));
        assert_eq!(word, Some("gpgcheck=0"));
    }
}
