//! What a base image that gets no more security fixes is replaced by, as an edit of its FROM.

use super::edits::Replacement;
use super::releases::Release;
use super::use_slim_base::smaller_tag;
use super::{Build, Stage};
use crate::data::{Cycle, official_tags};

/// The stage's image with the successors of these releases in its tag. None where no such tag is listed, or where the image
/// is not one of Docker's.
pub(super) fn successor<'s>(
    build: &Build<'s>,
    stage: &Stage<'s>,
    releases: &[Release],
) -> Option<Replacement> {
    let image = build.base_image_of(stage)?;
    let name = image.official()?;
    let tag = image.tag()?;
    let steps: Vec<(&Release, &'static Cycle)> =
        releases.iter().filter_map(|r| Some((r, r.successor(build.settings.today)?))).collect();
    let parts: Vec<&str> = tag.split('-').filter(|part| !is_date(part)).collect();
    let renewed: Vec<String> = parts.iter().enumerate().map(|(at, part)| renewed(at, part, &steps)).collect();
    let listed = |tag: &String| official_tags(name).is_some_and(|mut tags| tags.any(|t| t == tag));
    // The newest release may stand on another version of the distribution, which then need not be named.
    let whole = renewed.join("-");
    let bare: Vec<&str> = renewed.iter().map(String::as_str).filter_map(without_version).collect();
    let tag = [whole, bare.join("-")].into_iter().find(listed).filter(|new| *new != tag)?;
    is_final(build, stage, name, &tag, image.tag()).then(|| build.with_tag(stage, &tag)).flatten()
}

/// Whether nothing would be said at once of the new tag.
fn is_final(build: &Build<'_>, stage: &Stage<'_>, name: &str, tag: &str, old: Option<&str>) -> bool {
    let written = build.base_image_of(stage).and_then(|image| image.official());
    let had = written.zip(old).is_some_and(|(written, old)| smaller_tag(written, old).is_some());
    had || smaller_tag(name, tag).is_none() || !build.is_shipped(stage) || build.is_toolbox()
}

fn renewed(at: usize, part: &str, steps: &[(&Release, &'static Cycle)]) -> String {
    let codename = |cycle: &Cycle| cycle.codename.split(' ').next().unwrap_or("").to_lowercase();
    for (release, next) in steps {
        let old = codename(release.cycle);
        if !old.is_empty() && part == old {
            return codename(next);
        }
        if let Some(version) =
            part.strip_prefix("alpine").filter(|v| release.name == "Alpine" && !v.is_empty())
        {
            return if version.starts_with(release.cycle.name) {
                format!("alpine{}", next.name)
            } else {
                part.into()
            };
        }
        if at == 0 && release.is_named_by(part) {
            return next.name.to_owned();
        }
    }
    part.to_owned()
}

/// A tag's part without the version of a distribution; none for the name of one.
fn without_version(part: &str) -> Option<&str> {
    let is_codename = |product: &str| {
        crate::data::cycles(product).iter().any(|c| {
            c.codename
                .split(' ')
                .next()
                .is_some_and(|name| !name.is_empty() && name.eq_ignore_ascii_case(part))
        })
    };
    match part.strip_prefix("alpine") {
        Some(_) => Some("alpine"),
        None => (!is_codename("debian") && !is_codename("ubuntu")).then_some(part),
    }
}

/// `20200607`, the day of a build.
fn is_date(part: &str) -> bool {
    part.len() >= 8
        && part.split('.').next().is_some_and(|day| day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()))
}

/// The image that took the place of a retired one, in the same version: `eclipse-temurin:17-jre` for
/// `openjdk:17-jdk-slim` that only runs a program.
pub(super) fn in_place_of<'s>(build: &Build<'s>, stage: &Stage<'s>, name: &str) -> Option<Replacement> {
    const JAVA: &str = "eclipse-temurin";
    if !matches!(name, "openjdk" | "adoptopenjdk" | "java") {
        return None;
    }
    let image = build.base_image_of(stage)?;
    let tag = image.tag()?;
    if ["windows", "nanoserver", "oracle", "openj9"].iter().any(|word| tag.contains(word)) {
        return None;
    }
    let version: String = tag.chars().take_while(char::is_ascii_digit).collect();
    let runs = tag.contains("jre") || (build.is_shipped(stage) && only_runs(build, stage));
    let kind = if runs { "jre" } else { "jdk" };
    let alpine = if tag.contains("alpine") { "-alpine" } else { "" };
    let new = format!("{version}-{kind}{alpine}");
    let listed = official_tags(JAVA).is_some_and(|mut tags| tags.any(|t| t == new));
    if !listed || !is_final(build, stage, JAVA, &new, image.tag()) {
        return None;
    }
    let (span, written) = build.with_tag(stage, &new)?;
    let (_, tag) = written.rsplit_once(':')?;
    // Only where the image is written by its short name is it certain which registry the other comes from.
    (image.familiar_name() == name && build.source.slice(span).starts_with(name))
        .then(|| (span, format!("{JAVA}:{tag}")))
}

/// Whether the container runs `java`, and no RUN compiles or looks for the JDK.
fn only_runs<'s>(build: &Build<'s>, stage: &Stage<'s>) -> bool {
    const JDK: &[&str] = &[
        "javac", "jar", "jlink", "jdeps", "keytool", "mvn", "mvnw", "gradle", "gradlew", "ant", "sbt", "lein",
    ];
    let starts = build.final_stage().and_then(|s| build.start(s));
    let is_java =
        starts.is_some_and(|s| s.programs.len() == 1 && s.programs.iter().all(|p| p.name() == "java"));
    is_java
        && build.runs_of(stage).all(|run| {
            !run.script.is_opaque()
                && !run.script.effective_commands().any(|c| c.is_any(JDK) || c.name().ends_with(".sh"))
        })
}
