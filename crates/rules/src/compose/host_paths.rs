//! Paths of the host that a service gets, by whichever key.

use plimsoll_compose::{MountKind, Service, Span};

use super::Stack;

/// A host path in a container.
#[derive(Clone, Debug)]
pub(crate) struct HostPath {
    /// As the file has it.
    pub(crate) written: String,
    /// Without `.`, `..` and doubled slashes; absolute, or beginning with `~`.
    pub(crate) path: String,
    /// Whether the container may only read.
    pub(crate) read_only: bool,
    /// Where the file says so.
    pub(crate) span: Span,
}

impl HostPath {
    /// Whether it is `folder` or stands below it.
    pub(crate) fn is_in(&self, folder: &str) -> bool {
        below(&self.path, folder) || self.path == folder
    }

    /// Whether it holds `file`, somewhere below it.
    pub(crate) fn contains(&self, file: &str) -> bool {
        self.path == "/" || below(file, &self.path)
    }
}

fn below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The host paths that a service mounts: binds, volumes that are a bind by another name, and the files of secrets
/// and configs, which are mounted read-only.
pub(crate) fn host_paths(stack: &Stack<'_>, service: &Service) -> Vec<HostPath> {
    let mut paths = Vec::new();
    for mount in &service.volumes {
        let Some(source) = mount.source.as_deref() else { continue };
        let bind = match mount.kind {
            MountKind::Bind => Some(source.to_owned()),
            // A variable with a default tells what it is only once the default is put in.
            MountKind::Volume => match stack.lookup.volumes.get(source) {
                Some(volume) => {
                    let option = |name: &str| {
                        let found = volume.driver_opts.iter().find(|o| o.key == name);
                        found.and_then(|o| o.value.clone()).unwrap_or_default()
                    };
                    let is_bind = option("type") == "none" || option("o").split(',').any(|o| o == "bind");
                    is_bind.then(|| option("device"))
                }
                None => (source.starts_with('$') && source.contains("}/")).then(|| source.to_owned()),
            },
            _ => None,
        };
        let Some(written) = bind else { continue };
        if let Some(path) = normal(&written) {
            paths.push(HostPath { written, path, read_only: mount.read_only, span: mount.span.clone() });
        }
    }
    let files = service.secrets.iter().map(|g| (g, &stack.lookup.secrets));
    for (grant, known) in files.chain(service.configs.iter().map(|g| (g, &stack.lookup.configs))) {
        let file = known.get(grant.source.value.as_str()).and_then(|s| s.file.as_ref());
        let Some(written) = file.map(|f| f.value.clone()) else { continue };
        if let Some(path) = normal(&written).filter(|_| written.starts_with(['/', '.', '~'])) {
            paths.push(HostPath { written, path, read_only: true, span: grant.span.clone() });
        }
    }
    paths
}

/// Folders of the root that a relative path leads to when it climbs out of wherever the project lies.
const OF_THE_ROOT: &[&str] = &["etc", "root", "proc", "sys", "boot", "var", "dev", "run"];

/// The path without detours. Of one whose beginning depends on a variable, the rest. None for a relative path within
/// the project: where that lies differs from machine to machine.
fn normal(written: &str) -> Option<String> {
    let home = written.starts_with('~');
    let text = match written.split_once("}/").filter(|_| written.starts_with("${")) {
        Some((variable, rest)) if variable.ends_with("{HOME") => format!("~/{rest}"),
        Some((_, rest)) => format!("$/{rest}"),
        None => match written.strip_prefix("$HOME/") {
            Some(rest) => format!("~/{rest}"),
            None => written.to_owned(),
        },
    };
    let mut parts: Vec<&str> = Vec::new();
    let mut climbed = 0;
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => climbed += 1,
            ".." => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if text.starts_with('/') {
        return Some(format!("/{joined}"));
    }
    if home || text.starts_with(['~', '$']) {
        return Some(joined);
    }
    if climbed >= 3 && parts.first().is_some_and(|first| OF_THE_ROOT.contains(first)) {
        return Some(format!("/{joined}"));
    }
    // A socket is one wherever it lies.
    text.starts_with('.').then(|| format!("./{joined}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_taken_out() {
        for (written, expected) in [
            ("/etc", Some("/etc")),
            ("//etc/", Some("/etc")),
            ("/var/run/../../etc/passwd", Some("/etc/passwd")),
            ("/", Some("/")),
            ("~/.ssh", Some("~/.ssh")),
            ("${HOME}/.ssh", Some("~/.ssh")),
            ("$HOME/.ssh", Some("~/.ssh")),
            ("${X}/docker.sock", Some("$/docker.sock")),
            ("../../../../etc/shadow", Some("/etc/shadow")),
            ("./etc", Some("./etc")),
        ] {
            assert_eq!(normal(written).as_deref(), expected, "{written}");
        }
    }
}
