use super::releases::{Release, releases};
use super::successors::{in_place_of, successor};
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;
use crate::data::{official_tags, retired_image};

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
            let ending: Vec<Release> = releases(image)
                .into_iter()
                .filter(|r| r.cycle.end_of_life.is_some_and(|end| end.days() - today.days() <= AHEAD))
                .collect();
            let (past, soon): (Vec<Release>, Vec<Release>) =
                ending.into_iter().partition(|r| r.cycle.end_of_life.is_some_and(|end| end < today));
            let retired = image.official().filter(|name| {
                let listed = |tag: &str| official_tags(name).is_some_and(|mut tags| tags.any(|t| t == tag));
                !listed(image.tag().unwrap_or("latest"))
            });
            if let (Some(name), Some(instead)) = (retired, retired.and_then(retired_image)) {
                report
                    .flag(span, format!("`{name}` is a retired image: nobody rebuilds it, so its packages get no security fixes"))
                    .severity(if shipped { Severity::Error } else { Severity::Warning })
                    .help(format!("use {instead}"))
                    .also("CIS-DI-0004")
                    .mend(in_place_of(build, stage, name), false);
                continue;
            }
            let (releases, is_past) = if past.is_empty() { (soon, false) } else { (past, true) };
            let Some(first) = releases.first() else { continue };
            let message = if is_past {
                let rest: Vec<String> = releases.iter().skip(1).map(since).collect();
                let more = rest.iter().map(|r| format!(" and {r}")).collect::<String>();
                let end = first.cycle.end_of_life.map(|end| end.to_string()).unwrap_or_default();
                format!(
                    "{} is past its end of life since {end}{more}: nobody mends its security faults any more",
                    first.title()
                )
            } else {
                let days = first.cycle.end_of_life.map_or(0, |end| end.days() - today.days());
                format!(
                    "{} reaches its end of life in {days} days: plan the step to its successor",
                    first.title()
                )
            };
            let next: Vec<String> = releases
                .iter()
                .filter_map(|r| {
                    let next = r.successor(today)?;
                    let until =
                        next.end_of_life.map(|end| format!(" (supported until {end})")).unwrap_or_default();
                    Some(format!("{} {}{until}", r.name, next.name))
                })
                .collect();
            let severity = match (is_past, shipped) {
                (false, _) => Severity::Info,
                (true, true) => Severity::Error,
                (true, false) => Severity::Warning,
            };
            let help =
                if next.is_empty() { "a release that is supported".into() } else { next.join(" and ") };
            report
                .flag(span, message)
                .severity(severity)
                .help(format!("move to {help}"))
                .also("CIS-DI-0004")
                .mend(successor(build, stage, &releases), false);
        }
    }
}

/// `Debian 10 (buster) since 2022-09-10`
fn since(release: &Release) -> String {
    match release.cycle.end_of_life {
        Some(end) => format!("{} since {end}", release.title()),
        None => release.title(),
    }
}
