//! Where the images of databases keep their data, by their versions, and which mounts miss it.

use plimsoll_compose::{Mount, MountKind, Service};

use super::database_without_volume::{holds, is_extra};
use super::databases::Database;
use super::images::image;

const POSTGRES: &str = "PostgreSQL";
/// Images that are built on the official one of PostgreSQL and keep its data where it does.
const LIKE_POSTGRES: &[&str] = &["pgvector/pgvector", "postgis/postgis", "timescale/timescaledb"];

/// At least.
const NEWEST: u32 = 18;

/// The version of PostgreSQL that an image of it, or of what is built on it, has by its tag.
fn postgres_major(service: &Service) -> Option<u32> {
    if is_newest(service) {
        return Some(NEWEST);
    }
    let image = image(service)?;
    let tag = image.tag()?;
    // `0.8.1-pg17`, `latest-pg16`
    let named = tag.split('-').find_map(|part| part.strip_prefix("pg")?.parse().ok());
    let is_own = image.official() == Some("postgres") || image.repository() == "postgis/postgis";
    named.or_else(|| tag.split(['.', '-']).next()?.parse().ok().filter(|_| is_own))
}

/// Whether the image is PostgreSQL's own and names no version: whoever pulls it gets the newest.
fn is_newest(service: &Service) -> bool {
    image(service).is_some_and(|image| {
        image.official() == Some("postgres")
            && image.digest().is_none()
            && image.tag().is_none_or(|tag| matches!(tag, "latest" | "alpine"))
    })
}

/// Where the volume is to be mounted. PostgreSQL's images moved it with 18.
pub(super) fn folder(kind: &Database, service: &Service) -> &'static str {
    match kind.data.first() {
        Some(&"/var/lib/postgresql/data") if postgres_major(service).is_none_or(|m| m >= 18) => {
            "/var/lib/postgresql"
        }
        Some(folder) => folder,
        None => "/data",
    }
}

/// What a message calls the database: with its version where that decides where the data is.
pub(super) fn title(kind: &Database, service: &Service) -> String {
    match postgres_major(service).filter(|_| kind.name == POSTGRES) {
        Some(major) if is_newest(service) => format!("{POSTGRES} since {major}, which this image is by now,"),
        Some(major) => format!("{POSTGRES} {major}"),
        None => kind.name.to_owned(),
    }
}

/// Whether a mount keeps the data. One around the place does not where the image has a volume of its own there.
pub(super) fn keeps(service: &Service, kind: &Database, target: &str) -> bool {
    if !is_known(service) {
        return holds(kind, target);
    }
    let target = target.trim_end_matches('/');
    let is_in = |folder: &str| {
        target.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match (kind.name, postgres_major(service)) {
        (POSTGRES, Some(18..)) => is_in("/var/lib/postgresql") && !is_in("/var/lib/postgresql/data"),
        (POSTGRES, Some(_)) => is_in("/var/lib/postgresql/data"),
        ("MongoDB", _) => is_in("/data/db"),
        _ => holds(kind, target),
    }
}

/// The mount that is meant for the data and misses it. The service has none that keeps it.
pub(super) fn misplaced<'s>(service: &'s Service, kind: &Database) -> Option<&'s Mount> {
    let moved = |text: &str| {
        ["datadir", "data_directory", "dbpath", "--dir", "path.data", ".conf", ".cnf"]
            .iter()
            .any(|word| text.contains(word))
    };
    let commands = || [&service.command, &service.entrypoint].into_iter().flatten();
    let settings = || service.environment.iter().filter_map(|v| v.value.as_deref());
    if !is_known(service) || commands().any(|c| c.words().iter().any(|word| moved(word))) {
        return None;
    }
    let names = |text: &str, target: &str| text.contains(target.trim_end_matches('/'));
    service.volumes.iter().find(|mount| {
        let target = mount.target.as_str();
        let is_for_data = ["data", "db", "/var/lib/", "sql", "redis", "mongo", "valkey"];
        matches!(mount.kind, MountKind::Volume | MountKind::Bind)
            && mount.source.is_some()
            && !mount.read_only
            && !is_extra(target)
            && !target.contains("configdb")
            && !target.contains("dump")
            && target.len() > 1
            && is_for_data.iter().any(|word| target.contains(word))
            // A setting or a command may move the data there.
            && !settings().any(|value| names(value, target))
            && !commands().any(|c| c.words().iter().any(|word| names(word, target)))
            && !service.environment.iter().any(|v| v.key == "PGDATA")
            && !keeps(service, kind, target)
    })
}

/// Whether it is known where the service's image keeps its data.
fn is_known(service: &Service) -> bool {
    service.build.is_none()
        && image(service)
            .is_some_and(|i| i.official().is_some() || LIKE_POSTGRES.contains(&i.repository().as_str()))
}
