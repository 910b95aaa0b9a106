//! `plimsoll advise`.

use std::process::ExitCode;

use plimsoll_rules::advise::advise;

use crate::args::{Advise, Format};
use crate::checklist::Project;
use crate::output;
use crate::settings::SettingsFinder;

/// Prints the advice. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Advise) -> Result<ExitCode, String> {
    if !matches!(args.check.format, None | Some(Format::Text | Format::Markdown | Format::Json)) {
        return Err("advise prints text, markdown or json".to_owned());
    }
    let finder = SettingsFinder::new(&args.check, |_| Ok(()));
    let mut project = Project::check(&args.folder, &finder)?;
    for given in &args.image {
        let named = match (given.contains('='), project.around.apps.as_slice()) {
            (false, [app]) => format!("{}={given}", app.name),
            _ => given.clone(),
        };
        project.add_image(&named)?;
    }
    let Project { settings, lint, around, images } = project;
    let report = advise(&around, &lint, &images, &settings);
    output::print_with(&args.check, &settings, &lint.errors, lint.inputs.clone(), |format, options, out| {
        plimsoll_report::write_advice(&report, &lint.errors, format, options, out)
    })?;
    Ok(output::exit_code(&lint, settings.fail_on))
}
