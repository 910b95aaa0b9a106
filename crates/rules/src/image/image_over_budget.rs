use super::{Audit, ImageRule, Reporter};
use crate::Severity;
use crate::draft::Place;
use crate::profile::format_size;

pub(crate) struct ImageOverBudget;

/// How many of the heaviest are named.
const NAMED: usize = 4;

impl ImageRule for ImageOverBudget {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let Some((profile, guessed)) = &audit.profile else { return };
        let Some(budget) = profile.budget else { return };
        let size = audit.image.size();
        if size <= budget {
            return;
        }
        let over = format_size(size - budget);
        let how = if *guessed { "taken for a" } else { "held to the budget of a" };
        let weights = audit.weights();
        let heaviest: Vec<String> = weights
            .folders
            .iter()
            .take(NAMED)
            .map(|(path, size)| format!("/{path} {}", format_size(*size)))
            .collect();
        let could_go: Vec<String> = weights
            .by_cause()
            .iter()
            .take(NAMED)
            .map(|(cause, size)| format!("{} {}: {}", cause.as_str(), format_size(*size), cause.remedy()))
            .collect();
        let mut help = format!("heaviest: {}", heaviest.join(", "));
        if !could_go.is_empty() {
            help.push_str(&format!("; what could go: {}", could_go.join("; ")));
        }
        let draft = report.at(
            Place::Image,
            format!(
                "{} is {over} over the {} of a {}: it is {how} {}",
                format_size(size),
                format_size(budget),
                profile.name,
                profile.name
            ),
        );
        draft.help(help);
        if *guessed {
            draft.severity(Severity::Warning);
        }
    }
}
