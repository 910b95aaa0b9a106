use super::edits::{Edits, New};
use super::host_paths::{HostPath, host_paths};
use super::needs::without_host_access;
use super::{ComposeRule, Reporter, Stack};
use crate::Severity;

pub(crate) struct SensitiveMount;

/// Writing below these is root on the host; reading them shows its secrets.
const ROOT_EQUIVALENT: &[&str] =
    &["/etc", "/root", "/boot", "/var/lib/docker", "/var/lib/containerd", "/proc"];
/// What root runs and loads: everybody may read it.
const PROGRAMS: &[&str] = &[
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/bin",
    "/sbin",
    "/lib/modules",
    "/usr/lib/modules",
];
/// Folders that hold one of those above, and much else that is harmless.
const HOLDERS: &[&str] = &["/usr", "/usr/lib", "/lib", "/lib64"];
/// Beginnings of what in /etc gives root away when it is written, or secrets when it is read. The rest are settings of
/// single programs.
const ETC: &[&str] = &[
    "apt",
    "bash",
    "cron",
    "containerd",
    "docker",
    "fstab",
    "group",
    "gshadow",
    "init",
    "kubernetes",
    "ld.so",
    "logrotate",
    "pam",
    "passwd",
    "polkit",
    "profile",
    "rancher",
    "rc",
    "security",
    "shadow",
    "ssh",
    "sudo",
    "systemd",
    "udev",
    "yum",
];
const CREDENTIALS: &[&str] = &[".ssh", ".docker", ".aws", ".kube", ".gnupg"];
const INERT_DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];
impl ComposeRule for SensitiveMount {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for path in host_paths(stack, service) {
                let Some(fault) = fault(&path) else { continue };
                let why = match fault {
                    Fault::Takeover => "writing there is root on the host",
                    Fault::Disclosure => "what lies there tells an intruder the host's secrets",
                    Fault::Clock => "it could change the host's time zone",
                    Fault::Settings => "settings of the host are for its own programs",
                    Fault::Runtime => "it lays open what the host's kernel and services use among themselves",
                };
                let draft = report.flag_compose(
                    &path.span,
                    format!("`{}` mounts `{}` of the host: {why}", service.name, path.written),
                );
                draft.severity(match fault {
                    Fault::Takeover => Severity::Error,
                    Fault::Disclosure | Fault::Clock => Severity::Warning,
                    Fault::Settings => Severity::Info,
                    Fault::Runtime if path.read_only => Severity::Info,
                    Fault::Runtime => Severity::Warning,
                });
                draft.help(match fault {
                    Fault::Takeover | Fault::Clock if !path.read_only => {
                        "mount only the file that is needed, with `:ro`, or copy it into the image"
                    }
                    _ => "mount only the file that is needed",
                });
                let takeover = matches!(fault, Fault::Takeover | Fault::Settings) && !path.read_only;
                draft.also(if takeover { "CL-0025" } else { "CL-0013" });
                let edits = match fault {
                    Fault::Clock => read_only(stack, &path),
                    _ => without_host_access(stack, service, &path.span),
                };
                draft.mend_project(stack, edits, matches!(fault, Fault::Clock));
            }
        }
    }
}

/// The mount made one that can only be read.
fn read_only(stack: &Stack<'_>, path: &HostPath) -> Option<Edits> {
    let written = stack.project.text(&path.span)?;
    let bare = written.trim_matches(['"', '\'']);
    match bare.matches(':').count() {
        _ if written.contains('\n') || written.starts_with('{') => {
            stack.put_in_item(&path.span, &["read_only"], &New::text("true"))
        }
        1 => stack.requoted(&path.span, &format!("{bare}:ro")),
        _ => stack.reworded(&path.span, ":rw", ":ro"),
    }
}

#[derive(Clone, Copy)]
enum Fault {
    Takeover,
    Disclosure,
    Clock,
    /// What a single program of the host is set to.
    Settings,
    Runtime,
}

fn fault(path: &HostPath) -> Option<Fault> {
    let is = |one: &str| path.path == one;
    if super::host_socket::is_socket(path) {
        return None;
    }
    if is("/etc/localtime") || is("/etc/timezone") {
        return (!path.read_only).then_some(Fault::Clock);
    }
    if ROOT_EQUIVALENT.iter().any(|folder| path.is_in(folder)) || is("/var/lib") {
        let runtime = path.read_only && path.is_in("/proc");
        if path
            .path
            .strip_prefix("/etc/")
            .is_some_and(|rest| !ETC.iter().any(|begin| rest.starts_with(begin)))
        {
            return Some(Fault::Settings);
        }
        return Some(match path.read_only {
            true if runtime => Fault::Runtime,
            true => Fault::Disclosure,
            false => Fault::Takeover,
        });
    }
    if PROGRAMS.iter().any(|folder| path.is_in(folder)) || HOLDERS.contains(&path.path.as_str()) {
        return (!path.read_only).then_some(Fault::Takeover);
    }
    if is_home(&path.path) {
        return Some(Fault::Disclosure);
    }
    let device = path.is_in("/dev") && !INERT_DEVICES.contains(&path.path.as_str());
    let runtime = path.is_in("/run") || path.is_in("/var/run");
    (path.is_in("/sys") || device || runtime).then_some(Fault::Runtime)
}

/// Whether the path is somebody's whole home, or a folder of credentials in it.
fn is_home(path: &str) -> bool {
    let inside = match path.strip_prefix("/home") {
        Some("") => return true,
        Some(rest) => match rest.strip_prefix('/').map(|r| r.split_once('/')) {
            Some(None) => return true,
            Some(Some((_, inside))) => inside,
            None => return false,
        },
        None if path == "~" => return true,
        None => match path.strip_prefix("~/") {
            Some(inside) => inside,
            None => return false,
        },
    };
    let first = inside.split('/').next().unwrap_or("");
    CREDENTIALS.contains(&first)
}
