use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SystemWorkdir;

/// Folders that belong to the kernel or the boot loader.
const KERNEL: &[&str] = &["/proc", "/sys", "/dev", "/boot"];
/// Folders that belong to the distribution.
const SYSTEM: &[&str] =
    &["/", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib"];

impl DockerfileRule for SystemWorkdir {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Workdir(written) = &instruction.body else { continue };
            let unquoted = build.unquoted(written);
            let path = match unquoted.trim_end_matches('/') {
                "" if !unquoted.is_empty() => "/",
                path => path,
            };
            let kernel =
                KERNEL.iter().any(|k| path == *k || path.strip_prefix(k).is_some_and(|r| r.starts_with('/')));
            if !kernel && !SYSTEM.contains(&path) || path == "/" {
                continue;
            }
            let trivy = ["/boot/", "/dev/", "/proc/"].iter().any(|k| unquoted.starts_with(k));
            report
                .flag(written.span, format!("WORKDIR `{path}` is the system's own folder: what the application writes there overwrites or loses files"))
                .help("give the application a folder of its own, such as `/srv/app`")
                .also_if(trivy, "DS-0030");
        }
    }
}
