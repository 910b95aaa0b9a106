use plimsoll_image::EntryKind;

use super::{Audit, ImageRule, Reporter, path_text};
use crate::draft::Place;

pub(crate) struct ImageNoSudo;

impl ImageRule for ImageNoSudo {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let installed = audit.fs.resolve(b"/usr/bin/sudo").ok().filter(|n| n.kind() == EntryKind::File);
        let used =
            || audit.history_runs().iter().find(|run| run.script.commands.iter().any(|c| c.is("sudo")));
        let (place, message) = match installed.and_then(|node| Some((node.content_layer()?, node.path()))) {
            Some((layer, path)) => (
                Place::Path { layer, path: path_text(&path).into_owned(), line: None },
                format!(
                    "sudo is in the image, brought by {}: it lets whoever breaks in become root where sudoers allows it",
                    audit.made_by(layer)
                ),
            ),
            None => match used() {
                Some(run) => (
                    run.place(),
                    "a command of the build calls `sudo`, which does nothing for root and is a way to root for anybody else".to_owned(),
                ),
                None => return,
            },
        };
        report
            .at(place, message)
            .help("run what needs root before USER, and leave the package out; where a process must change its user, `gosu` or `setpriv` do")
            .also("DKL-DI-0001");
    }
}
