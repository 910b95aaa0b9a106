use plimsoll_compose::{Mount, MountKind, Service};

use super::data_places as places;
use super::databases::{Database, database};
use super::volumes::{data_volume, declared, mounted};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct DatabaseWithoutVolume;

impl ComposeRule for DatabaseWithoutVolume {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(kind) = database(service) else { continue };
            // A built image may keep its data elsewhere, and one that shares volumes may have them there.
            let elsewhere = service.build.is_some() || !service.volumes_from.items.is_empty();
            let job = service.entrypoint.is_some() || runs_another_program(service);
            // Data in memory is meant to be lost; what stands beside it says nothing.
            let in_memory = |t: &plimsoll_compose::Tmpfs| holds(kind, &t.target) || !is_extra(&t.target);
            if elsewhere || job || service.tmpfs.iter().any(in_memory) || is_for_tests(stack, service) {
                continue;
            }
            if service.volumes.iter().any(|m| m.source.is_some() && places::keeps(service, kind, &m.target)) {
                continue;
            }
            if let Some(mount) = places::misplaced(service, kind) {
                tell_of_place(stack, service, kind, mount, report);
                continue;
            }
            if !kind.keeps {
                continue;
            }
            let anonymous = service.volumes.iter().find(|m| m.source.is_none() && holds(kind, &m.target));
            let kept = |m: &plimsoll_compose::Mount| {
                (m.source.is_some() || m.kind == MountKind::Tmpfs)
                    && (holds(kind, &m.target) || !is_extra(&m.target))
            };
            if service.volumes.iter().any(kept) {
                continue;
            }
            let folder = places::folder(kind, service);
            let which = if anonymous.is_some() { "only a volume without a name" } else { "no volume" };
            let message = format!(
                "`{}` has {which} for its {} data: after `docker compose down` the next start begins with an empty one",
                service.name, kind.name
            );
            let name = data_volume(service);
            let edits = match anonymous {
                None => mounted(stack, service, &name, folder),
                Some(mount) if mount.node.as_text().is_some() => stack
                    .requoted(&mount.span, &format!("{name}:{}", mount.target))
                    .and_then(|edits| declared(stack, service, &name, edits)),
                Some(_) => None,
            };
            report
                .flag_compose(anonymous.map_or(&service.name_span, |m| &m.span), message)
                .help(format!(
                    "mount a named volume: `{}-data:{folder}`, and declare it under `volumes:`",
                    service.name
                ))
                .mend_project(stack, edits, false);
        }
    }
}

/// Whether the file is for tests by its name: its databases are meant to begin empty.
pub(super) fn is_for_tests(stack: &Stack<'_>, service: &Service) -> bool {
    let path = stack.project.source(&service.name_span).map(|source| source.path.clone()).unwrap_or_default();
    let name = path.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    name.split(['.', '-', '_'])
        .any(|word| matches!(word, "test" | "tests" | "testing" | "ci" | "e2e" | "integration"))
}

fn tell_of_place(
    stack: &Stack<'_>,
    service: &Service,
    kind: &Database,
    mount: &Mount,
    report: &mut Reporter,
) {
    let (folder, target) = (places::folder(kind, service), &mount.target);
    let (from, to) = (format!(":{target}"), format!(":{folder}"));
    report
        .flag_compose(
            &mount.span,
            format!(
                "`{}` mounts its volume at {target}, but {} keeps its data in {folder}: it goes into a volume without a name, and the next container begins with an empty one",
                service.name,
                places::title(kind, service)
            ),
        )
        .help(format!("mount it at {folder}"))
        .mend_project(stack, stack.reworded(&mount.span, &from, &to), false);
}

/// Whether a mount is the data's place, or holds it.
pub(super) fn holds(kind: &Database, target: &str) -> bool {
    let target = target.trim_end_matches('/');
    kind.data.iter().any(|data| {
        *data == target
            || data.strip_prefix(target).is_some_and(|rest| rest.starts_with('/'))
            || target.strip_prefix(data).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Whether a mount is for what stands beside the data: start scripts, settings, certificates.
pub(super) fn is_extra(target: &str) -> bool {
    let file = target.rsplit('/').next().unwrap_or(target).contains('.');
    file || [
        "/docker-entrypoint-initdb.d",
        "/etc",
        "/usr/share",
        "/run",
        "/var/run",
        "/tmp",
        "/backup",
        "/var/log",
        "/certs",
        "/scripts",
        "/init",
        "/var/backups",
        "/logs",
    ]
    .iter()
    .any(|folder| target.starts_with(folder))
}

/// Whether the command is a client's or a tool's: a job that keeps nothing.
fn runs_another_program(service: &Service) -> bool {
    let words = service.command.as_ref().map(plimsoll_compose::Command::words).unwrap_or_default();
    let first = words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(w));
    [
        "sh",
        "bash",
        "psql",
        "pg_dump",
        "mysqldump",
        "mongosh",
        "mongo",
        "mongodump",
        "mongorestore",
        "mongoimport",
    ]
    .contains(&first)
}
