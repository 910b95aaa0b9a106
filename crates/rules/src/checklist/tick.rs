//! Judges every item of a list.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_context::Context;
use plimsoll_dockerfile::{Dockerfile, Source};

use super::commands::Names;
use super::facts::{self, AppView, Ask};
use super::list::{Checklist, Item};
use super::report::{ChecklistReport, ItemResult, SectionResult};
use super::surroundings::{App, Surroundings, plain, shown};
use super::verdict::{Evidence, Verdict};
use crate::config::Settings;
use crate::context::read_beside;
use crate::dockerfile::{Around, Build};
use crate::rule::Kind;
use crate::{FileKind, Finding, Outcome, RuleMeta, Severity, kind_of};

/// An image that was given for an application, audited.
#[derive(Clone, Debug)]
pub struct GivenImage {
    /// The application, by its index in [`Surroundings::apps`].
    pub app: usize,
    /// What the rules on images found.
    pub outcome: Outcome,
}

/// Ticks `list` for what stands in a folder. `lint` is what the rules found in its files, run with those of
/// [`Checklist::rules`] selected; `images` are the images that were given. Nothing fails: what cannot be told is not
/// checked.
pub fn tick(
    list: &Checklist,
    around: &Surroundings,
    lint: &Outcome,
    images: &[GivenImage],
    settings: &Settings,
) -> ChecklistReport {
    // What a Build borrows, one of each for every application.
    let settings_of: Vec<Settings> = around.apps.iter().map(|app| settings_for(app, settings)).collect();
    let sources: Vec<Source> = around
        .apps
        .iter()
        .map(|app| Source::new(read_beside(&app.dockerfile).unwrap_or_default().into_bytes()))
        .collect();
    let trees: Vec<Dockerfile<'_>> = sources.iter().map(plimsoll_dockerfile::parse).collect();
    let arounds: Vec<Around> = around.apps.iter().map(around_of).collect();
    let contexts: Vec<Context> =
        around.apps.iter().map(|app| Context::new(&app.context, Some(&app.dockerfile))).collect();
    let parts = sources.iter().zip(&trees).zip(&settings_of).zip(&arounds);
    let builds: Vec<Build<'_>> = parts
        .map(|(((source, tree), settings), around)| Build::new(source, tree, settings, around))
        .collect();
    let views: Vec<AppView<'_>> = around
        .apps
        .iter()
        .zip(builds.iter().zip(&contexts))
        .enumerate()
        .map(|(at, (app, (build, context)))| AppView {
            app,
            profile: app.profile.as_ref(),
            build,
            context,
            image: images.iter().find(|i| i.app == at),
            around,
        })
        .collect();
    Ticker { list, around, lint, images, settings, views: &views }.report()
}

fn settings_for(app: &App, settings: &Settings) -> Settings {
    let mut own = settings.for_path(&app.dockerfile).into_owned();
    if app.target.is_some() {
        own.target.clone_from(&app.target);
    }
    own
}

struct Ticker<'a> {
    list: &'a Checklist,
    around: &'a Surroundings,
    lint: &'a Outcome,
    images: &'a [GivenImage],
    settings: &'a Settings,
    views: &'a [AppView<'a>],
}

