use super::start::{Right, World};
use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;

pub(crate) struct ImageWritableWorkdir;

impl ImageRule for ImageWritableWorkdir {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        if audit.image.config.platform().os != "linux" || audit.image.config.working_dir().is_none() {
            return;
        }
        let world = World::of(audit);
        let Some(runner) = world.runner.as_ref().filter(|r| !r.is_root()) else { return };
        let dir = world.working_dir();
        let Some(node) = world.lookup(dir).filter(|_| !world.is_mounted(dir)) else { return };
        if !world.may(Right::Write, node) {
            report
                .at(
                    node.layer().map_or(Place::Image, Place::Layer),
                    format!(
                        "user `{}` may not write to WORKDIR {dir} (mode {:o}, owner {}:{}): caches, uploads and sockets that the service puts there fail",
                        runner.name,
                        node.mode(),
                        node.uid(),
                        node.gid()
                    ),
                )
                .help("if the service writes there, make one folder for that and give it to the user; if it does not, this is as it should be");
        }
    }
}
