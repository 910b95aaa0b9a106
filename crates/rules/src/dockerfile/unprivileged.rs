//! The edit that takes root from a container: a user that the image has or that is made, and the USER that switches to it.

use plimsoll_dockerfile::{Body, Kind};
use plimsoll_shell::Command;

use super::bases::{Family, is_plain};
use super::edits::Replacement;
use super::servers::server;
use super::steps::Step;
use super::{Build, ImageRef, Purpose, Stage, users};
use crate::own_users::own_user;

/// Programs that only root can start, or that change to a user of their own.
const NEEDS_ROOT: &[&str] = &[
    "apache2",
    "apache2ctl",
    "apachectl",
    "chroot",
    "cron",
    "crond",
    "containerd",
    "dockerd",
    "dockerd-entrypoint.sh",
    "gosu",
    "haproxy",
    "httpd",
    "httpd-foreground",
    "init",
    "iptables",
    "mount",
    "nginx",
    "openvpn",
    "runsvdir",
    "runuser",
    "s6-svscan",
    "service",
    "setpriv",
    "sshd",
    "su",
    "su-exec",
    "sudo",
    "supervisord",
    "systemctl",
    "systemd",
    "wg-quick",
];

/// The edit by which the final stage ends as a user that is not root. None where it is not known that what the container
/// starts can do without root, or how the base makes users.
pub(super) fn drop_root<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<Replacement> {
    if build.tree.instructions.iter().any(|i| i.kind == Kind::Onbuild) {
        return None;
    }
    let lines = lines(build, stage)?;
    build.lines_at_end(stage, &lines)
}

fn lines<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<Vec<String>> {
    let has_volume = build.lineage(stage).any(|s| build.has_own(s, Kind::Volume));
    // A user that was in force before root was taken back.
    if let Some(user) = user_before(build, stage) {
        return runs_without_root(build, stage).then(|| vec![format!("USER {user}")]);
    }
    let official = build.official_base(stage).map(|(_, name)| name);
    // PHP's images are made to run as the user of the web server, too.
    if official.as_deref() == Some("php") && serves_php(build, stage) {
        return Some(vec!["USER www-data".to_owned()]);
    }
    // What runs on Node.js is the project's own: see below.
    if let Some(user) = official.as_deref().filter(|name| *name != "node").and_then(own_user)
        && starts_as_its_base(build, stage)
        && writes_nothing_of_its_own(build, stage)
    {
        return Some(vec![format!("USER {user}")]);
    }
    if has_volume || build.is_toolbox() || !is_service(build) || !runs_without_root(build, stage) {
        return None;
    }
    if let Some(user) = made_user(build, stage) {
        return Some(vec![format!("USER {user}")]);
    }
    if official.as_deref().is_some_and(|name| !is_plain(name)) {
        return None;
    }
    let image = build.base_image(stage);
    if image.is_some_and(is_dotnet) {
        return has_app_uid(image?).then(|| vec!["USER $APP_UID".to_owned()]);
    }
    let family = build.family(stage)?;
    if matches!(family, Family::Debian | Family::Alpine) && official.as_deref() == Some("node") {
        return Some(vec!["USER node".to_owned()]);
    }
    Some(of_family(family))
}

fn is_dotnet(image: &ImageRef) -> bool {
    image.registry() == "mcr.microsoft.com" && image.repository().starts_with("dotnet/")
}

/// Whether it is an image of .NET that has a user, whose number is in a variable: from version 8 on.
fn has_app_uid(image: &ImageRef) -> bool {
    let version = image.tag().and_then(|tag| tag.split(['.', '-']).next()?.parse::<u32>().ok());
    is_dotnet(image) && version.is_some_and(|version| version >= 8)
}