impl Ticker<'_> {
    fn report(&self) -> ChecklistReport {
        let mut known: BTreeMap<&str, (Verdict, &str)> = BTreeMap::new();
        for (item, profile) in self.list.items().filter(|(item, _)| item.is_own()) {
            if let Some(id) = &item.id {
                known.insert(id, (self.own(item, profile), &item.text));
            }
        }
        let mut report = ChecklistReport { title: self.list.title.clone(), ..ChecklistReport::default() };
        report.applications = self.around.apps.iter().map(described).collect();
        report.folder = self.around.folder.display().to_string();
        if self.list.asks_for_images() {
            let given = |at: usize| self.images.iter().any(|image| image.app == at);
            let without = self.around.apps.iter().enumerate().filter(|(at, _)| !given(*at));
            report.without_image = without.map(|(_, app)| app.name.clone()).collect();
        }
        for section in &self.list.sections {
            let items = section.items.iter().map(|item| {
                let profile = item.profile.as_deref().or(section.profile.as_deref());
                self.result(item, profile, &known)
            });
            let items: Vec<ItemResult> = items.collect();
            items.iter().for_each(|item| report.counts.add(item.status));
            report.sections.push(SectionResult { title: section.title.clone(), items });
        }
        report
    }

    fn result(
        &self,
        item: &Item,
        profile: Option<&str>,
        known: &BTreeMap<&str, (Verdict, &str)>,
    ) -> ItemResult {
        let own = item.is_own().then(|| match item.id.as_deref().and_then(|id| known.get(id)) {
            Some((verdict, _)) => verdict.clone(),
            None => self.own(item, profile),
        });
        let same: Vec<&(Verdict, &str)> =
            item.same_as.iter().filter_map(|id| known.get(id.as_str())).collect();
        let own_status = own.as_ref().map(|v| v.status);
        let verdict = Verdict::all(own.into_iter().chain(same.iter().map(|(verdict, _)| verdict.clone())));
        ItemResult {
            text: item.text.clone(),
            id: item.id.clone(),
            status: verdict.status,
            evidence: deduplicated(verdict.evidence),
            why: verdict.why,
            command: verdict.command,
            same_as: same.iter().map(|(_, text)| (*text).to_owned()).collect(),
            repeated: !item.same_as.is_empty() && own_status != Some(verdict.status),
        }
    }

    /// What the item's own facts, rules and command say.
    fn own(&self, item: &Item, profile: Option<&str>) -> Verdict {
        let views: Vec<&AppView<'_>> =
            self.views.iter().filter(|v| profile.is_none_or(|p| v.app.is(p))).collect();
        if let Some(profile) = profile
            && views.is_empty()
        {
            return self.without_app(item, profile);
        }
        let mut verdicts: Vec<Verdict> = item.facts.iter().map(|fact| self.fact(fact, &views)).collect();
        let rules = item.bound_rules();
        if !rules.is_empty() {
            verdicts.push(self.rules(item, &rules, profile.map(|_| views.as_slice())));
        }
        if item.rest {
            verdicts.push(self.rest());
        }
        if let Some(command) = &item.manual {
            verdicts.push(self.manual(item, command));
        }
        Verdict::all(verdicts)
    }

    /// An item about applications of which none is built here.
    fn without_app(&self, item: &Item, profile: &str) -> Verdict {
        let unbuilt = self.around.unbuilt.iter().find(|(_, p)| p == profile);
        match (unbuilt, &item.manual) {
            (Some((evidence, _)), _) if item.facts.iter().any(|f| f == "dockerfile") => {
                Verdict::fails(Evidence::words(format!("there is no Dockerfile ({evidence})")))
            }
            (Some(_), _) => Verdict::not_applicable(format!("the {profile} has no Dockerfile")),
            (None, _) => Verdict::not_applicable(format!("nothing here is a {profile}")),
        }
    }

    fn fact(&self, fact: &str, views: &[&AppView<'_>]) -> Verdict {
        let (name, argument) = fact.split_once('=').unwrap_or((fact, ""));
        match facts::named(name) {
            Some(Ask::App(ask)) if views.is_empty() => {
                let _ = ask;
                Verdict::not_applicable("nothing is built here")
            }
            Some(Ask::App(ask)) => Verdict::all(views.iter().map(|view| ask(view, argument))),
            Some(Ask::Folder(ask)) => ask(self.around, argument),
            // Reading the list refuses it.
            None => Verdict::not_checked(format!("unknown fact `{name}`"), ""),
        }
    }

    /// What a person has to run; not applicable where it speaks of something that is not here.
    fn manual(&self, item: &Item, command: &str) -> Verdict {
        let why = item.why.clone().unwrap_or_else(|| "needs a running system".to_owned());
        match (Names { around: self.around, views: self.views }).fill(command) {
            Ok(command) => Verdict::not_checked(why, command),
            Err(missing) => Verdict::not_applicable(missing),
        }
    }

    /// None of the rules fires.
    fn rules(&self, item: &Item, rules: &[&'static RuleMeta], views: Option<&[&AppView<'_>]>) -> Verdict {
        let (running, ignored): (Vec<&RuleMeta>, Vec<&RuleMeta>) =
            rules.iter().copied().partition(|m| self.settings.selection.runs(m));
        if running.is_empty() {
            let names: Vec<&str> = ignored.iter().map(|m| m.name).collect();
            return Verdict::not_checked(format!("the configuration ignores {}", names.join(", ")), "");
        }
        let found: Vec<Evidence> = self
            .findings(views)
            .filter(|f| running.iter().any(|m| f.rule == m.name))
            .filter(|f| item.kind.is_none_or(|k| k.takes(kind(f))))
            .map(|f| self.explained(f))
            .collect();
        if !found.is_empty() {
            return Verdict::failed(found);
        }
        if self.lint.checked == 0 && self.images.is_empty() {
            return Verdict::not_applicable("there is nothing here to check");
        }
        let read_by = |kind: Kind| running.iter().any(|m| m.kind == kind);
        let only = |kind: Kind| running.iter().all(|m| m.kind == kind);
        if only(Kind::Compose) && self.around.projects.is_empty() {
            return Verdict::not_applicable("there is no compose file");
        }
        if only(Kind::Dockerfile) && self.views.is_empty() {
            return Verdict::not_applicable("nothing is built here");
        }
        // Beside a fact the silence of rules needs no words.
        if !item.facts.is_empty() {
            return Verdict::silent();
        }
        let names: Vec<String> = running.iter().take(3).map(|m| format!("`{}`", m.name)).collect();
        let more = running.len().saturating_sub(names.len());
        let more = match more {
            0 => String::new(),
            1 => " and 1 more rule".to_owned(),
            n => format!(" and {n} more rules"),
        };
        let images = if read_by(Kind::Image) && self.images.is_empty() { "; no image was given" } else { "" };
        Verdict::holds(Evidence::words(format!("no finding of {}{more}{images}", names.join(", "))))
    }

    /// The findings that an item may count: all of them, or those of these applications.
    fn findings<'s>(&'s self, views: Option<&'s [&'s AppView<'s>]>) -> impl Iterator<Item = &'s Finding> {
        let in_images = self.images.iter().filter(move |image| {
            views.is_none_or(|views| {
                views.iter().any(|v| {
                    self.views.get(image.app).is_some_and(|own| own.app.dockerfile == v.app.dockerfile)
                })
            })
        });
        let in_files = self
            .lint
            .findings
            .iter()
            .filter(move |f| views.is_none_or(|views| views.iter().any(|view| is_about(f, view))));
        in_files.chain(in_images.flat_map(|image| &image.outcome.findings))
    }

    /// A finding; where the list itself asks for what it finds fault with, that is said too.
    fn explained(&self, finding: &Finding) -> Evidence {
        let mut evidence = Evidence::finding(finding);
        if finding.rule != "end-of-life-base" {
            return evidence;
        }
        let view = self.views.iter().find(|v| finding.file.as_deref() == Some(v.app.shown.as_str()));
        let asked = view.and_then(|v| {
            let profile = v.profile?;
            let (runtime, version) = (profile.runtime.as_deref()?, profile.runtime_version.as_deref()?);
            let stage = v.build.stages().iter().find(|s| {
                let start = v.build.tree.instructions.get(s.instructions.start).map(|i| i.start_line);
                start == finding.instruction_line
            })?;
            let (image, name) = v.build.official_base(stage)?;
            let same = name == runtime && image.tag().is_some_and(|t| t.starts_with(version));
            same.then(|| format!(": the list itself asks for {runtime} {version}; follow the finding with `runtime-version` in [profile.{}] of plimsoll.toml", profile.name))
        });
        evidence.text += &asked.unwrap_or_default();
        evidence
    }

    /// What was found from warning upward and no item is bound to.
    fn rest(&self) -> Verdict {
        let bound: BTreeSet<&str> = self.list.rules();
        let found: Vec<Evidence> = self
            .findings(None)
            .filter(|f| f.severity >= Severity::Warning && !bound.contains(f.rule.as_ref()))
            .map(Evidence::finding)
            .collect();
        if !found.is_empty() {
            return Verdict::failed(found);
        }
        let files = self.lint.checked;
        let images = match self.images.len() {
            0 => String::new(),
            1 => " and 1 image".to_owned(),
            n => format!(" and {n} images"),
        };
        Verdict::holds(Evidence::words(format!("no other finding in {files} files{images}")))
    }
}

