use super::weight::is_worthwhile;
use super::{Audit, ImageRule, Reporter};
use crate::Severity;
use crate::draft::Place;
use crate::profile::format_size;

pub(crate) struct ImageHiddenFiles;

/// What every install of packages writes again, so that nobody can write it once.
const DATABASES: &[&str] = &[
    "var/lib/dpkg/",
    "var/cache/debconf/",
    "lib/apk/db/",
    "var/lib/rpm/",
    "usr/lib/sysimage/rpm/",
    "etc/ld.so.cache",
];

/// As many bytes are a warning in an image of any size.
const GRAVE: u64 = 10_000_000;

impl ImageRule for ImageHiddenFiles {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for (hiding, hidden) in &audit.weights().hidden {
            let bytes = hidden.heaviest.bytes;
            if !is_worthwhile(bytes, audit.image.size()) {
                continue;
            }
            let is_database = |path: &str| DATABASES.iter().any(|known| path.starts_with(known));
            let databases = hidden.heaviest.paths().filter(|f| is_database(&f.path)).map(|f| f.bytes);
            let others = bytes.saturating_sub(databases.sum());
            if !hiding.deletes && !is_worthwhile(others, audit.image.size()) {
                continue;
            }
            let size = format_size(bytes);
            let (brings, hides) = (audit.made_by(hiding.layer), audit.made_by(hiding.by));
            let more = if hidden.heaviest.files > 1 { " and more" } else { "" };
            let named = hidden.heaviest.paths().next();
            let named = named.map(|path| format!(" (/{}{more})", path.path)).unwrap_or_default();
            let only_rights = hidden.same_contents.saturating_mul(10) >= bytes.saturating_mul(9);
            let (message, help) = if hiding.deletes {
                (
                    format!(
                        "{brings} brings {size}{named} that {hides} deletes: the layer keeps it, and everybody pulls it"
                    ),
                    "delete it in the RUN that writes it, or leave it out: a stage of its own, a cache mount, .dockerignore",
                )
            } else if hiding.layer == hiding.by {
                (
                    format!(
                        "{brings} has {size}{named} twice: the later copy hides the earlier one in the same layer"
                    ),
                    "copy each file once",
                )
            } else if only_rights {
                (
                    format!(
                        "{hides} writes {size} of {brings} again{named}, with the same contents: a new owner or mode costs a whole copy"
                    ),
                    "give owner and mode where the files are made: `COPY --chown=... --chmod=...`, or chown in the same RUN",
                )
            } else {
                (
                    format!("{hides} overwrites {size} of {brings}{named}: both versions are in the image"),
                    "write them once: where the base image is upgraded, build on a newer one instead",
                )
            };
            // The line to change is the one that hides.
            let draft = report.at(Place::Layer(hiding.by), message);
            draft.help(help);
            if !is_grave(bytes, audit.image.size()) {
                draft.severity(Severity::Info);
            }
        }
    }
}

/// Whether it is worth holding up a build for: every package manager writes its database again, which is a megabyte.
fn is_grave(bytes: u64, image: u64) -> bool {
    bytes >= GRAVE || bytes.saturating_mul(20) >= image
}
