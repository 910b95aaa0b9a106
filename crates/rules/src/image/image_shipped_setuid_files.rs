use super::setuid::{find, named};
use super::{Audit, ImageRule, MAX_TOLD, Reporter, place_of};

pub(crate) struct ImageShippedSetuidFiles;

impl ImageRule for ImageShippedSetuidFiles {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for file in find(audit).iter().filter(|f| f.shipped).take(MAX_TOLD) {
            let path = super::path_text(file.seen.entry.path());
            report
                .at(
                    place_of(&file.seen),
                    format!(
                        "{} comes from a package, and a service that never changes its user has no need of it",
                        named(audit, &file.seen)
                    ),
                )
                .help(format!("`RUN chmod u-s,g-s /{path}`, or run with `--security-opt no-new-privileges`, which makes every such bit harmless"))
                .also("CIS-DI-0008");
        }
    }
}
