use crate::dockerfile::update_alone::{refreshed, uses};

use super::{Audit, ImageRule, Reporter};

pub(crate) struct ImageUpdateAlone;

impl ImageRule for ImageUpdateAlone {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for run in audit.history_runs() {
            let commands: Vec<_> = run.script.effective_commands().collect();
            let last = commands.iter().rev().find_map(|c| Some((*c, refreshed(c)?)));
            let Some((update, manager)) = last else { continue };
            if commands.iter().any(|c| c.span.start > update.span.start && uses(c, manager)) {
                continue;
            }
            let name = update.name();
            report
                .at(
                    run.place(),
                    format!("`{name} update` ran in a RUN of its own: from the cache a later install gets an old list, and installs old packages or fails"),
                )
                .help(format!("join the two: `RUN {name} update && {name} install ...`"))
                .also("CIS-DI-0007");
        }
    }
}
