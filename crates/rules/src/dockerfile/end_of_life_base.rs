use super::releases::{Release, releases, retired};
use super::successors::{in_place_of, successor};
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;
use crate::data::Date;

pub(crate) struct EndOfLifeBase;

/// How many days ahead an end of life is announced.
const AHEAD: i64 = 90;

impl DockerfileRule for EndOfLifeBase {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let today = build.settings.today;
        for stage in build.stages() {
            let Some(image) = build.base_image_of(stage) else { continue };
            let shipped = build.is_shipped(stage);
            let span = build.image_span(stage);
            let Ends { past, soon, in_long_term } = Ends::of(releases(image), today);
            if let (Some(name), Some(instead)) = (image.official(), retired(image)) {
                report
                    .flag(span, format!("`{name}` is a retired image: nobody rebuilds it, so its packages get no security fixes"))
                    .severity(if shipped { Severity::Error } else { Severity::Warning })
                    .help(format!("use {instead}"))
                    .also("CIS-DI-0004")
                    .mend(in_place_of(build, stage, name), false);
                continue;
            }
            let (message, severity) = match (past.first(), soon.first(), in_long_term.first()) {
                (Some(first), _, _) => {
                    let rest: String = past.iter().skip(1).map(|r| format!(" and {}", since(r))).collect();
                    let gravity = if shipped { Severity::Error } else { Severity::Warning };
                    let message = format!(
                        "{} is past its end of life since {}{rest}: nobody mends its security faults any more",
                        first.title(),
                        end_of(first)
                    );
                    (message, gravity)
                }
                (None, Some(first), _) => {
                    let days = first.cycle.mended_until().map_or(0, |end| end.days() - today.days());
                    let message = format!(
                        "{} reaches its end of life in {days} days: plan the step to its successor",
                        first.title()
                    );
                    (message, Severity::Info)
                }
                (None, None, Some(first)) => {
                    let message = format!(
                        "{} is past its regular support: only its long-term support team mends it, until {}",
                        first.title(),
                        end_of(first)
                    );
                    (message, Severity::Info)
                }
                (None, None, None) => continue,
            };
            let is_unmended = !past.is_empty() || !soon.is_empty();
            // Who moves anyway need not move again soon.
            let releases: Vec<Release> =
                if past.is_empty() { soon } else { past }.into_iter().chain(in_long_term).collect();
            let next: Vec<String> = releases
                .iter()
                .filter_map(|r| {
                    let next = r.successor(today)?;
                    let until =
                        next.end_of_life.map(|end| format!(" (supported until {end})")).unwrap_or_default();
                    Some(format!("{} {}{until}", r.name, next.name))
                })
                .collect();
            let help =
                if next.is_empty() { "a release that is supported".into() } else { next.join(" and ") };
            report
                .flag(span, message)
                .severity(severity)
                .help(format!("move to {help}"))
                .also_if(is_unmended, "CIS-DI-0004")
                .mend(successor(build, stage, &releases), false);
        }
    }
}

/// Releases by how long somebody mends them still.
#[derive(Default)]
struct Ends {
    past: Vec<Release>,
    soon: Vec<Release>,
    /// Past their regular support, and mended by a team for long-term support.
    in_long_term: Vec<Release>,
}

impl Ends {
    fn of(releases: Vec<Release>, today: Date) -> Self {
        let mut ends = Self::default();
        for release in releases {
            match release.cycle.mended_until() {
                Some(end) if end < today => ends.past.push(release),
                Some(end) if end.days() - today.days() <= AHEAD => ends.soon.push(release),
                _ if release.cycle.in_long_term(today).is_some() => ends.in_long_term.push(release),
                _ => {}
            }
        }
        ends
    }
}

/// `Debian 10 (buster) since 2024-06-30`
fn since(release: &Release) -> String {
    format!("{} since {}", release.title(), end_of(release))
}

/// The day of the end, where it is known.
fn end_of(release: &Release) -> String {
    release.cycle.mended_until().map(|end| end.to_string()).unwrap_or_default()
}
