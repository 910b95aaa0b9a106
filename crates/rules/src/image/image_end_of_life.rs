use super::{Audit, ImageRule, Reporter};
use crate::data::cycles;
use crate::draft::Place;

pub(crate) struct ImageEndOfLife;

impl ImageRule for ImageEndOfLife {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let Some(os) = audit.os_release() else { return };
        let Some(product) = os.product() else { return };
        let cycles = cycles(product);
        // `3.20.1` is of the cycle 3.20, `12` of 12, `9.4` of 9.
        let cycle = cycles.iter().filter(|c| {
            os.version_id == c.name
                || os.version_id.strip_prefix(c.name).is_some_and(|rest| rest.starts_with('.'))
        });
        let Some(cycle) = cycle.max_by_key(|c| c.name.len()) else { return };
        let today = audit.settings.today;
        let Some(end) = cycle.end_of_life.filter(|end| *end < today) else { return };
        let name = if os.pretty_name.is_empty() {
            format!("{} {}", os.id, os.version_id)
        } else {
            os.pretty_name.clone()
        };
        let successor = cycles
            .iter()
            .find(|c| c.end_of_life.is_none_or(|e| e > today) && c.released.is_none_or(|r| r <= today));
        let help = match successor {
            Some(next) => format!(
                "build on {} {}, which is supported{}",
                os.id,
                next.name,
                next.end_of_life.map(|e| format!(" until {e}")).unwrap_or_default()
            ),
            None => "build on a release that is supported".to_owned(),
        };
        report
            .at(
                Place::Image,
                format!(
                    "{name} is past its end of life since {end}: its packages get no security fixes any more"
                ),
            )
            .help(help)
            .also("CIS-DI-0004");
    }
}
