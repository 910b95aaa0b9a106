use super::weight::is_worthwhile;
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
        let name = &profile.name;
        let taken = if *guessed { ", which it is taken for" } else { "" };
        let message =
            format!("{} is {over} over the {} of a {name}{taken}", format_size(size), format_size(budget));
        let draft = report.at(Place::Image, message);
        draft.help(way_down(audit, size, budget));
        if *guessed {
            draft.severity(Severity::Warning);
        }
    }
}

/// What to let go of, what nobody misses first, until the image is under its budget; and what is left where that is
/// not enough.
fn way_down(audit: &Audit<'_>, size: u64, budget: u64) -> String {
    let weights = audit.weights();
    let mut causes = weights.by_weight();
    causes.retain(|(_, share)| is_worthwhile(share.bytes(), size));
    causes.sort_by_key(|(cause, _)| cause.worth());
    let mut left = size;
    let mut steps = Vec::new();
    for (cause, share) in causes {
        if left <= budget {
            break;
        }
        left = left.saturating_sub(share.bytes());
        steps.push(format!("{} ({})", cause.as_str(), format_size(share.bytes())));
    }
    let last = match steps.len().checked_sub(NAMED) {
        None | Some(0) => steps.pop().unwrap_or_default(),
        Some(more) => format!("{more} more"),
    };
    steps.truncate(NAMED);
    let none = last.is_empty();
    let named = if steps.is_empty() { last } else { format!("{} and {last}", steps.join(", ")) };
    let without = format!("without {named} it comes to {}", format_size(left));
    let heaviest: Vec<String> = weights
        .needed
        .iter()
        .take(NAMED)
        .map(|(path, bytes)| format!("/{path} {}", format_size(*bytes)))
        .collect();
    let heaviest = format!("the heaviest of the rest: {}", heaviest.join(", "));
    match (none, left <= budget) {
        (true, _) => format!("nothing in it is a mere leftover; {heaviest}"),
        (false, true) => format!("{without}; how is told with what could go"),
        (false, false) => {
            let still = format_size(left - budget);
            format!("{without}, still {still} too much; how is told with what could go; {heaviest}")
        }
    }
}
