use plimsoll_dockerfile::{Kind, Span};

use super::steps::Step;
use super::unprivileged::{new_user, number_of, runs_without_root};
use super::{Build, DockerfileRule, Reporter, Stage};

pub(crate) struct UnusedUser;

/// Commands that make users and groups: a name among their words is not a use of it.
const MAKERS: &[&str] = &["useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod", "passwd"];

/// Every name is looked for in the whole file; a file with more than this makes no users for itself.
const MOST: usize = 64;

impl DockerfileRule for UnusedUser {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let makers: Vec<Span> =
            build.steps().filter(|s| s.command.is_any(MAKERS)).map(|s| s.whole()).collect();
        // Who works in it, or builds on it, chooses the user.
        if makers.len() > MOST || build.is_toolbox() {
            return;
        }
        for step in build.steps() {
            let Some(stage) = build.stage(step.run.stage).filter(|s| build.is_shipped(s)) else { continue };
            let Some(name) = new_user(&step) else { continue };
            let numbers: Vec<&str> =
                ["-u", "--uid"].into_iter().filter_map(|f| step.command.flag_value(f)).collect();
            let used = |word: &str| is_mentioned(build.source.text(), word, &makers);
            if used(name) || numbers.iter().any(|n| used(n)) {
                continue;
            }
            if is_of_service(build, stage, &step, name) {
                continue;
            }
            let draft = report.flag(
                step.whole(),
                format!(
                    "`{name}` is made and never used: {} still runs as whom it ran before",
                    stage.label()
                ),
            );
            draft.help(format!(
                "switch to it at the end of the stage: `USER {name}`, better by a fixed number"
            ));
            // A second user of the same stage would take the first one's place.
            let alone = build.own_of(stage, Kind::User).next().is_none();
            if stage.is_final && alone && runs_without_root(build, stage) {
                let user = number_of(step.command).unwrap_or(name);
                draft.mend(build.lines_at_end(stage, &[format!("USER {user}")]), false);
            }
        }
    }
}

/// Accounts that servers change to by themselves, by the names that their packages give them.
const SERVICES: &[&str] = &[
    "apache",
    "asterisk",
    "avahi",
    "bind",
    "chrony",
    "clamav",
    "couchdb",
    "dbus",
    "dnsmasq",
    "dovecot",
    "ftp",
    "git",
    "haproxy",
    "httpd",
    "jenkins",
    "ldap",
    "memcache",
    "messagebus",
    "mongodb",
    "munge",
    "mysql",
    "nagios",
    "named",
    "nginx",
    "ntp",
    "openvpn",
    "polkitd",
    "postfix",
    "postgres",
    "proftpd",
    "pulse",
    "rabbitmq",
    "redis",
    "rpc",
    "rtkit",
    "samba",
    "slurm",
    "smb",
    "squid",
    "sshd",
    "syslog",
    "tomcat",
    "tor",
    "unbound",
    "varnish",
    "vmail",
    "vsftpd",
    "www-data",
    "zabbix",
];

/// Whether the account is a server's, which changes to it by itself: by its name, or as an account that nobody can log in to
/// and that says so, or in an image whose start is a script or a supervisor.
fn is_of_service<'s>(build: &Build<'s>, stage: &Stage<'s>, step: &Step<'_>, name: &str) -> bool {
    let command = step.command;
    let value =
        |flags: &[&str]| flags.iter().find_map(|f| command.flag_value(f)).unwrap_or("").to_ascii_lowercase();
    let comment: &[&str] =
        if command.is("adduser") { &["-g", "--gecos", "--comment"] } else { &["-c", "--comment"] };
    let says_so = value(comment);
    if says_so.contains("service") || says_so.contains("daemon") || says_so.contains("server") {
        return true;
    }
    if SERVICES.iter().any(|service| name.starts_with(service)) || is_installed(build, name) {
        return true;
    }
    let shell = value(&["-s", "--shell"]);
    let no_login = shell.ends_with("nologin") || shell.ends_with("/false");
    let system =
        command.has_any_flag(&["-r", "--system"]) || command.is("adduser") && command.has_any_flag(&["-S"]);
    let unseen = build.start(stage).is_none_or(|start| {
        start.by_script
            || start
                .programs
                .iter()
                .any(|p| matches!(p.name(), "supervisord" | "init" | "systemd" | "s6-svscan" | "runsvdir"))
    });
    unseen && (no_login || system)
}

/// Whether a package of that name is installed: the account is its server's.
fn is_installed(build: &Build<'_>, name: &str) -> bool {
    let names =
        |package: &str| package.len() > 2 && (package == name || package.starts_with(&format!("{name}-")));
    build
        .installs()
        .any(|(_, install)| install.manager.is_system() && install.packages.iter().any(|p| names(&p.name)))
}

/// Whether a word stands in the text outside these places and outside comments.
fn is_mentioned(text: &str, word: &str, except: &[Span]) -> bool {
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let alone = !part_of_word(text[..at].chars().next_back())
            && !part_of_word(text[at + word.len()..].chars().next());
        let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
        let comment = text[line..at].trim_start().starts_with('#');
        let inside = except.iter().any(|s| (s.start as usize..s.end as usize).contains(&at));
        alone && !comment && !inside
    })
}
