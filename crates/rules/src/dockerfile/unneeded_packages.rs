use super::kept::kept_packages;
use super::{Build, DockerfileRule, Reporter};
use crate::data::unneeded_package;

pub(crate) struct UnneededPackages;

impl DockerfileRule for UnneededPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        if build.is_toolbox() {
            return;
        }
        for kept in kept_packages(build) {
            for package in &kept.packages {
                let Some(what) = unneeded_package(&package.name) else { continue };
                // `no-sudo` says it.
                if package.name == "sudo" || is_the_service(build, &package.name) {
                    continue;
                }
                let draft = report.flag(
                    kept.run.span(package.span),
                    format!(
                        "`{}` is {what}, which a running container has no use for and an intruder has",
                        package.name
                    ),
                );
                draft
                    .help("leave it out; to look into a running container use `docker debug` or `kubectl debug`")
                    .also("CIS-DI-0003");
                if build.is_short() && !is_called(build, &package.name) {
                    draft
                        .mend(build.without_packages(kept.run, &[package.span]).into_iter().flatten(), false);
                }
            }
        }
    }
}

/// Whether anything in the file calls the package's program, or one named like it.
fn is_called(build: &Build<'_>, package: &str) -> bool {
    let stem = package.split(['-', '.']).next().unwrap_or(package);
    build.runs().iter().any(|run| {
        run.script.is_opaque()
            || run.script.effective_commands().any(|c| {
                let name = c.name();
                !name.is_empty() && (name.starts_with(stem) || stem.starts_with(name) && name.len() > 2)
            })
    })
}

/// Whether the container starts what the package brings: an SSH server's image needs its server.
fn is_the_service(build: &Build<'_>, package: &str) -> bool {
    let programs: &[&str] = match package {
        "openssh-server" | "openssh" => &["sshd"],
        "dropbear" => &["dropbear"],
        "xinetd" => &["xinetd"],
        "busybox-extras" => &["httpd", "telnetd", "ftpd"],
        other => &[other],
    };
    build
        .runs()
        .iter()
        .filter(|r| r.purpose != super::Purpose::Run)
        .any(|r| programs.iter().any(|p| r.script.text().contains(p)))
        || (programs == ["sshd"] && mentions_sshd(build))
}

/// An image whose RUNs set sshd up means to run it, whichever script starts it.
fn mentions_sshd(build: &Build<'_>) -> bool {
    let sets_up =
        |r: &super::Run| r.script.text().contains("sshd_config") || r.script.text().contains("/run/sshd");
    build.runs().iter().any(sets_up)
}
