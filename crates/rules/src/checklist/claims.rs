//! Which application a finding is about, and which items count it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use plimsoll_compose::{Node, Project, Service, Value};

use super::facts::AppView;
use super::list::{Checklist, Item};
use super::surroundings::{plain, shown};
use super::tick::GivenImage;
use crate::dockerfile::Stage;
use crate::profile::Profile;
use crate::{Category, FileKind, Finding, Outcome, RuleMeta, Severity, all_rules, kind_of};

/// Findings that a profile without a health check does not ask about.
const ON_HEALTHCHECKS: &[&str] = &["add-healthcheck", "image-add-healthcheck", "service-healthcheck"];
/// Findings that do not count where a profile wants no init, or Compose brings one.
const ON_INIT: &[&str] = &["node-without-init"];

/// Findings on what makes an image heavier: a stage that is thrown away weighs nothing.
const ON_WEIGHT: &[&str] = &[
    "apk-no-cache",
    "clean-apt-lists",
    "clean-node-cache",
    "clean-rpm-cache",
    "no-install-recommends",
    "pip-no-cache",
];

/// What a security scan is about; the other categories are about builds that fail or take long.
const SECURITY: [Category; 6] = [
    Category::User,
    Category::Secrets,
    Category::BaseImage,
    Category::SupplyChain,
    Category::Compose,
    Category::Context,
];

/// A finding of a run.
pub(super) struct Found<'a> {
    pub(super) finding: &'a Finding,
    /// Whether an item with a profile counts it: an item without one counts what is left.
    by_profile: bool,
    /// Whether any item counts it, or it does not count for what it is about.
    settled: bool,
    /// Whether it does not count for what it is about.
    waived: bool,
    /// The applications that it is about, by their indices.
    apps: Vec<usize>,
}

/// All findings of a run, each with who counts it.
pub(super) struct Claims<'a> {
    found: Vec<Found<'a>>,
}

impl<'a> Claims<'a> {
    /// Tells for every finding in the files and the images which items of the list count it.
    pub(super) fn new(
        list: &Checklist,
        views: &[AppView<'_>],
        lint: &'a Outcome,
        images: &'a [GivenImage],
    ) -> Self {
        let places: Vec<Places> = views.iter().map(Places::of).collect();
        let in_files = lint.findings.iter().map(|finding| {
            let of = |(at, (view, places)): (usize, (&AppView<'_>, &Places))| {
                places.has(finding, view).then_some(at)
            };
            (finding, views.iter().zip(&places).enumerate().filter_map(of).collect())
        });
        let in_images = images
            .iter()
            .flat_map(|image| image.outcome.findings.iter().map(|f| (f, Vec::from_iter(image.app))));
        let mut found: Vec<Found<'a>> = in_files
            .chain(in_images)
            .map(|(finding, apps): (&Finding, Vec<usize>)| {
                let waived = !apps.is_empty()
                    && apps.iter().filter_map(|at| views.get(*at)).all(|view| is_waived(finding, view));
                Found { finding, by_profile: false, settled: waived, waived, apps }
            })
            .collect();
        let bound: Vec<(&Item, Vec<&RuleMeta>, Option<&str>)> =
            list.items().map(|(item, profile)| (item, item.bound_rules(), profile)).collect();
        for found in &mut found {
            let takes = |(item, rules, profile): &&(&Item, Vec<&RuleMeta>, Option<&str>)| {
                is_bound(found.finding, item, rules)
                    && profile.is_none_or(|profile| has_profile(&found.apps, profile, views))
            };
            let (mut any, mut by_profile) = (false, false);
            for (_, _, profile) in bound.iter().filter(takes) {
                any = true;
                by_profile |= profile.is_some();
            }
            found.by_profile = by_profile;
            found.settled |= any;
        }
        Self { found }
    }

    /// The findings of these rules that an item counts; `apps` are those of its profile.
    pub(super) fn of<'s>(
        &'s self,
        item: &'s Item,
        rules: &'s [&'static RuleMeta],
        apps: Option<&'s [usize]>,
    ) -> impl Iterator<Item = &'a Finding> + 's {
        let counts = move |found: &&Found<'a>| {
            !found.waived
                && is_bound(found.finding, item, rules)
                && match apps {
                    Some(apps) => apps.iter().any(|at| found.apps.contains(at)),
                    None => !found.by_profile,
                }
        };
        self.found.iter().filter(counts).map(|found| found.finding)
    }

    /// The errors on security that items count and lint reports of its own accord.
    pub(super) fn security_errors(&self) -> impl Iterator<Item = &'a Finding> {
        let counts = |finding: &&Finding| {
            finding.severity == Severity::Error
                && SECURITY.contains(&finding.category)
                && all_rules().any(|meta| meta.default && meta.name == finding.rule)
        };
        self.found.iter().filter(|found| found.settled && !found.waived).map(|f| f.finding).filter(counts)
    }

    /// The findings that no item counts.
    pub(super) fn left(&self) -> impl Iterator<Item = &'a Finding> {
        self.found.iter().filter(|found| !found.settled).map(|found| found.finding)
    }
}

fn is_bound(finding: &Finding, item: &Item, rules: &[&RuleMeta]) -> bool {
    rules.iter().any(|meta| finding.rule == meta.name)
        && item.kind.is_none_or(|kind| kind.takes(kind_of_input(finding)))
}

