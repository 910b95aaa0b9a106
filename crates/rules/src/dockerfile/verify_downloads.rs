use plimsoll_shell::Command;

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, Run};

pub(crate) struct VerifyDownloads;

/// Programs that compare a file with a digest or a signature.
const CHECKERS: &[&str] = &[
    "sha256sum",
    "sha512sum",
    "sha384sum",
    "sha224sum",
    "sha1sum",
    "md5sum",
    "b2sum",
    "shasum",
    "gpg",
    "gpg2",
    "gpgv",
    "cosign",
    "minisign",
    "signify",
    "openssl",
    "rpm",
    "cksum",
    "digest",
    "slsa-verifier",
];

/// What marks a file as a program or an archive.
const PROGRAMS: &[&str] = &[
    ".tar.gz",
    ".tgz",
    ".tar.xz",
    ".tar.bz2",
    ".tar.zst",
    ".txz",
    ".zip",
    ".deb",
    ".rpm",
    ".apk",
    ".sh",
    ".jar",
    ".whl",
    ".run",
    ".bin",
    ".AppImage",
    ".phar",
];

impl DockerfileRule for VerifyDownloads {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            if checks_digests(build, run) {
                continue;
            }
            let fetched = build.steps_of(run).find_map(|s| Some((s, program_address(s.command)?)));
            let Some((step, address)) = fetched else { continue };
            if is_piped_into_shell(run, &step) {
                continue;
            }
            let file = address.rsplit('/').next().unwrap_or(address);
            report
                .flag(step.whole(), format!("`{file}` is downloaded and used without a look at its digest, so whoever changes it on the server is in the image"))
                .help(format!("compare it first: `echo \"<sha256>  {file}\" | sha256sum --check`, or `ADD --checksum=sha256:... {address} /`"));
        }
    }
}

/// Whether a command of the script compares a file with a digest or a signature.
pub(super) fn checks_digests(build: &Build<'_>, run: &Run) -> bool {
    build.steps_of(run).any(|s| s.command.is_any(CHECKERS))
}

/// The address of a program or archive that curl or wget fetches.
pub(super) fn program_address(command: &Command) -> Option<&str> {
    if !command.is_any(&["curl", "wget"]) {
        return None;
    }
    let address = command
        .args()
        .iter()
        .map(|w| w.text_lossy())
        .find(|t| t.starts_with("http://") || t.starts_with("https://"))?;
    let path = address.split(['?', '#']).next().unwrap_or(address);
    PROGRAMS.iter().any(|ending| path.ends_with(ending)).then_some(address)
}

fn is_piped_into_shell(run: &Run, step: &Step<'_>) -> bool {
    step.command.pipes_into()
        && run.script.commands.iter().any(|c| {
            c.is_piped_from()
                && c.pipeline.map(|p| p.pipeline) == step.command.pipeline.map(|p| p.pipeline)
                && c.effective().any(|c| c.is_any(&["sh", "bash", "ash", "dash"]))
        })
}
