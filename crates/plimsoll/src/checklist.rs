//! `plimsoll checklist`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use plimsoll_dockerfile::Source;
use plimsoll_rules::checklist::{App, Checklist, GivenImage, Surroundings, facts, placeholders, tick};
use plimsoll_rules::config::Settings;
use plimsoll_rules::look::Look;
use plimsoll_rules::{BuiltFrom, Outcome};

use crate::args;
use crate::settings::SettingsFinder;
use crate::{discover, image, lint, output};

/// Ticks the list and prints it. Fails on wrong usage, an unusable configuration or an unusable list.
pub fn run(args: &args::Checklist) -> Result<ExitCode, String> {
    if args.facts {
        let facts: String = facts().map(|(name, what)| format!("{name:<20} {what}\n")).collect();
        let names: String = placeholders().map(|(name, what)| format!("{name:<20} {what}\n")).collect();
        let text = format!("{facts}\nIn `manual`, for the project's own names:\n\n{names}");
        return output::show(text.as_bytes()).map(|()| ExitCode::SUCCESS);
    }
    if args.check.baseline.is_some() {
        return Err(
            "a checklist shows every item as it stands: --baseline goes with plimsoll lint".to_owned()
        );
    }
    let list = match &args.list {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|e| format!("{}: {}", file.display(), output::io_message(&e)))?;
            Checklist::parse(&text, file).map_err(|e| e.to_string())?
        }
        None => Checklist::containerization(),
    };
    let rules: Vec<&str> = list.rules().into_iter().collect();
    let finder = SettingsFinder::new(&args.check, |settings: &mut Settings| {
        settings.selection.extend(&rules).map_err(|e| e.to_string())
    });
    let mut project = Project::check(&args.folder, &finder)?;
    for given in &args.image {
        project.add_image(given)?;
    }
    let Project { settings, lint, around, images } = project;
    let report = tick(&list, &around, &lint, &images, &settings);
    output::print_with(&args.check, &settings, &lint.errors, lint.inputs.clone(), |format, options, out| {
        plimsoll_report::write_checklist(&report, &lint.errors, format, options, out)
    })?;
    let failed = plimsoll_report::failed_items(&report);
    Ok(output::status(&lint.errors, &failed, settings.fail_on))
}

/// A project as the checklist and the advice see it.
pub struct Project {
    /// What holds for its folder.
    pub settings: Arc<Settings>,
    /// What lint says, and what could not be read.
    pub lint: Outcome,
    /// Its applications and compose files.
    pub around: Surroundings,
    /// The images that were built from it, audited.
    pub images: Vec<GivenImage>,
}

impl Project {
    /// Checks the files of a folder. Fails where it is none, and on an unusable configuration.
    pub fn check(folder: &PathBuf, finder: &SettingsFinder<'_>) -> Result<Self, String> {
        let told = |message: &str| format!("{}: {message}", folder.display());
        match std::fs::metadata(folder) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => {
                return Err(told("is no folder: a project is one, and `plimsoll lint` takes single files"));
            }
            Err(error) => return Err(told(&output::io_message(&error))),
        }
        let settings = finder.for_folder(folder)?;
        let lint = lint::check_paths(std::slice::from_ref(folder), Path::new("Dockerfile"), finder);
        let around = Surroundings::find(folder, &discover::walk(folder).files, &settings);
        Ok(Self { settings, lint, around, images: Vec::new() })
    }

    /// Audits the image that `NAME=TARBALL` names. Fails where it names nothing of the project.
    pub fn add_image(&mut self, given: &str) -> Result<(), String> {
        let audited = given_image(given, &self.around, &self.settings)?;
        self.lint.errors.extend(audited.outcome.errors.iter().cloned());
        self.images.push(audited);
        Ok(())
    }
}

/// Audits the image that `NAME=TARBALL` names, held to the profile of the application that it belongs to.
fn given_image(given: &str, around: &Surroundings, settings: &Settings) -> Result<GivenImage, String> {
    let Some((name, path)) =
        given.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty())
    else {
        return Err(format!("--image {given}: write it as NAME=TARBALL, such as backend=backend.tar"));
    };
    let at = around.app_named(name);
    let app = at.and_then(|at| around.apps.get(at));
    if app.is_none() && !around.pulls(name) {
        let known = around.image_names();
        return Err(match known.is_empty() {
            true => format!("--image {given}: there is no Dockerfile in {}", around.folder.display()),
            false => {
                format!("--image {given}: nothing here is called `{name}`: known are {}", known.join(", "))
            }
        });
    }
    let mut settings = settings.clone();
    settings.profile = app.and_then(|app| app.profile.clone());
    let built_from = app.and_then(built_from);
    let outcome = image::audit(Path::new(path), &settings, None, built_from.as_ref(), Look::default());
    Ok(GivenImage { app: at, name: name.to_owned(), outcome })
}

fn built_from(app: &App) -> Option<BuiltFrom> {
    let bytes = std::fs::read(&app.dockerfile).ok()?;
    Some(BuiltFrom { name: app.shown.clone(), source: Source::new(bytes) })
}
