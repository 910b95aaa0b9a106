use crate::dockerfile::package_signatures_off::switched_off;

use super::{Audit, ImageRule, Reporter};

pub(crate) struct ImagePackageSignaturesOff;

impl ImageRule for ImagePackageSignaturesOff {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for run in audit.history_runs() {
            let found = run.script.effective_commands().find_map(|c| Some((c.name(), switched_off(c)?.0)));
            let Some((name, word)) = found else { continue };
            let word = super::model::shortened(word.text_lossy(), 60);
            report
                .at(
                    run.place(),
                    format!("`{name}` ran with `{word}`: the image may hold packages that nobody has signed"),
                )
                .help("add the repository's key, and let the package manager check its packages")
                .also("CIS-DI-0011");
        }
    }
}
