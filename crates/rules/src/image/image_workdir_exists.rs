use plimsoll_dockerfile::Kind;
use plimsoll_image::{EntryKind, ResolveError};

use super::start::World;
use super::{Audit, ImageRule, Reporter};
use crate::Severity;
use crate::draft::{Place, Setting};

pub(crate) struct ImageWorkdirExists;

impl ImageRule for ImageWorkdirExists {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        if audit.image.config.platform().os != "linux" || audit.image.layers.is_empty() || !audit.is_whole() {
            return;
        }
        let world = World::of(audit);
        let dir = world.working_dir();
        if world.is_mounted(dir) {
            return;
        }
        let (severity, message) = match audit.fs.resolve(dir.as_bytes()) {
            Ok(node) if node.kind() == EntryKind::Directory => return,
            Err(ResolveError::NotFound) => (
                Severity::Info,
                format!(
                    "WORKDIR {dir} is not in the image: the engine makes it when the container starts, for root, and some engines refuse"
                ),
            ),
            Ok(_) | Err(ResolveError::NotADirectory) => (
                Severity::Error,
                format!("WORKDIR {dir} is a file, or lies below one, so the container does not start"),
            ),
            Err(ResolveError::Loop) => (
                Severity::Error,
                format!("WORKDIR {dir} leads through a cycle of links, so the container does not start"),
            ),
        };
        report
            .at(Place::Setting(Setting::last(Kind::Workdir)), message)
            .severity(severity)
            .help("make the folder in the final stage, with the owner that it is to have");
    }
}
