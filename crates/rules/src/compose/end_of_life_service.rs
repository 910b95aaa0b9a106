use super::databases::database;
use super::images::image;
use super::{ComposeRule, Reporter, Stack};
use crate::data::{Cycle, Date, official_tags};
use crate::dockerfile::ImageRef;
use crate::dockerfile::releases::Release;

pub(crate) struct EndOfLifeService;

impl ComposeRule for EndOfLifeService {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let today = stack.settings.today;
        for service in stack.services().filter(|s| s.build.is_none()) {
            let Some(image) = image(service) else { continue };
            let past = crate::dockerfile::releases::releases(&image)
                .into_iter()
                .find(|release| release.cycle.mended_until().is_some_and(|end| end < today));
            let (Some(release), Some(field)) = (past, &service.image) else { continue };
            let end = release.cycle.mended_until().map(|end| end.to_string()).unwrap_or_default();
            let successor = match database(service) {
                Some(_) => nearest_supported(&release, today),
                None => release.successor(today),
            };
            let tag = successor.and_then(|next| moved(&image, &release, next));
            let edits = tag.and_then(|tag| {
                let text = image
                    .tag()
                    .filter(|old| field.written() == Some(field.value.as_str()) && !old.is_empty())?;
                stack.reworded(field.span(), &format!(":{text}"), &format!(":{tag}"))
            });
            let next = successor.map(|next| {
                let until =
                    next.end_of_life.map(|end| format!(" (supported until {end})")).unwrap_or_default();
                format!("move to {} {}{until}", release.name, next.name)
            });
            report
                .flag_compose(
                    field.span(),
                    format!("`{}` runs {}, past its end of life since {end}: nobody mends its security faults any more", service.name, release.title()),
                )
                .help(next.unwrap_or_else(|| "move to a release that is supported".to_owned()))
                .mend_project(stack, edits, false);
        }
    }
}

/// A database is led through its releases one after the other: the first one that has a year of support to come.
fn nearest_supported(release: &Release, today: Date) -> Option<&'static Cycle> {
    const YEAR: i64 = 365;
    let lasting = |cycle: &&Cycle| {
        cycle.end_of_life.is_none_or(|end| end.days() > today.days() + YEAR)
            && cycle.released.is_none_or(|day| day <= today)
    };
    release.cycles.iter().rev().find(lasting).or_else(|| release.successor(today))
}

/// The tag of another release, of the same make where there is one: `12-alpine` becomes `18-alpine`. None where the
/// official image has no such tag.
fn moved(image: &ImageRef, release: &Release, next: &Cycle) -> Option<String> {
    let tag = image.tag()?;
    let (version, make) = tag.split_at(tag.find('-').unwrap_or(tag.len()));
    let known: Vec<&str> = official_tags(image.official()?)?.collect();
    let is_known = |candidate: &String| known.contains(&candidate.as_str());
    if !release.is_named_by(version) {
        return on_newer_distribution(version, make, next).into_iter().find(is_known);
    }
    // A make with a version of its own (`-alpine3.15`) is not there any more.
    let plain = make.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let candidates = [make, plain, ""].map(|make| format!("{}{make}", next.name));
    candidates.into_iter().find(is_known)
}

/// The tags of the same release on a newer distribution, where nothing but the distribution makes its make.
fn on_newer_distribution(version: &str, make: &str, next: &Cycle) -> Vec<String> {
    let parts: Vec<&str> = make.split('-').filter(|part| !part.is_empty()).collect();
    let codename = next.codename.split(' ').next().unwrap_or_default().to_lowercase();
    match parts.as_slice() {
        [alpine] if alpine.starts_with("alpine") => vec![format!("{version}-alpine")],
        [_] => vec![format!("{version}-{codename}"), version.to_owned()],
        ["slim", _] | [_, "slim"] => {
            vec![
                format!("{version}-slim-{codename}"),
                format!("{version}-{codename}-slim"),
                format!("{version}-slim"),
            ]
        }
        _ => Vec::new(),
    }
}