fn has_profile(apps: &[usize], profile: &str, views: &[AppView<'_>]) -> bool {
    apps.iter().filter_map(|at| views.get(*at)).any(|view| view.app.is(profile))
}

/// Whether what an application is held to, or how Compose starts it, asks for nothing of the kind; or it is about a stage
/// of which nothing ships.
fn is_waived(finding: &Finding, view: &AppView<'_>) -> bool {
    let wants = |asked: fn(&Profile) -> bool| view.profile.is_none_or(asked);
    if ON_HEALTHCHECKS.contains(&finding.rule.as_ref()) {
        return !wants(|profile| profile.healthcheck);
    }
    if ON_WEIGHT.contains(&finding.rule.as_ref()) {
        let name = finding.stage.as_deref();
        let is_own = |s: &&Stage<'_>| name == s.name || name == Some(s.index.to_string().as_str());
        return view.build.stages().iter().find(is_own).is_some_and(|stage| !view.build.is_shipped(stage));
    }
    ON_INIT.contains(&finding.rule.as_ref()) && (!wants(|profile| profile.init) || has_compose_init(view))
}

/// Whether every service that runs an application has Compose put an init before it.
pub(super) fn has_compose_init(view: &AppView<'_>) -> bool {
    let mut services = view.around.services_of(view.app).peekable();
    services.peek().is_some()
        && services.all(|(_, service)| service.init.as_ref().is_some_and(|init| init.value))
}

/// None for an image.
fn kind_of_input(finding: &Finding) -> Option<FileKind> {
    if finding.image.is_some() {
        return None;
    }
    // A file that was named outright is a Dockerfile, whatever its name.
    Some(finding.file.as_deref().and_then(|f| kind_of(Path::new(f))).unwrap_or(FileKind::Dockerfile))
}

/// The places of compose files, and the files, that are about one application.
struct Places {
    /// In each compose file the bytes that say something of its services, in order and not overlapping.
    compose: BTreeMap<String, Vec<Range<usize>>>,
    /// Files of its services' environment.
    env_files: Vec<String>,
}

impl Places {
    fn of(view: &AppView<'_>) -> Self {
        let mut places = Self { compose: BTreeMap::new(), env_files: Vec::new() };
        for (project, service) in view.around.services_of(view.app).chain(overlaid(view)) {
            places.add_service(project, service);
        }
        for ranges in places.compose.values_mut() {
            ranges.sort_by_key(|range| range.start);
            let mut whole: Vec<Range<usize>> = Vec::new();
            for range in ranges.drain(..) {
                match whole.last_mut().filter(|last| last.end >= range.start) {
                    Some(last) => last.end = last.end.max(range.end),
                    None => whole.push(range),
                }
            }
            *ranges = whole;
        }
        places
    }

    fn add_service(&mut self, project: &Project, service: &Service) {
        self.add(project, &service.name_span);
        let mut nodes: Vec<&Node> = vec![&service.node];
        while let Some(node) = nodes.pop() {
            match node.value() {
                Value::Scalar(_) => self.add(project, &node.span),
                Value::Seq(items) => nodes.extend(items),
                Value::Map(map) => {
                    for entry in &map.entries {
                        self.add(project, &entry.key.span);
                        nodes.push(&entry.value);
                    }
                }
            }
        }
        let named = service.env_file.iter().filter(|file| !file.path.value.contains('$'));
        self.env_files.extend(named.map(|f| shown(&project.resolve(&f.path.span, &f.path.value))));
    }

    fn add(&mut self, project: &Project, span: &plimsoll_compose::Span) {
        if let Some(source) = project.source(span) {
            // What is empty, such as the value of a name alone, has a place too.
            let range = span.bytes.start..span.bytes.end.max(span.bytes.start + 1);
            self.compose.entry(shown(&source.path)).or_default().push(range);
        }
    }

    /// Whether a finding is about the application: in its Dockerfile, its ignore file, its environment, or in what
    /// a compose file, one that it extends, includes or overrides it with, says of a service that runs it.
    fn has(&self, finding: &Finding, view: &AppView<'_>) -> bool {
        let Some(file) = finding.file.as_deref() else { return false };
        if let Some(ranges) = self.compose.get(file) {
            let at = finding.span.as_ref().map_or(0, |span| span.start);
            let behind = ranges.partition_point(|range| range.start <= at);
            return behind.checked_sub(1).and_then(|n| ranges.get(n)).is_some_and(|r| r.contains(&at));
        }
        if self.env_files.iter().any(|own| own == file) {
            return true;
        }
        match kind_of(Path::new(file)) {
            Some(FileKind::Dockerignore) => {
                view.context.ignore_file().is_some_and(|own| shown(&own.path) == file)
            }
            Some(FileKind::Env) => plain(Path::new(file)).starts_with(plain(&view.app.context)),
            _ => file == view.app.shown,
        }
    }
}

/// The services that run an application, as files laid over their project have them.
fn overlaid<'v>(view: &AppView<'v>) -> impl Iterator<Item = (&'v Project, &'v Service)> {
    let services = &view.app.services;
    view.around.overlays.iter().flat_map(move |(base, project)| {
        let own = services.iter().filter(move |(at, _)| at == base);
        own.filter_map(move |(_, name)| Some((project, project.compose.service(name)?)))
    })
}
