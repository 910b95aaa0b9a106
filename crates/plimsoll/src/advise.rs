//! `plimsoll advise`.

use std::process::ExitCode;

use plimsoll_rules::advise::advise;
use plimsoll_rules::checklist::Checklist;
use plimsoll_rules::config::Settings;

use crate::args::{Advise, Format};
use crate::checklist::Project;
use crate::settings::SettingsFinder;
use crate::{baseline, output};

/// Prints the advice. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Advise) -> Result<ExitCode, String> {
    if !matches!(args.check.format, None | Some(Format::Text | Format::Markdown | Format::Json)) {
        return Err("advise prints text, markdown or json".to_owned());
    }
    if args.check.write_baseline {
        return Err(
            "advise reports on what a baseline leaves: plimsoll lint --write-baseline makes one".to_owned()
        );
    }
    // What the checklist fails has its edits here, whether the rules are on by default or not.
    let list = Checklist::containerization();
    let rules: Vec<&str> = list.rules().into_iter().collect();
    let finder =
        SettingsFinder::new(&args.check, |settings: &mut Settings| match args.check.select.is_empty() {
            true => settings.selection.extend(&rules).map_err(|e| e.to_string()),
            false => Ok(()),
        });
    let mut project = Project::check(&args.folder, &finder)?;
    for given in &args.image {
        let named = match (given.contains('='), project.around.apps.as_slice()) {
            (false, [app]) => format!("{}={given}", app.name),
            _ => given.clone(),
        };
        project.add_image(&named)?;
    }
    baseline::apply(&mut project.lint, &args.check)?;
    let Project { settings, lint, around, images } = project;
    let report = advise(&around, &lint, &images, &settings);
    if args.patch {
        output::print_text(&args.check, &report.patch(&around, &lint, &settings), &lint.errors)?;
        return Ok(output::exit_code(&lint, settings.fail_on));
    }
    output::print_with(&args.check, &settings, &lint.errors, lint.inputs.clone(), |format, options, out| {
        plimsoll_report::write_advice(&report, &lint.errors, format, options, out)
    })?;
    Ok(output::exit_code(&lint, settings.fail_on))
}
