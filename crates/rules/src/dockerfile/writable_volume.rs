use plimsoll_dockerfile::Body;

use super::bases::Family;
use super::edits::Replacement;
use super::unprivileged::new_user;
use super::{Build, DockerfileRule, Reporter, Stage, User, users};

pub(crate) struct WritableVolume;

/// Images that make no folders for data: what the file itself does not make there is made by Docker, for root.
const BARE: &[&str] = &[
    "alpine",
    "amazoncorretto",
    "busybox",
    "debian",
    "eclipse-temurin",
    "golang",
    "node",
    "php",
    "python",
    "ruby",
    "rust",
    "ubuntu",
];

/// What gives a folder another owner or mode, or makes it for a user.
const GIVERS: &[&str] = &["chown", "chmod", "chgrp", "setfacl", "install", "useradd", "adduser", "usermod"];

impl DockerfileRule for WritableVolume {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(last) = build.final_stage().filter(|s| !build.is_windows(s)) else { return };
        let Some(user) = build.user(last).filter(|u| !u.name.is_empty() && !users::is_root(&u.name)) else {
            return;
        };
        for stage in build.shipped() {
            for (at, instruction) in build.instructions(stage) {
                let Body::Volume(volume) = &instruction.body else { continue };
                for path in &volume.paths {
                    let Some(folder) = build.expand_at(at, path) else { continue };
                    let folder = folder.trim_matches('"').trim_end_matches('/');
                    if !folder.starts_with('/')
                        || folder.starts_with("/tmp")
                        || !is_roots(build, last, folder)
                    {
                        continue;
                    }
                    report
                        .flag(
                            path.span,
                            format!("`{folder}` belongs to root, and the container runs as `{}`: what it stores there fails with `permission denied`", user.name),
                        )
                        .help(format!("make it for that user before USER: `RUN install -d -o {} {folder}`", owner(&user.name)))
                        .mend(given(build, last, &user, at, folder), false);
                }
            }
        }
    }
}

/// The folder made for the user, above VOLUME and USER: what is done to a volume later is lost in some builders.
fn given<'s>(
    build: &Build<'s>,
    last: &Stage<'s>,
    user: &User,
    volume: usize,
    folder: &str,
) -> Option<Replacement> {
    let owner = owner(&user.name);
    let at = volume.min(user.instruction);
    let stage = build.stages().iter().find(|s| s.instructions.contains(&at))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    let has_tools =
        matches!(build.family(last), Some(Family::Debian | Family::Alpine | Family::Rpm | Family::Busybox));
    // A name must be there by then; a number need not.
    let made = || {
        let steps = build.lineage(stage).flat_map(|s| build.runs_of(s)).flat_map(|run| build.steps_of(run));
        steps.into_iter().any(|step| step.run.instruction < at && new_user(&step) == Some(owner))
    };
    let known = users::is_numeric(owner) || made();
    let by_root = build.is_run_by_root(at);
    (build.is_short() && known && by_root && has_tools && folder.chars().all(plain)).then(|| {
        build.line_above(&build.tree.instructions[at], &format!("RUN install -d -o {owner} {folder}"))
    })
}

fn owner(user: &str) -> &str {
    user.split(':').next().unwrap_or(user)
}

/// Whether it is certain that the folder is root's: root makes it here, or nobody before Docker does.
fn is_roots(build: &Build<'_>, last: &Stage<'_>, folder: &str) -> bool {
    let concerns = |path: &str| {
        let path = path.trim_end_matches(['/', '*', '.']).trim_end_matches('/');
        let holds = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        path.is_empty() || path.contains('$') || holds(path, folder) || holds(folder, path)
    };
    let mut made_by_root = false;
    for stage in build.shipped() {
        for copy in build.copies(stage) {
            let given = copy.files.chown.is_some() || copy.files.chmod.is_some() || copy.files.from.is_some();
            if given && copy.files.destination.as_ref().is_none_or(|d| !d.starts_with('/') || concerns(d)) {
                return false;
            }
        }
        for run in build.runs_of(stage) {
            let by_root = build.unprivileged_user_at(run.instruction).is_none();
            for command in run.script.effective_commands() {
                let names_it = || {
                    command.args().iter().any(|w| w.text_lossy().contains('/') && concerns(w.text_lossy()))
                };
                if GIVERS.contains(&command.name())
                    && (names_it() || command.args().iter().any(|w| w.has_expansion))
                {
                    return false;
                }
                // A script of the project may do anything.
                if command.name_word().is_some_and(|w| w.has_expansion || w.text_lossy().contains('/')) {
                    return false;
                }
                if command.is("mkdir") && names_it() {
                    match by_root {
                        true => made_by_root = true,
                        false => return false,
                    }
                }
            }
        }
    }
    let workdir = || {
        build
            .shipped()
            .any(|s| build.instructions(s).any(|(_, i)| matches!(&i.body, Body::Workdir(w) if concerns(w))))
    };
    let bare = || {
        build
            .lineage(last)
            .last()
            .and_then(|s| build.base_image_of(s))
            .and_then(|i| i.official_mirrored())
            .is_some_and(|name| BARE.contains(&name.as_str()))
    };
    made_by_root || (bare() && !workdir() && !is_of_the_system(folder))
}

/// Folders that base images have, with owners of their own.
fn is_of_the_system(folder: &str) -> bool {
    ["/home", "/root", "/var", "/etc", "/usr", "/run", "/dev", "/opt", "/srv"]
        .iter()
        .any(|own| folder.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}
