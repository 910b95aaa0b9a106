use super::{Audit, ImageRule, Reporter};
use crate::Severity;
use crate::data::{cycle_of, cycles, supported_on};
use crate::draft::Place;

pub(crate) struct ImageEndOfLife;

impl ImageRule for ImageEndOfLife {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let Some(os) = audit.os_release() else { return };
        let Some(product) = os.product() else { return };
        let cycles = cycles(product);
        let Some(cycle) = cycle_of(cycles, &os.version_id) else { return };
        let today = audit.settings.today;
        let in_long_term = cycle.in_long_term(today);
        let past = cycle.mended_until().filter(|end| *end < today);
        let Some(end) = past.or(in_long_term) else { return };
        let name = if os.pretty_name.is_empty() {
            format!("{} {}", os.id, os.version_id)
        } else {
            os.pretty_name.clone()
        };
        let help = match supported_on(cycles, today) {
            Some(next) => format!(
                "build on {} {}, which is supported{}",
                os.id,
                next.name,
                next.end_of_life.map(|e| format!(" until {e}")).unwrap_or_default()
            ),
            None => "build on a release that is supported".to_owned(),
        };
        if in_long_term.is_some() {
            let message = format!(
                "{name} is past its regular support: only its long-term support team mends it, until {end}"
            );
            report.at(Place::Image, message).severity(Severity::Info).help(help);
            return;
        }
        let message = format!(
            "{name} is past its end of life since {end}: its packages get no security fixes any more"
        );
        report.at(Place::Image, message).help(help).also("CIS-DI-0004");
    }
}
