use super::images::image;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct EndOfLifeService;

impl ComposeRule for EndOfLifeService {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let today = stack.settings.today;
        for service in stack.services().filter(|s| s.build.is_none()) {
            let Some(image) = image(service) else { continue };
            let past = crate::dockerfile::releases::releases(&image)
                .into_iter()
                .find(|release| release.cycle.end_of_life.is_some_and(|end| end < today));
            let (Some(release), Some(field)) = (past, &service.image) else { continue };
            let end = release.cycle.end_of_life.map(|end| end.to_string()).unwrap_or_default();
            let next = release.successor(today).map(|next| {
                let until =
                    next.end_of_life.map(|end| format!(" (supported until {end})")).unwrap_or_default();
                format!("move to {} {}{until}", release.name, next.name)
            });
            report
                .flag_compose(
                    field.span(),
                    format!("`{}` runs {}, past its end of life since {end}: nobody mends its security faults any more", service.name, release.title()),
                )
                .help(next.unwrap_or_else(|| "move to a release that is supported".to_owned()));
        }
    }
}
