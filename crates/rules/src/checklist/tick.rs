//! Judges every item of a list.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_context::Context;
use plimsoll_dockerfile::{Dockerfile, Source};

use super::claims::Claims;
use super::commands::Names;
use super::facts::{self, AppView, Ask};
use super::image_facts;
use super::list::{Checklist, Item};
use super::report::{ChecklistReport, ItemResult, SectionResult};
use super::stage_facts::lacks_stage;
use super::surroundings::{App, Surroundings, shown};
use super::verdict::{Evidence, Status, Verdict};
use crate::config::Settings;
use crate::context::read_beside;
use crate::dockerfile::{Around, Build};
use crate::rule::Kind;
use crate::{FileKind, Finding, Outcome, RuleMeta, Severity, kind_of};

/// An image that was given for an application, audited.
#[derive(Clone, Debug)]
pub struct GivenImage {
    /// The application, by its index in [`Surroundings::apps`]; None for a service whose image is only pulled.
    pub app: Option<usize>,
    /// The name under which it was given: a service's, an application's or a profile's.
    pub name: String,
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
            image: images.iter().find(|i| i.app == Some(at)),
            around,
        })
        .collect();
    let claims = Claims::new(list, &views, lint, images);
    let names = Names::new(around, &views);
    Ticker { list, around, lint, images, settings, views: &views, claims, names }.report()
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
    claims: Claims<'a>,
    names: Names<'a>,
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
        report.main_file = self.main_file();
        if self.list.asks_for_images() {
            let given = |at: usize| self.images.iter().any(|image| image.app == Some(at));
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
        let told_there = |seen: &Evidence| {
            same.iter().flat_map(|(verdict, _)| &verdict.evidence).any(|e| e == seen || e.is_beside(seen))
        };
        let adds = |own: &Verdict, status: Status| {
            own.status == status && !(status == Status::Failed && own.evidence.iter().all(told_there))
        };
        let others = same.iter().map(|(verdict, _)| verdict.clone());
        let verdict = Verdict::all(own.iter().cloned().chain(others)).without_echoes();
        let repeated = !same.is_empty() && !own.is_some_and(|own| adds(&own, verdict.status));
        ItemResult {
            text: item.text.clone(),
            id: item.id.clone(),
            status: verdict.status,
            evidence: deduplicated(verdict.evidence),
            why: verdict.why,
            command: verdict.command,
            same_as: same.iter().map(|(_, text)| (*text).to_owned()).collect(),
            repeated,
        }
    }

    /// What the item's own facts, rules and command say.
    fn own(&self, item: &Item, profile: Option<&str>) -> Verdict {
        let is_meant = |view: &AppView<'_>| profile.is_none_or(|p| view.app.is(p));
        let (apps, views): (Vec<usize>, Vec<&AppView<'_>>) =
            self.views.iter().enumerate().filter(|(_, view)| is_meant(view)).unzip();
        if let Some(profile) = profile
            && views.is_empty()
        {
            return self.without_app(item, profile);
        }
        let mut verdicts: Vec<Verdict> = item.facts.iter().map(|fact| self.fact(fact, &views)).collect();
        let rules = item.bound_rules();
        if !rules.is_empty() {
            verdicts.push(self.rules(item, &rules, profile.map(|_| apps.as_slice())));
        }
        if item.rest {
            verdicts.push(self.rest());
        }
        let seen = (!verdicts.is_empty()).then(|| Verdict::all(verdicts));
        let verdicts = match &item.manual {
            Some(command) => {
                let by_hand = self.manual(item, command, seen.as_ref().map(|seen| seen.status));
                seen.into_iter().chain(Some(by_hand)).collect()
            }
            None => Vec::from_iter(seen),
        };
        Verdict::all(verdicts).without_echoes()
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
        let verdict = match facts::named(name) {
            Some(Ask::App(_)) if views.is_empty() => Verdict::not_applicable("nothing is built here"),
            Some(Ask::App(ask)) => Verdict::all(views.iter().map(|view| {
                let lacking = if facts::IN_STAGE.contains(&name) { lacks_stage(view) } else { None };
                lacking.unwrap_or_else(|| ask(view, argument))
            })),
            Some(Ask::Folder(ask)) => ask(self.around, argument),
            Some(Ask::All(ask)) => ask(self.around, self.views, self.images, argument),
            // Reading the list refuses it.
            None => Verdict::not_checked(format!("unknown fact `{name}`"), ""),
        };
        // What a file that is only half read lacks may stand in the other half.
        match facts::IN_COMPOSE.contains(&name) {
            true => self.refused().unwrap_or(verdict),
            false => verdict,
        }
    }

    /// What is said of everything in compose files that Compose refuses.
    fn refused(&self) -> Option<Verdict> {
        let refused = self.around.refused.first()?;
        Some(Verdict::not_checked(
            format!("Compose refuses {}: {}", refused.place(), refused.text),
            format!("{} config --quiet", self.names.compose()),
        ))
    }

    /// What a person has to run. `beside` is how the rest of the item stands: what speaks of something that is not here
    /// does not apply, unless something else of it does.
    fn manual(&self, item: &Item, command: &str, beside: Option<Status>) -> Verdict {
        let why = item.why.clone().unwrap_or_else(|| "needs a running system".to_owned());
        match (self.names.fill(command), beside) {
            (Ok(command), _) => Verdict::not_checked(why, command),
            (Err(missing), None | Some(Status::NotApplicable)) => Verdict::not_applicable(missing),
            (Err(_), Some(_)) => Verdict::not_checked(why, self.names.in_general(command)),
        }
    }

    /// None of the rules fires.
    fn rules(&self, item: &Item, rules: &[&'static RuleMeta], apps: Option<&[usize]>) -> Verdict {
        let found: Vec<Evidence> =
            self.claims.of(item, rules, apps).map(|finding| self.explained(finding)).collect();
        if !found.is_empty() {
            return Verdict::failed(found);
        }
        let (running, ignored): (Vec<&RuleMeta>, Vec<&RuleMeta>) =
            rules.iter().copied().partition(|m| self.settings.selection.runs(m));
        if running.is_empty() {
            let names: Vec<&str> = ignored.iter().map(|m| m.name).collect();
            return Verdict::not_checked(format!("the configuration ignores {}", names.join(", ")), "");
        }
        if !running.iter().any(|meta| self.has_input(meta.kind)) {
            return self.without_input(&running);
        }
        let reads = |kind: Kind| running.iter().any(|m| m.kind == kind);
        // Beside a fact the silence of rules needs no words.
        let verdict = if item.facts.is_empty() { self.silent_rules(&running) } else { Verdict::silent() };
        let in_compose = item.kind.is_none_or(|kind| kind.takes(Some(FileKind::Compose)));
        let refused = self.refused().filter(|_| reads(Kind::Compose) && in_compose);
        refused.unwrap_or(verdict)
    }

    fn silent_rules(&self, running: &[&RuleMeta]) -> Verdict {
        let names: Vec<String> = running.iter().take(3).map(|m| format!("`{}`", m.name)).collect();
        let more = running.len().saturating_sub(names.len());
        let more = match more {
            0 => String::new(),
            1 => " and 1 more rule".to_owned(),
            n => format!(" and {n} more rules"),
        };
        let on_images = running.iter().any(|m| m.kind == Kind::Image);
        let images = if on_images && self.images.is_empty() { "; no image was given" } else { "" };
        Verdict::holds(Evidence::words(format!("no finding of {}{more}{images}", names.join(", "))))
    }

    /// Whether there is something that rules of that kind read.
    fn has_input(&self, kind: Kind) -> bool {
        let is_context =
            |name: &String| matches!(kind_of(Path::new(name)), Some(FileKind::Dockerignore | FileKind::Env));
        match kind {
            Kind::Dockerfile => !self.views.is_empty(),
            Kind::Image => !self.images.is_empty(),
            Kind::Compose => self.around.services().next().is_some() || !self.around.refused.is_empty(),
            Kind::Context => !self.views.is_empty() || self.lint.inputs.iter().any(is_context),
        }
    }

    fn without_input(&self, running: &[&RuleMeta]) -> Verdict {
        let only = |kind: Kind| running.iter().all(|m| m.kind == kind);
        if only(Kind::Compose) {
            return Verdict::not_applicable(match self.around.projects.is_empty() {
                true => "there is no compose file",
                false => "the compose file has no service",
            });
        }
        match self.views.first() {
            Some(view) if running.iter().any(|m| m.kind == Kind::Image) => image_facts::missing(view),
            _ => Verdict::not_applicable("nothing is built here"),
        }
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

    /// What was found from warning upward and no other item counts. While other items hold errors on security it does
    /// not pass either, but one thing undone fails one item.
    fn rest(&self) -> Verdict {
        let found: Vec<Evidence> = self
            .claims
            .left()
            .filter(|finding| finding.severity >= Severity::Warning)
            .map(Evidence::finding)
            .collect();
        if !found.is_empty() {
            return Verdict::failed(found);
        }
        let elsewhere = self.claims.security_errors().count();
        if elsewhere > 0 {
            let (errors, items) =
                if elsewhere == 1 { ("error", "another item") } else { ("errors", "other items") };
            let why = format!("lint reports {elsewhere} {errors} on security, under {items}");
            return Verdict::not_checked(why, format!("plimsoll lint {}", self.around.folder.display()));
        }
        if let Some(error) = self.lint.errors.first() {
            let what = error.file.as_deref().or(error.image.as_deref()).unwrap_or("an input");
            return Verdict::not_checked(format!("{what} could not be read: {}", error.message), "");
        }
        let files = self.lint.checked;
        if files == 0 && self.images.is_empty() {
            return Verdict::not_applicable("there is nothing here to check");
        }
        let images = match self.images.len() {
            0 => String::new(),
            1 => " and 1 image".to_owned(),
            n => format!(" and {n} images"),
        };
        let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
        let seen = Verdict::holds(Evidence::words(format!("no other finding in {files}{images}")));
        self.refused().unwrap_or(seen)
    }

    /// Where something that is nowhere is shown: the compose file, or else a Dockerfile.
    fn main_file(&self) -> Option<String> {
        let source = self.around.projects.first().and_then(|project| project.sources.first());
        source.map(|s| shown(&s.path)).or_else(|| Some(self.around.apps.first()?.shown.clone()))
    }
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
