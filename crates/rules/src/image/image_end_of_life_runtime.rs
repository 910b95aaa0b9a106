use super::{Audit, ImageRule, Reporter, runtimes};
use crate::data::supported_on;

pub(crate) struct ImageEndOfLifeRuntime;

impl ImageRule for ImageEndOfLifeRuntime {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let today = audit.settings.today;
        for runtime in runtimes::find(audit) {
            let Some(end) = runtime.cycle.end_of_life.filter(|end| *end < today) else { continue };
            let help = match supported_on(runtime.cycles, today) {
                Some(next) => format!(
                    "move to {} {}{}",
                    runtime.name,
                    next.name,
                    next.end_of_life.map(|e| format!(", which is supported until {e}")).unwrap_or_default()
                ),
                None => "move to a release that is supported".to_owned(),
            };
            report
                .at(
                    runtime.place,
                    format!(
                        "{} {} is past its end of life since {end}: its security faults stay open ({} tells the version)",
                        runtime.name, runtime.version, runtime.evidence
                    ),
                )
                .help(help)
                .also("CIS-DI-0004");
        }
    }
}