/// Whether a finding is about an application: in its Dockerfile, in its ignore file, or in a service that runs it.
fn is_about(finding: &Finding, view: &AppView<'_>) -> bool {
    let Some(file) = finding.file.as_deref() else { return false };
    match kind_of(Path::new(file)) {
        Some(FileKind::Dockerignore) => {
            view.context.ignore_file().is_some_and(|own| shown(&own.path) == file)
        }
        Some(FileKind::Compose) => view.around.services_of(view.app).any(|(project, service)| {
            let (start, end) = (&service.name_span, &service.node.span);
            let line = finding.line.unwrap_or_default() as usize;
            project.source(start).is_some_and(|s| shown(&s.path) == file)
                && (start.line..=end.end_line.max(start.line)).contains(&line)
        }),
        Some(FileKind::Env) => plain(Path::new(file)).starts_with(plain(&view.app.context)),
        _ => file == view.app.shown,
    }
}

fn kind(finding: &Finding) -> Option<FileKind> {
    if finding.image.is_some() {
        return None;
    }
    // A file that was named outright is a Dockerfile, whatever its name.
    Some(finding.file.as_deref().and_then(|f| kind_of(Path::new(f))).unwrap_or(FileKind::Dockerfile))
}

/// `backend/Dockerfile: profile backend, since requirements.txt names fastapi`.
fn described(app: &App) -> String {
    match &app.profile {
        Some(profile) => format!("{}: {} ({})", app.shown, profile.name, app.because),
        None => format!("{}: no profile", app.shown),
    }
}

fn deduplicated(evidence: Vec<Evidence>) -> Vec<Evidence> {
    let mut kept: Vec<Evidence> = Vec::new();
    for one in evidence {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

fn around_of(app: &App) -> Around {
    Around::of(&app.dockerfile).built_from(Some(app.context.clone()))
}