/// The lines that switch to a user on a family's images, which make it where they have a program for that.
fn of_family(family: Family) -> Vec<String> {
    let lines: &[&str] = match family {
        Family::Debian | Family::Rpm => &["RUN useradd --uid 10001 --create-home app", "USER 10001"],
        Family::Alpine => &["RUN adduser -D -u 10001 app", "USER 10001"],
        Family::Busybox | Family::Scratch => &["USER 10001"],
        Family::Distroless => &["USER nonroot"],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// How the final stage ends as a user that is not root, in words: what [`drop_root`] writes, or else what is usual on its base.
pub(super) fn how<'s>(build: &Build<'s>, stage: &Stage<'s>) -> String {
    let lines = lines(build, stage);
    let official = build.official_base(stage).map(|(_, name)| name);
    if lines.is_none() && official.as_deref() == Some("nginx") {
        return "build on `nginxinc/nginx-unprivileged`, which runs as `nginx` and listens on port 8080"
            .into();
    }
    let lines = lines.unwrap_or_else(|| usual_lines(build, stage));
    match lines.as_slice() {
        [make, user] => format!("add `{make}` and, after the last step that needs root, `{user}`"),
        lines if build.family(stage) == Some(Family::Distroless) => {
            format!("write `{}`, or take the image with the tag `nonroot`", lines.join(" "))
        }
        lines => format!("write `{}` after the last step that needs root", lines.join(" ")),
    }
}

fn usual_lines<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Vec<String> {
    let official = build.official_base(stage).map(|(_, name)| name);
    let own = made_user(build, stage).or_else(|| {
        let of_image = official.as_deref().and_then(own_user).map(str::to_owned);
        let of_dotnet = || build.base_image(stage).is_some_and(has_app_uid).then(|| "$APP_UID".to_owned());
        of_image.or_else(of_dotnet)
    });
    match (own, build.family(stage)) {
        (Some(user), _) => vec![format!("USER {user}")],
        (None, Some(family)) => of_family(family),
        // A number needs no account, and no program that makes one.
        (None, None) => vec!["USER 10001".to_owned()],
    }
}

/// Whether the image holds something of the project, or serves: a tool out of a package works on its caller's files, who may
/// be anybody.
fn is_service(build: &Build<'_>) -> bool {
    build.shipped().any(|s| build.copies(s).next().is_some() || build.has_own(s, Kind::Expose))
}

/// The last USER of the stage that is not root, where a later one is.
fn user_before<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<String> {
    let users = build.own_of(stage, Kind::User).filter_map(|i| match &i.body {
        Body::User(user) => Some(user.as_str().to_owned()),
        _ => None,
    });
    users.filter(|user| !users::is_root(user) && !user.is_empty() && !user.contains('$')).last()
}

/// A user that a RUN of the stage makes for the application: by its number where it has one.
fn made_user<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<String> {
    let mut made =
        build.lineage(stage).flat_map(|s| build.runs_of(s)).flat_map(|run| build.steps_of(run)).filter_map(
            |step| {
                let name = new_user(&step)?;
                let certain = step.command.context.is_unconditional() && step.command.context.depth == 0;
                certain.then(|| number_of(step.command).unwrap_or(name).to_owned())
            },
        );
    let only = made.next()?;
    made.next().is_none().then_some(only)
}

/// The number that a command gives the user it makes.
pub(super) fn number_of(command: &Command) -> Option<&str> {
    let number = command.flag_value("-u").or_else(|| command.flag_value("--uid"))?;
    (!users::is_root(number) && users::is_numeric(number)).then_some(number)
}

/// The user that a command makes, where it is written out.
pub(super) fn new_user<'b>(step: &Step<'b>) -> Option<&'b str> {
    let command = step.command;
    let name = match command.name() {
        "useradd" => command.args_without_flags().last()?,
        // `adduser USER GROUP` puts a user into a group.
        "adduser" => {
            let mut words = command.args_without_flags();
            let name = words.next()?;
            if words.next().is_some() {
                return None;
            }
            name
        }
        _ => return None,
    };
    let text = name.text()?;
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)))
        .then_some(text)
}

/// Whether the container starts one known program, directly, that needs no root.
pub(super) fn runs_without_root<'s>(build: &Build<'s>, stage: &Stage<'s>) -> bool {
    let Some(start) = build.start(stage) else { return false };
    let [program] = start.programs.as_slice() else { return false };
    let scripts = build.runs().iter().filter(|r| matches!(r.purpose, Purpose::Cmd | Purpose::Entrypoint));
    let needs = |name: &str| NEEDS_ROOT.contains(&name);
    let mut words =
        scripts.flat_map(|r| r.script.commands.iter()).flat_map(|c| std::iter::once(c).chain(c.effective()));
    let name = program.name();
    let is_script = [".sh", ".bash"].iter().any(|end| name.ends_with(end)) || name.contains("entrypoint");
    // What lies there is for root to run.
    let path = program.word(0);
    let is_server =
        server(build, stage, start.instruction, program).is_some_and(|s| s.port.is_none_or(|p| p >= 1024));
    if path.starts_with("/usr/sbin/") || path.starts_with("/sbin/") || !is_server && serves_below_1024(build)
    {
        return false;
    }
    let by_entrypoint =
        start.by_script || is_script || name.is_empty() || name.contains('$') || name.contains('%');
    !by_entrypoint && !needs(name) && !words.any(|c| needs(c.name())) && !build.is_windows(stage)
}

/// Whether a port is exposed that only root may take on old hosts, but for those of the web, which most now let everybody take.
fn serves_below_1024(build: &Build<'_>) -> bool {
    build.shipped().flat_map(|s| build.own_of(s, Kind::Expose)).any(|i| match &i.body {
        Body::Expose(ports) => ports
            .iter()
            .filter_map(|p| p.parsed)
            .any(|range| range.start < 1024 && !matches!(range.start, 80 | 443)),
        _ => false,
    })
}

/// Whether the stage leaves ENTRYPOINT and CMD to its base, or starts the base's own server.
fn starts_as_its_base<'s>(build: &Build<'s>, stage: &Stage<'s>) -> bool {
    build.lineage(stage).all(|s| !build.has_own(s, Kind::Entrypoint) && !build.has_own(s, Kind::Cmd))
}

/// Whether PHP's own web server or process manager is started, in an image that is nothing but that.
fn serves_php<'s>(build: &Build<'s>, stage: &Stage<'s>) -> bool {
    let tag = build.base_image(stage).and_then(|i| i.tag()).unwrap_or("");
    let its_own = (tag.contains("apache") || tag.contains("fpm")) && starts_as_its_base(build, stage);
    let start = build.start(stage).filter(|s| s.programs.len() == 1 && !s.by_script);
    let named = start
        .is_some_and(|s| s.programs.iter().all(|p| matches!(p.name(), "apache2-foreground" | "php-fpm")));
    (its_own || named) && build.lineage(stage).all(|s| !build.has_own(s, Kind::Volume))
}

/// Whether nothing is done to the image's own files: no RUN, which may leave some that only root can read.
fn writes_nothing_of_its_own<'s>(build: &Build<'s>, stage: &Stage<'s>) -> bool {
    build.lineage(stage).all(|s| !build.has_own(s, Kind::Run) && !build.has_own(s, Kind::Volume))
}
