//! `plimsoll checklist`.

use std::path::Path;
use std::process::ExitCode;

use plimsoll_dockerfile::Source;
use plimsoll_rules::BuiltFrom;
use plimsoll_rules::checklist::{App, Checklist, GivenImage, Surroundings, facts, tick};
use plimsoll_rules::config::Settings;
use plimsoll_rules::look::Look;

use crate::args;
use crate::settings::SettingsFinder;
use crate::{discover, image, lint, output};

/// Ticks the list and prints it. Fails on wrong usage, an unusable configuration or an unusable list.
pub fn run(args: &args::Checklist) -> Result<ExitCode, String> {
    if args.facts {
        for (name, what) in facts() {
            println!("{name:<20} {what}");
        }
        return Ok(ExitCode::SUCCESS);
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
    let settings = finder.for_folder(&args.folder)?;
    let mut lint = lint::check_paths(std::slice::from_ref(&args.folder), Path::new("Dockerfile"), &finder)?;
    let around = Surroundings::find(&args.folder, &discover::walk(&args.folder).files, &settings);
    let mut images = Vec::new();
    for given in &args.image {
        let audited = given_image(given, &around, &settings)?;
        lint.errors.extend(audited.outcome.errors.iter().cloned());
        images.push(audited);
    }
    let report = tick(&list, &around, &lint, &images, &settings);
    output::print_with(&args.check, &settings, &lint.errors, lint.inputs.clone(), |format, options, out| {
        plimsoll_report::write_checklist(&report, &lint.errors, format, options, out)
    })?;
    Ok(if !lint.errors.is_empty() {
        ExitCode::from(output::UNREADABLE)
    } else if report.has_failed() {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

/// Audits the image that `NAME=TARBALL` names, held to the profile of the application that it belongs to.
pub fn given_image(given: &str, around: &Surroundings, settings: &Settings) -> Result<GivenImage, String> {
    let Some((name, path)) =
        given.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty())
    else {
        return Err(format!("--image {given}: write it as NAME=TARBALL, such as backend=backend.tar"));
    };
    let Some((at, app)) = around.app_named(name).and_then(|at| Some((at, around.apps.get(at)?))) else {
        let known: Vec<&str> = around.apps.iter().map(|app| app.name.as_str()).collect();
        return Err(match known.is_empty() {
            true => format!("--image {given}: there is no Dockerfile in {}", around.folder.display()),
            false => {
                format!("--image {given}: nothing here is called `{name}`: known are {}", known.join(", "))
            }
        });
    };
    let mut settings = settings.clone();
    settings.profile.clone_from(&app.profile);
    let built_from = built_from(app);
    let outcome = image::audit(Path::new(path), &settings, None, built_from.as_ref(), Look::default());
    Ok(GivenImage { app: at, outcome })
}

fn built_from(app: &App) -> Option<BuiltFrom> {
    let bytes = std::fs::read(&app.dockerfile).ok()?;
    Some(BuiltFrom { name: app.shown.clone(), source: Source::new(bytes) })
}
